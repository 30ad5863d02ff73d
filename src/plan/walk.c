// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.c - where a sequence leads, without running it: size and mappings
 */
#include <string.h>

#include "plan/walk.h"

#define CLUSTER_BLOCKS 16 /* of the bigalloc cells, model/cell.c */
#define SECTOR 512        /* of a loop device: what O_DIRECT wants at least */

void tp_walk_begin(struct tp_walk *w, const struct tp_cell *cell, uint32_t page_bytes)
{
	*w = (struct tp_walk){
		.page_bytes = page_bytes,
		.unit = cell->block_bytes,
		.extents = tp_cell_has(cell, page_bytes, "extents") == 1,
	};
	if (tp_cell_has(cell, page_bytes, "bigalloc") == 1)
		w->unit *= CLUSTER_BLOCKS;
}

static uint64_t page_up(const struct tp_walk *w, uint64_t off)
{
	return (off + w->page_bytes - 1) / w->page_bytes * w->page_bytes;
}

/* Loads, stores and read faults: inside the mapping, and of pages the file has. */
static enum tp_fit fit_access(const struct tp_walk *w, const struct tp_op *op)
{
	const struct tp_walk_slot *s = &w->slot[op->slot];
	uint64_t start, end;

	if (!tp_op_range(op, &start, &end) || start < s->off || end > s->off + s->len)
		return TP_FIT_NO;
	if (op->kind == TP_OP_KIND_STORE && (s->private_map || s->read_only))
		return TP_FIT_NO;
	return end <= page_up(w, w->size) ? TP_FIT_YES : TP_FIT_FAULTS;
}

/* mm/madvise.c: whole pages, of a mapping that may be written. */
static enum tp_fit fit_remove(const struct tp_walk *w, const struct tp_op *op)
{
	const struct tp_walk_slot *s = &w->slot[op->slot];
	const uint64_t *a = op->arg;

	if (a[0] < s->off || a[0] + a[1] > s->off + s->len)
		return TP_FIT_NO;
	if (s->private_map || s->read_only || a[0] % w->page_bytes || a[1] % w->page_bytes)
		return TP_FIT_REFUSED;
	return TP_FIT_YES;
}

bool tp_walk_direct(enum tp_op_kind kind)
{
	return tp_ops[kind].flags & TP_OP_DIRECT;
}

/* fs/ext4/extents.c: whole clusters, and collapse must leave something behind it. */
static enum tp_fit fit_shift(const struct tp_walk *w, const struct tp_op *op)
{
	const uint64_t *a = op->arg;
	bool whole = a[0] % w->unit == 0 && a[1] % w->unit == 0;
	uint64_t end = op->kind == TP_OP_KIND_COLLAPSE ? a[0] + a[1] : a[0];

	return whole && end < w->size ? TP_FIT_YES : TP_FIT_REFUSED;
}

/* Ranges that overlap are refused (fs/read_write.c); behind the end of file there is
 * nothing to copy, and it ends there. */
static enum tp_fit fit_copy(const struct tp_walk *w, const struct tp_op *op)
{
	const uint64_t *a = op->arg;
	uint64_t apart = a[0] < a[1] ? a[1] - a[0] : a[0] - a[1];

	if (a[2] == 0)
		return TP_FIT_NO;
	return a[0] < w->size && apart >= a[2] ? TP_FIT_YES : TP_FIT_REFUSED;
}

/* What fallocate(2) does; punching needs no extents. */
static bool is_allocation(enum tp_op_kind kind)
{
	static const enum tp_op_kind kinds[] = {
		TP_OP_KIND_FALLOCATE, TP_OP_KIND_FALLOCATE_KEEP, TP_OP_KIND_ZERO_RANGE,
		TP_OP_KIND_ZERO_KEEP, TP_OP_KIND_WRITE_ZEROES,	 TP_OP_KIND_COLLAPSE,
		TP_OP_KIND_INSERT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i] == kind)
			return true;
	return false;
}

enum tp_fit tp_walk_fit(const struct tp_walk *w, const struct tp_op *op)
{
	const struct tp_op_info *info = &tp_ops[op->kind];
	const uint64_t *a = op->arg;

	if ((info->flags & TP_OP_SLOT) && info->effect != TP_EFFECT_MAP && !w->slot[op->slot].mapped)
		return TP_FIT_NO;
	if (strcmp(info->args, "ol") == 0 && a[1] == 0)
		return TP_FIT_NO;
	if (is_allocation(op->kind) && !w->extents)
		return TP_FIT_REFUSED;
	if (op->kind == TP_OP_KIND_STORE || op->kind == TP_OP_KIND_LOAD ||
	    op->kind == TP_OP_KIND_TOUCH)
		return fit_access(w, op);
	if (op->kind == TP_OP_KIND_COLLAPSE || op->kind == TP_OP_KIND_INSERT)
		return fit_shift(w, op);
	if (op->kind == TP_OP_KIND_COPY_RANGE)
		return fit_copy(w, op);
	if (op->kind == TP_OP_KIND_MADVISE_REMOVE)
		return fit_remove(w, op);
	if (op->kind == TP_OP_KIND_REMAP)
		return a[0] ? TP_FIT_YES : TP_FIT_NO;
	if (tp_walk_direct(op->kind) && (a[0] % SECTOR || a[1] % SECTOR))
		return TP_FIT_REFUSED;
	return TP_FIT_YES;
}

static void grow(struct tp_walk *w, uint64_t size)
{
	if (size > w->size)
		w->size = size;
}

static void change_mapping(struct tp_walk *w, const struct tp_op *op)
{
	struct tp_walk_slot *s = &w->slot[op->slot];

	if (tp_ops[op->kind].effect == TP_EFFECT_MAP)
		*s = (struct tp_walk_slot){ .mapped = true,
					    .private_map = tp_ops[op->kind].flags & TP_OP_PRIVATE,
					    .off = op->arg[0],
					    .len = op->arg[1] };
	else if (op->kind == TP_OP_KIND_UNMAP)
		*s = (struct tp_walk_slot){ 0 };
	else if (op->kind == TP_OP_KIND_REMAP)
		s->len = page_up(w, op->arg[0]);
	else if (op->kind == TP_OP_KIND_PROTECT_READ)
		s->read_only = true;
	else if (op->kind == TP_OP_KIND_PROTECT_WRITE || op->kind == TP_OP_KIND_PROTECT)
		s->read_only = false;
}

void tp_walk_apply(struct tp_walk *w, const struct tp_op *op)
{
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		grow(w, a[0] + (tp_ops[op->kind].flags & TP_OP_SHORT ? a[1] / 2 : a[1]));
		break;
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		grow(w, a[0] + a[1]);
		break;
	case TP_EFFECT_COPY:
		grow(w, a[1] + (a[2] < w->size - a[0] ? a[2] : w->size - a[0]));
		break;
	case TP_EFFECT_TRUNCATE:
		w->size = a[0];
		break;
	case TP_EFFECT_COLLAPSE:
		w->size -= a[1];
		break;
	case TP_EFFECT_INSERT:
		w->size += a[1];
		break;
	default:
		change_mapping(w, op);
		break;
	}
	if (op->kind == TP_OP_KIND_REMOUNT) /* closes the file: its mappings are gone */
		memset(w->slot, 0, sizeof(w->slot));
}
