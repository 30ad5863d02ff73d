// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.c - blocks of random sequences in which actors race
 *
 * While they race nobody knows the size, so that an access may fault wherever
 * the smallest size that any of them makes has no page.
 */
#include <string.h>

#include "plan/race.h"
#include "plan/random.h"

#define OPS_OF_ACTOR 4
#define TRIES        200

/*
 * May an actor do it?  Where the size decides whether the kernel refuses it, or how
 * much it does, nobody could tell what is right.  Direct I/O that meets a page in use fails with
 * EIO, or leaves it for the next fsync, by design (dio_warn_stale_pagecache in
 * mm/filemap.c), and an I/O error proves nothing.
 */
static bool allowed(const struct tp_op *op)
{
	const struct tp_op_info *info = &tp_ops[op->kind];

	if (tp_walk_direct(op->kind))
		return false;
	return !(info->flags & (TP_OP_MAIN | TP_OP_REPLACE | TP_OP_SHORT)) &&
	       info->effect != TP_EFFECT_COLLAPSE && info->effect != TP_EFFECT_INSERT &&
	       info->effect != TP_EFFECT_COPY;
}

static bool moves_size(const struct tp_op *op)
{
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_TRUNCATE:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		return true;
	default:
		return false;
	}
}

/* The window counts as the file's, so that accesses meet what others extend. */
static void add_operation(struct tp_draw *d, uint8_t actor)
{
	uint64_t size = d->walk.size, window = d->base + d->pages * d->walk.page_bytes;
	struct tp_op op;
	unsigned tries = 0;

	do {
		d->walk.size = size;
		if (tp_draw_one_in(d, 2)) /* else places near the size that it has now */
			d->walk.size = window;
		if (++tries > TRIES)
			op = (struct tp_op){ .kind = TP_OP_KIND_FSYNC };
	} while (tries <= TRIES && (!tp_draw_op(d, &op) || !allowed(&op)));
	d->walk.size = size;
	op.actor = actor;
	op.expect = TP_EXPECT_OK;
	op.expect_err = 0;
	tp_draw_add(d, &op);
}

/* Actors that meet do so equally often: once, before their last operation. */
static void add_actor(struct tp_draw *d, uint8_t actor, size_t nr, bool meets, bool waits)
{
	struct tp_op op = { .kind = TP_OP_KIND_MEET, .actor = actor };

	if (waits) {
		struct tp_op offset = { .kind = TP_OP_KIND_OFFSET, .actor = actor };

		offset.arg[1] = 16;
		offset.arg[0] = 1 + tp_prng_below(&d->prng, offset.arg[1]);
		tp_draw_add(d, &offset);
	}
	for (size_t i = 0; i < nr; i++) {
		if (meets && i + 1 == nr)
			tp_draw_add(d, &op);
		add_operation(d, actor);
	}
}

static void add_process(struct tp_draw *d, uint8_t actor)
{
	const struct tp_op process = { .kind = TP_OP_KIND_PROCESS, .actor = actor };

	tp_draw_add(d, &process);
}

struct sizes {
	uint64_t least, most; /* that the file may have meanwhile */
	bool known;           /* the size behind the block is walk.size */
};

/* What the block's operations [from, end) can do to the size. */
static struct sizes sizes_of(const struct tp_draw *d, size_t from)
{
	struct sizes s = { d->walk.size, d->walk.size, true };
	int mover = 0;
	bool cuts = false;

	for (size_t i = from; i < d->seq.nr; i++) {
		const struct tp_op *op = &d->seq.ops[i];
		uint64_t start, end;

		if (!moves_size(op) || !tp_op_range(op, &start, &end))
			continue;
		if (tp_ops[op->kind].effect == TP_EFFECT_TRUNCATE) {
			cuts = true;
			end = start;
			s.least = end < s.least ? end : s.least;
		}
		s.most = end > s.most ? end : s.most;
		s.known &= !mover || mover == op->actor;
		mover = op->actor;
	}
	s.known |= !cuts; /* all of them only extend: the furthest wins */
	return s;
}

static bool is_access(const struct tp_op *op)
{
	return op->kind == TP_OP_KIND_STORE || op->kind == TP_OP_KIND_LOAD ||
	       op->kind == TP_OP_KIND_TOUCH;
}

static void expect_faults(struct tp_draw *d, size_t from, uint64_t least)
{
	struct tp_walk w = d->walk;

	w.size = least;
	for (size_t i = from; i < d->seq.nr; i++) {
		struct tp_op *op = &d->seq.ops[i];

		if (!is_access(op) || tp_walk_fit(&w, op) == TP_FIT_YES)
			continue;
		op->expect = TP_EXPECT_EITHER;
		op->expect_err = TP_SIGBUS;
	}
}

/* Behind the block main must know the size again. */
static void settle(struct tp_draw *d, size_t from, const struct sizes *s)
{
	struct tp_op cut = { .kind = TP_OP_KIND_TRUNCATE };

	for (size_t i = from; i < d->seq.nr; i++)
		if (moves_size(&d->seq.ops[i]))
			tp_walk_apply(&d->walk, &d->seq.ops[i]);
	if (s->known)
		return;
	cut.arg[0] = tp_draw_point(d);
	tp_draw_add(d, &cut);
	d->walk.size = cut.arg[0];
}

void tp_draw_block(struct tp_draw *d, size_t most)
{
	size_t from = d->seq.nr;
	unsigned actors = 2 + (unsigned)tp_prng_below(&d->prng, d->actors - 1);
	bool meets = tp_draw_one_in(d, 3), waits = tp_draw_one_in(d, 3);
	bool apart =
		tp_draw_one_in(d, 8); /* a process takes a thousand times an operation's time */
	struct sizes sizes;

	actors = actors > most ? (unsigned)most : actors;
	for (unsigned a = 1; a <= actors; a++) {
		size_t nr = 1 + tp_prng_below(&d->prng, OPS_OF_ACTOR);

		nr = nr * actors > most ? 1 : nr;
		if (apart && tp_draw_one_in(d, 2))
			add_process(d, (uint8_t)a);
		add_actor(d, (uint8_t)a, nr, meets, waits && a == 1);
	}
	sizes = sizes_of(d, from);
	expect_faults(d, from, sizes.least);
	settle(d, from, &sizes);
}
