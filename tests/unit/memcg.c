// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memcg.c - memory cgroups: which hierarchy, and what is left behind
 *
 * Hierarchies are folders here, in which no cgroup can be made; the kernel's own is used
 * where there is one and we are root.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memcg.h"
#include "tap.h"

static char dir[] = "/tmp/tailpage-unit.XXXXXX";

static char *put(const char *name, const char *text)
{
	char *path = tp_printf("%s/%s", dir, name);

	if (tp_write_file(path, text, strlen(text)) < 0)
		exit(99);
	return path;
}

/* Of mounts in this form, %s is the folder. */
static void finds(const char *form, const char *top, bool unified, const char *what)
{
	char *copy = tp_strdup(form), *want = top ? tp_printf("%s/%s", dir, top) : NULL;
	struct tp_buf text = { 0 };
	struct tp_memcg g;
	char *mounts, *at, *next = copy;
	bool found;

	while ((at = strstr(next, "%s"))) {
		tp_buf_add(&text, next, (size_t)(at - next));
		tp_buf_puts(&text, dir);
		next = at + 2;
	}
	tp_buf_puts(&text, next);
	mounts = put("mounts", text.text);
	found = tp_memcg_find(mounts, &g);
	if (top)
		ok(found && strcmp(g.top, want) == 0 && g.unified == unified, "%s", what);
	else
		ok(!found, "%s", what);
	tp_memcg_leave(&g);
	tp_buf_free(&text);
	free(mounts);
	free(want);
	free(copy);
}

#define CPU  "cgroup %s/cpu cgroup rw,cpu,cpuacct 0 0\n"
#define LIKE "cgroup %s/like cgroup rw,memorylike,notmemory 0 0\n"
#define ONE  "cgroup %s/one cgroup rw,nosuid,memory 0 0\n"
#define GONE "cgroup %s/gone cgroup rw,memory 0 0\n"
#define TWO  "cgroup2 %s/two cgroup2 rw,nsdelegate 0 0\n"
#define BARE "cgroup2 %s/bare cgroup2 rw 0 0\n"

static void test_find(void)
{
	finds("proc /proc proc rw 0 0\n" CPU LIKE ONE BARE, "one", false, "version 1");
	finds(BARE CPU ONE "tmpfs", "one", false,
	      "version 2 without the controller is passed over");
	finds(CPU TWO, "two", true, "version 2");
	finds(CPU LIKE BARE, NULL, false, "no hierarchy has the controller");
	finds(GONE, NULL, false, "another mount covers it");
	finds("", NULL, false, "no mounts at all");
	finds("one\ntwo three\n\n", NULL, false, "garbage");
}

static void test_refused(void)
{
	struct tp_memcg g = { .unified = true };
	struct tp_buf why = { 0 };

	g.top = tp_printf("%s/two", dir);
	is_int(tp_memcg_enter(&g, 1 << 24, &why), -ENOENT, "a cgroup without a limit is none");
	has_str(why.text, "two get no memory controller (cgroup.subtree_control)", "why");
	ok(g.folder == NULL, "it is not entered");
	tp_memcg_leave(&g);
	tp_buf_free(&why);
	g = (struct tp_memcg){ .top = tp_printf("%s/none", dir) };
	ok(tp_memcg_enter(&g, 1 << 24, &why) < 0 && why.len, "no folder, no cgroup");
	tp_memcg_leave(&g);
	tp_buf_free(&why);
}

/* The cgroup of this process, as the kernel calls it. */
static bool in(const char *name)
{
	char *text;
	bool is;

	if (tp_read_file("/proc/self/cgroup", &text, NULL) < 0)
		exit(99);
	is = strstr(text, name) != NULL;
	free(text);
	return is;
}

static void test_kernel(void)
{
	struct tp_memcg g;
	struct tp_buf why = { 0 };
	char *name = tp_printf("tailpage-%d", (int)getpid()), *folder, *left, *other;

	if (geteuid() != 0 || !tp_memcg_find(TP_MEMCG_MOUNTS, &g) ||
	    tp_memcg_enter(&g, 32 << 20, &why) < 0) {
		diag("no cgroup of this machine's: %s", why.text ? why.text : "none found");
		tp_memcg_leave(&g);
		tp_buf_free(&why);
		free(name);
		return;
	}
	folder = tp_strdup(g.folder);
	left = tp_printf("%s/tailpage-999999999", g.top);
	other = tp_printf("%s/tailpage-x", g.top);
	ok(in(name), "we are in it");
	is_int(tp_memcg_reclaim(&g), 0, "what can be reclaimed is");
	is_int(tp_memcg_reclaim(&g), 0, "also when nothing is left");
	if (mkdir(left, 0755) != 0 || mkdir(other, 0755) != 0)
		exit(99);
	tp_memcg_sweep();
	ok(!tp_exists(left), "one that was left is swept away");
	ok(tp_exists(other), "not what is called otherwise");
	ok(tp_exists(folder), "nor one that somebody is in");
	rmdir(other);
	tp_memcg_leave(&g);
	ok(!tp_exists(folder) && !in(name), "we have left it, and it is gone");
	free(folder);
	free(left);
	free(other);
	free(name);
}

int main(void)
{
	static const char *const folders[] = { "cpu", "like", "one", "two", "bare" };

	if (!mkdtemp(dir))
		return 99;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char *path = tp_printf("%s/%s", dir, folders[i]);

		mkdir(path, 0755);
		free(path);
	}
	free(put("one/tasks", ""));
	free(put("like/tasks", ""));
	free(put("two/cgroup.controllers", "cpu io memory pids\n"));
	free(put("bare/cgroup.controllers", "cpu io memory_not\n"));
	test_find();
	test_refused();
	test_kernel();
	tp_remove_tree(dir);
	return done();
}
