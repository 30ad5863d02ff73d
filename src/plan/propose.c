// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * propose.c - what may make a sequence smaller
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "plan/propose.h"
#include "plan/walk.h"

#define FEW          20 /* operations, of which pairs are tried, too */
#define PARTS        32 /* runs that a long sequence is cut into first */
#define SHORT_WINDOW 8

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
void tp_propose(struct tp_shrink *s, const struct tp_edits *of, const size_t *which, size_t nr)
{
	const struct tp_edit **edits = tp_alloc(nr * sizeof(const struct tp_edit *) + 1);
	struct tp_candidate c = { .nr_edits = nr };

	for (size_t i = 0; i < nr; i++)
		edits[i] = &of->e[which[i]];
	if (s->nr < s->most && s->ops < s->most_ops &&
	    tp_edit_apply(&s->of, &s->base, edits, nr, &c.seq)) {
		if (tp_edit_compare(&s->of, &c.seq, &s->best) < 0 && is_new(s, &c.seq)) {
			c.edits = tp_alloc(nr * sizeof(*c.edits) + 1);
			memcpy(c.edits, which, nr * sizeof(*c.edits));
			remember(s, &c.seq);
			s->c = tp_grow(s->c, s->nr, sizeof(*s->c));
			s->c[s->nr++] = c;
			s->ops += c.seq.nr;
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
	tp_propose(s, &s->edits, which, to - from);
	free(which);
}

/* The edits that drop: number i drops operation i. */
static void list_drops(struct tp_shrink *s)
{
	tp_edits_free(&s->edits);
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
		tp_propose(s, &s->edits, which, nr);
	free(which);
}

/* Dropping two at once: each may need the other. */
static void propose_pairs(struct tp_shrink *s)
{
	size_t nr = s->base.nr;

	for (size_t i = 0; i < nr && nr <= FEW; i++)
		for (size_t k = i + 1; k < nr; k++)
			tp_propose(s, &s->edits, (size_t[]){ i, k }, 2);
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
		tp_propose(s, &s->edits, (size_t[]){ s->edits.nr - 1, i + 1 }, 2);
	}
}

/* An operation does at once what a later one of its kind does, which goes. */
static void propose_earlier(struct tp_shrink *s, size_t i, size_t k)
{
	const struct tp_op *a = &s->base.ops[i], *b = &s->base.ops[k];
	size_t which[TP_MAX_ARGS + 1] = { k }, nr = 1;

	if (a->kind != b->kind || a->slot != b->slot || a->actor != b->actor)
		return;
	for (unsigned arg = 0; arg < TP_MAX_ARGS; arg++) {
		if (a->arg[arg] == b->arg[arg])
			continue;
		tp_edits_add(&s->edits, (struct tp_edit){ TP_EDIT_ARG, i, arg, b->arg[arg] });
		which[nr++] = s->edits.nr - 1;
	}
	tp_propose(s, &s->edits, which, nr);
}

static void propose_earlier_all(struct tp_shrink *s)
{
	for (size_t i = 0; i < s->base.nr && s->base.nr <= FEW; i++)
		for (size_t k = i + 1; k < s->base.nr; k++)
			propose_earlier(s, i, k);
}

/* A mapping that is made longer is made as long at once. */
static void propose_remaps(struct tp_shrink *s)
{
	for (size_t i = 0; i < s->base.nr; i++) {
		const struct tp_op *op = &s->base.ops[i];
		size_t map = i;

		if (op->kind != TP_OP_KIND_REMAP)
			continue;
		while (map > 0 && (tp_ops[s->base.ops[map].kind].effect != TP_EFFECT_MAP ||
				   s->base.ops[map].slot != op->slot))
			map--;
		if (tp_ops[s->base.ops[map].kind].effect != TP_EFFECT_MAP)
			continue;
		tp_edits_add(&s->edits, (struct tp_edit){ TP_EDIT_ARG, map, 1, op->arg[0] });
		tp_propose(s, &s->edits, (size_t[]){ s->edits.nr - 1, i }, 2);
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
		tp_propose(s, &s->edits, which, nr);
	free(which);
}

/*
 * What a stretch of the sequence needs from before it: how the slots are mapped then, and
 * what made the file as long as it is.  keep has room for every operation.
 */
static void keep_setup(const struct tp_shrink *s, size_t from, bool *keep)
{
	size_t mapped[TP_MAX_SLOTS], sized = SIZE_MAX;
	struct tp_walk w;

	memset(mapped, 0xff, sizeof(mapped));
	tp_walk_begin(&w, s->of.cell, s->of.page_bytes);
	for (size_t i = 0; i < from; i++) {
		const struct tp_op *op = &s->base.ops[i];
		uint64_t before = w.size;

		tp_walk_apply(&w, op);
		if (w.size != before)
			sized = i;
		if (tp_ops[op->kind].effect == TP_EFFECT_MAP)
			mapped[op->slot] = i;
	}
	for (size_t i = 0; i < TP_MAX_SLOTS; i++)
		if (w.slot[i].mapped && mapped[i] != SIZE_MAX)
			keep[mapped[i]] = true;
	if (sized != SIZE_MAX)
		keep[sized] = true;
}

/* Nothing but the stretch, and what it needs. */
static void propose_window(struct tp_shrink *s, size_t from, size_t to)
{
	size_t nr = s->base.nr, *which = tp_alloc(nr * sizeof(*which) + 1), dropped = 0;
	bool *keep = tp_alloc(nr + 1);

	keep_setup(s, from, keep);
	for (size_t i = 0; i < nr; i++)
		if (!keep[i] && (i < from || i >= to))
			which[dropped++] = i;
	tp_propose(s, &s->edits, which, dropped);
	free(which);
	free(keep);
}

void tp_propose_windows(struct tp_shrink *s)
{
	size_t nr = s->base.nr;

	list_drops(s);
	for (size_t len = SHORT_WINDOW; len < nr; len *= 2) {
		for (size_t to = nr; to > len / 2; to -= len / 2) /* the last ones are likeliest */
			propose_window(s, to > len ? to - len : 0, to);
	}
}

void tp_propose_coarse(struct tp_shrink *s)
{
	size_t least = s->base.nr / PARTS;

	list_drops(s);
	propose_runs(s, least > 1 ? least : 1);
}

void tp_propose_drops(struct tp_shrink *s)
{
	list_drops(s);
	propose_actors(s);
	propose_meets(s);
	propose_runs(s, 1);
}

void tp_propose_all(struct tp_shrink *s)
{
	size_t from, to;

	tp_propose_drops(s);
	propose_pairs(s);
	propose_merges(s);
	propose_remaps(s);
	propose_earlier_all(s);
	from = s->edits.nr;
	tp_edit_suggest(&s->of, &s->base, &s->edits);
	to = s->edits.nr;
	for (size_t i = from; i < to; i++)
		tp_propose(s, &s->edits, &i, 1);
	for (size_t i = from; i < to; i++)
		if (s->edits.e[i].what == TP_EDIT_ARG)
			propose_together(s, i);
}
