// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * era.h - file systems as the mke2fs of earlier years made them
 *
 * A kernel mounts only features that it knows, and mke2fs has learned more than
 * an old kernel can mount.  An era is a row: what mke2fs is told, from which
 * kernel on that can be written to, and which cells cannot be had with it.
 */
#ifndef TP_KERNEL_ERA_H
#define TP_KERNEL_ERA_H

#include "model/cell.h"
#include "plan/known.h"

/* A flavour of cells that an era does not have. */
struct tp_era_gap {
	const char *flavour; /* of struct tp_cell; NULL ends the list */
	const char *why;
};

struct tp_era {
	const char *name;        /* "3.x" */
	struct tp_release since; /* the first kernel that can write to it */
	const char *features;    /* all of them, for mke2fs -O; empty: as mke2fs is set up */
	struct tp_era_gap gaps[3];
};

/* From the oldest to the newest, which is called "current"; ends with a NULL name. */
extern const struct tp_era tp_eras[];

/* NULL: there is none of this name. */
const struct tp_era *tp_era_find(const char *name);

/* The newest that this kernel can write to; a kernel older than all gets the oldest. */
const struct tp_era *tp_era_for(const struct tp_release *kernel);

/* Why the cell cannot be had in this era; NULL: it can. */
const char *tp_era_lacks(const struct tp_era *era, const struct tp_cell *cell);

#endif
