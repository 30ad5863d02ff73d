// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * random.c - random sequences that can be judged
 *
 * An operation is drawn by weight, its place by a bias to the end of file and to
 * block and page borders; what walk.c says could not end well is drawn again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "plan/race.h"
#include "plan/random.h"

#define TRIES 200 /* of drawing an operation that fits; then a store, or nothing */

static uint64_t below(struct tp_draw *d, uint64_t bound)
{
	return tp_prng_below(&d->prng, bound);
}

bool tp_draw_one_in(struct tp_draw *d, unsigned n)
{
	return below(d, n) == 0;
}

/* Pages of the window that operations work in, and the page it begins at. */
static void choose_window(struct tp_draw *d)
{
	static const uint64_t pages[] = { 1, 1, 1, 2, 2, 2, 3, 4, 8 };
	static const uint64_t begins[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 63, 1 << 20 };

	if (d->mix->pages) {
		d->pages = d->mix->pages;
		return;
	}
	d->base = begins[below(d, ARRAY_SIZE(begins))] * d->walk.page_bytes;
	d->pages = pages[below(d, ARRAY_SIZE(pages))];
}

static uint64_t end_of_window(const struct tp_draw *d)
{
	return d->base + d->pages * d->walk.page_bytes;
}

/* off moved a byte back, not at all, or a byte on: mostly not at all. */
static uint64_t beside(struct tp_draw *d, uint64_t off)
{
	static const int64_t steps[] = { 0, 0, 0, -1, 1 };

	return off + (uint64_t)steps[below(d, ARRAY_SIZE(steps))];
}

/* A place in the window: at the end of file, a block border of its page, a page
 * border, anywhere. */
uint64_t tp_draw_point(struct tp_draw *d)
{
	const uint64_t page = d->walk.page_bytes, size = d->walk.size;
	uint64_t block = d->block_bytes, off;

	switch (below(d, 10)) {
	case 0:
	case 1:
		off = beside(d, size);
		break;
	case 2:
		off = beside(d, size + block);
		break;
	case 3:
		off = size > block ? beside(d, size - block) : 0;
		break;
	case 4:
	case 5:
	case 6:
		off = beside(d, size / page * page + block * below(d, page / block + 1));
		break;
	case 7:
	case 8:
		off = beside(d, d->base + page * below(d, d->pages + 1));
		break;
	default:
		off = d->base + below(d, d->pages * page);
		break;
	}
	if ((int64_t)off < (int64_t)d->base || off > end_of_window(d))
		off = d->base + below(d, d->pages * page);
	return off;
}

/* A length from off on: a byte, to the next border, a block, a page, any. */
static uint64_t draw_length(struct tp_draw *d, uint64_t off)
{
	const uint64_t page = d->walk.page_bytes, block = d->block_bytes;
	uint64_t left = end_of_window(d) - off, len;

	switch (below(d, 7)) {
	case 0:
	case 1:
		len = 1;
		break;
	case 2:
		len = block - off % block;
		break;
	case 3:
		len = page - off % page;
		break;
	case 4:
		len = block;
		break;
	case 5:
		len = page;
		break;
	default:
		len = 1 + below(d, 2 * page);
		break;
	}
	return len < left ? len : left;
}

static enum tp_op_kind draw_kind(struct tp_draw *d)
{
	uint64_t sum = 0, at;
	int k;

	for (k = 0; k < TP_NR_OP_KINDS; k++)
		sum += d->mix->weight[k];
	at = below(d, sum);
	for (k = 0; at >= d->mix->weight[k]; k++)
		at -= d->mix->weight[k];
	return (enum tp_op_kind)k;
}

/* Two slots are in use, one more often: mappings that see each other's stores. */
static uint8_t draw_slot(struct tp_draw *d, enum tp_op_kind kind)
{
	uint8_t slot = tp_draw_one_in(d, 4);

	if (tp_ops[kind].effect != TP_EFFECT_MAP && !d->walk.slot[slot].mapped)
		slot = !slot;
	return slot;
}

static void round_range(struct tp_op *op, uint64_t unit)
{
	uint64_t end = op->arg[0] + op->arg[1];

	op->arg[0] = op->arg[0] / unit * unit;
	op->arg[1] = (end + unit - 1) / unit * unit - op->arg[0];
}

static void draw_mapping(struct tp_draw *d, struct tp_op *op)
{
	uint64_t page = d->walk.page_bytes, first = below(d, d->pages);

	if (op->kind == TP_OP_KIND_REMAP) {
		op->arg[0] = page * (1 + below(d, d->pages));
		return;
	}
	if (d->mix->pages) /* a part would leave most places unmapped */
		first = 0;
	op->arg[0] = d->base + page * first;
	op->arg[1] = page * (d->mix->pages ? d->pages : 1 + below(d, d->pages - first));
}

/* May the operation reach behind the end of file? */
static bool extends(enum tp_effect effect)
{
	return effect == TP_EFFECT_WRITE || effect == TP_EFFECT_ZERO || effect == TP_EFFECT_ALLOCATE ||
	       effect == TP_EFFECT_NONE;
}

