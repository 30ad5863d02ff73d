// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict.c - the oracle's word on what the simulator did
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/race.h"
#include "verdict.h"

static bool may_be(const struct tp_span *s, const struct tp_ident *ident, uint64_t x,
		   unsigned char byte)
{
	for (unsigned k = 0; k < s->nr; k++) {
		struct tp_ident id = *ident;
		unsigned char want = 0;

		id.op = s->value[k].op;
		if (id.op != TP_VALUE_ZERO)
			tp_pattern_fill(&id, x - (uint64_t)s->value[k].shift, &want, 1);
		if (want == byte)
			return true;
	}
	return s->nr == 0;
}

/* The first byte of [off, off + len) that cannot be; or off + len. */
static uint64_t wrong_byte(const struct tp_states *st, const struct tp_ident *id, uint64_t off,
			   const unsigned char *got, uint64_t len)
{
	for (uint64_t x = off; x < off + len; x++) {
		bool right = false;

		for (size_t i = 0; i < st->nr && !right; i++) {
			struct tp_span span;

			tp_oracle_at(&st->alt[i], x, &span);
			right = may_be(&span, id, x, got[x - off]);
		}
		if (!right)
			return x;
	}
	return off + len;
}

static bool unsure(const struct tp_states *st)
{
	for (size_t i = 0; i < st->nr; i++)
		if (st->alt[i].size_uncertain)
			return true;
	return false;
}

/* A read that raced with none. */
static char *judge_read(const struct sim *s, const struct tp_op *op, const struct tp_event *e,
			struct tp_states *st)
{
	uint64_t off = op->arg[0], len = (uint64_t)e->result, x;
	bool mapped = tp_ops[op->kind].flags & TP_OP_MAPPED;

	if (e->err || unsure(st))
		return NULL;
	if (!mapped &&
	    !tp_states_keep(st, len ? off + len : 0, len < op->arg[1] ? off + len : UINT64_MAX))
		return tp_printf("op %u returned %" PRIu64, e->op + 1u, len);
	x = wrong_byte(st, &s->ident, off, s->data[e->op], len);
	if (x < off + len)
		return tp_printf("op %u read byte %" PRIu64, e->op + 1u, x);
	tp_race_learn(st, &s->ident, off, s->data[e->op], len);
	return NULL;
}

static char *judge_race(const struct sim *s, const struct tp_seq *seq, size_t start, size_t end,
			struct tp_states *st, bool *whole)
{
	char *why = NULL;
	struct tp_race r;

	tp_race_init(&r, seq, start, end, s->seen + start);
	r.ident = s->ident;
	r.page_bytes = SIM_PAGE;
	r.faults_prove = true;
	for (size_t i = 0; i < r.nr; i++) {
		if (r.ops[i].ev && tp_ops[r.ops[i].op->kind].effect == TP_EFFECT_READ)
			r.ops[i].data = s->data[r.ops[i].index];
		*whole &= r.ops[i].ev || r.ops[i].never;
	}
	tp_race_run(&r, st);
	for (size_t i = 0; i < r.nr && !why; i++)
		if (r.ops[i].refuted || r.ops[i].misread)
			why = tp_printf("op %u %s", r.ops[i].index + 1u,
					r.ops[i].refuted ? "refuted" : "misread");
	if (r.clash && !why)
		why = tp_printf("reads of byte %" PRIu64 " clash", r.clash_start);
	*whole &= !r.gave_up;
	tp_race_free(&r);
	return why;
}

/* One operation of main. */
static char *judge_main(const struct sim *s, const struct tp_seq *seq, size_t i,
			struct tp_states *st)
{
	const struct tp_event *e = s->seen[i];
	char *why = NULL;

	if (tp_ops[seq->ops[i].kind].effect == TP_EFFECT_READ)
		why = judge_read(s, &seq->ops[i], e, st);
	if (tp_ops[seq->ops[i].kind].effect == TP_EFFECT_SIZE && !e->err && !unsure(st) &&
	    !tp_states_keep(st, e->size, e->size))
		why = tp_printf("op %zu saw size %" PRIu64, i + 1, e->size);
	if (!tp_event_refused(e))
		tp_states_apply(st, &seq->ops[i], (uint16_t)i, e);
	return why;
}

static char *judge_end(const struct sim *s, struct tp_states *st)
{
	struct tp_states all = { 0 };
	uint64_t x;
	char *why = NULL;

	if (!unsure(st) && !tp_states_keep(st, s->size, s->size))
		return tp_printf("the size is %" PRIu64, s->size);
	if (unsure(st)) { /* each byte in any of them */
		struct tp_oracle united = tp_states_united(st);

		tp_states_add(&all, &united);
		st = &all;
	}
	x = wrong_byte(st, &s->ident, 0, s->mem, s->size);
	if (x < s->size)
		why = tp_printf("byte %" PRIu64 " is wrong", x);
	tp_states_free(&all);
	return why;
}

char *sim_verdict(const struct sim *s, const struct tp_seq *seq, bool *whole)
{
	struct tp_states st;
	bool gap = false, stopped = false;
	char *why = NULL;
	size_t end;

	*whole = true;
	tp_states_init(&st);
	for (size_t i = 0; i < seq->nr && !why; i = end) {
		bool block = tp_seq_block(seq, i, &end);
		bool seen = false;

		for (size_t k = i; k < end; k++)
			seen |= s->seen[k] != NULL;
		if (!seen && stopped)
			break;
		for (size_t k = i; k < end; k++)
			stopped |= s->seen[k] && s->seen[k]->err &&
				   (seq->ops[k].expect == TP_EXPECT_OK ||
				    s->seen[k]->err != seq->ops[k].expect_err);
		if (gap || (!block && !s->seen[i]))
			for (size_t k = i; k < end; k++)
				tp_states_apply(&st, &seq->ops[k], (uint16_t)k, NULL);
		else
			why = block ? judge_race(s, seq, i, end, &st, whole)
				    : judge_main(s, seq, i, &st);
		gap |= !*whole || (!block && !s->seen[i]);
	}
	if (!why)
		why = judge_end(s, &st);
	tp_states_free(&st);
	return why;
}
