// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sequence.c - random sequences for the simulator, most of them near the last page
 */
#include <errno.h>

#include "base/buf.h"
#include "sim.h"

struct chance {
	enum tp_op_kind kind;
	unsigned weight;
};

static const struct chance in_block[] = {
	{ TP_OP_KIND_PWRITE, 8 },     { TP_OP_KIND_STORE, 12 },      { TP_OP_KIND_TRUNCATE, 6 },
	{ TP_OP_KIND_FALLOCATE, 3 },  { TP_OP_KIND_ZERO_RANGE, 2 },  { TP_OP_KIND_PUNCH, 3 },
	{ TP_OP_KIND_ZERO_KEEP, 1 },  { TP_OP_KIND_COLLAPSE, 2 },    { TP_OP_KIND_INSERT, 2 },
	{ TP_OP_KIND_COPY_RANGE, 3 }, { TP_OP_KIND_READ, 6 },        { TP_OP_KIND_LOAD, 4 },
	{ TP_OP_KIND_SIZE, 5 },       { TP_OP_KIND_WAIT_SIZE, 4 },   { TP_OP_KIND_FSYNC, 2 },
	{ TP_OP_KIND_DIO_WRITE, 1 },  { TP_OP_KIND_SHORT_WRITE, 1 }, { TP_OP_KIND_URING_WRITE, 1 },
	{ TP_OP_KIND_DIO_READ, 1 },
};

static const struct chance by_main[] = {
	{ TP_OP_KIND_PWRITE, 4 }, { TP_OP_KIND_TRUNCATE, 3 },  { TP_OP_KIND_STORE, 3 },
	{ TP_OP_KIND_READ, 4 },   { TP_OP_KIND_SIZE, 2 },      { TP_OP_KIND_FSYNC, 1 },
	{ TP_OP_KIND_PUNCH, 1 },  { TP_OP_KIND_FALLOCATE, 1 },
};

static enum tp_op_kind pick(struct tp_prng *r, const struct chance *c, size_t nr)
{
	unsigned sum = 0, x;

	for (size_t i = 0; i < nr; i++)
		sum += c[i].weight;
	x = (unsigned)tp_prng_below(r, sum);
	while (x >= c->weight)
		x -= (c++)->weight;
	return c->kind;
}

/* Mostly anywhere near the end of file, sometimes at a border. */
static uint64_t place(struct tp_prng *r)
{
	uint64_t x = 16 + tp_prng_below(r, 240);

	switch (tp_prng_below(r, 4)) {
	case 0:
		return x / SIM_BLOCK * SIM_BLOCK;
	case 1:
		return tp_prng_below(r, 320);
	default:
		return x;
	}
}

static void add(struct tp_seq *seq, struct tp_prng *r, enum tp_op_kind kind, unsigned actor)
{
	struct tp_op op = { .kind = kind, .actor = (uint8_t)actor };
	uint64_t off = place(r), len = 1 + tp_prng_below(r, tp_prng_below(r, 3) ? 60 : 200);

	op.arg[0] = off;
	op.arg[1] = len;
	switch (kind) {
	case TP_OP_KIND_TRUNCATE:
	case TP_OP_KIND_WAIT_SIZE:
		op.arg[1] = 0;
		break;
	case TP_OP_KIND_COLLAPSE:
	case TP_OP_KIND_INSERT:
		op.arg[0] = off / 2 / SIM_BLOCK * SIM_BLOCK;
		op.arg[1] = (1 + len / 32) * SIM_BLOCK;
		break;
	case TP_OP_KIND_COPY_RANGE:
		op.arg[2] = len;
		op.arg[1] =
			off > 160 ? tp_prng_below(r, off - 100) : off + len + tp_prng_below(r, 60);
		if (op.arg[1] < off + len && off < op.arg[1] + len) /* must not overlap */
			op.arg[1] = off + len;
		break;
	case TP_OP_KIND_SIZE:
	case TP_OP_KIND_FSYNC:
		op.arg[0] = op.arg[1] = 0;
		break;
	case TP_OP_KIND_STORE:
	case TP_OP_KIND_LOAD:
		op.expect = TP_EXPECT_EITHER;
		op.expect_err = TP_SIGBUS;
		break;
	default:
		break;
	}
	if (kind == TP_OP_KIND_COLLAPSE || kind == TP_OP_KIND_INSERT) {
		op.expect = TP_EXPECT_EITHER;
		op.expect_err = EINVAL;
	}
	if ((kind == TP_OP_KIND_PWRITE || kind == TP_OP_KIND_FALLOCATE) &&
	    tp_prng_below(r, 20) == 0) {
		op.expect = TP_EXPECT_EITHER;
		op.expect_err = ENOSPC;
	}
	seq->ops = tp_grow(seq->ops, seq->nr, sizeof(op));
	seq->ops[seq->nr++] = op;
}

void sim_sequence(struct tp_seq *seq, struct tp_prng *random)
{
	unsigned actors = 2 + (unsigned)tp_prng_below(random, 5) / 2;
	uint64_t nr = tp_prng_below(random, 3);

	*seq = (struct tp_seq){ 0 };
	add(seq, random, TP_OP_KIND_PWRITE, 0);
	seq->ops[0].arg[0] = 0;
	seq->ops[0].arg[1] = place(random) + 1;
	seq->ops[0].expect = TP_EXPECT_OK;
	for (uint64_t i = 0; i < nr; i++)
		add(seq, random, pick(random, by_main, ARRAY_SIZE(by_main)), 0);
	for (unsigned a = 1; a <= actors; a++) {
		nr = 1 + tp_prng_below(random, actors == 2 ? 5 : 3);
		for (uint64_t i = 0; i < nr; i++)
			add(seq, random, pick(random, in_block, ARRAY_SIZE(in_block)), a);
	}
	nr = tp_prng_below(random, 3);
	for (uint64_t i = 0; i < nr; i++)
		add(seq, random, pick(random, by_main, ARRAY_SIZE(by_main)), 0);
}
