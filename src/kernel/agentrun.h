// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agentrun.h - the agent as a child on this machine
 */
#ifndef TP_KERNEL_AGENTRUN_H
#define TP_KERNEL_AGENTRUN_H

#include "kernel/kernel.h"

/*
 * Write the job's plan into the results folder and have the agent carry it out.
 * Returns 0 when the history tells the rest (even if the agent crashed or gave
 * up), or a negative errno (reported).
 */
int tp_agent_run(const struct tp_boot *b, const struct tp_turn *t);

/* Write the plan's text, filled up with empty lines to a multiple of unit bytes (a disk
 * has whole blocks).  0 or a negative errno (reported). */
int tp_plan_write(const struct tp_plan *plan, const char *path, size_t unit);

/* Where work folders are made unless told otherwise: in memory, or else $TMPDIR. */
const char *tp_work_place(void);

/* Remove the work folders of all usual places that no living run holds, and memory
 * cgroups that nobody is in: a run of any kind that was killed may have left some. */
void tp_work_sweep(void);

/* Remove the work folders in dir that no living run holds, make one for this
 * run and hold it: its lock ends with the process.  *work is to be freed. */
int tp_work_make(const char *dir, char **work);

/* Remove the work folder; frees work. */
void tp_work_remove(char *work);

#endif
