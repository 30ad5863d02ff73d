// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * propose.h - what may make a sequence smaller
 *
 * Each fills s->c with candidates that are new, simpler than s->best, and sound; those
 * that do not fit into s->most and s->most_ops are left out.
 */
#ifndef TP_PLAN_PROPOSE_H
#define TP_PLAN_PROPOSE_H

#include "plan/shrink.h"

/* s->base with these edits (indices among `of`). */
void tp_propose(struct tp_shrink *s, const struct tp_edits *of, const size_t *which, size_t nr);

/* Short stretches of the sequence, then longer ones: all of them cost as much as a few
 * candidates that drop little, and one of them often has all that it takes. */
void tp_propose_windows(struct tp_shrink *s);

/* Without long runs of operations; without shorter ones, and what belongs together. */
void tp_propose_coarse(struct tp_shrink *s);
void tp_propose_drops(struct tp_shrink *s);

/* The same, without two operations, and every edit of what is left. */
void tp_propose_all(struct tp_shrink *s);

#endif
