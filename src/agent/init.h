// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.h - the agent as the first process of a guest
 */
#ifndef TP_AGENT_INIT_H
#define TP_AGENT_INIT_H

#include <stdbool.h>

/* Is this process the guest's init? */
bool init_is(void);

/*
 * Make the guest a place to run in (/proc, /dev, /mnt) and read from the kernel's
 * command line where plan and history are: tailpage.plan=DEVICE and
 * tailpage.history=DEVICE, set in argv[1] and argv[2].  0 or a negative errno
 * (reported).
 */
int init_begin(char **argv);

/* Switch the guest off.  Does not return. */
void init_end(int status) __attribute__((noreturn));

#endif
