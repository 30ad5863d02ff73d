// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * random.h - random sequences that can be judged
 *
 * The same seed and number give the same sequence on every machine with the
 * same page size.
 */
#ifndef TP_PLAN_RANDOM_H
#define TP_PLAN_RANDOM_H

#include "plan/scenario.h"

#define TP_RANDOM_MAX_LENGTH 400

struct tp_random_spec {
	const struct tp_cell *cell;
	uint32_t page_bytes;
	uint64_t seed;
	unsigned least, most;  /* operations, from 1 to TP_RANDOM_MAX_LENGTH */
	unsigned actors;       /* 1: one after another; more: blocks in which they race */
};

/* Sequence number `number`; out is to be freed.  params is "n=NUMBER". */
void tp_random_sequence(const struct tp_random_spec *spec, uint64_t number,
			struct tp_variant *out);

/* How often each operation is drawn, in comparison to the others; see weights.c. */
extern const uint16_t tp_weights[TP_NR_OP_KINDS];

#endif
