// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cover.c - few combinations that hold every pair (or triple) of values
 *
 * Greedy: take a tuple that no row holds yet, complete it at random a few
 * times, keep the completion that covers most new tuples.  (The AETG method:
 * Cohen, Dalal, Fredman, Patton, 1997.)
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/prng.h"
#include "plan/cover.h"

#define TRIES 24          /* completions looked at for one row */
#define HOPELESS 400      /* completions refused before a tuple is given up */

struct cover {
	const struct tp_cover_in *in;
	struct tp_prng prng;
	unsigned strength;
	size_t nr_sets;
	uint8_t (*sets)[3];  /* the parameter numbers of every tuple */
	size_t *base;        /* first bit of every set in covered */
	size_t nr_bits;
	uint8_t *covered;
	uint8_t *rows;
	size_t nr_rows;
};

static size_t tuple_bit(const struct cover *c, size_t set, const uint8_t *row)
{
	size_t bit = 0;

	for (unsigned k = 0; k < c->strength; k++) {
		unsigned p = c->sets[set][k];

		bit = bit * c->in->counts[p] + row[p];
	}
	return c->base[set] + bit;
}

static void add_set(struct cover *c, unsigned a, unsigned b, unsigned d)
{
	const unsigned *n = c->in->counts;
	size_t bits = (size_t)n[a] * (c->strength > 1 ? n[b] : 1) * (c->strength > 2 ? n[d] : 1);

	c->sets = tp_grow(c->sets, c->nr_sets, sizeof(*c->sets));
	c->base = tp_grow(c->base, c->nr_sets, sizeof(*c->base));
	c->sets[c->nr_sets][0] = (uint8_t)a;
	c->sets[c->nr_sets][1] = (uint8_t)b;
	c->sets[c->nr_sets][2] = (uint8_t)d;
	c->base[c->nr_sets++] = c->nr_bits;
	c->nr_bits += bits;
}

static void make_sets(struct cover *c)
{
	unsigned nr = c->in->nr;

	for (unsigned a = 0; a < nr; a++) {
		if (c->strength == 1)
			add_set(c, a, 0, 0);
		for (unsigned b = a + 1; c->strength >= 2 && b < nr; b++) {
			if (c->strength == 2)
				add_set(c, a, b, 0);
			for (unsigned d = b + 1; c->strength == 3 && d < nr; d++)
				add_set(c, a, b, d);
		}
	}
}

static unsigned gain(const struct cover *c, const uint8_t *row)
{
	unsigned sum = 0;

	for (size_t s = 0; s < c->nr_sets; s++)
		sum += !c->covered[tuple_bit(c, s, row)];
	return sum;
}

/* A random row that holds the tuple `bit` of set s. */
static void complete(struct cover *c, size_t s, size_t bit, uint8_t *row)
{
	size_t rest = bit - c->base[s];

	for (unsigned p = 0; p < c->in->nr; p++)
		row[p] = (uint8_t)tp_prng_below(&c->prng, c->in->counts[p]);
	for (unsigned k = c->strength; k-- > 0;) {
		unsigned p = c->sets[s][k];

		row[p] = (uint8_t)(rest % c->in->counts[p]);
		rest /= c->in->counts[p];
	}
}

static void take_row(struct cover *c, const uint8_t *row)
{
	for (size_t s = 0; s < c->nr_sets; s++)
		c->covered[tuple_bit(c, s, row)] = 1;
	c->rows = tp_realloc(c->rows, (c->nr_rows + 1) * c->in->nr);
	memcpy(c->rows + c->nr_rows++ * c->in->nr, row, c->in->nr);
}

static void cover_tuple(struct cover *c, size_t s, size_t bit)
{
	uint8_t row[TP_MAX_PARAMS], best[TP_MAX_PARAMS];
	unsigned best_gain = 0, good = 0;

	for (unsigned i = 0; i < HOPELESS && good < TRIES; i++) {
		unsigned g;

		complete(c, s, bit, row);
		if (!c->in->allowed(c->in->ctx, row))
			continue;
		good++;
		g = gain(c, row);
		if (g > best_gain) {
			best_gain = g;
			memcpy(best, row, sizeof(best));
		}
	}
	if (best_gain)
		take_row(c, best);
	else
		c->covered[bit] = 1; /* the exceptions leave no such row */
}

static size_t whole_product(const struct tp_cover_in *in, uint8_t **rows)
{
	uint8_t row[TP_MAX_PARAMS] = { 0 };
	size_t all = 1, nr = 0;

	for (unsigned p = 0; p < in->nr; p++) {
		all *= in->counts[p];
		if (all > TP_MAX_ROWS)
			return (size_t)-1;
	}
	*rows = tp_alloc(all * (in->nr ? in->nr : 1));
	for (size_t i = 0; i < all; i++) {
		size_t rest = i;

		for (unsigned p = in->nr; p-- > 0; rest /= in->counts[p])
			row[p] = (uint8_t)(rest % in->counts[p]);
		if (in->allowed(in->ctx, row))
			memcpy(*rows + nr++ * in->nr, row, in->nr);
	}
	return nr;
}

size_t tp_cover(const struct tp_cover_in *in, uint8_t **rows)
{
	struct cover c = { .in = in, .prng = { in->seed }, .strength = in->strength };

	*rows = NULL;
	if (in->strength == 0 || in->strength >= in->nr)
		return whole_product(in, rows);
	if (c.strength > 3)
		c.strength = 3;
	make_sets(&c);
	c.covered = tp_alloc(c.nr_bits);
	for (size_t s = 0; s < c.nr_sets; s++) {
		size_t end = s + 1 < c.nr_sets ? c.base[s + 1] : c.nr_bits;

		for (size_t bit = c.base[s]; bit < end; bit++)
			if (!c.covered[bit])
				cover_tuple(&c, s, bit);
	}
	*rows = c.rows ? c.rows : tp_alloc(1);
	free(c.covered);
	free(c.base);
	free(c.sets);
	return c.nr_rows;
}
