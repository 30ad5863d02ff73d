// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * piece.c - the moments of an operation that races
 *
 * What a kernel does between begin and end of a system call is not one moment:
 * a write copies bytes before the size shows them, a truncate shows the size
 * before it unmaps the pages, a read looks at the size and at the bytes apart.
 * Another actor may act in between and see it; each such moment is a piece.
 * Pieces that nobody can tell apart are one.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "model/maker.h"

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

size_t tp_maker_add(struct tp_maker *m, struct tp_piece p)
{
	struct tp_pieces *out = m->out;

	p.op = m->index;
	p.maybe |= m->maybe && p.kind != TP_PIECE_CAPTURE;
	p.until = TP_NO_PIECE;
	p.hold &= !m->maybe; /* nobody knows when, or whether, it gave the lock back */
	out->piece = tp_grow(out->piece, out->nr, sizeof(p));
	out->piece[out->nr] = p;
	return out->nr++;
}

size_t tp_maker_grow(struct tp_maker *m, uint64_t size, size_t after, enum tp_lock lock,
		     uint32_t step)
{
	if (size <= m->out->least)
		return after;
	return tp_maker_add(m, (struct tp_piece){ .kind = TP_PIECE_GROW,
						  .lock = lock,
						  .after = after,
						  .end = size,
						  .step = step });
}

bool tp_maker_direct(enum tp_op_kind kind)
{
	return tp_ops[kind].flags & TP_OP_DIRECT && tp_ops[kind].effect == TP_EFFECT_WRITE;
}

bool tp_maker_happens(const struct tp_race_op *op)
{
	if (op->never)
		return false;
	return !op->ev || op->ev->err == 0 || op->ev->result > 0 ||
	       tp_ops[op->op->kind].flags & TP_OP_PART;
}

bool tp_maker_overlap(const struct tp_race_op *a, const struct tp_race_op *b)
{
	return a->begin_ns <= b->end_ns && b->begin_ns <= a->end_ns;
}

static uint64_t common(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

uint64_t tp_maker_moved_by(const struct tp_maker *m)
{
	uint64_t by = 0;

	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];
		enum tp_effect effect = tp_ops[b->op->kind].effect;

		if ((effect == TP_EFFECT_COLLAPSE || effect == TP_EFFECT_INSERT) &&
		    tp_maker_happens(b) && tp_maker_overlap(m->op, b))
			by = common(by, b->op->arg[1]);
	}
	return by;
}

/* The operation was done, done bytes of it where it counts them. */
static void make_done(struct tp_maker *m, uint64_t done)
{
	const struct tp_op *op = m->op->op;
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		tp_make_write(m, a[0], a[0] + done);
		break;
	case TP_EFFECT_STORE:
		tp_make_store(m, a[0], a[0] + done, false);
		break;
	case TP_EFFECT_COPY:
		tp_make_copy(m, a[0], a[1], done);
		break;
	case TP_EFFECT_TRUNCATE:
		tp_make_truncate(m, a[0]);
		break;
	case TP_EFFECT_ALLOCATE:
		tp_make_extend(m, a[0] + a[1]);
		break;
	case TP_EFFECT_ZERO:
		tp_make_zero(m, a[0], a[0] + a[1], false);
		tp_make_extend(m, a[0] + a[1]);
		break;
	case TP_EFFECT_PUNCH:
		tp_make_zero(m, a[0], a[0] + a[1], true);
		break;
	case TP_EFFECT_COLLAPSE:
		tp_make_move(m, TP_PIECE_COLLAPSE, a[0], a[0] + a[1]);
		break;
	case TP_EFFECT_INSERT:
		tp_make_move(m, TP_PIECE_OPEN, a[0], a[0] + a[1]);
		break;
	case TP_EFFECT_READ:
		tp_make_read(m, a[0], a[1], done);
		break;
	case TP_EFFECT_SIZE:
		tp_make_size(m, m->op->ev->size, m->op->ev->size, TP_NO_PIECE);
		break;
	case TP_EFFECT_MAP:
	case TP_EFFECT_NONE:
		break;
	}
}

