// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expect.c - what a sequence must end with, before anybody has run it
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/expect.h"
#include "model/race.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Between two meetings of a block all operations may take effect in any order. */
#define MEETING_NS 10

struct walk {
	struct tp_foresight *x;
	struct tp_states states;
	uint32_t page_bytes;
};

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

bool tp_expect_writes(enum tp_op_kind kind)
{
	return tp_ops[kind].effect == TP_EFFECT_WRITE || tp_ops[kind].effect == TP_EFFECT_STORE;
}

bool tp_expect_reads(const struct tp_foresight *x, size_t op)
{
	return tp_ops[x->seq->ops[op].kind].effect == TP_EFFECT_READ && !x->seq->ops[op].actor;
}

static int give_letters(struct tp_foresight *x)
{
	size_t nr = 0;

	for (size_t i = 0; i < x->seq->nr; i++) {
		enum tp_op_kind kind = x->seq->ops[i].kind;

		x->races |= x->seq->ops[i].actor != 0;
		x->moves |= tp_ops[kind].effect == TP_EFFECT_COPY ||
			    tp_ops[kind].effect == TP_EFFECT_COLLAPSE ||
			    tp_ops[kind].effect == TP_EFFECT_INSERT ||
			    kind == TP_OP_KIND_MOVE_EXTENTS;
		if (!tp_expect_writes(kind))
			continue;
		if (nr == sizeof(letters) - 1)
			return tp_error(0,
					"more than %zu operations write, and each wants a letter: "
					"make the sequence smaller first",
					nr);
		x->letter[i] = letters[nr++];
	}
	return 0;
}

static uint64_t left(const struct tp_states *st, uint64_t off)
{
	uint64_t size = st->alt[0].size;

	return size > off ? size - off : 0;
}

/* The result of a successful one; where races left more than one size, reads and copies
 * end as they like. */
static int64_t success(const struct walk *w, const struct tp_op *op)
{
	const uint64_t *a = op->arg;
	bool sure = w->states.nr == 1 && !w->states.alt[0].size_uncertain;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		return (int64_t)(tp_ops[op->kind].flags & TP_OP_SHORT ? a[1] / 2 : a[1]);
	case TP_EFFECT_STORE:
		return (int64_t)a[1];
	case TP_EFFECT_COPY:
		return sure ? (int64_t)min64(a[2], left(&w->states, a[0])) : TP_ANY_RESULT;
	case TP_EFFECT_READ:
		if (tp_ops[op->kind].flags & TP_OP_MAPPED)
			return (int64_t)a[1];
		return sure ? (int64_t)min64(a[1], left(&w->states, a[0])) : TP_ANY_RESULT;
	case TP_EFFECT_SIZE:
		if (op->kind == TP_OP_KIND_WAIT_SIZE)
			return 0;
		return sure ? (int64_t)w->states.alt[0].size : TP_ANY_RESULT;
	default:
		return 0;
	}
}

/* What the history would say of it; a store that faults has done the pages before. */
static struct tp_event event_of(const struct walk *w, const struct tp_op *op, int64_t result)
{
	struct tp_event ev = { .result = result == TP_ANY_RESULT ? (int64_t)op->arg[2] : result };
	uint64_t page = w->page_bytes;

	if (op->expect != TP_EXPECT_FAIL)
		return ev;
	ev.err = op->expect_err;
	ev.result = -1;
	if (op->expect_err == TP_SIGBUS && tp_ops[op->kind].effect == TP_EFFECT_STORE &&
	    w->states.nr) {
		uint64_t end = (w->states.alt[0].size + page - 1) / page * page;

		ev.result = end > op->arg[0] ? (int64_t)(end - op->arg[0]) : 0;
	}
	return ev;
}

/* The bytes of a read that are judged: behind the end of file a mapping shows anything. */
static void note_seen(struct walk *w, size_t i)
{
	const struct tp_op *op = &w->x->seq->ops[i];
	uint64_t end = op->arg[0] + op->arg[1];

	for (size_t k = 0; k < w->states.nr; k++)
		end = min64(end, w->states.alt[k].size);
	w->x->seen[i] = tp_states_united(&w->states);
	w->x->seen[i].size = op->expect == TP_EXPECT_FAIL ? 0 : end;
}

static void main_op(struct walk *w, size_t i)
{
	const struct tp_op *op = &w->x->seq->ops[i];
	int64_t result = success(w, op);
	struct tp_event ev = event_of(w, op, result);

	if (tp_expect_reads(w->x, i))
		note_seen(w, i);
	tp_states_apply(&w->states, op, (uint16_t)i, &ev);
	w->x->result[i] = op->expect == TP_EXPECT_FAIL ? -op->expect_err : result;
}

/*
 * What an operation of a block proves by itself: wait-size, that the file is so long,
 * as a read of the byte before would; what others see while they race is not known.
 */
static struct tp_op as_raced(const struct tp_op *op)
{
	struct tp_op raced = *op;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_SIZE:
	case TP_EFFECT_READ:
		raced.kind = TP_OP_KIND_NONE;
		if (op->kind == TP_OP_KIND_WAIT_SIZE && op->arg[0]) {
			raced.kind = TP_OP_KIND_READ;
			raced.arg[0] = op->arg[0] - 1;
			raced.arg[1] = 1;
		}
		return raced;
	default:
		return raced;
	}
}

