// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - the search for the smallest sequence that still fails
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/prng.h"
#include "plan/shrink.h"

#define FEW    16 /* operations, of which pairs are tried, too */
#define PARTS  32 /* runs that a long sequence is cut into first */
#define UNITED 64 /* candidates that unite what worked */

/* Each is left for the next one when it has nothing new to propose. */
enum state {
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
	*s = (struct tp_shrink){ .best = copy(seq), .base = copy(seq), .most = most };
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
	s->nr = 0;
}

static void free_edits(struct tp_edits *e)
{
	free(e->e);
	*e = (struct tp_edits){ 0 };
}

void tp_shrink_free(struct tp_shrink *s)
{
	free_candidates(s);
	free_edits(&s->edits);
	free_edits(&s->worked);
	free(s->tried);
	tp_seq_free(&s->best);
	tp_seq_free(&s->base);
	*s = (struct tp_shrink){ 0 };
}

static uint64_t digest_of(const struct tp_seq *seq)
{
	struct tp_buf text = { 0 };
	uint64_t digest;

	tp_seq_print(seq, &text);
	digest = tp_digest_of(text.text ? text.text : "", text.len);
	tp_buf_free(&text);
	return digest;
}

/* Was it tried, or is it among the candidates? */
static bool is_new(const struct tp_shrink *s, const struct tp_seq *seq)
{
	uint64_t digest = digest_of(seq);

	for (size_t i = 0; i < s->nr_tried; i++)
		if (s->tried[i] == digest)
			return false;
	return true;
}

static void remember(struct tp_shrink *s, const struct tp_seq *seq)
{
	s->tried = tp_grow(s->tried, s->nr_tried, sizeof(*s->tried));
	s->tried[s->nr_tried++] = digest_of(seq);
}

/* A candidate with these edits (indices among `of`), when it is a new and simpler one. */
static void propose(struct tp_shrink *s, const struct tp_edits *of, const size_t *which, size_t nr)
{
	const struct tp_edit **edits = tp_alloc(nr * sizeof(const struct tp_edit *) + 1);
	struct tp_candidate c = { .nr_edits = nr };

	for (size_t i = 0; i < nr; i++)
		edits[i] = &of->e[which[i]];
	if (s->nr < s->most && tp_edit_apply(&s->of, &s->base, edits, nr, &c.seq)) {
		if (tp_edit_compare(&s->of, &c.seq, &s->best) < 0 && is_new(s, &c.seq)) {
			c.edits = tp_alloc(nr * sizeof(*c.edits) + 1);
			memcpy(c.edits, which, nr * sizeof(*c.edits));
			remember(s, &c.seq);
			s->c = tp_grow(s->c, s->nr, sizeof(*s->c));
			s->c[s->nr++] = c;
		} else {
			tp_seq_free(&c.seq);
		}
	}
	free(edits);
}

static void propose_run(struct tp_shrink *s, size_t from, size_t to)
{
	size_t *which = tp_alloc((to - from) * sizeof(*which) + 1);

	for (size_t i = from; i < to; i++)
		which[i - from] = i;
	propose(s, &s->edits, which, to - from);
	free(which);
}

/* The edits that drop: number i drops operation i. */
static void list_drops(struct tp_shrink *s)
{
	free_edits(&s->edits);
	for (size_t i = 0; i < s->base.nr; i++)
		tp_edits_add(&s->edits, (struct tp_edit){ TP_EDIT_DROP, i, 0, 0 });
}

/* Halves, quarters ... of all operations, down to so many. */
static void propose_runs(struct tp_shrink *s, size_t least)
{
	size_t nr = s->base.nr;

	for (size_t len = (nr + 1) / 2; len >= least; len = len == 1 ? 0 : (len + 1) / 2) {
		for (size_t from = 0; from < nr; from += len)
			propose_run(s, from, from + len < nr ? from + len : nr);
	}
}

/* Whole blocks, and whole actors of them. */
static void propose_actors(struct tp_shrink *s)
{
	const struct tp_seq *seq = &s->base;

	for (size_t i = 0, end; i < seq->nr; i = end) {
		if (!tp_seq_block(seq, i, &end))
			continue;
		propose_run(s, i, end);
		for (size_t from = i, to; from < end; from = to) {
			for (to = from; to < end && seq->ops[to].actor == seq->ops[from].actor;)
				to++;
			propose_run(s, from, to);
		}
	}
}

