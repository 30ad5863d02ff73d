// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oracle.c - what each byte of a file may be now
 *
 * Every effect is built from three steps on the span list: cut (make offset x
 * a border), drop (forget what stands in a range) and put.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/spans.h"

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

static void grow(struct tp_oracle *o, uint64_t size)
{
	if (size < o->size)
		return; /* where that is uncertain, it is the largest that may be */
	o->size = size;
	o->size_uncertain = false;
}

static void set_size(struct tp_oracle *o, uint64_t size)
{
	if (size < o->size)
		tp_spans_drop(o, size, UINT64_MAX);
	o->size = size;
}

/* The operation succeeded; done is its result (bytes, where it counts them). */
static void apply_done(struct tp_oracle *o, const struct tp_op *op, uint16_t index, uint64_t done)
{
	const struct tp_value own = { .op = index }, zero = { .op = TP_VALUE_ZERO };
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		tp_spans_put(o, a[0], a[0] + done, own);
		if (done)
			grow(o, a[0] + done);
		break;
	case TP_EFFECT_STORE:
		if (o->size_uncertain) /* it may have been behind the end of file */
			tp_spans_put_maybe(o, a[0], min64(a[0] + done, o->size), own);
		else
			tp_spans_put(o, a[0], min64(a[0] + done, o->size), own);
		break;
	case TP_EFFECT_COPY:
		tp_spans_copy(o, a[0], a[1], done);
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
		tp_spans_put(o, a[0], a[0] + a[1], zero);
		grow(o, a[0] + a[1]);
		break;
	case TP_EFFECT_PUNCH:
		tp_spans_put(o, a[0], min64(a[0] + a[1], o->size), zero);
		break;
	case TP_EFFECT_COLLAPSE:
		tp_spans_collapse(o, a[0], a[1]);
		break;
	case TP_EFFECT_INSERT:
		tp_spans_open(o, a[0], a[1]);
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
		tp_spans_put_maybe(o, start, end, own);
		grow(o, end);
		break;
	case TP_EFFECT_STORE:
		tp_spans_put_maybe(o, start, min64(end, o->size), own);
		break;
	case TP_EFFECT_TRUNCATE:
		tp_spans_put_maybe(o, start, o->size, zero);
		grow(o, start);
		break;
	case TP_EFFECT_ALLOCATE:
		grow(o, end);
		break;
	case TP_EFFECT_ZERO:
		tp_spans_put_maybe(o, start, end, zero);
		grow(o, end);
		break;
	case TP_EFFECT_PUNCH:
		tp_spans_put_maybe(o, start, min64(end, o->size), zero);
		break;
	case TP_EFFECT_COPY:
	case TP_EFFECT_COLLAPSE:
	case TP_EFFECT_INSERT:
		tp_spans_drop(o, 0, UINT64_MAX);
		tp_spans_insert(o, 0, &any);
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

bool tp_event_refused(const struct tp_event *ev)
{
	return ev->result <= 0 && (ev->err == EINVAL || ev->err == EOPNOTSUPP ||
				   ev->err == ENOSYS || ev->err == EPERM || ev->err == EBADF);
}

/*
 * A failed direct or asynchronous write, or an allocation that the full disk stopped,
 * may have done a part (TP_OP_PART); a store that
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
