// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.h - where cases run
 *
 * A kind of kernel is a file in this folder and a row in the table of kernel.c.
 * Only this room touches a kernel under test: it makes the images, has the agent
 * carry out the plan, and leaves images, histories and consoles to be judged.
 */
#ifndef TP_KERNEL_KERNEL_H
#define TP_KERNEL_KERNEL_H

#include <stdbool.h>

#include "kernel/era.h"
#include "plan/select.h"

/* Which kernel, and the machine it gets.  0 and NULL: the kind's own choice. */
struct tp_target {
	const char *arg;        /* what stood behind "KIND:", or NULL */
	const char *image_dir;  /* where images lie */
	uint64_t smp;           /* processors of a guest */
	uint64_t mem_mib;       /* its memory */
	const char *accel;      /* qemu: auto, kvm, tcg */
	const char *disk;       /* qemu: virtio, ide */
	const char *modules;    /* qemu: folder with the kernel's modules */
};

/* What came of a job. */
enum tp_turn_state {
	TP_TURN_WAITING, /* its mount was never begun */
	TP_TURN_ABSENT,  /* the cell cannot be had here, and why: SKIP */
	TP_TURN_CUT,     /* begun, but the guest came to its end first */
	TP_TURN_DONE,    /* the history says what came of it */
};

/* One job on its way through a kernel. */
struct tp_turn {
	struct tp_job *job;
	const char *folder;   /* of the results: plan, history, console, agent.log */
	char *image;          /* path of the image, to be freed; or NULL */
	bool console;         /* kernel messages were watched */
	enum tp_turn_state state;
	struct tp_buf why;
};

/* One start of a kernel. */
struct tp_boot {
	const struct tp_target *target;
	const char *agent;    /* path of tailpage-agent */
	const char *work;     /* a folder for images and mountpoints, on tmpfs or disk */
	const struct tp_era *era; /* what mke2fs makes; NULL: as it is set up */
	unsigned cpu;         /* 1 + the processor for a guest that needs one; 0: any */
	struct tp_turn *turns;
	size_t nr;            /* at most the kind's max_turns */
};

struct tp_kernel {
	const char *name;
	const char *help;
	/* How many jobs one start can take; more than one: each start is a fresh
	 * kernel, and what it left undone can be tried again. */
	size_t (*max_turns)(const struct tp_target *t);
	/* Names of the options for a guest that it heeds; NULL ends them, or none. */
	const char *const *options;
	/* Is what the user gave (argument, folders) what it must be?  false: reported.
	 * Nothing has been made yet. */
	bool (*sound)(const struct tp_target *t);
	/*
	 * Can it run here at all?  Returns 0; 1 when a feature is absent (reason
	 * in why: every case is SKIP); a negative errno (reported) otherwise.
	 */
	int (*check)(const struct tp_target *t, struct tp_buf *why);
	/* The file system that the sequences run on, as the list of known issues calls it:
	 * "ext4", "tmpfs" or "other".  No function: "ext4". */
	const char *(*filesystem)(const struct tp_target *t);
	/* The release of the kernel that will run, "6.1.176", to be freed; NULL when it
	 * cannot be told before it runs.  No function: images are not for a kernel. */
	char *(*release)(const struct tp_target *t);
	/*
	 * Once per run, before the first boot: namespaces, work folder.  On
	 * success *work is the folder, to be freed.
	 */
	int (*prepare)(const struct tp_target *t, const char *results, char **work);
	/* After the last boot: give the work folder back.  Frees work. */
	void (*finish)(char *work);
	/* Run the jobs that are WAITING and say in each what came of it.  A negative
	 * errno (reported) is a fault of ours that stopped them all. */
	int (*boot)(struct tp_boot *b);
};

/* All kinds; ends with a NULL name. */
extern const struct tp_kernel *const tp_kernels[];

/* The kind of "KIND" or "KIND:ARG"; *arg is set to ARG or NULL.  NULL: unknown. */
const struct tp_kernel *tp_kernel_find(const char *text, const char **arg);

/* Does it heed this option for a guest? */
bool tp_kernel_heeds(const struct tp_kernel *k, const char *option);

/* For kinds that run one job at a time. */
size_t tp_one_turn(const struct tp_target *t);

extern const struct tp_kernel tp_kernel_host;
extern const struct tp_kernel tp_kernel_dir;
extern const struct tp_kernel tp_kernel_uml;
extern const struct tp_kernel tp_kernel_qemu;

#endif
