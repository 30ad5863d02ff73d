// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load.h - a program that runs beside the sequences and judges its own data
 *
 * The command lines come with the plan; in them %m stands for the folder of
 * the mount that is the load's own.
 */
#ifndef TP_AGENT_LOAD_H
#define TP_AGENT_LOAD_H

#include <sys/types.h>

#include "agent/agent.h"

struct load {
	pid_t pid; /* 0: does not run */
};

/* All return 0 or a negative errno; a load that fails is no error here but a
 * text in the history, "load-exit STATUS" or "check-exit STATUS". */
int load_start(struct load *l, struct run *r);
int load_wait(struct load *l, struct run *r);
int load_check(struct load *l, struct run *r);
void load_kill(struct load *l);

#endif
