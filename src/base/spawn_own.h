// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spawn_own.h - what spawn.c and guard.c have in common
 */
#ifndef TP_BASE_SPAWN_OWN_H
#define TP_BASE_SPAWN_OWN_H

#include "base/spawn.h"

enum tp_waited { TP_ENDED, TP_OVERDUE, TP_UNWANTED };

/* Its path, to be freed, or NULL. */
char *tp_find_program(const char *name);

/* In a new process: become the program, or end with 126 (no output) or 127. */
void tp_become(const struct tp_spawn *s, const char *program, pid_t parent);

/* What tp_run returns for this status of waitpid(2). */
int tp_status_of(int status);

/* Wait as long as s wants.  Returns how the waiting ended (status is set, as of tp_run,
 * when it TP_ENDED), or a negative errno. */
int tp_wait_as(pid_t pid, const struct tp_spawn *s, int *status);

/* What tp_run returns for a program that did not end by itself; reported if it was late. */
int tp_not_ended(int waited, const char *name, unsigned deadline_s);

/* tp_run, with whole_family. */
int tp_run_guarded(const struct tp_spawn *s);

#endif
