// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * see.c - the bytes that a racing read returned against one alternative
 *
 * Two things come of it: which bytes this order explains, and, since a byte that
 * was seen was there, which of a byte's values it cannot have been.  The first is
 * noted in the read's shadow: an order may turn out impossible only later on.
 */
#include <string.h>

#include "model/piece.h"
#include "model/spans.h"

#define STEP 256

_Static_assert(TP_MAX_VALUES <= 8, "one bit for each value");

/* For each of n bytes at off, which of the span's values it is. */
static void match(const struct tp_race *r, const struct tp_span *s, uint64_t off,
		  const unsigned char *got, size_t n, unsigned char *which)
{
	unsigned char want[STEP];

	memset(which, 0, n);
	for (unsigned k = 0; k < s->nr; k++) {
		struct tp_ident id = r->ident;

		id.op = s->value[k].op;
		if (id.op == TP_VALUE_ZERO)
			memset(want, 0, n);
		else
			tp_pattern_fill(&id, off - (uint64_t)s->value[k].shift, want, n);
		for (size_t i = 0; i < n; i++)
			which[i] |= (unsigned char)((want[i] == got[i]) << k);
	}
}

/* Bytes [start, end) can only be those of the span's values that are set in which. */
static void narrow(struct tp_oracle *o, const struct tp_span *s, uint64_t start, uint64_t end,
		   unsigned which)
{
	struct tp_span left = { .start = start, .end = end };

	for (unsigned k = 0; k < s->nr; k++)
		if (which & 1u << k)
			left.value[left.nr++] = s->value[k];
	if (left.nr == s->nr)
		return;
	if (left.nr == 0)
		left.nr = TP_SPAN_NONE;
	tp_spans_drop(o, start, end);
	if (left.nr != 1 || left.value[0].op != TP_VALUE_ZERO)
		tp_spans_insert(o, tp_spans_find(o, start), &left);
}

/* This order explains bytes [start, end) of the file. */
static void explained(const struct tp_piece *p, struct tp_oracle *o, uint64_t start, uint64_t end)
{
	const struct tp_value yes = { .op = 0 };
	uint64_t at = tp_shadow_of(p->op) + (start - p->start);

	tp_spans_put(o, at, at + (end - start), yes);
}

static void see_step(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o,
		     const struct tp_span *s, uint64_t off, size_t n)
{
	unsigned char which[STEP];
	size_t from = 0;

	match(r, s, off, r->ops[p->op].data + (off - p->start), n, which);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && which[i] == which[from])
			continue;
		if (which[from])
			explained(p, o, off + from, off + i);
		if (p->narrows)
			narrow(o, s, off + from, off + i, which[from]);
		from = i;
	}
}

void tp_piece_see(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o)
{
	uint64_t end = p->end, next;
	struct tp_span s;

	if (p->mapped && o->size < end) {
		/* What a mapping shows behind the end of file is nobody's business. */
		end = o->size > p->start ? o->size : p->start;
		explained(p, o, end, p->end);
	}
	for (uint64_t x = p->start; x < end; x = next) {
		tp_oracle_at(o, x, &s);
		next = s.end < end ? s.end : end;
		if (s.nr == 0)
			explained(p, o, x, next);
		if (s.nr == 0 || s.nr == TP_SPAN_NONE)
			continue;
		next = next - x > STEP ? x + STEP : next;
		see_step(p, r, o, &s, x, (size_t)(next - x));
	}
}

bool tp_piece_saw(size_t op, const struct tp_oracle *o, uint64_t at)
{
	struct tp_span s;

	tp_oracle_at(o, tp_shadow_of(op) + at, &s);
	if (s.nr == TP_SPAN_NONE)
		return false;
	for (unsigned i = 0; i < s.nr; i++)
		if (s.value[i].op != TP_VALUE_ZERO)
			return true;
	return s.nr == 0;
}
