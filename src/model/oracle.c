// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oracle.c - what each byte of a file may be now
 *
 * Every effect is built from three steps on the span list: cut (make offset x
 * a border), drop (forget what stands in a range) and put.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/oracle.h"

void tp_oracle_init(struct tp_oracle *o)
{
	*o = (struct tp_oracle){ 0 };
}

void tp_oracle_free(struct tp_oracle *o)
{
	free(o->spans);
	*o = (struct tp_oracle){ 0 };
}

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Index of the first span that ends behind x. */
static size_t find(const struct tp_oracle *o, uint64_t x)
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

static void insert_at(struct tp_oracle *o, size_t i, const struct tp_span *s)
{
	o->spans = tp_grow(o->spans, o->nr, sizeof(*o->spans));
	memmove(&o->spans[i + 1], &o->spans[i], (o->nr - i) * sizeof(*s));
	o->spans[i] = *s;
	o->nr++;
}

static void cut(struct tp_oracle *o, uint64_t x)
{
	size_t i = find(o, x);
	struct tp_span tail;

	if (i == o->nr || o->spans[i].start >= x)
		return;
	tail = o->spans[i];
	tail.start = x;
	o->spans[i].end = x;
	insert_at(o, i + 1, &tail);
}

static void drop(struct tp_oracle *o, uint64_t start, uint64_t end)
{
	size_t i, j;

	cut(o, start);
	cut(o, end);
	i = find(o, start);
	j = i;
	while (j < o->nr && o->spans[j].start < end)
		j++;
	if (i == j)
		return;
	memmove(&o->spans[i], &o->spans[j], (o->nr - j) * sizeof(*o->spans));
	o->nr -= j - i;
}

static void put(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v)
{
	struct tp_span s = { .start = start, .end = end, .nr = 1, .value = { v } };

	if (start >= end)
		return;
	drop(o, start, end);
	if (v.op != TP_VALUE_ZERO)
		insert_at(o, find(o, start), &s);
}

static void add_value(struct tp_span *s, struct tp_value v)
{
	for (unsigned i = 0; i < s->nr; i++)
		if (s->value[i].op == v.op && s->value[i].shift == v.shift)
			return;
	if (s->nr == 0)
		return; /* any byte already */
	if (s->nr == TP_MAX_VALUES)
		s->nr = 0;
	else
		s->value[s->nr++] = v;
}

/* Stored spans for every byte of the range, so that values can be added. */
static void fill_gaps(struct tp_oracle *o, uint64_t start, uint64_t end)
{
	const struct tp_value zero = { .op = TP_VALUE_ZERO };

	cut(o, start);
	cut(o, end);
	for (uint64_t x = start; x < end;) {
		size_t i = find(o, x);
		uint64_t next = i < o->nr ? o->spans[i].start : end;

		if (next > x) {
			struct tp_span gap = { .start = x, .nr = 1, .value = { zero } };

			gap.end = next < end ? next : end;
			insert_at(o, i, &gap);
		}
		x = o->spans[i].end;
	}
}

/* The range may have got value v, or kept what it had. */
static void put_maybe(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v)
{
	if (start >= end)
		return;
	fill_gaps(o, start, end);
	for (size_t i = find(o, start); i < o->nr && o->spans[i].start < end; i++)
		add_value(&o->spans[i], v);
}

/* What the span holds, standing delta bytes further on.  A zero has no place of its own. */
static void move_values(struct tp_span *s, int64_t delta)
{
	for (unsigned k = 0; k < s->nr; k++)
		if (s->value[k].op != TP_VALUE_ZERO)
			s->value[k].shift += delta;
}

/* Move everything from `from` on by delta bytes (what it would cover is gone). */
static void shift(struct tp_oracle *o, uint64_t from, int64_t delta)
{
	for (size_t i = 0; i < o->nr; i++) {
		struct tp_span *s = &o->spans[i];

		if (s->start < from)
			continue;
		s->start += (uint64_t)delta;
		if (s->end != UINT64_MAX) /* "to the end of all files" stays so */
			s->end += (uint64_t)delta;
		move_values(s, delta);
	}
}

static void collapse(struct tp_oracle *o, uint64_t off, uint64_t len)
{
	drop(o, off, off + len);
	shift(o, off + len, -(int64_t)len);
	o->size -= min64(len, o->size);
}

static void insert_range(struct tp_oracle *o, uint64_t off, uint64_t len)
{
	cut(o, off);
	shift(o, off, (int64_t)len);
	o->size += len;
}

