// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.h - what every virtual machine needs: disks for plan and history
 */
#ifndef TP_KERNEL_GUEST_H
#define TP_KERNEL_GUEST_H

#include "kernel/kernel.h"

/* The files that a guest is given.  All paths are to be freed (tp_guest_free). */
struct tp_guest {
	char *initramfs;
	char *plan;      /* text on a raw disk */
	char *history;   /* raw disk, zeros */
	char *console;   /* what the guest's kernel prints */
};

/*
 * Make image, plan and history disks of a job whose file system will be
 * `device` in the guest.  0; 1 when mke2fs cannot make the cell (reason in why);
 * a negative errno (reported).
 */
int tp_guest_make(struct tp_boot *b, const char *device, struct tp_guest *g, struct tp_buf *why);

/* After the guest ended: cut the history where the guest stopped writing. */
int tp_guest_collect(const struct tp_guest *g);
void tp_guest_free(struct tp_guest *g);

#endif
