// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.c - what a file may be after operations that raced
 *
 * All orders are followed with all that was seen.  Where no order is left, the
 * same is done without what was refuted, so that the rest can be judged still.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "model/follow.h"
#include "model/spans.h"

static bool observes(const struct tp_follow *f, size_t op)
{
	for (size_t i = 0; i < f->pieces.nr; i++)
		if (f->pieces.piece[i].op == op && f->pieces.piece[i].observes)
			return true;
	return false;
}

/* No order explains all that was seen: as much as goes together, in order of time. */
static void follow_refuted(struct tp_follow *f, const struct tp_states *before,
			   struct tp_states *behind)
{
	struct tp_race *r = f->r;
	bool *tried = tp_alloc(r->nr * sizeof(*tried));

	for (size_t i = 0; i < r->nr; i++) {
		tried[i] = !observes(f, i);
		r->ops[i].refuted = !tried[i];
	}
	for (;;) {
		size_t best = SIZE_MAX;

		for (size_t i = 0; i < r->nr; i++)
			if (!tried[i] &&
			    (best == SIZE_MAX || r->ops[i].end_ns < r->ops[best].end_ns))
				best = i;
		if (best == SIZE_MAX || f->too_many)
			break;
		tried[best] = true;
		r->ops[best].refuted = false;
		r->ops[best].refuted = !tp_follow(f, before, behind);
		tp_states_free(behind);
	}
	free(tried);
	f->collect = true;
	if (!f->too_many)
		tp_follow(f, before, behind);
}

/* Which bytes of reads does no order explain? */
static void harvest(struct tp_follow *f, const struct tp_states *behind)
{
	struct tp_race *r = f->r;

	for (size_t i = 0; i < f->pieces.nr; i++) {
		const struct tp_piece *p = &f->pieces.piece[i];

		if (p->kind != TP_PIECE_SEE)
			continue;
		r->ops[p->op].explained = tp_alloc(p->end - p->start);
		for (uint64_t x = 0; x < p->end - p->start; x++) {
			bool *yes = &r->ops[p->op].explained[x];

			for (size_t k = 0; k < behind->nr && !*yes; k++)
				*yes = tp_piece_saw(p->op, &behind->alt[k], x);
			r->ops[p->op].misread |= !*yes;
		}
	}
}

static const struct tp_span *none_in(const struct tp_oracle *o)
{
	for (size_t i = 0; i < o->nr; i++)
		if (o->spans[i].nr == TP_SPAN_NONE)
			return &o->spans[i];
	return NULL;
}

static bool misread(const struct tp_race *r)
{
	for (size_t i = 0; i < r->nr; i++)
		if (r->ops[i].misread)
			return true;
	return false;
}

/* Is there a size with which all that was read can be?  Else the reads clash. */
static void look_for_clash(struct tp_race *r, const struct tp_states *behind)
{
	const struct tp_span *none = NULL;

	for (size_t i = 0; i < behind->nr; i++) {
		none = none_in(&behind->alt[i]);
		if (!none)
			return;
	}
	r->clash = true;
	r->clash_start = none->start;
	r->clash_end = none->end;
}

/* Sizes with which what was read cannot be are gone. */
static void settle(struct tp_follow *f, struct tp_states *st)
{
	struct tp_states out = { .overflow = st->overflow };

	for (size_t i = 0; i < st->nr; i++) {
		struct tp_oracle *o = &st->alt[i];

		if (none_in(o)) {
			tp_oracle_free(o);
			continue;
		}
		tp_spans_drop(o, o->size, UINT64_MAX);
		o->reach = 0;
		o->size_uncertain |= f->pieces.unsure_size;
		tp_states_add(&out, o);
	}
	free(st->alt);
	*st = out;
}

/* Too many orders: any byte where the block did anything. */
static void give_up(struct tp_follow *f, const struct tp_states *before, struct tp_states *behind)
{
	uint64_t inserted = 0;
	struct tp_oracle all = tp_states_united(before);

	for (size_t i = 0; i < f->r->nr; i++) {
		const struct tp_race_op *op = &f->r->ops[i];
		struct tp_span any = { .nr = 0 };

		f->r->ops[i].refuted = false;
		if (op->never || !tp_op_range(op->op, &any.start, &any.end))
			continue;
		switch (tp_ops[op->op->kind].effect) {
		case TP_EFFECT_NONE:
		case TP_EFFECT_MAP:
		case TP_EFFECT_READ:
		case TP_EFFECT_SIZE:
			continue;
		case TP_EFFECT_COLLAPSE:
		case TP_EFFECT_INSERT:
			any.end = UINT64_MAX;
			break;
		default:
			break;
		}
		tp_spans_drop(&all, any.start, any.end);
		tp_spans_insert(&all, tp_spans_find(&all, any.start), &any);
		/* The size is the largest that may be. */
		if (tp_ops[op->op->kind].effect == TP_EFFECT_INSERT)
			inserted += op->op->arg[1];
		else if (tp_ops[op->op->kind].effect == TP_EFFECT_TRUNCATE)
			all.size = any.start > all.size ? any.start : all.size;
		else if (any.end < TP_SHADOW && any.end > all.size)
			all.size = any.end;
	}
	all.size += inserted;
	all.size_uncertain = true;
	f->r->gave_up = true;
	tp_states_add(behind, &all);
}