/* Every meeting of a block together: one actor's would be missed by the others. */
static void propose_meets(struct tp_shrink *s)
{
	size_t *which = tp_alloc(s->base.nr * sizeof(*which) + 1), nr = 0;

	for (size_t i = 0; i < s->base.nr; i++)
		if (s->base.ops[i].kind == TP_OP_KIND_MEET)
			which[nr++] = i;
	if (nr)
		propose(s, &s->edits, which, nr);
	free(which);
}

/* Dropping two at once: each may need the other. */
static void propose_pairs(struct tp_shrink *s)
{
	size_t nr = s->base.nr;

	for (size_t i = 0; i < nr && nr <= FEW; i++)
		for (size_t k = i + 1; k < nr; k++)
			propose(s, &s->edits, (size_t[]){ i, k }, 2);
}

/* Two ranges of one kind that touch become one. */
static void propose_merges(struct tp_shrink *s)
{
	for (size_t i = 0; i + 1 < s->base.nr; i++) {
		const struct tp_op *a = &s->base.ops[i], *b = a + 1;

		if (a->kind != b->kind || strcmp(tp_ops[a->kind].args, "ol") != 0 ||
		    a->arg[0] + a->arg[1] != b->arg[0])
			continue;
		tp_edits_add(&s->edits,
			     (struct tp_edit){ TP_EDIT_ARG, i, 1, a->arg[1] + b->arg[1] });
		propose(s, &s->edits, (size_t[]){ s->edits.nr - 1, i + 1 }, 2);
	}
}

/*
 * An argument that many operations have is mostly one thing (the end of file, a place in
 * the page): all of them change together.
 */
static void propose_together(struct tp_shrink *s, size_t edit)
{
	const struct tp_edit *e = &s->edits.e[edit];
	size_t *which = tp_alloc(s->edits.nr * sizeof(*which)), nr = 0;
	uint64_t was = s->base.ops[e->op].arg[e->arg];

	for (size_t i = 0; i < s->edits.nr; i++) {
		const struct tp_edit *o = &s->edits.e[i];

		if (o->what == TP_EDIT_ARG && o->value == e->value &&
		    s->base.ops[o->op].arg[o->arg] == was)
			which[nr++] = i;
	}
	if (nr > 1)
		propose(s, &s->edits, which, nr);
	free(which);
}

static void probe_coarse(struct tp_shrink *s)
{
	size_t least = s->base.nr / PARTS;

	list_drops(s);
	propose_runs(s, least > 1 ? least : 1);
}

static void probe_drops(struct tp_shrink *s)
{
	list_drops(s);
	propose_actors(s);
	propose_meets(s);
	propose_runs(s, 1);
}

static void probe_all(struct tp_shrink *s)
{
	size_t from, to;

	probe_drops(s);
	propose_pairs(s);
	propose_merges(s);
	from = s->edits.nr;
	tp_edit_suggest(&s->of, &s->base, &s->edits);
	to = s->edits.nr;
	for (size_t i = from; i < to; i++)
		propose(s, &s->edits, &i, 1);
	for (size_t i = from; i < to; i++)
		if (s->edits.e[i].what == TP_EDIT_ARG)
			propose_together(s, i);
}

/* What worked by itself: all of it, then random parts that become smaller. */
static void unite(struct tp_shrink *s)
{
	static const unsigned of_16[] = { 15, 14, 12, 10, 8, 6, 4, 2 };
	struct tp_prng r = { tp_mix64(s->turn + 1) };
	size_t nr = s->worked.nr, *which = tp_alloc(nr * sizeof(*which) + 1);

	for (size_t i = 0; i < nr; i++)
		which[i] = i;
	propose(s, &s->worked, which, nr);
	for (size_t parts = 2; parts <= 16 && parts <= nr; parts *= 2) /* all but one part */
		for (size_t p = 0; p < parts; p++) {
			size_t n = 0;

			for (size_t i = 0; i < nr; i++)
				if (i * parts / nr != p)
					which[n++] = i;
			propose(s, &s->worked, which, n);
		}
	for (unsigned k = 0; k < UNITED; k++) {
		size_t n = 0;

		for (size_t i = 0; i < nr; i++)
			if (tp_prng_below(&r, 16) < of_16[k % ARRAY_SIZE(of_16)])
				which[n++] = i;
		propose(s, &s->worked, which, n);
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
	if (s->state == COARSE)
		probe_coarse(s);
	else if (s->state == DROPPING)
		probe_drops(s);
	else
		probe_all(s);
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
				s->state += 2; /* to the next that probes */
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

	free_edits(&s->worked);
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
	if (!uniting && won)
		collect_worked(s, failed);
	if (!uniting && won && s->worked.nr > 1)
		s->state++;
	else
		rebase(s);
	return won != NULL;
}
