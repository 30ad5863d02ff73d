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
	const struct tp_mix *mix; /* what is drawn */
	unsigned actors;       /* 1: one after another; more: blocks in which they race */
};

/* Sequence number `number`; out is to be freed.  params is "n=NUMBER". */
void tp_random_sequence(const struct tp_random_spec *spec, uint64_t number,
			struct tp_variant *out);

/*
 * What sequences are made of.  weight: how often each operation is drawn, in comparison
 * to the others.  pages and most_bytes: every file has so many pages, and an operation
 * is anywhere in it and anything up to so many bytes long; 0: files of a few pages, and
 * operations at the end of file and at borders.
 */
struct tp_mix {
	const char *name, *help;
	uint32_t pages, most_bytes;
	uint16_t weight[TP_NR_OP_KINDS];
};

/* mixes.c: all of them, the default first; the last has no name. */
extern const struct tp_mix tp_mixes[];
const struct tp_mix *tp_mix_find(const char *name); /* or NULL */

#endif
