// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * effects.c - what the simulator's operations do to the file, step by step
 */
#include <errno.h>
#include <string.h>

#include "fibre.h"

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t up(uint64_t x, uint64_t unit)
{
	return (x + unit - 1) / unit * unit;
}

static void put_own(struct fibre *f, const struct tp_event *e, uint64_t from, uint64_t to)
{
	struct world *w = f->w;
	struct tp_ident id = w->s->ident;

	id.op = e->op;
	tp_pattern_fill(&id, from, w->s->mem + from, (size_t)(to - from));
	for (uint64_t x = from; x < to; x++)
		w->touched[x] = w->now;
}

static void zero(struct world *w, uint64_t from, uint64_t to)
{
	if (from < to)
		memset(w->s->mem + from, 0, (size_t)(to - from));
}

/* The file will grow to size: what was stored behind its end must not show. */
static void expose(struct fibre *f, uint64_t size)
{
	struct world *w = f->w;
	uint64_t old = w->s->size;

	if (size <= old || sim_strikes(w, SIM_EXPOSED_TAIL))
		return;
	if (sim_strikes(w, SIM_ZEROING_EXTENSION))
		old -= old % SIM_BLOCK;
	zero(w, old, min64(up(w->s->size, SIM_PAGE), size));
	sim_pause(f);
}

/* The size moves; what wrong kernels do behind that. */
static void grow(struct fibre *f, uint64_t size)
{
	struct world *w = f->w;
	uint64_t old = w->s->size;

	if (size <= old)
		return;
	w->s->size = size;
	if (w->mutation == SIM_LATE_ZERO) {
		sim_pause(f);
		sim_pause(f);
		if (sim_strikes(w, SIM_LATE_ZERO))
			zero(w, old, min64(min64(up(old, SIM_PAGE), size), w->s->size));
	}
}

/* One page's part of a write: bytes in two steps, then the size. */
static void write_part(struct fibre *f, const struct tp_event *e, uint64_t from, uint64_t to)
{
	struct world *w = f->w;
	uint64_t mid = from + tp_prng_below(&w->random, to - from + 1);
	unsigned char was[SIM_BLOCK];
	bool torn = to - from > SIM_BLOCK && sim_strikes(w, SIM_TORN);

	w->filling++;
	memcpy(was, w->s->mem + from, to - from < SIM_BLOCK ? to - from : SIM_BLOCK);
	put_own(f, e, from, mid);
	sim_pause(f);
	put_own(f, e, mid, to);
	if (torn)
		memcpy(w->s->mem + from, was, SIM_BLOCK);
	sim_pause(f);
	if (!sim_strikes(w, SIM_LOST_SIZE))
		grow(f, to);
	w->filling--;
	sim_pause(f);
}

static void do_late_write(struct world *w, uint64_t from, uint64_t to)
{
	w->late.due = true;
	w->late.at = from;
	w->late.len = to - from;
	memcpy(w->late.bytes, w->s->mem + from, (size_t)(to - from));
}

static void do_write(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t pos = op->arg[0], end = op->arg[0] + op->arg[1];

	if (op->kind == TP_OP_KIND_SHORT_WRITE)
		end = op->arg[0] + op->arg[1] / 2;
	else if (op->expect == TP_EXPECT_EITHER && sim_coin(w, 4)) /* the disk is full */
		end = min64(end, up(pos + 1, SIM_PAGE));
	if (op->expect == TP_EXPECT_EITHER && sim_coin(w, 4)) {
		e->err = ENOSPC;
		e->result = -1;
		return;
	}
	e->result = (int64_t)(end - pos);
	sim_lock(f, false);
	sim_pause(f);
	if (end > w->s->size)
		expose(f, pos);
	while (pos < end) {
		/* A folio may hold several pages. */
		uint64_t to = min64(end, up(pos + 1, SIM_PAGE << tp_prng_below(&w->random, 3)));

		write_part(f, e, pos, to);
		pos = to;
		if (pos < end && sim_strikes(w, SIM_LYING_COUNT))
			break;
	}
	if (end + op->arg[1] <= SIM_BYTES && sim_strikes(w, SIM_DOUBLE_APPEND)) {
		put_own(f, e, end, end + op->arg[1]);
		grow(f, end + op->arg[1]);
	}
	if (sim_strikes(w, SIM_LATE_WRITE))
		do_late_write(w, op->arg[0], end);
	sim_unlock(f);
}

