// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * orders.c - which step may come next, and what there is at the end
 */
#include "orders/orders.h"

struct orders orders;

static void note_value(size_t k, unsigned x, uint16_t op, int made)
{
	unsigned *nr = &orders.nr_values[k][x];

	for (unsigned i = 0; i < *nr; i++)
		if (orders.value[k][x][i].op == op && orders.value[k][x][i].made == made)
			return;
	if (*nr == VALUES) {
		orders.too_many = true;
		return;
	}
	orders.value[k][x][*nr].op = op;
	orders.value[k][x][(*nr)++].made = made;
}

static void note(const struct world *w)
{
	size_t k = 0;

	orders.nr_orders++;
	while (k < orders.nr_sizes && orders.sizes[k] != w->size)
		k++;
	if (k == SIZES) {
		orders.too_many = true;
		return;
	}
	if (k == orders.nr_sizes)
		orders.sizes[orders.nr_sizes++] = w->size;
	for (unsigned x = 0; x < w->size; x++)
		note_value(k, x, w->op[x], w->made[x]);
}

static bool before(size_t a, size_t b)
{
	const struct tp_event *x = orders.seen[orders.first + a];
	const struct tp_event *y = orders.seen[orders.first + b];

	if (orders.seq.ops[orders.first + a].actor == orders.seq.ops[orders.first + b].actor)
		return a < b;
	return x->end_ns < y->begin_ns;
}

/* Is there a step that must come first, or somebody who holds the lock? */
static bool may_come(size_t i)
{
	for (size_t k = 0; k < orders.nr; k++) {
		const struct step *s = &orders.steps[k];

		if (s->op == orders.steps[i].op) {
			if (k < i && !orders.done[k])
				return false;
			continue;
		}
		if (!orders.done[k] && before(s->op, orders.steps[i].op))
			return false;
		if (orders.steps[i].locks && s->locks && orders.done[k] && !s->last &&
		    !orders.done[k + 1])
			return false;
	}
	return true;
}

void orders_go(const struct world *w)
{
	bool some = false;

	for (size_t i = 0; i < orders.nr; i++) {
		struct world next;

		some |= !orders.done[i];
		if (orders.done[i] || !may_come(i))
			continue;
		orders.done[i] = true;
		next = *w;
		orders_take(&next, &orders.steps[i]);
		orders.done[i] = false;
	}
	if (!some)
		note(w);
}
