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
#include "base/spawn.h"

#define MOST_PAUSE_US 5000   /* between two looks at a child */
#define IDLE_PAUSE_US 500000 /* where its end wakes us and only the deadline is to be kept */

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

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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

/*
 * The guard adopts what the program leaves behind (PR_SET_CHILD_SUBREAPER, since
 * 3.4) and kills it, as soon as the program ends or nobody holds the other end
 * of the pipe any more.
 */
static void reap_family(pid_t first)
{
	char path[64], line[4096];
	FILE *f;

	kill(-first, SIGKILL);
	for (unsigned i = 0; i < 200; i++) { /* each round takes a generation */
		pid_t pid;

		snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
		f = fopen(path, "re");
		if (f && fgets(line, sizeof(line), f))
			for (char *p = line; (pid = (pid_t)strtol(p, &p, 10)) > 0;)
				kill(pid, SIGKILL);
		if (f)
			fclose(f);
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return;
		usleep(5000);
	}
}

static void guard(const struct tp_spawn *s, const char *program, int alive)
{
	struct pollfd fd = { .fd = alive };
	pid_t me = getpid(), first;
	int status = 0;

	setpgid(0, 0); /* a signal to our caller's group must not end the guard */
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	first = fork();
	if (first == 0) {
		setpgid(0, 0);
		signal(SIGTERM, SIG_DFL);
		child(s, program, me);
	}
	while (first > 0 && waitpid(first, &status, WNOHANG) == 0)
		if (poll(&fd, 1, 20) > 0 && (fd.revents & (POLLHUP | POLLERR)))
			break;
	reap_family(first);
	_exit(first > 0 ? status_of(status) : 127);
}

/* Start under a guard; *alive is the end of the pipe that keeps it waiting. */
static pid_t start_guarded(const struct tp_spawn *s, int *alive)
{
	char *program = find_program(s->argv[0]);
	int ends[2];
	pid_t pid;

	if (!program)
		return tp_error(ENOENT, "cannot run %s", s->argv[0]);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		free(program);
		return tp_error(errno, "cannot start %s", s->argv[0]);
	}
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		guard(s, program, ends[0]);
	}
	if (pid < 0)
		pid = tp_error(errno, "cannot start %s", s->argv[0]);
	close(ends[0]);
	*alive = ends[1];
	free(program);
	return pid;
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

enum waited { ENDED, OVERDUE, UNWANTED };

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
 * how the waiting ended (status is set when it ENDED), or a negative errno. */
static int poll_with(int pidfd, pid_t pid, const struct tp_spawn *s, int *status)
{
	uint64_t end_ns = tp_now_ns() + s->deadline_s * UINT64_C(1000000000);
	bool block = !s->deadline_s && !s->look;
	uint64_t pause_us = 200;
	int raw;

	for (;;) {
		pid_t got = waitpid(pid, &raw, block ? 0 : WNOHANG);

		if (got == pid) {
			*status = status_of(raw);
			return ENDED;
		}
		if (got < 0 && errno != EINTR)
			return -errno;
		if (block)
			continue;
		if (s->look && s->look(s->ctx))
			return UNWANTED;
		if (s->deadline_s && tp_now_ns() > end_ns)
			return OVERDUE;
		rest(pidfd, pause_us);
		if (pause_us < MOST_PAUSE_US)
			pause_us *= 2;
		else if (!s->look && pidfd >= 0)
			pause_us = IDLE_PAUSE_US;
	}
}

static int poll_wait(pid_t pid, const struct tp_spawn *s, int *status)
{
	int pidfd = s->deadline_s || s->look ? open_pid(pid) : -1;
	int waited = poll_with(pidfd, pid, s, status);

	if (pidfd >= 0)
		close(pidfd);
	return waited;
}

/* How a program that did not end by itself is told of. */
static int not_ended(int waited, const char *name, unsigned deadline_s)
{
	if (waited == UNWANTED)
		return -ECANCELED;
	return tp_error(ETIMEDOUT, "%s did not end within %u s and was killed", name, deadline_s);
}

static int wait_for(pid_t pid, const char *name, const struct tp_spawn *s)
{
	const struct tp_spawn last = { .deadline_s = 1 }, grace = { .deadline_s = s->grace_s };
	int status, waited = poll_wait(pid, s, &status);

	if (waited == ENDED)
		return status;
	if (waited < 0)
		return tp_error(-waited, "cannot wait for %s", name);
	if (s->grace_s) {
		kill(pid, SIGTERM);
		if (poll_wait(pid, &grace, &status) == ENDED)
			return not_ended(waited, name, s->deadline_s);
	}
	kill(pid, SIGKILL);
	poll_wait(pid, &last, &status); /* one that is stuck in the kernel cannot be reaped */
	return not_ended(waited, name, s->deadline_s);
}

int tp_wait(pid_t pid, const char *name, unsigned deadline_s)
{
	const struct tp_spawn s = { .deadline_s = deadline_s };

	return wait_for(pid, name, &s);
}

/* A guard is not killed but let go: it cleans up and ends by itself. */
static int run_guarded(const struct tp_spawn *s)
{
	const struct tp_spawn last = { .deadline_s = 5 };
	int alive = -1, status = 0, waited;
	pid_t pid = start_guarded(s, &alive);

	if (pid < 0)
		return pid;
	waited = poll_wait(pid, s, &status);
	close(alive);
	if (waited == ENDED)
		return status;
	poll_wait(pid, &last, &status);
	return not_ended(waited, s->argv[0], s->deadline_s);
}

int tp_run(const struct tp_spawn *s)
{
	pid_t pid;

	if (s->whole_family)
		return run_guarded(s);
	pid = tp_start(s);
	return pid < 0 ? (int)pid : wait_for(pid, s->argv[0], s);
}
