// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stat.h - what a number of trials says about a rate
 */
#ifndef TP_BASE_STAT_H
#define TP_BASE_STAT_H

#include <stdint.h>

struct tp_interval {
	double low, high; /* from 0 to 1 */
};

/*
 * P[X >= hits] of a binomial distribution: hits or more in trials that each hit
 * with probability p.  hits <= trials.
 */
double tp_binomial_tail(uint64_t trials, uint64_t hits, double p);

/*
 * The rates that hits of trials leave possible (Clopper and Pearson, Biometrika 26
 * (1934), 404-413): each end is missed with a probability of at most alpha / 2; 0.05
 * makes the 95 % interval.  Without trials it is [0, 1].
 */
struct tp_interval tp_clopper_pearson(uint64_t trials, uint64_t hits, double alpha);

/*
 * How many trials a failure of this rate needs to show itself at least once, when all
 * of k such questions together may be answered wrong with probability alpha:
 * ceil(ln(alpha/k) / ln(1-rate)), at least 1; UINT64_MAX when it would never.
 */
uint64_t tp_trials_for(double rate, double alpha, uint64_t k);

#endif