/* Direct I/O goes around the page cache: a page that was written there meanwhile wins
 * as a whole, or not (when no other direct write has it written out before). */
static void do_direct(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t start = op->arg[0], end = start + op->arg[1], begin;
	unsigned char was[SIM_BYTES];
	uint64_t serial;
	bool alone;

	while (w->inode >= 0)
		sim_pause(f);
	if (end > w->s->size)
		sim_lock(f, true);
	alone = w->direct++ == 0;
	serial = ++w->directs;
	w->filling++; /* what stands behind the size is on the disk, not in the cache */
	begin = w->now;
	memcpy(was, w->s->mem, sizeof(was));
	memset(was + w->s->size, 0, sizeof(was) - w->s->size);
	if (end > w->s->size)
		expose(f, start);
	for (uint64_t x = start, to; x < end; x = to) {
		to = min64(end, x + SIM_BLOCK);
		for (uint64_t k = x; k < to; k++) {
			uint64_t touched = w->touched[k];
			bool later = touched > begin && sim_coin(w, 2);

			if (!later)
				put_own(f, e, k, k + 1);
			w->touched[k] = touched;
		}
		sim_pause(f);
	}
	for (uint64_t page = start / SIM_PAGE; page * SIM_PAGE < end; page++) {
		uint64_t from = page * SIM_PAGE, to = from + SIM_PAGE;
		bool dirty = false;

		for (uint64_t k = from; k < to; k++)
			dirty |= w->touched[k] > begin;
		if (!dirty || !alone || w->directs != serial || sim_coin(w, 2))
			continue;
		for (uint64_t k = from > start ? from : start; k < to && k < end; k++)
			if (w->touched[k] <= begin)
				w->s->mem[k] = was[k];
	}
	sim_pause(f);
	grow(f, end);
	w->direct--;
	w->filling--;
	if (w->inode == (int)f->actor)
		sim_unlock(f);
	e->result = (int64_t)op->arg[1];
}

static void do_store(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t pos = op->arg[0], end = pos + op->arg[1], wrong = 0;
	bool lost = sim_strikes(w, SIM_LOST_STORE);

	if (end + SIM_PAGE <= SIM_BYTES && sim_strikes(w, SIM_WRONG_PAGE))
		wrong = SIM_PAGE;
	while (pos < end) {
		uint64_t to = min64(end, up(pos + 1, SIM_PAGE));

		for (uint64_t x = pos, next; x < to; x = next) {
			next = min64(to, x + 1 + tp_prng_below(&w->random, to - x));
			if (!sim_fault(f, (unsigned)(x / SIM_PAGE))) {
				e->err = TP_SIGBUS;
				e->result = (int64_t)(pos - op->arg[0]);
				return;
			}
			if (!lost) {
				struct tp_ident id = w->s->ident;

				id.op = e->op;
				tp_pattern_fill(&id, x, w->s->mem + x + wrong, (size_t)(next - x));
				for (uint64_t k = x; k < next; k++)
					w->touched[k + wrong] = w->now;
			}
			if (sim_coin(w, 2))
				sim_pause(f);
		}
		pos = to;
	}
	e->result = (int64_t)op->arg[1];
}

static void unmap_from(struct world *w, uint64_t size)
{
	for (unsigned page = (unsigned)(up(size, SIM_PAGE) / SIM_PAGE); page < SIM_PAGES; page++) {
		w->pte[page] = false;
		w->gone[page]++;
	}
}

