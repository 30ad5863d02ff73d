// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.h - the agent as the first process of a guest
 */
#ifndef TP_AGENT_INIT_H
#define TP_AGENT_INIT_H

#include <stdbool.h>

/* Is this the guest's init, or a process of it? */
bool init_is(void);

/* Is this guest User-Mode Linux? */
bool init_is_uml(void);

/*
 * Make the guest a place to run in (/proc, /dev, /mnt) and read from the kernel's
 * command line where plan and history are: tailpage.plan=DEVICE and
 * tailpage.history=DEVICE, set in argv[1] and argv[2].  0 or a negative errno
 * (reported).
 */
int init_begin(char **argv);

/* The name that this guest's kernel gives to a disk, in place: /dev/hda for what the
 * plan calls /dev/sda.  Returns device. */
char *init_disk(char *device);

/*
 * End the agent: as the first process switch the guest off, else exit.  Nothing
 * is synced, since that might never return.  Does not return.
 */
void agent_leave(int status) __attribute__((noreturn));

/*
 * A line between the kernel's own messages (/dev/kmsg), so that who reads the
 * console knows what they belong to.  Says nothing when this is no guest.
 */
void init_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
