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

/* A guest's files.  All paths are to be freed (tp_guest_free). */
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

/*
 * Make the images of all turns that wait, and the files of the guest.  Turns whose
 * cell mke2fs cannot make are ABSENT and not in it.  0 or a negative errno
 * (reported).  modules: a folder with kernel modules to load, or NULL.
 */
int tp_guest_make(struct tp_boot *b, const struct tp_disks *disks, const char *modules,
		  struct tp_guest *g);

/*
 * Run the guest's program under watch (console.h); words are its argv, freed
 * here, and its output goes to the console.  0 when it ran at all: what came of
 * it is in the history and the console; or a negative errno (reported).
 */
int tp_guest_run(const struct tp_guest *g, char **words, tp_probe_fn probe);

/* After the guest ended: give every job its part, and say how far it came. */
int tp_guest_collect(struct tp_guest *g);
void tp_guest_free(struct tp_guest *g);

#endif