static void do_truncate(struct fibre *f, const struct tp_op *op)
{
	struct world *w = f->w;
	uint64_t size = op->arg[0];

	sim_lock(f, true);
	sim_pause(f);
	if (size > w->s->size) {
		expose(f, size);
		grow(f, size);
		sim_pause(f);
	} else {
		bool kept = sim_strikes(w, SIM_KEPT_TAIL);

		w->s->size = size;
		sim_pause(f);
		w->filling++; /* nobody zeroes the tail but we */
		unmap_from(w, size);
		if (sim_strikes(w, SIM_DEEP_CUT))
			zero(w, size - size % SIM_BLOCK, size);
		if (!kept)
			zero(w, size, SIM_BYTES);
		w->filling--;
		sim_pause(f);
		if (kept && w->mutation == SIM_KEPT_TAIL) /* nor does who extends it again */
			w->mutation = SIM_EXPOSED_TAIL;
	}
	sim_unlock(f);
}

static void do_allocate(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t end = op->arg[0] + op->arg[1], old;

	sim_lock(f, true);
	sim_pause(f);
	old = w->s->size;
	expose(f, end);
	if (end > old && sim_coin(w, 2)) /* block by block when it is fragmented */
		for (uint64_t x = up(old + 1, SIM_BLOCK); x < end; x += SIM_BLOCK) {
			grow(f, x);
			sim_pause(f);
		}
	if (op->expect == TP_EXPECT_EITHER && sim_coin(w, 4)) { /* the disk is full */
		e->err = ENOSPC;
		e->result = -1;
		sim_unlock(f);
		return;
	}
	grow(f, end);
	sim_pause(f);
	if (end > old && sim_strikes(w, SIM_SIZE_BACK))
		w->s->size = old;
	sim_unlock(f);
}

static void do_zero(struct fibre *f, const struct tp_op *op, bool keep)
{
	struct world *w = f->w;
	uint64_t start = op->arg[0], end = start + op->arg[1], stop;
	unsigned char was[SIM_BLOCK];
	bool early, stale;

	sim_lock(f, true);
	sim_pause(f);
	early = !keep && sim_coin(w, 2);
	if (early) {
		expose(f, end);
		grow(f, end);
		sim_pause(f);
	}
	stop = keep ? min64(end, w->s->size) : end;
	if (stop + SIM_BLOCK <= w->s->size && sim_strikes(w, SIM_WIDE_ZERO))
		stop += SIM_BLOCK;
	stale = start + SIM_BLOCK <= stop && sim_strikes(w, SIM_STALE_BLOCK);
	if (stale)
		memcpy(was, w->s->mem + start, SIM_BLOCK);
	for (int times = 0; times < 2; times++) {
		if (times == 0 || sim_coin(w, 2))
			zero(w, start, stop);
		sim_pause(f);
	}
	if (stale)
		memcpy(w->s->mem + start, was, SIM_BLOCK);
	if (!keep && !early) {
		expose(f, end);
		grow(f, end);
	}
	sim_pause(f);
	sim_unlock(f);
}

static void do_collapse(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t off = op->arg[0], len = op->arg[1], by = len;

	sim_lock(f, true);
	sim_pause(f);
	if (off + len >= w->s->size) {
		e->err = EINVAL;
		e->result = -1;
		sim_unlock(f);
		return;
	}
	if (off + len + SIM_BLOCK < w->s->size && sim_strikes(w, SIM_WRONG_SHIFT))
		by += SIM_BLOCK;
	w->invalidate = (int)f->actor;
	unmap_from(w, off - off % SIM_PAGE);
	zero(w, w->s->size, SIM_BYTES);
	memmove(w->s->mem + off, w->s->mem + off + by, SIM_BYTES - off - by);
	zero(w, w->s->size - len, SIM_BYTES);
	sim_pause(f);
	w->s->size -= len;
	sim_pause(f);
	w->invalidate = -1;
	sim_unlock(f);
}

