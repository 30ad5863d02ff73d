// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * edit.c - sequences with some changes, and only sound ones
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/edit.h"
#include "plan/walk.h"

void tp_edits_add(struct tp_edits *edits, struct tp_edit e)
{
	edits->e = tp_grow(edits->e, edits->nr, sizeof(e));
	edits->e[edits->nr++] = e;
}

void tp_edits_free(struct tp_edits *edits)
{
	free(edits->e);
	*edits = (struct tp_edits){ 0 };
}

/* Must the operation end so?  An access of a block meets the largest size of it. */
static bool fits(const struct tp_walk *w, const struct tp_op *op)
{
	enum tp_fit fit = tp_walk_fit(w, op);

	switch (op->expect) {
	case TP_EXPECT_OK:
		return fit == TP_FIT_YES;
	case TP_EXPECT_FAIL:
		return fit == (op->expect_err == TP_SIGBUS ? TP_FIT_FAULTS : TP_FIT_REFUSED);
	default:
		return fit != TP_FIT_NO;
	}
}

/* The largest size that the file has in the block. */
static uint64_t largest(const struct tp_walk *w, const struct tp_seq *seq, size_t start, size_t end)
{
	struct tp_walk grown = *w;
	uint64_t most = w->size;

	for (size_t i = start; i < end; i++) {
		tp_walk_apply(&grown, &seq->ops[i]);
		most = grown.size > most ? grown.size : most;
	}
	return most;
}

static bool is_access(const struct tp_op *op)
{
	return op->kind == TP_OP_KIND_STORE || op->kind == TP_OP_KIND_LOAD ||
	       op->kind == TP_OP_KIND_TOUCH;
}

/*
 * Nobody knows the size while others race.  Has the actor seen to it that the file is long
 * enough, by waiting for it or by itself?  And else: the smallest size that there may be.
 */
static uint64_t known_size(const struct tp_walk *w, const struct tp_seq *seq, size_t start,
			   size_t end, size_t at)
{
	uint64_t least = w->size;

	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &seq->ops[i];
		struct tp_walk own = *w;

		own.size = 0;
		tp_walk_apply(&own, op);
		if (i < at && op->actor == seq->ops[at].actor &&
		    (own.size || op->kind == TP_OP_KIND_WAIT_SIZE))
			return UINT64_MAX;
		if (tp_ops[op->kind].effect == TP_EFFECT_TRUNCATE && op->arg[0] < least)
			least = op->arg[0];
	}
	return least;
}

/* Walk a block, or one operation of main; what does not fit is marked. */
static void walk_part(const struct tp_edit_for *f, struct tp_walk *w, const struct tp_seq *seq,
		      size_t start, size_t end, bool *unfit)
{
	const uint64_t most = seq->ops[start].actor ? largest(w, seq, start, end) : 0;

	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &seq->ops[i];
		struct tp_walk grown = *w;

		grown.size = most;
		if (op->actor && op->expect == TP_EXPECT_OK && is_access(op)) {
			uint64_t known = known_size(w, seq, start, end, i);

			grown.size = known < most ? known : most;
		}
		unfit[i] = !f->loose[op->kind] && !fits(op->actor ? &grown : w, op);
		if (!unfit[i])
			tp_walk_apply(w, op);
	}
}

static bool *walk(const struct tp_edit_for *f, const struct tp_seq *seq)
{
	bool *unfit = tp_alloc(seq->nr + 1);
	struct tp_walk w;

	tp_walk_begin(&w, f->cell, f->page_bytes);
	for (size_t i = 0, end; i < seq->nr; i = end) {
		tp_seq_block(seq, i, &end);
		walk_part(f, &w, seq, i, end, unfit);
	}
	return unfit;
}

void tp_edit_begin(struct tp_edit_for *f, const struct tp_seq *seq, const struct tp_cell *cell,
		   uint32_t page_bytes)
{
	bool *unfit;

	*f = (struct tp_edit_for){ .cell = cell, .page_bytes = page_bytes };
	unfit = walk(f, seq);
	for (size_t i = 0; i < seq->nr; i++)
		f->loose[seq->ops[i].kind] |= unfit[i];
	free(unfit);
}

/* Offsets and sizes are places in the file; lengths and counts are none. */
static bool is_place(char letter)
{
	return letter == 'o' || letter == 'd' || letter == 's' || letter == 'w';
}

static void shift(struct tp_op *op, uint64_t by)
{
	unsigned nr = 0;

	for (const char *a = tp_ops[op->kind].args; *a; a++) {
		if (*a == '.')
			continue;
		if (is_place(*a))
			op->arg[nr] -= op->arg[nr] < by ? op->arg[nr] : by;
		nr++;
	}
}

/* Returns the first operation of the block that holds op, and its end. */
static size_t block_of(const struct tp_seq *seq, size_t op, size_t *end)
{
	for (size_t i = 0; i < seq->nr; i = *end) {
		tp_seq_block(seq, i, end);
		if (op < *end)
			return i;
	}
	return seq->nr;
}

