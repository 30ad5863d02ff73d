// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agentrun.c - the agent as a child on this machine
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memcg.h"
#include "base/spawn.h"
#include "base/text.h"
#include "kernel/agentrun.h"

#define WORK_PREFIX "tailpage-work-"
#define IN_MEMORY "/dev/shm"
#define MAKING_S 60 /* longer than making a folder and its lock takes */

int tp_plan_write(const struct tp_plan *plan, const char *path, size_t unit)
{
	struct tp_buf text = { 0 };
	int err;

	tp_plan_print(plan, &text);
	while (text.len % unit)
		tp_buf_puts(&text, "\n");
	err = tp_write_file(path, text.text, text.len);
	tp_buf_free(&text);
	return err;
}

int tp_agent_run(const struct tp_boot *b, const struct tp_turn *t)
{
	char *plan = tp_printf("%s/plan", t->folder);
	char *history = tp_printf("%s/history", t->folder);
	char *log = tp_printf("%s/agent.log", t->folder);
	char *argv[] = { (char *)(uintptr_t)b->agent, plan, history, NULL };
	/* The agent's own watcher ends a hang after three deadlines at most; this
	 * one is for an agent that cannot even do that. */
	struct tp_spawn s = { .argv = argv, .output = log,
			      .deadline_s = 10 * t->job->plan.op_deadline_s };
	const struct tp_mount *m = &t->job->plan.mounts[0];
	int status = tp_plan_write(&t->job->plan, plan, 1);

	if (status == 0) {
		status = tp_run(&s);
		if (status == 2 || status == 126 || status == 127)
			status = tp_error(0, "the agent could not run (see %s)", log);
		else if (status == 128 + SIGKILL && m->memory_bytes)
			status = tp_error(0, "the agent was killed, as it is when its memory cgroup of "
					     "%" PRIu64 " bytes is full", m->memory_bytes);
		else if (status > 0 || status == -ETIMEDOUT)
			status = 0; /* the history says what happened, or ends too early */
	}
	if (m->memory_bytes)
		tp_memcg_sweep(); /* an agent that came to no good end leaves its own */
	free(plan);
	free(history);
	free(log);
	return status;
}

/* Nobody holds its lock any more; and one without a lock is not just being made. */
static bool abandoned(const char *folder)
{
	char *path = tp_printf("%s/lock", folder);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool is = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		is = stat(folder, &st) == 0 && time(NULL) - st.st_ctime > MAKING_S;
	if (fd >= 0)
		close(fd);
	free(path);
	return is;
}

/* Everybody may put things with our names into /tmp. */
static bool is_ours(const char *folder)
{
	struct stat st;

	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static void remove_abandoned(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *folder;

		if (!tp_starts(e->d_name, WORK_PREFIX))
			continue;
		folder = tp_printf("%s/%s", dir, e->d_name);
		if (is_ours(folder) && abandoned(folder))
			tp_remove_tree(folder);
		free(folder);
	}
	if (d)
		closedir(d);
}

const char *tp_work_place(void)
{
	const char *tmp = getenv("TMPDIR");

	if (access(IN_MEMORY, W_OK) == 0)
		return IN_MEMORY;
	return tmp && *tmp ? tmp : "/tmp";
}

void tp_work_sweep(void)
{
	const char *tmp = getenv("TMPDIR");

	tp_memcg_sweep();
	remove_abandoned(IN_MEMORY);
	remove_abandoned("/tmp");
	if (tmp && *tmp)
		remove_abandoned(tmp);
}

int tp_work_make(const char *dir, char **work)
{
	char *lock;
	int fd, err;

	if (access(dir, W_OK | X_OK) != 0)
		return tp_error(errno, "cannot write in the folder %s", dir);
	remove_abandoned(dir);
	*work = tp_printf("%s/" WORK_PREFIX "%d", dir, (int)getpid());
	lock = tp_printf("%s/lock", *work);
	err = tp_make_dirs(*work);
	if (err == 0) {
		fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* stays open: it is held */
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
			err = tp_error(errno, "cannot lock the work folder %s", *work);
	}
	free(lock);
	return err;
}

void tp_work_remove(char *work)
{
	tp_remove_tree(work);
	free(work);
}