static void do_insert(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t off = op->arg[0], len = op->arg[1];

	sim_lock(f, true);
	sim_pause(f);
	if (off >= w->s->size || w->s->size + len > SIM_BYTES) {
		e->err = off >= w->s->size ? EINVAL : EFBIG;
		e->result = -1;
		sim_unlock(f);
		return;
	}
	w->invalidate = (int)f->actor;
	unmap_from(w, off - off % SIM_PAGE);
	zero(w, w->s->size, SIM_BYTES);
	w->s->size += len;
	sim_pause(f);
	memmove(w->s->mem + off + len, w->s->mem + off, SIM_BYTES - off - len);
	zero(w, off, off + len);
	if (sim_strikes(w, SIM_DROPPING_INSERT))
		zero(w, off + len, off + len + SIM_BLOCK);
	sim_pause(f);
	w->invalidate = -1;
	sim_unlock(f);
}

static void do_copy(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t from = op->arg[0], to = op->arg[1], len = op->arg[2], done = 0;
	unsigned char pipe[SIM_BYTES];

	len = from < w->s->size ? min64(len, w->s->size - from) : 0;
	while (done < len) {
		/* Some pages into the pipe, one by one, and out of it under the lock. */
		uint64_t part = min64(len - done, up(from + done + 1, SIM_PAGE) - from - done);

		while (w->invalidate >= 0) /* pages that are not there cannot be read now */
			sim_pause(f);
		memcpy(pipe, w->s->mem + from + done, (size_t)part);
		sim_pause(f);
		sim_lock(f, false);
		sim_pause(f);
		expose(f, to + done);
		w->filling++;
		memcpy(w->s->mem + to + done, pipe, (size_t)part);
		for (uint64_t x = to + done; x < to + done + part; x++)
			w->touched[x] = w->now;
		sim_pause(f);
		grow(f, to + done + part);
		w->filling--;
		sim_unlock(f);
		sim_pause(f);
		done += part;
	}
	if (done && sim_strikes(w, SIM_LATE_COPY))
		do_late_write(w, to, to + done);
	e->result = (int64_t)done;
}

static void do_fsync(struct world *w)
{
	if (w->now > 1 && sim_strikes(w, SIM_LOST_WRITEBACK)) {
		memcpy(w->synced, w->s->mem, sizeof(w->synced));
		w->have_synced = true;
	}
}

void sim_do(struct fibre *f, size_t index, struct tp_event *e)
{
	const struct tp_op *op = &f->w->seq->ops[index];

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		if (op->kind == TP_OP_KIND_DIO_WRITE)
			do_direct(f, op, e);
		else
			do_write(f, op, e);
		break;
	case TP_EFFECT_STORE:
		do_store(f, op, e);
		break;
	case TP_EFFECT_COPY:
		do_copy(f, op, e);
		break;
	case TP_EFFECT_TRUNCATE:
		do_truncate(f, op);
		break;
	case TP_EFFECT_ALLOCATE:
		do_allocate(f, op, e);
		break;
	case TP_EFFECT_ZERO:
		do_zero(f, op, false);
		break;
	case TP_EFFECT_PUNCH:
		do_zero(f, op, true);
		break;
	case TP_EFFECT_COLLAPSE:
		do_collapse(f, op, e);
		break;
	case TP_EFFECT_INSERT:
		do_insert(f, op, e);
		break;
	case TP_EFFECT_READ:
		if (tp_ops[op->kind].flags & TP_OP_MAPPED)
			sim_do_load(f, op, e);
		else
			sim_do_read(f, op, e);
		break;
	case TP_EFFECT_SIZE:
		sim_do_size(f, op, e);
		break;
	case TP_EFFECT_MAP:
	case TP_EFFECT_NONE:
		if (op->kind == TP_OP_KIND_FSYNC)
			do_fsync(f->w);
		break;
	}
}
