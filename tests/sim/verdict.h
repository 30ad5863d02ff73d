// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict.h - the oracle's word on what the simulator did
 */
#ifndef TP_TESTS_SIM_VERDICT_H
#define TP_TESTS_SIM_VERDICT_H

#include "sim.h"

/*
 * Does some order explain everything that the run left, saw and returned?
 * Returns NULL, or why not (to free).  *whole: nothing had to be left unjudged.
 */
char *sim_verdict(const struct sim *s, const struct tp_seq *seq, bool *whole);

#endif
