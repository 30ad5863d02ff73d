// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * states.c - the states that a file may be in
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/spans.h"
#include "model/states.h"

void tp_states_init(struct tp_states *st)
{
	*st = (struct tp_states){ .alt = tp_grow(NULL, 0, sizeof(*st->alt)), .nr = 1 };
	tp_oracle_init(&st->alt[0]);
}

void tp_states_free(struct tp_states *st)
{
	for (size_t i = 0; i < st->nr; i++)
		tp_oracle_free(&st->alt[i]);
	free(st->alt);
	*st = (struct tp_states){ 0 };
}

static bool alike(const struct tp_oracle *a, const struct tp_oracle *b)
{
	return a->size == b->size && a->reach == b->reach && a->size_uncertain == b->size_uncertain;
}

void tp_states_add(struct tp_states *st, struct tp_oracle *o)
{
	for (size_t i = 0; i < st->nr; i++) {
		if (!alike(&st->alt[i], o))
			continue;
		st->overflow |= tp_spans_unite(&st->alt[i], o, false);
		tp_oracle_free(o);
		return;
	}
	st->alt = tp_grow(st->alt, st->nr, sizeof(*st->alt));
	st->alt[st->nr++] = *o;
	*o = (struct tp_oracle){ 0 };
}

/* Sizes may have become equal. */
static void merge(struct tp_states *st)
{
	struct tp_states out = { .overflow = st->overflow };

	for (size_t i = 0; i < st->nr; i++)
		tp_states_add(&out, &st->alt[i]);
	free(st->alt);
	*st = out;
}

void tp_states_apply(struct tp_states *st, const struct tp_op *op, uint16_t index,
		     const struct tp_event *ev)
{
	for (size_t i = 0; i < st->nr; i++)
		tp_oracle_apply(&st->alt[i], op, index, ev);
	if (st->nr > 1)
		merge(st);
}

bool tp_states_keep(struct tp_states *st, uint64_t low, uint64_t high)
{
	size_t nr = 0;

	for (size_t i = 0; i < st->nr; i++)
		nr += st->alt[i].size >= low && st->alt[i].size <= high;
	if (nr == 0)
		return false;
	nr = 0;
	for (size_t i = 0; i < st->nr; i++) {
		if (st->alt[i].size >= low && st->alt[i].size <= high)
			st->alt[nr++] = st->alt[i];
		else
			tp_oracle_free(&st->alt[i]);
	}
	st->nr = nr;
	return true;
}

struct tp_oracle tp_states_united(const struct tp_states *st)
{
	struct tp_oracle all = tp_oracle_clone(&st->alt[0]);

	for (size_t i = 1; i < st->nr; i++) {
		tp_spans_unite(&all, &st->alt[i], false);
		if (st->alt[i].size > all.size)
			all.size = st->alt[i].size;
		all.size_uncertain = true;
	}
	return all;
}
