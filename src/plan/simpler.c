// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * simpler.c - which of two sequences is simpler, and what would make one so
 *
 * Round numbers are those that a reader knows: 0, whole pages, whole blocks.
 */
#include <stdlib.h>

#include "plan/edit.h"

/* What an operation may become, the simplest kind last. */
static const struct {
	enum tp_op_kind from, to;
} plainer[] = {
	{ TP_OP_KIND_DSYNC_WRITE, TP_OP_KIND_PWRITE },
	{ TP_OP_KIND_SHORT_WRITE, TP_OP_KIND_PWRITE },
	{ TP_OP_KIND_AIO_WRITE, TP_OP_KIND_PWRITE },
	{ TP_OP_KIND_URING_WRITE, TP_OP_KIND_PWRITE },
	{ TP_OP_KIND_DIO_WRITE, TP_OP_KIND_PWRITE },
	{ TP_OP_KIND_AIO_DIO_WRITE, TP_OP_KIND_DIO_WRITE },
	{ TP_OP_KIND_URING_DIO, TP_OP_KIND_DIO_WRITE },
	{ TP_OP_KIND_URING_READ, TP_OP_KIND_READ },
	{ TP_OP_KIND_URING_DIO_READ, TP_OP_KIND_DIO_READ },
	{ TP_OP_KIND_WRITE_ZEROES, TP_OP_KIND_ZERO_RANGE },
	{ TP_OP_KIND_MSYNC, TP_OP_KIND_FSYNC },
	{ TP_OP_KIND_FDATASYNC, TP_OP_KIND_FSYNC },
	{ TP_OP_KIND_SYNC_RANGE, TP_OP_KIND_FSYNC },
	{ TP_OP_KIND_SYNCFS, TP_OP_KIND_FSYNC },
	{ TP_OP_KIND_START_WRITEBACK, TP_OP_KIND_SYNC_RANGE },
};

static unsigned bits(uint64_t v)
{
	return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

static uint64_t weight_of(const struct tp_edit_for *f, uint64_t v)
{
	if (v == 0)
		return 0;
	if (v == 1)
		return 1;
	if (v % f->page_bytes == 0)
		return 1 + bits(v / f->page_bytes);
	if (v % f->cell->block_bytes == 0)
		return 4 + bits(v / f->cell->block_bytes);
	return 40 + bits(v);
}

/* Steps of the table until the kind is as plain as can be. */
static unsigned steps(enum tp_op_kind kind)
{
	unsigned nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plainer); i++)
		if (plainer[i].from == kind)
			nr = 1 + steps(plainer[i].to);
	return nr;
}

static uint64_t op_weight(const struct tp_edit_for *f, const struct tp_op *op)
{
	uint64_t sum = 100 * (uint64_t)steps(op->kind);

	sum += 30 * (uint64_t)(op->slot != 0) + 30 * (uint64_t)(op->expect != TP_EXPECT_OK);
	for (unsigned a = 0; a < TP_MAX_ARGS; a++)
		sum += weight_of(f, op->arg[a]);
	return sum;
}

struct weight {
	uint64_t part[3]; /* operations, those that race, all else */
};

static struct weight seq_weight(const struct tp_edit_for *f, const struct tp_seq *seq)
{
	struct weight w = { { 0 } };

	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_op *op = &seq->ops[i];

		w.part[0]++;
		w.part[1] += op->actor;
		w.part[2] += op_weight(f, op);
	}
	return w;
}

int tp_edit_compare(const struct tp_edit_for *f, const struct tp_seq *a, const struct tp_seq *b)
{
	struct weight x = seq_weight(f, a), y = seq_weight(f, b);

	for (size_t i = 0; i < ARRAY_SIZE(x.part); i++)
		if (x.part[i] != y.part[i])
			return x.part[i] < y.part[i] ? -1 : 1;
	return 0;
}

