// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmsg.h - messages of the running kernel since a moment
 */
#ifndef TP_KERNEL_KMSG_H
#define TP_KERNEL_KMSG_H

/* Begin to watch.  Returns a descriptor, or -1 when /dev/kmsg cannot be read. */
int tp_kmsg_begin(void);

/* Write what came since, one message a line, to the file; closes fd.  0 or a
 * negative errno (reported). */
int tp_kmsg_end(int fd, const char *path);

#endif