/* Any place and length; what cannot extend the file stays inside it, as in fsx. */
static void draw_anywhere(struct tp_draw *d, struct tp_op *op)
{
	const struct tp_op_info *info = &tp_ops[op->kind];
	uint64_t all = d->pages * d->walk.page_bytes, most = all, len;
	unsigned nr = 0;

	if (d->walk.size && !extends(info->effect))
		most = d->walk.size;
	for (const char *a = info->args; *a; a++) {
		if (*a == 'l') {
			len = 1 + below(d, d->mix->most_bytes);
			op->arg[nr++] = len < most - op->arg[0] ? len : most - op->arg[0];
		} else {
			op->arg[nr++] = below(d, *a == 'o' ? most : all);
		}
	}
}

/* Arguments for the kind, by the letters of its row. */
static void draw_at_borders(struct tp_draw *d, struct tp_op *op)
{
	const struct tp_op_info *info = &tp_ops[op->kind];
	unsigned nr = 0;

	for (const char *a = info->args; *a; a++)
		if (*a == 'o' || *a == 'd' || *a == 's')
			op->arg[nr++] = tp_draw_point(d);
		else if (*a == 'l')
			op->arg[nr++] = draw_length(d, op->arg[0]);
}

static void draw_arguments(struct tp_draw *d, struct tp_op *op)
{
	const struct tp_op_info *info = &tp_ops[op->kind];

	if (info->flags & TP_OP_SLOT)
		op->slot = draw_slot(d, op->kind);
	if (info->flags & TP_OP_REPLACE) {
		draw_mapping(d, op);
		return;
	}
	if (d->mix->most_bytes)
		draw_anywhere(d, op);
	else
		draw_at_borders(d, op);
	if (tp_walk_direct(op->kind))
		round_range(op, tp_draw_one_in(d, 4) ? 512 : d->block_bytes);
	if (op->kind == TP_OP_KIND_COLLAPSE || op->kind == TP_OP_KIND_INSERT)
		round_range(op, d->walk.unit);
	if (op->kind == TP_OP_KIND_MADVISE_REMOVE)
		round_range(op, d->walk.page_bytes);
}

/* What fits, but could not be judged, or would leave the window. */
static bool judgeable(struct tp_draw *d, const struct tp_op *op)
{
	uint64_t end = op->arg[0] + op->arg[1];

	switch (op->kind) {
	case TP_OP_KIND_SHORT_WRITE: /* how much arrives, and so the size, is the kernel's choice */
		return op->arg[1] >= 2 && end <= d->walk.size;
	case TP_OP_KIND_INSERT:
		return d->walk.size + op->arg[1] <= end_of_window(d);
	case TP_OP_KIND_COPY_RANGE:
		return op->arg[1] + op->arg[2] <= end_of_window(d);
	case TP_OP_KIND_REMOUNT:
		return !d->remounted;
	default:
		return true;
	}
}

bool tp_draw_op(struct tp_draw *d, struct tp_op *op)
{
	enum tp_fit fit;

	*op = (struct tp_op){ .kind = draw_kind(d) };
	draw_arguments(d, op);
	fit = tp_walk_fit(&d->walk, op);
	if (fit == TP_FIT_FAULTS && tp_draw_one_in(d, 8)) {
		op->expect = TP_EXPECT_EITHER;
		op->expect_err = TP_SIGBUS;
		return true;
	}
	if (op->kind == TP_OP_KIND_SHORT_WRITE) {
		op->expect = TP_EXPECT_EITHER;
		op->expect_err = EFAULT;
	}
	return fit == TP_FIT_YES && judgeable(d, op);
}

void tp_draw_add(struct tp_draw *d, const struct tp_op *op)
{
	d->seq.ops = tp_grow(d->seq.ops, d->seq.nr, sizeof(*op));
	d->seq.ops[d->seq.nr++] = *op;
}

/* One operation of main. */
static void add_drawn(struct tp_draw *d)
{
	struct tp_op op;
	unsigned tries = 0;

	while (!tp_draw_op(d, &op))
		if (++tries == TRIES)
			op = (struct tp_op){ .kind = TP_OP_KIND_FSYNC };
	tp_walk_apply(&d->walk, &op);
	d->remounted |= op.kind == TP_OP_KIND_REMOUNT;
	tp_draw_add(d, &op);
}

static void begin(struct tp_draw *d, const struct tp_random_spec *spec, uint64_t number)
{
	*d = (struct tp_draw){
		.prng = { tp_mix64(tp_mix64(spec->seed + 1) ^ tp_mix64(number + 2)) },
		.mix = spec->mix,
		.block_bytes = spec->cell->block_bytes,
		.actors = spec->actors,
	};
	for (const char *c = spec->cell->name; *c; c++)
		d->prng.state = tp_mix64(d->prng.state ^ (unsigned char)*c);
	tp_walk_begin(&d->walk, spec->cell, spec->page_bytes);
	choose_window(d);
}

void tp_random_sequence(const struct tp_random_spec *spec, uint64_t number, struct tp_variant *out)
{
	struct tp_draw d;
	struct tp_op map = { .kind = TP_OP_KIND_MAP };
	size_t length;

	begin(&d, spec, number);
	length = spec->least + below(&d, spec->most - spec->least + 1);
	map.arg[0] = d.base;
	map.arg[1] = d.pages * d.walk.page_bytes;
	tp_walk_apply(&d.walk, &map);
	tp_draw_add(&d, &map);
	while (d.seq.nr < length) {
		if (d.actors > 1 && length - d.seq.nr >= 4 && tp_draw_one_in(&d, 3))
			tp_draw_block(&d, length - d.seq.nr);
		add_drawn(&d); /* also between two blocks */
	}
	*out = (struct tp_variant){ tp_printf("n=%llu", (unsigned long long)number), d.seq };
}
