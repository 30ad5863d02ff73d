// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn.h - run a program and wait for it
 */
#ifndef TP_BASE_SPAWN_H
#define TP_BASE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct tp_spawn {
	char *const *argv;   /* argv[0] is looked up in PATH and /usr/sbin:/sbin */
	const char *output;  /* file that takes stdout and stderr, appended; NULL: inherited */
	const char *errors;  /* file that takes stderr instead, appended; or NULL */
	unsigned deadline_s; /* 0: none.  Killed when it is over */
	unsigned grace_s;    /* so long it may take to end by itself, after SIGTERM */
	bool whole_family;   /* it starts processes that outlive it: they end with it */
	unsigned cpu;        /* 1 + the processor that it stays on; 0: any (cpu.h) */
	bool (*look)(void *ctx); /* called every few milliseconds; true: end it now */
	void *ctx;
};

/*
 * Run to the end.  Returns the exit status 0-255, 128+N when killed by signal
 * N, -ETIMEDOUT (reported; the child is killed and, if it can die, reaped),
 * -ECANCELED (not reported; look wanted its end, and it was killed likewise), or
 * another negative errno (reported; -ENOENT: no such program).
 * The child dies with its parent (PR_SET_PDEATHSIG).
 *
 * With whole_family a guard process stands between: whatever happens to this
 * process or to the program, all that the program started is killed.  When its end is
 * wanted, grace_s is what all of them have after a SIGTERM to the program's process
 * group, which is not that of the terminal.  What this process has locked stays locked
 * until the last of them has ended.
 */
int tp_run(const struct tp_spawn *s);

/*
 * The same, and what it said on stdout and on stderr (each to be freed, also after an
 * error; output and errors of s do not count).
 */
int tp_run_heard(const struct tp_spawn *s, char **out, char **err);

/* Is there such a program, looked up as tp_run does? */
bool tp_program_exists(const char *name);

/* Start only.  Returns the pid or a negative errno (reported). */
pid_t tp_start(const struct tp_spawn *s);

/* Wait for one child; as tp_run.  name is for the message. */
int tp_wait(pid_t pid, const char *name, unsigned deadline_s);

#endif
