// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * apply.c - what each piece of an operation does to one alternative
 *
 * Behind the size, up to the end of its page, spans hold what somebody stored
 * there: it may last or not, and is zeroed before the file grows over it.
 */
#include "model/piece.h"
#include "model/spans.h"

static const struct tp_value zero = { .op = TP_VALUE_ZERO };

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Bytes that no order leads to stay so whatever is written over them. */
static void write_value(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v)
{
	while (start < end) {
		size_t i = tp_spans_find(o, start);
		uint64_t stop = end, next = end;

		while (i < o->nr && o->spans[i].start < end && o->spans[i].nr != TP_SPAN_NONE)
			i++;
		if (i < o->nr && o->spans[i].start < end) {
			stop = max64(o->spans[i].start, start);
			next = min64(o->spans[i].end, end);
		}
		tp_spans_put(o, start, stop, v);
		start = next;
	}
}

uint64_t tp_shadow_of(size_t op)
{
	return TP_SHADOW + ((uint64_t)op << 44);
}

uint64_t tp_shadow_at(const struct tp_piece *p, const struct tp_race *r)
{
	return tp_shadow_of(p->op) + (p->start - r->ops[p->op].op->arg[0]);
}

/* Nothing is left of what was behind the size. */
static void drop_behind(struct tp_oracle *o)
{
	tp_spans_drop(o, o->size, TP_SHADOW);
	o->reach = o->size;
}

/* The file is about to grow to end: what was behind the size is zeroed up to there. */
static void expose(struct tp_oracle *o, uint64_t end)
{
	if (end > o->size)
		write_value(o, o->size, end, zero);
}

static void grow(struct tp_oracle *o, uint64_t size)
{
	o->size = max64(o->size, size);
	o->reach = max64(o->reach, o->size);
}

/* Somebody is growing the file: it may have come so far that the size is low at least. */
static bool grown_to(struct tp_oracle *o, uint64_t low, const struct tp_growing *growing)
{
	uint64_t size = (low + growing->step - 1) / growing->step * growing->step;

	if (low > growing->target || o->size >= growing->target)
		return false;
	grow(o, min64(size, growing->target));
	return true;
}

static bool size_seen(const struct tp_piece *p, struct tp_oracle *o,
		      const struct tp_growing *growing)
{
	if (o->size < p->start && growing->target)
		grown_to(o, p->start, growing);
	return o->size >= p->start && o->size <= p->end;
}

static bool reaches(const struct tp_race *r, const struct tp_piece *p, struct tp_oracle *o,
		    const struct tp_growing *growing)
{
	uint64_t page = p->start - p->start % r->page_bytes;

	return o->reach > page || (growing->target && grown_to(o, page + 1, growing));
}

static bool may_be_zero(const struct tp_span *s)
{
	for (unsigned i = 0; i < s->nr && s->nr != TP_SPAN_NONE; i++)
		if (s->value[i].op == TP_VALUE_ZERO)
			return true;
	return s->nr == 0;
}

/* What is stored behind the size may be zeroed at any time, but not what a write
 * on its way has put there already. */
static void store(const struct tp_piece *p, struct tp_value own, struct tp_oracle *o)
{
	uint64_t x = max64(p->start, o->size), next;
	struct tp_span s;

	write_value(o, p->start, min64(p->end, o->size), own);
	for (; x < p->end; x = next) {
		tp_oracle_at(o, x, &s);
		next = min64(s.end, p->end);
		write_value(o, x, next, own);
		if (may_be_zero(&s))
			tp_spans_put_maybe(o, x, next, zero);
	}
}

static void cut_done(struct tp_oracle *o, uint64_t size)
{
	if (o->size == size)
		drop_behind(o);
	else if (o->size < size)
		grow(o, size);
}

static void cut(struct tp_oracle *o, uint64_t size)
{
	if (size > o->size) {
		expose(o, size);
		return;
	}
	/* Writeback zeroes what is behind the size in a folio, before the truncate does. */
	tp_spans_put_maybe(o, size, o->size, zero);
	o->size = size; /* reach stays: the pages are mapped still */
}

static bool move(const struct tp_piece *p, struct tp_oracle *o, const struct tp_growing *growing,
		 bool check)
{
	uint64_t len = p->end - p->start;
	bool collapse = p->kind == TP_PIECE_COLLAPSE;
	uint64_t most = collapse ? p->end : p->start;

	/* Both are refused when they reach to the end of file. */
	if (o->size <= most && !(growing->target && grown_to(o, most + 1, growing)))
		return !check;
	drop_behind(o);
	if (collapse)
		tp_spans_collapse(o, p->start, len);
	else
		tp_spans_open(o, p->start, len);
	o->reach = o->size;
	return true;
}

static void deposit(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o)
{
	uint64_t from = tp_shadow_at(p, r), len = p->end - p->start;

	if (p->dest > o->size)
		expose(o, p->dest);
	tp_spans_copy(o, from, p->dest, len);
	tp_spans_drop(o, from, from + len);
}

bool tp_piece_apply(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o,
		    const struct tp_growing *growing, bool check)
{
	const struct tp_value own = { .op = r->ops[p->op].index };

	switch (p->kind) {
	case TP_PIECE_BYTES:
		if (p->start > o->size)
			expose(o, p->start);
		write_value(o, p->start, p->end, own);
		break;
	case TP_PIECE_EXPOSE:
		expose(o, p->end);
		break;
	case TP_PIECE_GROW:
		grow(o, p->end);
		break;
	case TP_PIECE_STORE:
		if (check && p->observes && !reaches(r, p, o, growing))
			return false;
		store(p, own, o);
		break;
	case TP_PIECE_CUT:
		cut(o, p->end);
		break;
	case TP_PIECE_CUT_DONE:
		cut_done(o, p->end);
		break;
	case TP_PIECE_ZERO:
		write_value(o, p->start, p->keep ? min64(p->end, o->size) : p->end, zero);
		break;
	case TP_PIECE_COLLAPSE:
	case TP_PIECE_OPEN:
		return move(p, o, growing, check && p->observes);
	case TP_PIECE_CAPTURE:
		tp_spans_copy(o, p->start, tp_shadow_at(p, r), p->end - p->start);
		break;
	case TP_PIECE_DEPOSIT:
		deposit(p, r, o);
		break;
	case TP_PIECE_SIZE:
		return size_seen(p, o, growing) || !check;
	case TP_PIECE_SEE:
		tp_piece_see(p, r, o);
		break;
	}
	return true;
}