/* All that it would have done, perhaps, and perhaps in part. */
static void make_maybe(struct tp_maker *m)
{
	const struct tp_op *op = m->op->op;
	enum tp_effect effect = tp_ops[op->kind].effect;

	if (effect == TP_EFFECT_READ || effect == TP_EFFECT_SIZE)
		return;
	m->maybe = true;
	make_done(m, effect == TP_EFFECT_COPY ? op->arg[2] : op->arg[1]);
	if (effect != TP_EFFECT_STORE && effect != TP_EFFECT_NONE && effect != TP_EFFECT_MAP &&
	    effect != TP_EFFECT_PUNCH)
		m->out->unsure_size = true;
}

/* The page after the last whole one faulted, perhaps after some of its bytes were stored. */
static void make_faulted(struct tp_maker *m, uint64_t done)
{
	const struct tp_op *op = m->op->op;
	uint32_t page = m->r->page_bytes;
	uint64_t at = op->arg[0] + done, end = op->arg[0] + op->arg[1];
	size_t last = TP_NO_PIECE;

	make_done(m, done);
	if (op->kind == TP_OP_KIND_TOUCH)
		end = at + 1;
	if (tp_ops[op->kind].effect == TP_EFFECT_STORE)
		last = tp_make_store(m, at, min64(end, (at / page + 1) * page), true);
	tp_make_fault(m, at, last);
}

static void make_op(struct tp_maker *m)
{
	const struct tp_event *ev = m->op->ev;
	enum tp_op_kind kind = m->op->op->kind;
	uint64_t done = ev && ev->result > 0 ? (uint64_t)ev->result : 0;

	m->maybe = false;
	if (m->op->never)
		return;
	if (!ev)
		make_maybe(m);
	else if (ev->err == 0)
		make_done(m, done);
	else if (ev->err == TP_SIGBUS)
		make_faulted(m, done);
	else if (tp_event_refused(ev))
		return;
	else if (tp_ops[kind].flags & TP_OP_PART)
		make_maybe(m);
	else if (tp_ops[kind].effect == TP_EFFECT_STORE)
		make_done(m, done);
}

/* The size is never below this, whatever the order. */
static uint64_t least_size(const struct tp_race *r, const struct tp_states *before)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < before->nr; i++)
		least = min64(least, before->alt[i].size);
	for (size_t i = 0; i < r->nr; i++) {
		const struct tp_race_op *op = &r->ops[i];

		if (!tp_maker_happens(op))
			continue;
		if (tp_ops[op->op->kind].effect == TP_EFFECT_TRUNCATE)
			least = min64(least, op->op->arg[0]);
		if (tp_ops[op->op->kind].effect == TP_EFFECT_COLLAPSE)
			least = 0;
	}
	return least;
}

static bool begins_before(const struct tp_race_op *a, const struct tp_race_op *b)
{
	return a->begin_ns != b->begin_ns ? a->begin_ns < b->begin_ns : a->index < b->index;
}

/* By begin; each actor's are in order already. */
static size_t *sorted(const struct tp_race *r)
{
	size_t *order = tp_alloc((r->nr + 1) * sizeof(*order));

	for (size_t i = 0; i < r->nr; i++) {
		size_t k = i;

		for (; k > 0 && begins_before(&r->ops[i], &r->ops[order[k - 1]]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

void tp_pieces_make(struct tp_pieces *out, const struct tp_race *r, const struct tp_states *before)
{
	struct tp_maker m = { .out = out, .r = r };
	size_t *order = sorted(r);

	*out = (struct tp_pieces){ .least = least_size(r, before) };
	for (size_t i = 0; i < r->nr; i++) {
		m.index = order[i];
		m.op = &r->ops[order[i]];
		make_op(&m);
	}
	free(order);
}

void tp_pieces_free(struct tp_pieces *p)
{
	free(p->piece);
	*p = (struct tp_pieces){ 0 };
}
