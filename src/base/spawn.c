// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn.c - run a program and wait for it
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/spawn.h"

/* mke2fs and e2fsck live where an ordinary user's PATH does not look. */
static char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	char *all = tp_printf("%s:/usr/sbin:/sbin:/usr/bin:/bin", path ? path : "");
	char *save = NULL, *found = NULL;

	if (strchr(name, '/')) {
		free(all);
		return access(name, X_OK) == 0 ? tp_strdup(name) : NULL;
	}
	for (char *dir = strtok_r(all, ":", &save); dir && !found; dir = strtok_r(NULL, ":", &save)) {
		char *full = tp_printf("%s/%s", dir, name);

		if (access(full, X_OK) == 0)
			found = full;
		else
			free(full);
	}
	free(all);
	return found;
}

bool tp_program_exists(const char *name)
{
	char *path = find_program(name);
	bool found = path != NULL;

	free(path);
	return found;
}

static void child(const struct tp_spawn *s, const char *program, pid_t parent)
{
	int in = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127); /* the parent died before the line above */
	if (in >= 0)
		dup2(in, STDIN_FILENO);
	if (s->output) {
		int out = open(s->output, O_WRONLY | O_CREAT | O_APPEND, 0644);

		if (out < 0)
			_exit(126);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
	execv(program, s->argv);
	_exit(127);
}

pid_t tp_start(const struct tp_spawn *s)
{
	char *program = find_program(s->argv[0]);
	pid_t parent = getpid(), pid;

	if (!program)
		return tp_error(ENOENT, "cannot run %s", s->argv[0]);
	pid = fork();
	if (pid == 0)
		child(s, program, parent);
	if (pid < 0)
		pid = tp_error(errno, "cannot start %s", s->argv[0]);
	free(program);
	return pid;
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Without a deadline block; with one look every few milliseconds. */
int tp_wait(pid_t pid, const char *name, unsigned deadline_s)
{
	uint64_t end_ns = tp_now_ns() + deadline_s * UINT64_C(1000000000);
	uint64_t pause_us = 200;
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, deadline_s ? WNOHANG : 0);

		if (got == pid)
			return status_of(status);
		if (got < 0 && errno != EINTR)
			return tp_error(errno, "cannot wait for %s", name);
		if (!deadline_s)
			continue;
		if (tp_now_ns() > end_ns)
			break;
		usleep((useconds_t)pause_us);
		if (pause_us < 5000)
			pause_us *= 2;
	}
	kill(pid, SIGKILL);
	usleep(100000); /* a process stuck in the kernel cannot be reaped: do not wait for ever */
	waitpid(pid, &status, WNOHANG);
	return tp_error(ETIMEDOUT, "%s did not end within %u s and was killed", name, deadline_s);
}

int tp_run(const struct tp_spawn *s)
{
	pid_t pid = tp_start(s);

	return pid < 0 ? (int)pid : tp_wait(pid, s->argv[0], s->deadline_s);
}
