// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * states.h - the states that a file may be in
 *
 * After operations that raced, a file may have one of several sizes, and what a
 * byte may be depends on which.  Each alternative is an oracle of its own; no
 * two have the same size.  A file without races has one alternative.
 */
#ifndef TP_MODEL_STATES_H
#define TP_MODEL_STATES_H

#include "model/oracle.h"

struct tp_states {
	struct tp_oracle *alt;
	size_t nr;
	bool overflow; /* somewhere were too many values: they became any byte */
};

/* One alternative: the empty file. */
void tp_states_init(struct tp_states *st);
void tp_states_free(struct tp_states *st);

/* Add an alternative and take its spans over; one of the same size is united with it. */
void tp_states_add(struct tp_states *st, struct tp_oracle *o);

/* An operation that raced with none, on every alternative; see tp_oracle_apply. */
void tp_states_apply(struct tp_states *st, const struct tp_op *op, uint16_t index,
		     const struct tp_event *ev);

/*
 * Somebody saw the size, and that it is in [low, high]: the other alternatives
 * are gone.  Returns false, and changes nothing, when none would be left.
 */
bool tp_states_keep(struct tp_states *st, uint64_t low, uint64_t high);

/* All alternatives as one: each byte may be what it may be in any of them; the
 * size is the largest, and uncertain when there were several.  Free it. */
struct tp_oracle tp_states_united(const struct tp_states *st);

#endif
