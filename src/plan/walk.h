// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.h - where a sequence leads, without running it: size and mappings
 *
 * What the generators know of a file, so that they make no sequence whose
 * result nobody could judge.
 */
#ifndef TP_PLAN_WALK_H
#define TP_PLAN_WALK_H

#include "model/cell.h"
#include "model/op.h"

struct tp_walk_slot {
	bool mapped, private_map, read_only;
	uint64_t off, len;
};

struct tp_walk {
	uint64_t size;
	uint32_t page_bytes;
	uint32_t unit;         /* blocks are given out in such pieces: block or cluster */
	bool extents;          /* without them fallocate(2) is refused */
	struct tp_walk_slot slot[TP_MAX_SLOTS];
};

enum tp_fit {
	TP_FIT_YES,     /* it must succeed */
	TP_FIT_FAULTS,  /* it touches a page that the file does not have: SIGBUS */
	TP_FIT_REFUSED, /* the kernel must or may refuse it: EINVAL, EOPNOTSUPP */
	TP_FIT_NO,      /* it makes no sense: nothing is mapped there, no length */
};

void tp_walk_begin(struct tp_walk *w, const struct tp_cell *cell, uint32_t page_bytes);

/* How the operation would end now. */
enum tp_fit tp_walk_fit(const struct tp_walk *w, const struct tp_op *op);

/* Does it go through O_DIRECT? */
bool tp_walk_direct(enum tp_op_kind kind);

/* The state behind the operation, which succeeded. */
void tp_walk_apply(struct tp_walk *w, const struct tp_op *op);

#endif
