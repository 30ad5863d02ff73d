// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spans.c - the oracle's list of spans: cut, drop, put, shift
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/spans.h"

/* Index of the first span that ends behind x. */
size_t tp_spans_find(const struct tp_oracle *o, uint64_t x)
{
	size_t low = 0, high = o->nr;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (o->spans[mid].end > x)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void tp_spans_insert(struct tp_oracle *o, size_t i, const struct tp_span *s)
{
	o->spans = tp_grow(o->spans, o->nr, sizeof(*o->spans));
	memmove(&o->spans[i + 1], &o->spans[i], (o->nr - i) * sizeof(*s));
	o->spans[i] = *s;
	o->nr++;
}

void tp_spans_cut(struct tp_oracle *o, uint64_t x)
{
	size_t i = tp_spans_find(o, x);
	struct tp_span tail;

	if (i == o->nr || o->spans[i].start >= x)
		return;
	tail = o->spans[i];
	tail.start = x;
	o->spans[i].end = x;
	tp_spans_insert(o, i + 1, &tail);
}

void tp_spans_drop(struct tp_oracle *o, uint64_t start, uint64_t end)
{
	size_t i, j;

	tp_spans_cut(o, start);
	tp_spans_cut(o, end);
	i = tp_spans_find(o, start);
	j = i;
	while (j < o->nr && o->spans[j].start < end)
		j++;
	if (i == j)
		return;
	memmove(&o->spans[i], &o->spans[j], (o->nr - j) * sizeof(*o->spans));
	o->nr -= j - i;
}

void tp_spans_put(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v)
{
	struct tp_span s = { .start = start, .end = end, .nr = 1, .value = { v } };

	if (start >= end)
		return;
	tp_spans_drop(o, start, end);
	if (v.op != TP_VALUE_ZERO)
		tp_spans_insert(o, tp_spans_find(o, start), &s);
}

static void add_value(struct tp_span *s, struct tp_value v)
{
	for (unsigned i = 0; i < s->nr && s->nr != TP_SPAN_NONE; i++)
		if (s->value[i].op == v.op && s->value[i].shift == v.shift)
			return;
	if (s->nr == 0 || s->nr == TP_SPAN_NONE)
		return; /* any byte already; or no history leads here */
	if (s->nr == TP_MAX_VALUES)
		s->nr = 0;
	else
		s->value[s->nr++] = v;
}

/* Stored spans for every byte of the range, so that values can be added. */
static void fill_gaps(struct tp_oracle *o, uint64_t start, uint64_t end)
{
	const struct tp_value zero = { .op = TP_VALUE_ZERO };

	tp_spans_cut(o, start);
	tp_spans_cut(o, end);
	for (uint64_t x = start; x < end;) {
		size_t i = tp_spans_find(o, x);
		uint64_t next = i < o->nr ? o->spans[i].start : end;

		if (next > x) {
			struct tp_span gap = { .start = x, .nr = 1, .value = { zero } };

			gap.end = next < end ? next : end;
			tp_spans_insert(o, i, &gap);
		}
		x = o->spans[i].end;
	}
}

/* The range may have got value v, or kept what it had. */
void tp_spans_put_maybe(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v)
{
	if (start >= end)
		return;
	fill_gaps(o, start, end);
	for (size_t i = tp_spans_find(o, start); i < o->nr && o->spans[i].start < end; i++)
		add_value(&o->spans[i], v);
}

/* What the span holds, standing delta bytes further on.  A zero has no place of its own. */
void tp_span_move(struct tp_span *s, int64_t delta)
{
	for (unsigned k = 0; k < s->nr && s->nr != TP_SPAN_NONE; k++)
		if (s->value[k].op != TP_VALUE_ZERO)
			s->value[k].shift += delta;
}

/* Move everything from `from` on by delta bytes (what it would cover is gone). */
void tp_spans_shift(struct tp_oracle *o, uint64_t from, int64_t delta)
{
	for (size_t i = 0; i < o->nr; i++) {
		struct tp_span *s = &o->spans[i];

		if (s->start < from || s->start >= TP_SHADOW)
			continue;
		s->start += (uint64_t)delta;
		if (s->end != UINT64_MAX) /* "to the end of all files" stays so */
			s->end += (uint64_t)delta;
		tp_span_move(s, delta);
	}
}

void tp_spans_copy(struct tp_oracle *o, uint64_t from, uint64_t to, uint64_t len)
{
	const int64_t delta = (int64_t)(to - from);
	struct tp_span s;
	uint64_t next;

	for (uint64_t x = from; x < from + len; x = next) {
		tp_oracle_at(o, x, &s);
		next = s.end < from + len ? s.end : from + len;
		s.start = x + (uint64_t)delta;
		s.end = next + (uint64_t)delta;
		tp_spans_drop(o, s.start, s.end);
		if (s.nr == 1 && s.value[0].op == TP_VALUE_ZERO)
			continue;
		tp_span_move(&s, delta);
		tp_spans_insert(o, tp_spans_find(o, s.start), &s);
	}
}

void tp_spans_collapse(struct tp_oracle *o, uint64_t off, uint64_t len)
{
	tp_spans_drop(o, off, off + len);
	tp_spans_shift(o, off + len, -(int64_t)len);
	o->size -= len < o->size ? len : o->size;
}

void tp_spans_open(struct tp_oracle *o, uint64_t off, uint64_t len)
{
	tp_spans_cut(o, off);
	tp_spans_shift(o, off, (int64_t)len);
	o->size += len;
}

void tp_oracle_at(const struct tp_oracle *o, uint64_t off, struct tp_span *out)
{
	size_t i = tp_spans_find(o, off);

	if (i < o->nr && o->spans[i].start <= off) {
		*out = o->spans[i];
		return;
	}
	*out = (struct tp_span){
		.start = off,
		.end = i < o->nr ? o->spans[i].start : UINT64_MAX,
		.nr = 1,
		.value = { { .op = TP_VALUE_ZERO } },
	};
}