static int block(struct walk *w, size_t start, size_t end)
{
	const struct tp_seq *seq = w->x->seq;
	struct tp_seq raced = { tp_alloc(seq->nr * sizeof(*raced.ops)), seq->nr };
	struct tp_event *ev = tp_alloc((end - start) * sizeof(*ev));
	const struct tp_event **events = tp_alloc((end - start) * sizeof(*events));
	struct tp_race r;
	uint64_t met = 0;
	bool gave_up;

	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &seq->ops[i];
		int64_t result = success(w, op);

		raced.ops[i] = as_raced(op);
		met = i > start && op->actor == op[-1].actor ? met : 0;
		ev[i - start] = event_of(w, &raced.ops[i], success(w, &raced.ops[i]));
		if (raced.ops[i].kind == TP_OP_KIND_READ)
			ev[i - start].result = 1;
		ev[i - start].begin_ns = met * MEETING_NS + 1;
		ev[i - start].end_ns = (met + 1) * MEETING_NS - 1;
		met += op->kind == TP_OP_KIND_MEET;
		events[i - start] = &ev[i - start];
		w->x->result[i] =
			tp_ops[op->kind].effect == TP_EFFECT_READ || op->kind == TP_OP_KIND_SIZE
				? TP_ANY_RESULT
			: op->expect == TP_EXPECT_FAIL ? -op->expect_err
						       : result;
	}
	tp_race_init(&r, &raced, start, end, events);
	r.page_bytes = w->page_bytes;
	tp_race_run(&r, &w->states);
	gave_up = r.gave_up;
	tp_race_free(&r);
	free(events);
	free(ev);
	free(raced.ops);
	return gave_up ? tp_error(0,
				  "operations %zu to %zu race in too many orders: what the file "
				  "must hold is not known",
				  start + 1, end)
		       : 0;
}

static void note_end(struct walk *w)
{
	struct tp_foresight *x = w->x;

	x->sizes = tp_alloc(w->states.nr * sizeof(*x->sizes));
	for (size_t i = 0; i < w->states.nr; i++) {
		if (w->states.alt[i].size_uncertain)
			x->nr_sizes = SIZE_MAX;
		if (x->nr_sizes != SIZE_MAX)
			x->sizes[x->nr_sizes++] = w->states.alt[i].size;
	}
	x->nr_sizes = x->nr_sizes == SIZE_MAX ? 0 : x->nr_sizes;
	x->end = tp_states_united(&w->states);
}

int tp_expect_make(const struct tp_seq *seq, uint32_t page_bytes, struct tp_foresight *x)
{
	struct walk w = { .x = x, .page_bytes = page_bytes };
	size_t end;
	int err;

	*x = (struct tp_foresight){ .seq = seq,
				    .letter = tp_alloc(seq->nr + 1),
				    .result = tp_alloc((seq->nr + 1) * sizeof(*x->result)),
				    .seen = tp_alloc((seq->nr + 1) * sizeof(*x->seen)) };
	tp_states_init(&w.states);
	err = give_letters(x);
	for (size_t i = 0; i < seq->nr && err == 0; i = end) {
		if (tp_seq_block(seq, i, &end))
			err = block(&w, i, end);
		else
			main_op(&w, i);
	}
	if (err == 0)
		note_end(&w);
	tp_states_free(&w.states);
	if (err < 0)
		tp_expect_free(x);
	return err;
}

void tp_expect_free(struct tp_foresight *x)
{
	for (size_t i = 0; x->seen && i < x->seq->nr; i++)
		tp_oracle_free(&x->seen[i]);
	tp_oracle_free(&x->end);
	free(x->letter);
	free(x->result);
	free(x->seen);
	free(x->sizes);
	*x = (struct tp_foresight){ 0 };
}

/* Does a byte of one span look like that of the other? */
static bool alike(const struct tp_span *a, const struct tp_span *b)
{
	if (a->nr != b->nr)
		return false;
	for (unsigned i = 0; i < a->nr; i++)
		if (a->value[i].op != b->value[i].op || a->value[i].shift != b->value[i].shift)
			return false;
	return true;
}

bool tp_expect_next(const struct tp_oracle *o, uint64_t *at, uint64_t end, struct tp_span *out)
{
	struct tp_span next;

	do {
		if (*at >= end)
			return false;
		tp_oracle_at(o, *at, out);
		out->start = *at;
		*at = out->end = min64(out->end, end);
	} while (out->nr == 0);
	for (; *at < end; *at = out->end) {
		tp_oracle_at(o, *at, &next);
		if (!alike(out, &next))
			break;
		out->end = min64(next.end, end);
	}
	return true;
}

void tp_expect_letters(const struct tp_foresight *x, const struct tp_span *s, char *out)
{
	unsigned i;

	for (i = 0; i < s->nr; i++)
		out[i] = s->value[i].op == TP_VALUE_ZERO ? TP_ZERO_LETTER
							 : x->letter[s->value[i].op];
	out[i] = '\0';
}
