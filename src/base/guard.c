// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guard.c - run a program such that nothing that it started outlives it, or us
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/spawn_own.h"

#define LOOK_MS 20
#define KILL_S  5 /* for what is killed to be gone */

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

/* Wait until the program ends; whole: all that it started, too.  False: the other end of
 * the pipe was closed, or the time is over (0: never) before. */
static bool attend(pid_t first, bool whole, int alive, unsigned deadline_s, int *status)
{
	const uint64_t end_ns = tp_now_ns() + deadline_s * UINT64_C(1000000000);
	struct pollfd fd = { .fd = alive };

	for (;;) {
		int raw;
		pid_t pid = waitpid(whole ? -1 : first, &raw, WNOHANG);

		if (pid == first)
			*status = raw;
		if (pid < 0 || (pid == first && !whole))
			return true;
		if (pid > 0)
			continue;
		if (poll(&fd, 1, LOOK_MS) > 0 && (fd.revents & (POLLHUP | POLLERR)))
			return false;
		if (deadline_s && tp_now_ns() > end_ns)
			return false;
	}
}

static void guard(const struct tp_spawn *s, const char *program, int alive)
{
	pid_t me = getpid(), first;
	int status = 0;

	setpgid(0, 0); /* a signal to our caller's group must not end the guard */
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	first = fork();
	if (first == 0) {
		setpgid(0, 0);
		tp_become(s, program, me);
	}
	if (first < 0)
		_exit(127);
	signal(SIGTERM, SIG_IGN);
	setpgid(first, first); /* whoever of the two is the first */
	if (!attend(first, false, alive, 0, &status) && s->grace_s) {
		kill(-first, SIGTERM);
		kill(-first, SIGCONT); /* one that wanted the terminal was stopped */
		attend(first, true, -1, s->grace_s, &status);
	}
	reap_family(first);
	_exit(tp_status_of(status));
}

/* Start under a guard; *alive is the end of the pipe that keeps it waiting. */
static pid_t start_guarded(const struct tp_spawn *s, int *alive)
{
	char *program = tp_find_program(s->argv[0]);
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

/* A guard is not killed but let go: it cleans up and ends by itself. */
int tp_run_guarded(const struct tp_spawn *s)
{
	const struct tp_spawn last = { .deadline_s = s->grace_s + KILL_S };
	int alive = -1, status = 0, waited;
	pid_t pid = start_guarded(s, &alive);

	if (pid < 0)
		return pid;
	waited = tp_wait_as(pid, s, &status);
	close(alive);
	if (waited == TP_ENDED)
		return status;
	if (waited < 0)
		return tp_error(-waited, "cannot wait for %s", s->argv[0]);
	tp_wait_as(pid, &last, &status);
	return tp_not_ended(waited, s->argv[0], s->deadline_s);
}