static void suggest_value(const struct tp_edit_for *f, const struct tp_seq *seq, size_t op,
			  unsigned arg, uint64_t value, struct tp_edits *out)
{
	if (weight_of(f, value) < weight_of(f, seq->ops[op].arg[arg]))
		tp_edits_add(out, (struct tp_edit){ TP_EDIT_ARG, op, arg, value });
}

/* Rounder values for one argument; a length ends at a border, too. */
static void suggest_values(const struct tp_edit_for *f, const struct tp_seq *seq, size_t op,
			   unsigned arg, char letter, struct tp_edits *out)
{
	const uint64_t units[] = { f->page_bytes, f->cell->block_bytes };
	uint64_t v = seq->ops[op].arg[arg], off = letter == 'l' && arg ? seq->ops[op].arg[0] : 0;

	if (!(tp_ops[seq->ops[op].kind].flags & TP_OP_REPLACE)) /* mappings are of pages */
		suggest_value(f, seq, op, arg, letter == 'l', out); /* no byte is no length */
	for (size_t u = 0; u < ARRAY_SIZE(units); u++) {
		uint64_t unit = units[u], end = (off + v + unit - 1) / unit * unit;

		suggest_value(f, seq, op, arg, unit, out);
		suggest_value(f, seq, op, arg, v / unit * unit, out);
		suggest_value(f, seq, op, arg, (v + unit - 1) / unit * unit, out);
		if (off)
			suggest_value(f, seq, op, arg, end - off, out);
		suggest_value(f, seq, op, arg, v / 2 / unit * unit, out);
	}
}

static void suggest_op(const struct tp_edit_for *f, const struct tp_seq *seq, size_t i,
		       struct tp_edits *out)
{
	const struct tp_op *op = &seq->ops[i];
	unsigned arg = 0;

	for (size_t k = 0; k < ARRAY_SIZE(plainer); k++)
		if (plainer[k].from == op->kind)
			tp_edits_add(out, (struct tp_edit){ TP_EDIT_KIND, i, 0, plainer[k].to });
	if (op->expect == TP_EXPECT_EITHER)
		tp_edits_add(out, (struct tp_edit){ TP_EDIT_EXPECT, i, 0, 0 });
	for (const char *a = tp_ops[op->kind].args; *a; a++) {
		if (*a == '.')
			continue;
		if (*a == 'o' || *a == 'd' || *a == 's' || *a == 'l')
			suggest_values(f, seq, i, arg, *a, out);
		arg++;
	}
}

/* The page where the sequence begins to do anything; mappings may begin before it. */
static uint64_t first_page(const struct tp_edit_for *f, const struct tp_seq *seq)
{
	uint64_t first = UINT64_MAX, start, end;

	for (size_t i = 0; i < seq->nr; i++)
		if (tp_ops[seq->ops[i].kind].effect != TP_EFFECT_MAP &&
		    tp_op_range(&seq->ops[i], &start, &end) && start < first)
			first = start;
	return first == UINT64_MAX ? 0 : first / f->page_bytes * f->page_bytes;
}

void tp_edit_suggest(const struct tp_edit_for *f, const struct tp_seq *seq, struct tp_edits *out)
{
	uint64_t first = first_page(f, seq);

	if (first)
		tp_edits_add(out, (struct tp_edit){ TP_EDIT_SHIFT, 0, 0, first });
	for (unsigned slot = 1; slot < TP_MAX_SLOTS; slot++)
		for (size_t i = 0; i < seq->nr; i++)
			if (seq->ops[i].slot == slot) {
				tp_edits_add(out, (struct tp_edit){ TP_EDIT_SLOT, 0, 0, slot });
				break;
			}
	for (size_t i = 0, end; i < seq->nr; i = end)
		if (tp_seq_block(seq, i, &end))
			tp_edits_add(out, (struct tp_edit){ TP_EDIT_FLATTEN, i, 0, 0 });
	for (size_t i = 0; i < seq->nr; i++)
		suggest_op(f, seq, i, out);
}
