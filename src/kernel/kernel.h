// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.h - where cases run
 *
 * A kind of kernel is a file in this folder and a row in the table of kernel.c.
 * Only this room touches a kernel under test: it makes the image, has the agent
 * carry out the plan, and leaves image, history and console to be judged.
 */
#ifndef TP_KERNEL_KERNEL_H
#define TP_KERNEL_KERNEL_H

#include <stdbool.h>

#include "plan/select.h"

/* One job on its way through a kernel. */
struct tp_boot {
	struct tp_job *job;
	const char *arg;      /* what stood behind "KIND:", or NULL */
	const char *agent;    /* path of tailpage-agent */
	const char *work;     /* a folder for images and mountpoints, on tmpfs or disk */
	const char *folder;   /* of the results: plan, history, console, agent.log */
	char *image;          /* out: path of the unmounted image, to be freed */
	bool console;         /* out: kernel messages were watched */
};

struct tp_kernel {
	const char *name;
	const char *help;
	/*
	 * Can it run here at all?  Returns 0; 1 when a feature is absent (reason
	 * in why: every case is SKIP); a negative errno (reported) otherwise.
	 */
	int (*check)(const char *arg, struct tp_buf *why);
	/*
	 * Once per run, before the first boot: namespaces, work folder.  On
	 * success *work is the folder, to be freed.
	 */
	int (*prepare)(const char *arg, const char *image_dir, const char *results, char **work);
	/* After the last boot: give the work folder back.  Frees work. */
	void (*finish)(char *work);
	/* Run one job.  0; 1 when the cell cannot be had here (reason in why: SKIP);
	 * a negative errno (reported): BROKEN.  What the kernel did is in the history. */
	int (*boot)(struct tp_boot *b, struct tp_buf *why);
};

/* All kinds; ends with a NULL name. */
extern const struct tp_kernel *const tp_kernels[];

/* The kind of "KIND" or "KIND:ARG"; *arg is set to ARG or NULL.  NULL: unknown. */
const struct tp_kernel *tp_kernel_find(const char *text, const char **arg);

extern const struct tp_kernel tp_kernel_host;
extern const struct tp_kernel tp_kernel_dir;
extern const struct tp_kernel tp_kernel_uml;

#endif