static void copy(struct tp_oracle *o, uint64_t from, uint64_t to, uint64_t len)
{
	const int64_t delta = (int64_t)(to - from);
	struct tp_span s;
	uint64_t next;

	for (uint64_t x = from; x < from + len; x = next) {
		tp_oracle_at(o, x, &s);
		next = s.end < from + len ? s.end : from + len;
		s.start = x + (uint64_t)delta;
		s.end = next + (uint64_t)delta;
		drop(o, s.start, s.end);
		if (s.nr == 1 && s.value[0].op == TP_VALUE_ZERO)
			continue;
		move_values(&s, delta);
		insert_at(o, find(o, s.start), &s);
	}
}

static void grow(struct tp_oracle *o, uint64_t size)
{
	if (size > o->size)
		o->size = size;
}

static void set_size(struct tp_oracle *o, uint64_t size)
{
	if (size < o->size)
		drop(o, size, UINT64_MAX);
	o->size = size;
}

/* The operation succeeded; done is its result (bytes, where it counts them). */
static void apply_done(struct tp_oracle *o, const struct tp_op *op, uint16_t index, uint64_t done)
{
	const struct tp_value own = { .op = index }, zero = { .op = TP_VALUE_ZERO };
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		put(o, a[0], a[0] + done, own);
		if (done)
			grow(o, a[0] + done);
		break;
	case TP_EFFECT_STORE:
		put(o, a[0], min64(a[0] + done, o->size), own);
		break;
	case TP_EFFECT_COPY:
		copy(o, a[0], a[1], done);
		if (done)
			grow(o, a[1] + done);
		break;
	case TP_EFFECT_TRUNCATE:
		set_size(o, a[0]);
		break;
	case TP_EFFECT_ALLOCATE:
		grow(o, a[0] + a[1]);
		break;
	case TP_EFFECT_ZERO:
		put(o, a[0], a[0] + a[1], zero);
		grow(o, a[0] + a[1]);
		break;
	case TP_EFFECT_PUNCH:
		put(o, a[0], min64(a[0] + a[1], o->size), zero);
		break;
	case TP_EFFECT_COLLAPSE:
		collapse(o, a[0], a[1]);
		break;
	case TP_EFFECT_INSERT:
		insert_range(o, a[0], a[1]);
		break;
	case TP_EFFECT_MAP:
		o->slots[op->slot].mapped = true;
		o->slots[op->slot].private_map = tp_ops[op->kind].flags & TP_OP_PRIVATE;
		break;
	case TP_EFFECT_NONE:
	case TP_EFFECT_READ:
	case TP_EFFECT_SIZE:
		break;
	}
}

/* It may or may not have happened, in any part.  Shifts make all uncertain. */
static void apply_maybe(struct tp_oracle *o, const struct tp_op *op, uint16_t index)
{
	const struct tp_value own = { .op = index }, zero = { .op = TP_VALUE_ZERO };
	struct tp_span any = { .start = 0, .end = UINT64_MAX, .nr = 0 };
	uint64_t start = op->arg[0], end = op->arg[0] + op->arg[1];

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		put_maybe(o, start, end, own);
		grow(o, end);
		break;
	case TP_EFFECT_STORE:
		put_maybe(o, start, min64(end, o->size), own);
		break;
	case TP_EFFECT_TRUNCATE:
		put_maybe(o, start, o->size, zero);
		grow(o, start);
		break;
	case TP_EFFECT_ALLOCATE:
		grow(o, end);
		break;
	case TP_EFFECT_ZERO:
		put_maybe(o, start, end, zero);
		grow(o, end);
		break;
	case TP_EFFECT_PUNCH:
		put_maybe(o, start, min64(end, o->size), zero);
		break;
	case TP_EFFECT_COPY:
	case TP_EFFECT_COLLAPSE:
	case TP_EFFECT_INSERT:
		drop(o, 0, UINT64_MAX);
		insert_at(o, 0, &any);
		if (tp_ops[op->kind].effect == TP_EFFECT_INSERT)
			o->size += op->arg[1];
		if (tp_ops[op->kind].effect == TP_EFFECT_COPY)
			grow(o, op->arg[1] + op->arg[2]);
		break;
	default:
		return;
	}
	o->size_uncertain = true;
}

/*
 * A failed direct or asynchronous write may have written a part (TP_OP_PART); a store that
 * faulted stored result bytes; every other failure leaves the file alone.
 */
void tp_oracle_apply(struct tp_oracle *o, const struct tp_op *op, uint16_t index,
		     const struct tp_event *ev)
{
	enum tp_effect effect = tp_ops[op->kind].effect;

	if (!ev) {
		apply_maybe(o, op, index);
		return;
	}
	if (ev->err == 0 || (effect == TP_EFFECT_STORE && ev->result > 0)) {
		apply_done(o, op, index, ev->result > 0 ? (uint64_t)ev->result : 0);
		return;
	}
	if (tp_ops[op->kind].flags & TP_OP_PART)
		apply_maybe(o, op, index);
}

void tp_oracle_at(const struct tp_oracle *o, uint64_t off, struct tp_span *out)
{
	size_t i = find(o, off);

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
