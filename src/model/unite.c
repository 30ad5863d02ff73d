// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unite.c - two histories may both be: the values of each byte are put together
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/spans.h"

struct tp_oracle tp_oracle_clone(const struct tp_oracle *o)
{
	struct tp_oracle copy = *o;
	size_t room = 4;

	while (room < o->nr) /* what tp_grow would have made of it */
		room *= 2;
	copy.spans = o->nr ? tp_realloc(NULL, room * sizeof(*copy.spans)) : NULL;
	if (o->nr)
		memcpy(copy.spans, o->spans, o->nr * sizeof(*copy.spans));
	return copy;
}

static bool same_values(const struct tp_span *a, const struct tp_span *b)
{
	if (a->nr != b->nr)
		return false;
	for (unsigned i = 0; i < a->nr && a->nr != TP_SPAN_NONE; i++)
		if (a->value[i].op != b->value[i].op || a->value[i].shift != b->value[i].shift)
			return false;
	return true;
}

static bool same_spans(const struct tp_oracle *a, const struct tp_oracle *b)
{
	if (a->nr != b->nr)
		return false;
	for (size_t i = 0; i < a->nr; i++)
		if (a->spans[i].start != b->spans[i].start || a->spans[i].end != b->spans[i].end ||
		    !same_values(&a->spans[i], &b->spans[i]))
			return false;
	return true;
}

/* A walk over spans and gaps in order. */
struct walk {
	const struct tp_oracle *o;
	size_t i;
	uint64_t end; /* of what was looked at last */
};

static const struct tp_span gap = { .nr = 1, .value = { { .op = TP_VALUE_ZERO } } };

/* What stands at x, as far as w->end; its own borders mean nothing. */
static const struct tp_span *look(struct walk *w, uint64_t x)
{
	const struct tp_oracle *o = w->o;

	while (w->i < o->nr && o->spans[w->i].end <= x)
		w->i++;
	if (w->i < o->nr && o->spans[w->i].start <= x) {
		w->end = o->spans[w->i].end;
		return &o->spans[w->i];
	}
	w->end = w->i < o->nr ? o->spans[w->i].start : UINT64_MAX;
	return &gap;
}

/* Returns true when there are too many values. */
static bool add_values(struct tp_span *to, const struct tp_span *from, bool sample)
{
	bool many = false;

	if (to->nr == 0 || from->nr == TP_SPAN_NONE)
		return false;
	if (from->nr == 0 || to->nr == TP_SPAN_NONE) {
		to->nr = from->nr;
		memcpy(to->value, from->value, sizeof(to->value));
		return false;
	}
	for (unsigned i = 0; i < from->nr; i++) {
		unsigned k = 0;

		while (k < to->nr && (to->value[k].op != from->value[i].op ||
				      to->value[k].shift != from->value[i].shift))
			k++;
		if (k < to->nr)
			continue;
		if (to->nr < TP_MAX_VALUES)
			to->value[to->nr++] = from->value[i];
		else
			many = true;
	}
	if (many && !sample)
		to->nr = 0;
	return many && !sample;
}

/* Append, joined to the last where it says the same; plain zeros stay a gap. */
static void append(struct tp_oracle *out, const struct tp_span *s, uint64_t start, uint64_t end)
{
	struct tp_span *last = out->nr ? &out->spans[out->nr - 1] : NULL;

	if (s->nr == 1 && s->value[0].op == TP_VALUE_ZERO)
		return;
	if (last && last->end == start && same_values(last, s)) {
		last->end = end;
		return;
	}
	out->spans = tp_grow(out->spans, out->nr, sizeof(*out->spans));
	last = &out->spans[out->nr++];
	*last = *s;
	last->start = start;
	last->end = end;
}

bool tp_spans_unite(struct tp_oracle *o, const struct tp_oracle *other, bool sample)
{
	struct walk a = { .o = o }, b = { .o = other };
	struct tp_oracle out = { 0 };
	bool many = false;

	if (same_spans(o, other))
		return false;
	for (uint64_t x = 0, end; x < UINT64_MAX; x = end) {
		const struct tp_span *s = look(&a, x), *t = look(&b, x);
		struct tp_span both;

		end = a.end < b.end ? a.end : b.end;
		if (!same_values(s, t)) {
			both = *s;
			many |= add_values(&both, t, sample);
			s = &both;
		}
		append(&out, s, x, end);
	}
	free(o->spans);
	o->spans = out.spans;
	o->nr = out.nr;
	return many;
}
