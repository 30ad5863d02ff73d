// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * put.c - the moments of operations that bring bytes: writes, stores, copies
 */
#include "model/maker.h"

/* Pages of one store that are looked at one by one; more of them prove nothing more. */
#define MOST_PAGES 32

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * A page that direct I/O and the page cache write at the same time is whichever
 * was written last as a whole; then the direct write's bytes may be gone.
 */
static bool collides(const struct tp_maker *m)
{
	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];
		enum tp_effect effect = tp_ops[b->op->kind].effect;
		bool cached = effect == TP_EFFECT_STORE || effect == TP_EFFECT_COPY ||
			      (effect == TP_EFFECT_WRITE && !tp_maker_direct(b->op->kind));

		if (cached && tp_maker_happens(b) && tp_maker_overlap(m->op, b))
			return true;
	}
	return false;
}

/* Bytes are put into the file, then the size shows them; under one lock. */
static size_t put_part(struct tp_maker *m, struct tp_piece p, uint64_t size, uint32_t step)
{
	size_t bytes = tp_maker_add(m, p), last;

	last = tp_maker_grow(m, size, bytes, p.lock, step);
	if (p.hold)
		m->out->piece[bytes].until = last;
	m->out->piece[bytes].hold &= last != bytes;
	return last;
}

/* The lock is given back behind every page: whoever moves blocks may come in between. */
static void put_pages(struct tp_maker *m, struct tp_piece p)
{
	uint64_t end = p.end, shift = p.kind == TP_PIECE_DEPOSIT ? p.dest - p.start : 0;
	uint32_t page = m->r->page_bytes;

	p.lock = TP_LOCK_WRITE;
	p.hold = true;
	for (; p.start < end; p.start = p.end) {
		p.end = min64(end, (p.start / page + 1) * page);
		p.dest = p.start + shift;
		p.after = put_part(m, p, p.end + shift, TP_ANY_STEP);
	}
}

void tp_make_write(struct tp_maker *m, uint64_t start, uint64_t end)
{
	enum tp_op_kind kind = m->op->op->kind;
	uint32_t page = m->r->page_bytes;
	bool direct = tp_maker_direct(kind);
	struct tp_piece p = {
		.kind = TP_PIECE_BYTES, .after = TP_NO_PIECE, .start = start, .end = end
	};

	if (start == end)
		return;
	p.lock = direct ? TP_LOCK_DIRECT : TP_LOCK_WRITE;
	/* io_uring may write a part at once and the rest from another thread. */
	if (kind == TP_OP_KIND_URING_WRITE && start / page != (end - 1) / page)
		p.lock = TP_LOCK_NONE;
	if (p.lock == TP_LOCK_NONE && tp_maker_moved_by(m)) {
		put_pages(m, p);
		return;
	}
	p.hold = p.lock != TP_LOCK_NONE;
	p.maybe = direct && collides(m);
	put_part(m, p, end, direct ? TP_ANY_STEP : page);
}

/* The bytes of a page are stored in any order, where that can be told. */
static size_t store_part(struct tp_maker *m, struct tp_piece p)
{
	uint64_t by = tp_maker_moved_by(m), end = p.end;
	uint32_t page = m->r->page_bytes;
	size_t last = p.after;

	for (; p.start < end; p.start = p.end) {
		p.end = by ? min64(end, p.start + by) : end;
		if (p.start % page == 0)
			p.after = last;
		if (by)
			p.end = min64(p.end, (p.start / page + 1) * page);
		last = tp_maker_add(m, p);
	}
	return last;
}

size_t tp_make_store(struct tp_maker *m, uint64_t start, uint64_t end, bool maybe)
{
	uint32_t page = m->r->page_bytes;
	size_t last = TP_NO_PIECE;

	for (uint64_t x = start, next; x < end; x = next) {
		bool sure = x < m->out->least, many = (x - start) / page >= MOST_PAGES;

		next = sure ? max64(m->out->least, x + 1) : x + 1;
		next = many ? end : min64(end, (next + page - 1) / page * page);
		last = store_part(m, (struct tp_piece){ .kind = TP_PIECE_STORE,
							.after = last,
							.start = x,
							.end = next,
							.maybe = maybe,
							.observes = !sure && !many });
	}
	return last;
}

void tp_make_copy(struct tp_maker *m, uint64_t from, uint64_t to, uint64_t len)
{
	uint32_t page = m->r->page_bytes;
	struct tp_piece p = {
		.kind = TP_PIECE_CAPTURE, .after = TP_NO_PIECE, .start = from, .end = from + len
	};

	if (len == 0)
		return;
	p.after = tp_maker_add(m, p);
	p.kind = TP_PIECE_DEPOSIT;
	p.dest = to;
	/* One page goes through the pipe at once; more may be written one by one. */
	m->out->too_many |= len / page > MOST_PAGES;
	put_pages(m, p);
}