static void flatten(const struct tp_seq *seq, size_t op, struct tp_seq *out, bool *dropped)
{
	size_t end = 0, start = block_of(seq, op, &end);

	for (size_t i = start; i < end; i++) {
		out->ops[i].actor = 0;
		dropped[i] |= (tp_ops[out->ops[i].kind].flags & TP_OP_BLOCK) != 0;
	}
}

/* out has the operations of seq at the same places. */
static void edit(const struct tp_seq *seq, const struct tp_edit *e, struct tp_seq *out,
		 bool *dropped)
{
	struct tp_op *op = &out->ops[e->op];

	switch (e->what) {
	case TP_EDIT_DROP:
		dropped[e->op] = true;
		break;
	case TP_EDIT_ARG:
		if (op->arg[e->arg] == seq->ops[e->op].arg[e->arg])
			op->arg[e->arg] = e->value;
		break;
	case TP_EDIT_KIND:
		op->kind = (enum tp_op_kind)e->value;
		if (!(tp_ops[op->kind].flags & TP_OP_SLOT))
			op->slot = 0;
		break;
	case TP_EDIT_EXPECT:
		op->expect = TP_EXPECT_OK;
		op->expect_err = 0;
		break;
	case TP_EDIT_SLOT:
		for (size_t i = 0; i < out->nr; i++)
			if (out->ops[i].slot == e->value)
				out->ops[i].slot = 0;
		break;
	case TP_EDIT_SHIFT:
		for (size_t i = 0; i < out->nr; i++)
			shift(&out->ops[i], e->value);
		break;
	case TP_EDIT_FLATTEN:
		flatten(seq, e->op, out, dropped);
		break;
	}
}

/* What is left of a block: actors count from 1, one alone is main. */
static void settle_block(struct tp_seq *seq, size_t start, size_t end, bool *dropped)
{
	unsigned actors = 0, last = 0;

	for (size_t i = start; i < end; i++) {
		if (dropped[i])
			continue;
		actors += seq->ops[i].actor != last;
		last = seq->ops[i].actor;
		seq->ops[i].actor = (uint8_t)actors;
	}
	for (size_t i = start; i < end && actors == 1; i++) {
		seq->ops[i].actor = 0;
		dropped[i] |= (tp_ops[seq->ops[i].kind].flags & TP_OP_BLOCK) != 0;
	}
}

/* Two blocks must not come to stand side by side. */
static void keep_apart(struct tp_seq *seq, bool *dropped)
{
	size_t between = SIZE_MAX;
	bool behind_block = false;

	for (size_t i = 0; i < seq->nr; i++) {
		if (seq->ops[i].actor == 0 && dropped[i]) {
			between = behind_block && between == SIZE_MAX ? i : between;
			continue;
		}
		if (dropped[i])
			continue;
		if (seq->ops[i].actor && behind_block && between != SIZE_MAX) {
			seq->ops[between] = (struct tp_op){ .kind = TP_OP_KIND_NONE };
			dropped[between] = false;
		}
		behind_block = seq->ops[i].actor != 0;
		between = SIZE_MAX;
	}
}

/* Take out what is marked. */
static void squeeze(struct tp_seq *seq, const bool *dropped)
{
	size_t nr = 0;

	for (size_t i = 0; i < seq->nr; i++)
		if (!dropped[i])
			seq->ops[nr++] = seq->ops[i];
	seq->nr = nr;
}

static void take_out(struct tp_seq *seq, bool *dropped)
{
	for (size_t i = 0, end; i < seq->nr; i = end)
		if (tp_seq_block(seq, i, &end))
			settle_block(seq, i, end, dropped);
	keep_apart(seq, dropped);
	squeeze(seq, dropped);
}

static bool blocks_sound(const struct tp_seq *seq)
{
	for (size_t i = 0, end; i < seq->nr; i = end) {
		char *why = tp_seq_block(seq, i, &end) ? tp_seq_block_fault(seq, i, end) : NULL;

		free(why);
		if (why)
			return false;
	}
	return true;
}

static bool any(const bool *marks, size_t nr)
{
	return memchr(marks, true, nr) != NULL;
}

bool tp_edit_apply(const struct tp_edit_for *f, const struct tp_seq *seq,
		   const struct tp_edit *const *edits, size_t nr, struct tp_seq *out)
{
	bool *marks = tp_alloc(seq->nr + 1);

	*out = (struct tp_seq){ tp_alloc(seq->nr * sizeof(*seq->ops) + 1), seq->nr };
	memcpy(out->ops, seq->ops, seq->nr * sizeof(*seq->ops));
	for (size_t i = 0; i < nr; i++)
		edit(seq, edits[i], out, marks);
	for (;;) {
		take_out(out, marks);
		free(marks);
		marks = walk(f, out);
		if (!any(marks, out->nr))
			break;
	}
	free(marks);
	if (out->nr && blocks_sound(out))
		return true;
	tp_seq_free(out);
	return false;
}
