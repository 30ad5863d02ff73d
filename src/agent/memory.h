// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory.h - the memory cgroup in which a mount's sequences run
 */
#ifndef TP_AGENT_MEMORY_H
#define TP_AGENT_MEMORY_H

#include "agent/agent.h"

/*
 * Make the cgroup that the plan wants for the mount, if it wants one, and enter it.  0, or a
 * negative errno when this machine has none to give: "absent REASON" is in the history
 * then, and the mount's files must not be run.
 */
int memory_enter(struct run *r);

/* Leave and remove it, if there is one. */
void memory_leave(struct run *r);

#endif
