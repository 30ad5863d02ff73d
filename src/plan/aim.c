// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * aim.c - let the actors of a block meet as they were seen to
 *
 * An offset names a place in the window that reaches from "it ends as the others begin"
 * to "it begins as they end" (agent/sweep.c), not a time: another machine is slower.
 */
#include <stdlib.h>

#include "plan/seqfile.h"

#define PLACES 16

/* When an actor was at work. */
struct work {
	bool seen;
	uint64_t begin_ns, end_ns;
};

static const struct tp_met *met_of(const struct tp_seqfile *s, size_t op)
{
	for (size_t i = 0; i < s->nr_met; i++)
		if (s->met[i].op == op)
			return &s->met[i];
	return NULL;
}

/* What only waits for others says nothing of where it met them. */
static bool waits(enum tp_op_kind kind)
{
	return kind == TP_OP_KIND_MEET || kind == TP_OP_KIND_OFFSET ||
	       kind == TP_OP_KIND_WAIT_SIZE || kind == TP_OP_KIND_NONE;
}

static void look(const struct tp_seqfile *s, size_t start, size_t end, struct work *of)
{
	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &s->seq.ops[i];
		const struct tp_met *m = met_of(s, i);
		struct work *w = &of[op->actor];

		if (!m || waits(op->kind))
			continue;
		if (!w->seen || m->begin_ns < w->begin_ns)
			w->begin_ns = m->begin_ns;
		if (!w->seen || m->end_ns > w->end_ns)
			w->end_ns = m->end_ns;
		w->seen = true;
	}
}

/* Does the actor whose operations begin here find its place by itself? */
static bool finds_place(const struct tp_seqfile *s, size_t first, size_t end)
{
	unsigned actor = s->seq.ops[first].actor;

	for (size_t i = first; i < end && s->seq.ops[i].actor == actor; i++)
		if (waits(s->seq.ops[i].kind) && s->seq.ops[i].kind != TP_OP_KIND_NONE)
			return true;
	return false;
}

/* The place, from 1 on, in the window of this actor and the one that it is to meet. */
static uint64_t place_of(const struct work *w, const struct work *anchor)
{
	uint64_t own = w->end_ns - w->begin_ns, other = anchor->end_ns - anchor->begin_ns;
	uint64_t at = w->end_ns > anchor->begin_ns ? w->end_ns - anchor->begin_ns : 0;
	uint64_t window = own + other + 1, place = at * PLACES / window + 1;

	return place < PLACES ? place : PLACES;
}

static void add(struct tp_seq *out, const struct tp_op *op)
{
	out->ops = tp_grow(out->ops, out->nr, sizeof(*op));
	out->ops[out->nr++] = *op;
}

/* Copies the block [start, end); returns how many offsets were put in. */
static unsigned aim_block(const struct tp_seqfile *s, size_t start, size_t end, struct tp_seq *out)
{
	struct work of[TP_MAX_ACTORS + 1] = { 0 };
	unsigned last = 0, put = 0;

	look(s, start, end, of);
	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &s->seq.ops[i];
		struct tp_op offset = { .kind = TP_OP_KIND_OFFSET, .actor = op->actor };

		if (op->actor != last && op->actor > 1 && of[1].seen && of[op->actor].seen &&
		    !finds_place(s, i, end)) {
			offset.arg[0] = place_of(&of[op->actor], &of[1]);
			offset.arg[1] = PLACES;
			add(out, &offset);
			put++;
		}
		last = op->actor;
		add(out, op);
	}
	return put;
}

/* Actor 1 begins when all have met: it must be one of those that do not wait. */
static bool has_anchor(const struct tp_seqfile *s, size_t start, size_t end)
{
	return !finds_place(s, start, end);
}

bool tp_seqfile_aim(const struct tp_seqfile *s, struct tp_seq *out)
{
	unsigned put = 0;

	*out = (struct tp_seq){ 0 };
	for (size_t i = 0, end; i < s->seq.nr; i = end) {
		if (tp_seq_block(&s->seq, i, &end) && has_anchor(s, i, end))
			put += aim_block(s, i, end, out);
		else
			for (size_t k = i; k < end; k++)
				add(out, &s->seq.ops[k]);
	}
	if (put)
		return true;
	tp_seq_free(out);
	return false;
}
