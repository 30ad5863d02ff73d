// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stat.c - intervals and numbers of trials, against values from exact fractions
 */
#include <math.h>

#include "base/buf.h"
#include "base/stat.h"
#include "tap.h"

static bool near(double a, double b, double by)
{
	return fabs(a - b) <= by;
}

static void test_interval(void)
{
	static const struct {
		uint64_t trials, hits;
		double low, high;
	} known[] = {
		{ 10, 0, 0, 0.308497 },
		{ 10, 1, 0.002529, 0.445016 },
		{ 10, 5, 0.187086, 0.812914 },
		{ 10, 10, 0.691503, 1 },
		{ 100, 3, 0.006230, 0.085176 },
		{ 200, 200, 0.981725, 1 },
		{ 300, 17, 0.033353, 0.089180 },
		{ 300, 150, 0.441998, 0.558002 },
		{ 0, 0, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct tp_interval got = tp_clopper_pearson(known[i].trials, known[i].hits, 0.05);

		if (!ok(near(got.low, known[i].low, 1e-6) && near(got.high, known[i].high, 1e-6),
			"%" PRIu64 " of %" PRIu64, known[i].hits, known[i].trials))
			diag("got %.6f to %.6f", got.low, got.high);
	}
}

/* Large numbers: no end may be lost to underflow. */
static void test_large(void)
{
	struct tp_interval i = tp_clopper_pearson(1000000, 500000, 0.05);

	/* 1.96 standard deviations of the normal distribution, which it is here */
	ok(near(i.low, 0.49902, 1e-5) && near(i.high, 0.50098, 1e-5), "a million trials");
	i = tp_clopper_pearson(1000000, 1, 0.05);
	ok(i.low > 0 && i.low < 1e-6 && i.high > 1e-6 && i.high < 1e-5, "one hit of a million");
	i = tp_clopper_pearson(1000000, 999999, 0.05);
	ok(i.high < 1 && i.high > 0.999999 && i.low > 0.99999, "all but one of a million");
}

static void test_tail(void)
{
	ok(near(tp_binomial_tail(20, 7, 0.3), 0.391990187799076, 1e-12), "a tail around the mean");
	ok(near(tp_binomial_tail(300, 30, 0.05), 0.0002817940323091686, 1e-14), "far above it");
	ok(near(tp_binomial_tail(300, 2, 0.05), 0.9999965156749056, 1e-12), "far below it");
	ok(tp_binomial_tail(5, 0, 0.1) >= 1 && tp_binomial_tail(5, 1, 0) <= 0 &&
		   tp_binomial_tail(5, 5, 1) >= 1,
	   "at the ends");
}

static void test_trials(void)
{
	is_int((int64_t)tp_trials_for(0.5, 0.05, 1), 5, "one of two");
	is_int((int64_t)tp_trials_for(0.01, 0.05, 1), 299, "one of a hundred");
	is_int((int64_t)tp_trials_for(0.1, 0.05, 20), 57, "one of ten, asked twenty times");
	is_int((int64_t)tp_trials_for(0.999, 0.05, 1), 1, "nearly always");
	is_int((int64_t)tp_trials_for(1, 0.05, 1000), 1, "always");
	ok(tp_trials_for(0, 0.05, 1) == UINT64_MAX, "never");
}

int main(void)
{
	test_interval();
	test_large();
	test_tail();
	test_trials();
	return done();
}
