// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - the search for the smallest sequence that still fails
 */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plan/propose.h"

#define UNITED 64 /* candidates that unite what worked */
#define LONG   24 /* operations: what is shorter is cut and rounded at once */

/* Each is left for the next one when it has nothing new to propose. */
enum state {
	WINDOWS,    /* nothing but a stretch */
	COARSE,     /* long runs of operations: long candidates take long */
	COARSE_ALL, /* what worked, together */
	DROPPING,   /* shorter runs, down to single operations */
	DROPPING_ALL,
	ROUNDING, /* all edits one by one, and pairs of operations */
	ROUNDING_ALL,
	ENDED,
};

static struct tp_seq copy(const struct tp_seq *seq)
{
	struct tp_seq out = { tp_alloc(seq->nr * sizeof(*seq->ops) + 1), seq->nr };

	memcpy(out.ops, seq->ops, seq->nr * sizeof(*seq->ops));
	return out;
}

void tp_shrink_begin(struct tp_shrink *s, const struct tp_seq *seq, const struct tp_cell *cell,
		     uint32_t page_bytes, size_t most)
{
	*s = (struct tp_shrink){
		.best = copy(seq), .base = copy(seq), .most = most, .most_ops = SIZE_MAX
	};
	tp_edit_begin(&s->of, seq, cell, page_bytes);
}

static void free_candidates(struct tp_shrink *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		tp_seq_free(&s->c[i].seq);
		free(s->c[i].edits);
	}
	free(s->c);
	s->c = NULL;
	s->nr = s->ops = 0;
}

void tp_shrink_free(struct tp_shrink *s)
{
	free_candidates(s);
	tp_edits_free(&s->edits);
	tp_edits_free(&s->worked);
	free(s->tried);
	tp_seq_free(&s->best);
	tp_seq_free(&s->base);
	*s = (struct tp_shrink){ 0 };
}

/* What worked by itself: all of it, then random parts that become smaller. */
static void unite(struct tp_shrink *s)
{
	static const unsigned of_16[] = { 15, 14, 12, 10, 8, 6, 4, 2 };
	struct tp_prng r = { tp_mix64(s->turn + 1) };
	size_t nr = s->worked.nr, *which = tp_alloc(nr * sizeof(*which) + 1);

	for (size_t i = 0; i < nr; i++)
		which[i] = i;
	tp_propose(s, &s->worked, which, nr);
	for (size_t parts = 2; parts <= 16 && parts <= nr; parts *= 2) /* all but one part */
		for (size_t p = 0; p < parts; p++) {
			size_t n = 0;

			for (size_t i = 0; i < nr; i++)
				if (i * parts / nr != p)
					which[n++] = i;
			tp_propose(s, &s->worked, which, n);
		}
	for (unsigned k = 0; k < UNITED; k++) {
		size_t n = 0;

		for (size_t i = 0; i < nr; i++)
			if (tp_prng_below(&r, 16) < of_16[k % ARRAY_SIZE(of_16)])
				which[n++] = i;
		tp_propose(s, &s->worked, which, n);
	}
	free(which);
}

/* From here on everything is tried on the best one. */
static void rebase(struct tp_shrink *s)
{
	tp_seq_free(&s->base);
	s->base = copy(&s->best);
}

static bool is_uniting(unsigned state)
{
	return state == COARSE_ALL || state == DROPPING_ALL || state == ROUNDING_ALL;
}

static void probe(struct tp_shrink *s)
{
	bool is_long = s->base.nr > LONG;

	if (s->state == WINDOWS && is_long)
		tp_propose_windows(s);
	else if (s->state == COARSE && is_long)
		tp_propose_coarse(s);
	else if (s->state == DROPPING && is_long)
		tp_propose_drops(s);
	else if (s->state == ROUNDING)
		tp_propose_all(s);
}

size_t tp_shrink_next(struct tp_shrink *s)
{
	free_candidates(s);
	while (s->nr == 0 && s->state != ENDED) {
		s->turn++;
		if (is_uniting(s->state)) {
			unite(s);
			if (s->nr)
				break;
			s->state--; /* to what probes */
			rebase(s);
		} else {
			probe(s);
			if (s->nr == 0)
				s->state +=
					s->state == WINDOWS ? 1 : 2; /* to the next that probes */
		}
	}
	return s->nr;
}

/* The simplest candidate that failed, or NULL. */
static const struct tp_candidate *winner(const struct tp_shrink *s, const bool *failed)
{
	const struct tp_candidate *best = NULL;

	for (size_t i = 0; i < s->nr; i++)
		if (failed[i] && (!best || tp_edit_compare(&s->of, &s->c[i].seq, &best->seq) < 0))
			best = &s->c[i];
	return best;
}

/* Every edit of a candidate that failed, once. */
static void collect_worked(struct tp_shrink *s, const bool *failed)
{
	bool *taken = tp_alloc(s->edits.nr + 1);

	tp_edits_free(&s->worked);
	for (size_t i = 0; i < s->nr; i++)
		for (size_t k = 0; failed[i] && k < s->c[i].nr_edits; k++)
			taken[s->c[i].edits[k]] = true;
	for (size_t i = 0; i < s->edits.nr; i++)
		if (taken[i])
			tp_edits_add(&s->worked, s->edits.e[i]);
	free(taken);
}

bool tp_shrink_tell(struct tp_shrink *s, const bool *failed)
{
	const struct tp_candidate *won = winner(s, failed);
	bool uniting = is_uniting(s->state);

	if (won) {
		tp_seq_free(&s->best);
		s->best = copy(&won->seq);
	}
	if (uniting)
		s->state--;
	if (s->state != WINDOWS && !uniting && won)
		collect_worked(s, failed);
	if (s->state != WINDOWS && !uniting && won && s->worked.nr > 1)
		s->state++;
	else
		rebase(s);
	if (s->state == WINDOWS && !won)
		s->state = COARSE;
	return won != NULL;
}
