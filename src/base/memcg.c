// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memcg.c - a memory cgroup of tailpage's own, of either version
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memcg.h"
#include "base/text.h"

#define PREFIX "tailpage-"
#define MAKE_TRIES 10      /* a run that sweeps may take a new one for a left one */
#define REMOVE_TRIES 100   /* who has just ended may still be seen in it */
#define REMOVE_WAIT_US 10000

static int put(const char *folder, const char *file, const char *text)
{
	char *path = tp_printf("%s/%s", folder, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	free(path);
	return err;
}

/* Does the list, separated by blanks or commas, have the word "memory"? */
static bool has_memory(const char *list)
{
	static const char word[] = "memory", between[] = " ,\n";

	for (const char *at = list; at && (at = strstr(at, word)); at++)
		if ((at == list || strchr(between, at[-1])) && strchr(between, at[strlen(word)]))
			return true;
	return false;
}

/* Is it one of version 2 that has the memory controller? */
static bool controls_memory(const char *top)
{
	char *path = tp_printf("%s/cgroup.controllers", top), *text = NULL;
	bool has = tp_exists(path) && tp_read_file(path, &text, NULL) == 0 && has_memory(text);

	free(path);
	free(text);
	return has;
}

/* What is mounted there may be covered by another mount. */
static bool has_tasks(const char *top)
{
	char *path = tp_printf("%s/tasks", top);
	bool has = tp_exists(path);

	free(path);
	return has;
}

/* "WHAT FOLDER TYPE OPTIONS ..." */
static bool is_hierarchy(char *line, struct tp_memcg *g)
{
	char *save = NULL, *word[4];

	for (unsigned i = 0; i < 4; i++) {
		word[i] = strtok_r(i ? NULL : line, " ", &save);
		if (!word[i])
			return false;
	}
	g->unified = strcmp(word[2], "cgroup2") == 0;
	if (g->unified ? controls_memory(word[1])
		       : strcmp(word[2], "cgroup") == 0 && has_memory(word[3]) && has_tasks(word[1]))
		g->top = tp_strdup(word[1]);
	return g->top != NULL;
}

bool tp_memcg_find(const char *mounts, struct tp_memcg *g)
{
	char *text = NULL, *save = NULL;

	*g = (struct tp_memcg){ 0 };
	if (tp_exists(mounts) && tp_read_file(mounts, &text, NULL) == 0)
		for (char *line = strtok_r(text, "\n", &save); line && !g->top;
		     line = strtok_r(NULL, "\n", &save))
			is_hierarchy(line, g);
	free(text);
	return g->top != NULL;
}

bool tp_memcg_enable(const char *top)
{
	return put(top, "cgroup.subtree_control", "+memory") == 0;
}

/* Of /proc/self/cgroup, "4:memory:/some/where" or "0::/some/where"; below the top, as far
 * as that can be told. */
static char *own_folder(const struct tp_memcg *g)
{
	char *text, *save = NULL, *found = NULL;

	if (tp_read_file("/proc/self/cgroup", &text, NULL) < 0)
		return tp_strdup(g->top);
	for (char *line = strtok_r(text, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		if (g->unified ? list[1] == '\0' : has_memory(list + 1))
			found = tp_printf("%s%s", g->top, path);
	}
	free(text);
	return found ? found : tp_strdup(g->top);
}

/* "0" is who writes it.  Version 1 charges memory to the cgroup of the process's first
 * thread, and before 2.6.33 nothing but threads can be moved. */
static int move_to(const struct tp_memcg *g, const char *folder)
{
	return put(folder, g->unified ? "cgroup.procs" : "tasks", "0");
}

static const char *limit_of(const struct tp_memcg *g)
{
	return g->unified ? "memory.max" : "memory.limit_in_bytes";
}

static int put_number(const struct tp_memcg *g, const char *file, uint64_t number)
{
	char *text = tp_printf("%" PRIu64, number);
	int err = put(g->folder, file, text);

	free(text);
	return err;
}

static int make_and_enter(struct tp_memcg *g)
{
	int err = mkdir(g->folder, 0755) == 0 || errno == EEXIST ? 0 : -errno;

	if (err == 0)
		err = put_number(g, limit_of(g), g->bytes);
	return err ? err : move_to(g, g->folder);
}

int tp_memcg_enter(struct tp_memcg *g, uint64_t bytes, struct tp_buf *why)
{
	int err = -ENOENT;

	g->bytes = bytes;
	g->before = own_folder(g);
	g->folder = tp_printf("%s/" PREFIX "%d", g->top, (int)getpid());
	for (unsigned i = 0; i < MAKE_TRIES && (err == -ENOENT || err == -ENODEV); i++)
		err = make_and_enter(g);
	if (err == 0)
		return 0;
	if (err == -ENOENT)
		tp_buf_printf(why, "cgroups in %s get no memory controller (cgroup.subtree_control)",
			      g->top);
	else
		tp_buf_printf(why, "cannot make a memory cgroup in %s: %s", g->top, strerror(-err));
	rmdir(g->folder);
	free(g->folder);
	g->folder = NULL;
	return err;
}

/*
 * Version 1 has no other way than a limit that cannot be: the kernel reclaims as long as
 * there is something to reclaim, and refuses the limit in the end (EBUSY).
 */
static int reclaim_for_limit(const struct tp_memcg *g)
{
	int err = put(g->folder, limit_of(g), "0");

	if (err == 0)
		err = put_number(g, limit_of(g), g->bytes);
	return err == -EBUSY ? 0 : err;
}

int tp_memcg_reclaim(const struct tp_memcg *g)
{
	int err, back;

	if (!g->unified)
		return reclaim_for_limit(g);
	err = put_number(g, "memory.reclaim", g->bytes);
	if (err == -EAGAIN) /* less than all */
		return 0;
	if (err != -ENOENT)
		return err;
	err = put(g->folder, "memory.high", "0"); /* before 5.19 */
	back = put(g->folder, "memory.high", "max");
	return err ? err : back;
}

static void remove_it(const char *folder)
{
	for (unsigned i = 0; i < REMOVE_TRIES; i++) {
		if (rmdir(folder) == 0 || errno != EBUSY)
			return;
		usleep(REMOVE_WAIT_US);
	}
}

void tp_memcg_leave(struct tp_memcg *g)
{
	if (g->folder) {
		if (move_to(g, g->before) < 0)
			move_to(g, g->top);
		remove_it(g->folder);
	}
	free(g->folder);
	free(g->before);
	free(g->top);
	*g = (struct tp_memcg){ 0 };
}

/* The kernel removes none that somebody is in. */
bool tp_memcg_sweep(void)
{
	struct tp_memcg g;
	bool stays = false;
	DIR *d = tp_memcg_find(TP_MEMCG_MOUNTS, &g) ? opendir(g.top) : NULL;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		uint64_t pid;

		if (tp_starts(e->d_name, PREFIX) &&
		    tp_parse_u64(e->d_name + strlen(PREFIX), &pid))
			stays |= unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR) != 0 && errno == EBUSY;
	}
	if (d)
		closedir(d);
	tp_memcg_leave(&g);
	return stays;
}

void tp_memcg_sweep_killed(void)
{
	for (unsigned i = 0; i < REMOVE_TRIES && tp_memcg_sweep(); i++)
		usleep(REMOVE_WAIT_US);
}
