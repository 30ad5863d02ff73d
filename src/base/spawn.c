// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn.c - run a program and wait for it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/spawn_own.h"

#define MOST_PAUSE_US 5000   /* between two looks at a child */
#define IDLE_PAUSE_US 500000 /* where its end wakes us and only the deadline is to be kept */

/* mke2fs and e2fsck live where an ordinary user's PATH does not look. */
char *tp_find_program(const char *name)
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

int tp_status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool tp_program_exists(const char *name)
{
	char *path = tp_find_program(name);
	bool found = path != NULL;

	free(path);
	return found;
}

void tp_become(const struct tp_spawn *s, const char *program, pid_t parent)
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
	if (s->errors) {
		int err = open(s->errors, O_WRONLY | O_CREAT | O_APPEND, 0644);

		if (err < 0)
			_exit(126);
		dup2(err, STDERR_FILENO);
	}
	if (s->cpu)
		tp_cpu_stay(s->cpu - 1);
	execv(program, s->argv);
	_exit(127);
}

pid_t tp_start(const struct tp_spawn *s)
{
	char *program = tp_find_program(s->argv[0]);
	pid_t parent = getpid(), pid;

	if (!program)
		return tp_error(ENOENT, "cannot run %s", s->argv[0]);
	pid = fork();
	if (pid == 0)
		tp_become(s, program, parent);
	if (pid < 0)
		pid = tp_error(errno, "cannot start %s", s->argv[0]);
	free(program);
	return pid;
}

/* A file that can be polled when the process ends; -1 before Linux 5.3. */
static int open_pid(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	return -1;
#endif
}

/* Wait until it ends, for at most so long. */
static void rest(int pidfd, uint64_t us)
{
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0)
		usleep((useconds_t)us);
	else
		poll(&fd, 1, (int)(us / 1000) + 1);
}

/* Block when there is nothing else to do; else look every few milliseconds.  Returns
 * how the waiting ended (status is set when it TP_ENDED), or a negative errno. */
static int poll_with(int pidfd, pid_t pid, const struct tp_spawn *s, int *status)
{
	uint64_t end_ns = tp_now_ns() + s->deadline_s * UINT64_C(1000000000);
	bool block = !s->deadline_s && !s->look;
	uint64_t pause_us = 200;
	int raw;

	for (;;) {
		pid_t got = waitpid(pid, &raw, block ? 0 : WNOHANG);

		if (got == pid) {
			*status = tp_status_of(raw);
			return TP_ENDED;
		}
		if (got < 0 && errno != EINTR)
			return -errno;
		if (block)
			continue;
		if (s->look && s->look(s->ctx))
			return TP_UNWANTED;
		if (s->deadline_s && tp_now_ns() > end_ns)
			return TP_OVERDUE;
		rest(pidfd, pause_us);
		if (pause_us < MOST_PAUSE_US)
			pause_us *= 2;
		else if (!s->look && pidfd >= 0)
			pause_us = IDLE_PAUSE_US;
	}
}

int tp_wait_as(pid_t pid, const struct tp_spawn *s, int *status)
{
	int pidfd = s->deadline_s || s->look ? open_pid(pid) : -1;
	int waited = poll_with(pidfd, pid, s, status);

	if (pidfd >= 0)
		close(pidfd);
	return waited;
}

/* How a program that did not end by itself is told of. */
int tp_not_ended(int waited, const char *name, unsigned deadline_s)
{
	if (waited == TP_UNWANTED)
		return -ECANCELED;
	return tp_error(ETIMEDOUT, "%s did not end within %u s and was killed", name, deadline_s);
}

static int wait_for(pid_t pid, const char *name, const struct tp_spawn *s)
{
	const struct tp_spawn last = { .deadline_s = 1 }, grace = { .deadline_s = s->grace_s };
	int status, waited = tp_wait_as(pid, s, &status);

	if (waited == TP_ENDED)
		return status;
	if (waited < 0)
		return tp_error(-waited, "cannot wait for %s", name);
	if (s->grace_s) {
		kill(pid, SIGTERM);
		if (tp_wait_as(pid, &grace, &status) == TP_ENDED)
			return tp_not_ended(waited, name, s->deadline_s);
	}
	kill(pid, SIGKILL);
	tp_wait_as(pid, &last, &status); /* one that is stuck in the kernel cannot be reaped */
	return tp_not_ended(waited, name, s->deadline_s);
}

int tp_wait(pid_t pid, const char *name, unsigned deadline_s)
{
	const struct tp_spawn s = { .deadline_s = deadline_s };

	return wait_for(pid, name, &s);
}

int tp_run(const struct tp_spawn *s)
{
	pid_t pid;

	if (s->whole_family)
		return tp_run_guarded(s);
	pid = tp_start(s);
	return pid < 0 ? (int)pid : wait_for(pid, s->argv[0], s);
}
