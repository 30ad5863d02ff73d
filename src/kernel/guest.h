// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.h - what every virtual machine needs: disks, a console, and their sorting
 *
 * All jobs of a boot share one plan, one history and one console; when the guest
 * has ended, each job gets its own part of them in its folder, as if it had run
 * alone.
 */
#ifndef TP_KERNEL_GUEST_H
#define TP_KERNEL_GUEST_H

#include "kernel/console.h"
#include "kernel/kernel.h"

/* How a kind of machine names its disks: "/dev/ubd" and the letter a, b ... */
struct tp_disks {
	const char *prefix;
	unsigned most;
};

/* A guest's files. */
struct tp_guest {
	char *dir;        /* of this boot, in the work folder */
	char *initramfs;
	char **disks;     /* plan, history, then the images */
	size_t nr_disks;
	char *plan_device, *history_device;
	char *console;    /* what the guest's kernel prints */
	struct tp_turn **turns; /* those that are in the plan, in its order */
	size_t nr;
	unsigned op_deadline_s;
};

/* As prepare of struct tp_kernel: a work folder in memory where there is one. */
int tp_guest_prepare(const struct tp_target *t, const char *results, char **work);

/* A kind of machine: all that tells one guest from another. */
struct tp_guest_kind {
	const struct tp_disks *disks;
	const char *modules; /* folder with kernel modules to load, or NULL */
	bool one_cpu;        /* it runs one process at a time: see cpu of struct tp_boot */
	/* The argv of the program that is the machine, its words and itself to be freed;
	 * what it prints goes to the console. */
	char **(*words)(const struct tp_boot *b, const struct tp_guest *g);
	tp_probe_fn probe;
};

/*
 * As boot of struct tp_kernel: make the images of all turns that wait and the files
 * of the guest, run it under watch (console.h), and give every job its part and say
 * how far it came.  Turns whose cell mke2fs cannot make are ABSENT and not in it.
 * What came of the rest is in histories and consoles.
 */
int tp_guest_boot(struct tp_boot *b, const struct tp_guest_kind *kind);

#endif
