// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * prng.h - repeatable random numbers
 */
#ifndef TP_BASE_PRNG_H
#define TP_BASE_PRNG_H

#include <stdint.h>

/* splitmix64 (Steele, Lea, Flood 2014): one word of state, any seed is good. */
struct tp_prng {
	uint64_t state;
};

/* A bijective mix of 64 bits: the output step of splitmix64. */
static inline uint64_t tp_mix64(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint64_t tp_prng_next(struct tp_prng *r)
{
	return tp_mix64(r->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* A number in [0, bound); bound > 0.  The bias is below bound / 2^64. */
static inline uint64_t tp_prng_below(struct tp_prng *r, uint64_t bound)
{
	return (uint64_t)(((unsigned __int128)tp_prng_next(r) * bound) >> 64);
}

#endif
