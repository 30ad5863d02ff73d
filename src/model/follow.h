// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * follow.h - every order in which the pieces of racing operations may be done
 */
#ifndef TP_MODEL_FOLLOW_H
#define TP_MODEL_FOLLOW_H

#include "model/piece.h"

struct tp_follow {
	struct tp_race *r;
	struct tp_pieces pieces;
	size_t words;
	uint64_t *before; /* words for each piece: what comes before it */
	uint64_t steps;
	bool too_many;
	bool collect; /* note what refuted operations and reads might have met */
};

void tp_follow_init(struct tp_follow *f, struct tp_race *r, const struct tp_states *before);
void tp_follow_free(struct tp_follow *f);

/*
 * From the states before the block to those behind it (empty ones, filled here).
 * Returns false when no order explains what was seen, or when there are too many.
 */
bool tp_follow(struct tp_follow *f, const struct tp_states *before, struct tp_states *behind);

#endif
