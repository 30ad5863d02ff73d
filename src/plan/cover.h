// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cover.h - few combinations that hold every pair (or triple) of values
 *
 * The full product of a scenario's parameters can be tens of thousands of
 * files.  Nearly all bugs of this family need two or three of them at certain
 * values, so a covering array finds them with a hundredth of the files.
 */
#ifndef TP_PLAN_COVER_H
#define TP_PLAN_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TP_MAX_PARAMS 16
#define TP_MAX_CHOICES 255         /* values of one of them */

struct tp_cover_in {
	unsigned nr;                       /* parameters */
	unsigned counts[TP_MAX_PARAMS];    /* values of each, 1..TP_MAX_CHOICES */
	unsigned strength;                 /* 2: pairs; 3: triples; 0: the whole product */
	uint64_t seed;
	bool (*allowed)(void *ctx, const uint8_t *row);
	void *ctx;
};

/* Bound on the rows of a product: more is an error of the scenario. */
#define TP_MAX_ROWS 100000

/*
 * Rows of nr value indices each, one after another; the caller frees *rows.
 * The same input gives the same rows.  Returns their number, or (size_t)-1 when
 * the product has more than TP_MAX_ROWS rows and strength is 0.
 */
size_t tp_cover(const struct tp_cover_in *in, uint8_t **rows);

#endif