static bool uncertain(const struct tp_states *st)
{
	for (size_t i = 0; i < st->nr; i++)
		if (st->alt[i].size_uncertain)
			return true;
	return false;
}

/* What is read is one thing, what it proves another: a read that no order explains
 * proves nothing, and where reads clash none does. */
static void follow_misread(struct tp_follow *f, const struct tp_states *before,
			   struct tp_states *behind)
{
	harvest(f, behind);
	if (!misread(f->r))
		look_for_clash(f->r, behind);
	if (!misread(f->r) && !f->r->clash)
		return;
	for (size_t i = 0; i < f->pieces.nr; i++)
		if (f->r->clash || f->r->ops[f->pieces.piece[i].op].misread)
			f->pieces.piece[i].narrows = false;
	f->collect = true;
	tp_states_free(behind);
	tp_follow(f, before, behind);
	if (!f->r->clash)
		look_for_clash(f->r, behind);
	if (!f->r->clash)
		return;
	for (size_t i = 0; i < f->pieces.nr; i++)
		f->pieces.piece[i].narrows = false;
	tp_states_free(behind);
	tp_follow(f, before, behind);
}

void tp_race_run(struct tp_race *r, struct tp_states *st)
{
	struct tp_states behind = { 0 };
	struct tp_follow f;

	tp_follow_init(&f, r, st);
	f.too_many = f.pieces.too_many || uncertain(st);
	if (!f.too_many && !tp_follow(&f, st, &behind) && !f.too_many)
		follow_refuted(&f, st, &behind);
	if (behind.nr)
		follow_misread(&f, st, &behind);
	if (f.too_many || behind.nr == 0) { /* or times that fit nowhere */
		tp_states_free(&behind);
		give_up(&f, st, &behind);
	} else {
		settle(&f, &behind);
	}
	behind.overflow |= st->overflow;
	tp_states_free(st);
	*st = behind;
	tp_follow_free(&f);
}

void tp_race_learn(struct tp_states *st, const struct tp_ident *id, uint64_t off,
		   const unsigned char *data, uint64_t len)
{
	struct tp_race_op op = { .data = data };
	struct tp_race r = { .ops = &op, .nr = 1, .ident = *id };
	const struct tp_piece p = {
		.kind = TP_PIECE_SEE, .start = off, .end = off + len, .narrows = true
	};
	struct tp_states seen = { .overflow = st->overflow };

	if (len == 0)
		return;
	for (size_t i = 0; i < st->nr; i++) {
		struct tp_oracle o = tp_oracle_clone(&st->alt[i]);

		tp_piece_see(&p, &r, &o);
		tp_spans_drop(&o, TP_SHADOW, UINT64_MAX);
		if (!none_in(&o))
			tp_states_add(&seen, &o);
		tp_oracle_free(&o);
	}
	if (seen.nr == 0)
		return; /* each byte is right in some state, but all in none: not for us to say */
	tp_states_free(st);
	*st = seen;
}

/*
 * The block.
 */
static bool stops(const struct tp_race_op *op)
{
	const struct tp_event *ev = op->ev;

	return ev && ev->err && (op->op->expect == TP_EXPECT_OK || ev->err != op->op->expect_err);
}

void tp_race_init(struct tp_race *r, const struct tp_seq *seq, size_t start, size_t end,
		  const struct tp_event *const *events)
{
	uint64_t last = 0;
	bool stopped = false;

	*r = (struct tp_race){ .nr = end - start };
	r->ops = tp_alloc((r->nr + 1) * sizeof(*r->ops));
	for (size_t i = 0; i < r->nr; i++) {
		struct tp_race_op *op = &r->ops[i];

		*op = (struct tp_race_op){ .op = &seq->ops[start + i],
					   .index = (uint16_t)(start + i),
					   .ev = events[i] };
		if (i == 0 || op->op->actor != r->ops[i - 1].op->actor) {
			last = 0;
			stopped = false;
		}
		op->never = !op->ev && stopped;
		op->begin_ns = op->ev ? op->ev->begin_ns : last;
		op->end_ns = op->ev ? op->ev->end_ns : UINT64_MAX;
		last = op->ev ? op->ev->end_ns : last;
		stopped |= stops(op);
	}
	for (size_t i = r->nr; i-- > 1;) /* it had ended when the next began */
		if (!r->ops[i - 1].ev && r->ops[i - 1].op->actor == r->ops[i].op->actor &&
		    !r->ops[i].never)
			r->ops[i - 1].end_ns = r->ops[i].ev ? r->ops[i].begin_ns : r->ops[i].end_ns;
}

void tp_race_free(struct tp_race *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		free(r->ops[i].explained);
		tp_oracle_free(&r->ops[i].might);
	}
	free(r->ops);
	*r = (struct tp_race){ 0 };
}
