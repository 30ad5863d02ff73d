// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.h - the search for the smallest sequence that still fails
 *
 * It only proposes: whoever owns it runs the candidates, as many of them at once as it
 * gives, and tells which failed.  Delta debugging (Zeller and Hildebrandt, 2002) asks one
 * question after another; here a hundred cost as much as one, so that every single change
 * is tried first, and then those that worked are tried together.
 */
#ifndef TP_PLAN_SHRINK_H
#define TP_PLAN_SHRINK_H

#include "plan/edit.h"

struct tp_candidate {
	struct tp_seq seq;
	size_t *edits; /* which of the search's */
	size_t nr_edits;
};

struct tp_shrink {
	struct tp_edit_for of;
	struct tp_seq best;     /* the smallest that failed so far */
	size_t most;            /* candidates at once */
	size_t most_ops;        /* of all of them, about; the owner may change both */
	struct tp_candidate *c; /* what is to be run now */
	size_t nr;
	size_t ops;             /* that they have */
	/* The search's own: */
	struct tp_seq base;     /* what the edits are made to */
	struct tp_edits edits;  /* of base */
	struct tp_edits worked; /* those that failed by themselves */
	uint64_t *tried;        /* digests of what did not fail */
	size_t nr_tried;
	unsigned state, turn;
};

/* Begin with a sequence that fails (copied). */
void tp_shrink_begin(struct tp_shrink *s, const struct tp_seq *seq, const struct tp_cell *cell,
		     uint32_t page_bytes, size_t most);

/* Make the next candidates, s->c; returns how many, 0: best cannot be made smaller. */
size_t tp_shrink_next(struct tp_shrink *s);

/* failed[i] says what became of s->c[i].  Returns whether best is smaller now. */
bool tp_shrink_tell(struct tp_shrink *s, const bool *failed);

void tp_shrink_free(struct tp_shrink *s);

#endif
