// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * range.c - which bytes of a file operations and sequences name
 */
#include <string.h>

#include "model/op.h"

bool tp_op_range(const struct tp_op *op, uint64_t *start, uint64_t *end)
{
	const char *args = tp_ops[op->kind].args;

	*start = op->arg[0];
	if (strcmp(args, "s") == 0)
		*end = UINT64_C(1) << 63;
	else if (strcmp(args, "ol") == 0)
		*end = op->arg[0] + op->arg[1];
	else if (strcmp(args, "odl") == 0) {
		*start = op->arg[1];
		*end = op->arg[1] + op->arg[2];
	} else if (strcmp(args, "o") == 0)
		*end = op->arg[0] + 1;
	else
		return false;
	return true;
}

uint64_t tp_seq_extent(const struct tp_seq *seq)
{
	uint64_t most = 0;

	for (size_t i = 0; i < seq->nr; i++) {
		uint64_t start, end;

		if (!tp_op_range(&seq->ops[i], &start, &end))
			continue;
		if (end == UINT64_C(1) << 63)
			end = start;
		if (end > most)
			most = end;
	}
	return most;
}

#define FOOT_UNIT 4096 /* page cache and every block size up to it write whole ones */
#define FOOT_RANGES 64

struct range {
	uint64_t start, end;
};

/* Does the operation give the range blocks? */
static bool allocates(const struct tp_op *op)
{
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_STORE:
	case TP_EFFECT_COPY:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
	case TP_EFFECT_INSERT:
		return true;
	default:
		return op->kind == TP_OP_KIND_FALLOCATE_KEEP || op->kind == TP_OP_KIND_ZERO_KEEP ||
		       op->kind == TP_OP_KIND_MOVE_EXTENTS;
	}
}

/* Merge into a range that it touches, or add; what does not fit counts at once. */
static uint64_t add_range(struct range *r, unsigned *nr, struct range one)
{
	for (unsigned i = 0; i < *nr; i++) {
		if (one.start > r[i].end || one.end < r[i].start)
			continue;
		r[i].start = one.start < r[i].start ? one.start : r[i].start;
		r[i].end = one.end > r[i].end ? one.end : r[i].end;
		return 0;
	}
	if (*nr == FOOT_RANGES)
		return one.end - one.start;
	r[(*nr)++] = one;
	return 0;
}

uint64_t tp_seq_footprint(const struct tp_seq *seq)
{
	struct range ranges[FOOT_RANGES], one;
	uint64_t sum = 0;
	unsigned nr = 0;

	for (size_t i = 0; i < seq->nr; i++) {
		if (!allocates(&seq->ops[i]) || !tp_op_range(&seq->ops[i], &one.start, &one.end))
			continue;
		one.start = one.start / FOOT_UNIT * FOOT_UNIT;
		one.end = (one.end + FOOT_UNIT - 1) / FOOT_UNIT * FOOT_UNIT;
		sum += add_range(ranges, &nr, one);
	}
	for (unsigned i = 0; i < nr; i++)
		sum += ranges[i].end - ranges[i].start;
	return sum;
}
