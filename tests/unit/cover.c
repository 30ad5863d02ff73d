// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cover.c - every pair and triple of values is really there, and nothing forbidden
 */
#include "base/buf.h"
#include "base/prng.h"
#include "plan/cover.h"
#include "tap.h"

static bool any(void *ctx, const uint8_t *row)
{
	(void)ctx;
	(void)row;
	return true;
}

/* Not the first value of the first parameter with the last of the second. */
static bool not_both(void *ctx, const uint8_t *row)
{
	const struct tp_cover_in *in = ctx;

	return row[0] != 0 || row[1] != in->counts[1] - 1;
}

static bool nothing(void *ctx, const uint8_t *row)
{
	(void)ctx;
	(void)row;
	return false;
}

static bool has(const uint8_t *rows, size_t nr, unsigned width, const unsigned *param,
		const unsigned *value, unsigned strength)
{
	for (size_t i = 0; i < nr; i++) {
		unsigned same = 0;

		while (same < strength && rows[i * width + param[same]] == value[same])
			same++;
		if (same == strength)
			return true;
	}
	return false;
}

/* Tuples of in->strength values that no row holds; forbidden: of these, how many may not. */
static unsigned missing(const struct tp_cover_in *in, const uint8_t *rows, size_t nr)
{
	const unsigned *n = in->counts;
	unsigned sum = 0, p[3], v[3];

	for (p[0] = 0; p[0] < in->nr; p[0]++)
		for (p[1] = p[0] + 1; p[1] < in->nr; p[1]++)
			for (p[2] = p[1] + 1; p[2] < (in->strength == 3 ? in->nr : p[1] + 2); p[2]++)
				for (v[0] = 0; v[0] < n[p[0]]; v[0]++)
					for (v[1] = 0; v[1] < n[p[1]]; v[1]++)
						for (v[2] = 0; v[2] < (in->strength == 3 ? n[p[2]] : 1);
						     v[2]++)
							sum += !has(rows, nr, in->nr, p, v,
								    in->strength);
	return sum;
}

static size_t product(const struct tp_cover_in *in)
{
	size_t all = 1;

	for (unsigned i = 0; i < in->nr; i++)
		all *= in->counts[i];
	return all;
}

static void test_all_covered(void)
{
	struct tp_prng random = { 3 };
	unsigned short_of = 0, bad_value = 0, too_many = 0;

	for (int i = 0; i < 60; i++) {
		struct tp_cover_in in = { .nr = 3 + (unsigned)tp_prng_below(&random, 5),
					  .strength = 2 + (i & 1), .seed = (uint64_t)i, .allowed = any };
		uint8_t *rows;
		size_t nr;

		for (unsigned k = 0; k < in.nr; k++)
			in.counts[k] = 1 + (unsigned)tp_prng_below(&random, 7);
		nr = tp_cover(&in, &rows);
		short_of += missing(&in, rows, nr);
		too_many += nr > product(&in);
		for (size_t k = 0; k < nr * in.nr; k++)
			bad_value += rows[k] >= in.counts[k % in.nr];
		free(rows);
	}
	is_int(short_of, 0, "every pair (triple) of values is in some row");
	is_int(bad_value, 0, "no row holds a value that is none");
	is_int(too_many, 0, "never more rows than the product has");
}

static void test_exceptions(void)
{
	struct tp_cover_in in = { .nr = 5, .counts = { 3, 4, 2, 5, 3 }, .strength = 2, .seed = 1,
				  .allowed = not_both };
	const unsigned p[] = { 0, 1 }, v[] = { 0, 3 };
	uint8_t *rows;
	size_t nr;

	in.ctx = &in;
	nr = tp_cover(&in, &rows);
	ok(!has(rows, nr, in.nr, p, v, 2), "no row holds what is left out");
	is_int(missing(&in, rows, nr), 1, "and nothing else is missing");
	free(rows);
	in.strength = 0;
	nr = tp_cover(&in, &rows);
	is_int((int64_t)nr, 3 * 4 * 2 * 5 * 3 - 2 * 5 * 3, "the product without what is left out");
	free(rows);
	in.allowed = nothing;
	is_int((int64_t)tp_cover(&in, &rows), 0, "all left out: no row of the product");
	free(rows);
	in.strength = 2;
	is_int((int64_t)tp_cover(&in, &rows), 0, "nor of the pairs");
	free(rows);
}

static void test_repeatable(void)
{
	struct tp_cover_in in = { .nr = 6, .counts = { 5, 4, 3, 5, 4, 3 }, .strength = 2, .seed = 9,
				  .allowed = any };
	uint8_t *a, *b, *c;
	size_t na = tp_cover(&in, &a), nb = tp_cover(&in, &b), nc;

	ok(na == nb && memcmp(a, b, na * in.nr) == 0, "the same seed gives the same rows");
	in.seed = 10;
	nc = tp_cover(&in, &c);
	ok(nc != na || memcmp(a, c, na * in.nr) != 0, "another seed gives others");
	ok(na < product(&in) / 20, "far fewer than the product (%zu of %zu)", na, product(&in));
	free(a);
	free(b);
	free(c);
}

static void test_edges(void)
{
	struct tp_cover_in in = { .nr = 0, .strength = 2, .allowed = any };
	uint8_t *rows;

	is_int((int64_t)tp_cover(&in, &rows), 1, "without parameters there is one row");
	free(rows);
	in = (struct tp_cover_in){ .nr = 2, .counts = { 3, 4 }, .strength = 3, .allowed = any };
	is_int((int64_t)tp_cover(&in, &rows), 12, "triples of two parameters: the product");
	free(rows);
	in = (struct tp_cover_in){ .nr = 3, .counts = { 3, 4, 5 }, .strength = 1, .allowed = any };
	is_int((int64_t)tp_cover(&in, &rows) >= 5, 1, "single values: at least the longest list");
	free(rows);
	in = (struct tp_cover_in){ .nr = 3, .counts = { 100, 100, 11 }, .allowed = any };
	ok(tp_cover(&in, &rows) == (size_t)-1, "a product of more than 100000 rows is refused");
	free(rows);
}

int main(void)
{
	test_all_covered();
	test_exceptions();
	test_repeatable();
	test_edges();
	return done();
}
