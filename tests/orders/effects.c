// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * effects.c - the steps of each kind of operation, and what they do to bytes and size
 */
#include <string.h>

#include "orders/orders.h"

void world_put(struct world *w, unsigned from, unsigned to, uint16_t op)
{
	for (unsigned x = from; x < to; x++) {
		w->op[x] = op;
		w->made[x] = op == TP_VALUE_ZERO ? 0 : (int)x;
	}
}

static void move(struct world *w, unsigned from, unsigned to, unsigned len)
{
	memmove(&w->op[to], &w->op[from], len * sizeof(w->op[0]));
	memmove(&w->made[to], &w->made[from], len * sizeof(w->made[0]));
}

/* Somebody is between its bytes and its size: it may have come as far as low. */
static void come_to(struct world *w, unsigned low)
{
	unsigned target = 0, unit = 0;

	for (size_t i = 0; i < orders.nr; i++) {
		const struct step *s = &orders.steps[i];

		if (s->kind != GROW || orders.done[i] || !orders.done[i - 1])
			continue;
		target = s->end > target ? s->end : target;
		unit = unit == 0 || s->unit < unit ? s->unit : unit;
	}
	if (low > target || w->size >= target)
		return;
	low = (low + unit - 1) / unit * unit;
	w->size = low < target ? low : target;
	w->reach = w->reach > w->size ? w->reach : w->size;
}

static void expose(struct world *w, unsigned end)
{
	if (end > w->size)
		world_put(w, w->size, end, TP_VALUE_ZERO);
}

static void store_rest(struct world *w, const struct step *s, unsigned x)
{
	/* Behind the size each byte lasts or not; that of another is its own affair. */
	struct world gone;

	for (; x < s->end && w->op[x] != TP_VALUE_ZERO; x++)
		world_put(w, x, x + 1, (uint16_t)(orders.first + s->op));
	if (x >= s->end) {
		orders_go(w);
		return;
	}
	gone = *w;
	world_put(w, x, s->end, (uint16_t)(orders.first + s->op));
	orders_go(w);
	for (unsigned k = x; k < s->end; k++)
		if (gone.op[k] != TP_VALUE_ZERO)
			world_put(&gone, k, k + 1, (uint16_t)(orders.first + s->op));
	orders_go(&gone);
}

static void store(struct world *w, const struct step *s)
{
	unsigned page = s->start / PAGE * PAGE, inside;

	if (w->reach <= page)
		come_to(w, page + 1);
	if (w->reach <= page)
		return; /* it would have faulted */
	inside = w->size < s->end ? w->size : s->end;
	if (s->start < inside)
		world_put(w, s->start, inside, (uint16_t)(orders.first + s->op));
	store_rest(w, s, s->start > w->size ? s->start : w->size);
}

static void seen(struct world *w, const struct step *s)
{
	if (w->size < s->start)
		come_to(w, s->start);
	if (w->size == s->start)
		orders_go(w);
}

static void shift(struct world *w, const struct step *s)
{
	unsigned len = s->end - s->start, most = s->kind == SHUT ? s->end : s->start;

	if (w->size <= most)
		come_to(w, most + 1);
	if (w->size <= most || (s->kind == OPEN && w->size + len > BYTES))
		return;
	world_put(w, w->size, BYTES * 2, TP_VALUE_ZERO);
	if (s->kind == SHUT) {
		move(w, s->end, s->start, BYTES * 2 - s->end);
		w->size -= len;
	} else {
		move(w, s->start, s->end, BYTES * 2 - s->end);
		world_put(w, s->start, s->end, TP_VALUE_ZERO);
		w->size += len;
	}
	w->reach = w->size;
	orders_go(w);
}

void orders_take(struct world *w, const struct step *s)
{
	unsigned behind;

	switch (s->kind) {
	case BYTES_IN:
		expose(w, s->start);
		world_put(w, s->start, s->end, (uint16_t)(orders.first + s->op));
		break;
	case EXPOSE:
		expose(w, s->end);
		break;
	case GROW:
		w->size = s->end > w->size ? s->end : w->size;
		w->reach = w->reach > w->size ? w->reach : w->size;
		break;
	case CUT:
		if (s->end > w->size) {
			expose(w, s->end);
			break;
		}
		behind = w->size;
		w->size = s->end;
		orders_go(w);
		world_put(w, s->end, behind, TP_VALUE_ZERO); /* writeback came first */
		break;
	case CUT_DONE:
		if (w->size == s->end) {
			world_put(w, s->end, BYTES * 2, TP_VALUE_ZERO);
			w->reach = w->size;
		} else if (w->size < s->end) {
			w->size = s->end;
			w->reach = w->reach > w->size ? w->reach : w->size;
		}
		break;
	case ZERO_PERHAPS:
		orders_go(w);
		/* fall through */
	case ZERO:
		if (s->start < w->size)
			world_put(w, s->start, s->end < w->size ? s->end : w->size, TP_VALUE_ZERO);
		break;
	case STORE_PAGE:
		store(w, s);
		return;
	case SEEN:
		seen(w, s);
		return;
	case SHUT:
	case OPEN:
		shift(w, s);
		return;
	}
	orders_go(w);
}

static void add(enum step_kind kind, size_t op, uint64_t start, uint64_t end, bool locks)
{
	if (orders.nr && orders.steps[orders.nr - 1].op == op)
		orders.steps[orders.nr - 1].last = false;
	orders.steps[orders.nr++] =
		(struct step){ kind, op, (unsigned)start, (unsigned)end, true, locks, 1 };
}

void orders_steps(size_t op)
{
	const struct tp_op *o = &orders.seq.ops[orders.first + op];
	uint64_t a = o->arg[0], b = a + o->arg[1];

	switch (o->kind) {
	case TP_OP_KIND_PWRITE:
		add(BYTES_IN, op, a, b, true);
		add(GROW, op, 0, b, true);
		orders.steps[orders.nr - 1].unit = PAGE;
		break;
	case TP_OP_KIND_STORE:
		for (uint64_t x = a, next; x < b; x = next) {
			next = (x / PAGE + 1) * PAGE;
			next = next < b ? next : b;
			add(STORE_PAGE, op, x, next, false);
		}
		break;
	case TP_OP_KIND_TRUNCATE:
		add(CUT, op, 0, a, true);
		add(CUT_DONE, op, 0, a, true);
		break;
	case TP_OP_KIND_PUNCH:
		add(ZERO, op, a, b, true);
		add(ZERO_PERHAPS, op, a, b, true);
		break;
	case TP_OP_KIND_FALLOCATE:
		add(EXPOSE, op, 0, b, true);
		add(GROW, op, 0, b, true);
		break;
	case TP_OP_KIND_COLLAPSE:
		add(SHUT, op, a, b, true);
		break;
	case TP_OP_KIND_INSERT:
		add(OPEN, op, a, b, true);
		break;
	default:
		add(SEEN, op, orders.seen[orders.first + op]->size, 0, false);
		break;
	}
}
