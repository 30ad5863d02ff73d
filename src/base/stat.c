// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stat.c - what a number of trials says about a rate
 */
#include <math.h>

#include "base/stat.h"

#define STEPS 60 /* of a bisection: more than a double has bits */

/* ln of (trials over k) p^k (1-p)^(trials-k) */
static double log_term(double trials, double k, double p)
{
	return lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(p) +
	       (trials - k) * log1p(-p);
}

/* The sum of the terms from `from` on, in steps of 1 or -1: they fall from there, so
 * that it ends where they add nothing. */
static double sum_from(uint64_t trials, uint64_t from, int step, double p)
{
	double n = (double)trials, k = (double)from, term = exp(log_term(n, k, p)), sum = 0;

	while (k >= 0 && k <= n && (term > sum * 1e-17 || term == 0)) {
		double next =
			step > 0 ? (n - k) / (k + 1) * p / (1 - p) : k / (n - k + 1) * (1 - p) / p;

		sum += term;
		if (term == 0)
			break;
		term *= next;
		k += step;
	}
	return sum;
}

double tp_binomial_tail(uint64_t trials, uint64_t hits, double p)
{
	if (hits == 0 || p >= 1)
		return 1;
	if (p <= 0)
		return 0;
	/* The side on which the terms fall from the first one on is exact. */
	if ((double)hits > (double)trials * p)
		return sum_from(trials, hits, 1, p);
	return 1 - sum_from(trials, hits - 1, -1, p);
}

/* The rate at which hits or more are as likely as this. */
static double rate_for(uint64_t trials, uint64_t hits, double likely)
{
	double low = 0, high = 1;

	for (unsigned i = 0; i < STEPS; i++) {
		double middle = (low + high) / 2;

		if (tp_binomial_tail(trials, hits, middle) < likely)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

struct tp_interval tp_clopper_pearson(uint64_t trials, uint64_t hits, double alpha)
{
	struct tp_interval i = { 0, 1 };

	if (hits > 0)
		i.low = rate_for(trials, hits, alpha / 2);
	if (hits < trials)
		i.high = rate_for(trials, hits + 1, 1 - alpha / 2);
	return i;
}

uint64_t tp_trials_for(double rate, double alpha, uint64_t k)
{
	double nr;

	if (rate <= 0)
		return UINT64_MAX;
	if (rate >= 1)
		return 1;
	nr = ceil(log(alpha / (double)(k ? k : 1)) / log1p(-rate));
	if (nr >= 1e18)
		return UINT64_MAX;
	return nr < 1 ? 1 : (uint64_t)nr;
}
