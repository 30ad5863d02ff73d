// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.h - what the parts of the random generator share
 */
#ifndef TP_PLAN_RACE_H
#define TP_PLAN_RACE_H

#include "base/prng.h"
#include "plan/random.h"
#include "plan/walk.h"

/* A sequence that is being drawn. */
struct tp_draw {
	struct tp_prng prng;
	const struct tp_mix *mix;
	struct tp_walk walk;
	struct tp_seq seq;
	uint32_t block_bytes;
	uint64_t base, pages; /* the window: operations work in it */
	unsigned actors;
	bool remounted;
};

bool tp_draw_one_in(struct tp_draw *d, unsigned n);
uint64_t tp_draw_point(struct tp_draw *d);

/* Draw an operation that fits the state; false when this one does not. */
bool tp_draw_op(struct tp_draw *d, struct tp_op *op);
void tp_draw_add(struct tp_draw *d, const struct tp_op *op);

/* race.c: a block of at most `most` operations (at least 2) in which actors race;
 * the size behind it is known again. */
void tp_draw_block(struct tp_draw *d, size_t most);

#endif
