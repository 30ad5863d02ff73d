// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * piece.c - the moments of an operation that races
 *
 * What a kernel does between begin and end of a system call is not one moment:
 * a write copies bytes before the size shows them, a truncate shows the size
 * before it unmaps the pages, a read looks at the size and at the bytes apart.
 * Another actor may act in between and see it; each such moment is a piece.
 * Pieces that nobody can tell apart are one.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "model/piece.h"
#include "model/spans.h"

/* Pages of one store that are looked at one by one; more of them prove nothing more. */
#define MOST_PAGES 32

/* ext4 copies a page at a time at least; other sizes on the way are those of blocks. */
#define ANY_STEP 1

struct maker {
	struct tp_pieces *out;
	const struct tp_race *r;
	const struct tp_race_op *op;
	size_t index; /* of op in the race */
	bool maybe;
};

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Add a piece; gives its number for pieces that come after it. */
static size_t add(struct maker *m, struct tp_piece p)
{
	struct tp_pieces *out = m->out;

	p.op = m->index;
	p.maybe |= m->maybe && p.kind != TP_PIECE_CAPTURE;
	p.until = TP_NO_PIECE;
	p.hold &= !m->maybe; /* nobody knows when, or whether, it gave the lock back */
	out->piece = tp_grow(out->piece, out->nr, sizeof(p));
	out->piece[out->nr] = p;
	return out->nr++;
}

static size_t grow_to(struct maker *m, uint64_t size, size_t after, enum tp_lock lock,
		      uint32_t step)
{
	if (size <= m->out->least)
		return after;
	return add(m, (struct tp_piece){ .kind = TP_PIECE_GROW,
					 .lock = lock,
					 .after = after,
					 .end = size,
					 .step = step });
}

static bool is_direct(enum tp_op_kind kind)
{
	return kind == TP_OP_KIND_DIO_WRITE || kind == TP_OP_KIND_AIO_DIO_WRITE ||
	       kind == TP_OP_KIND_URING_DIO;
}

static bool happens(const struct tp_race_op *op)
{
	if (op->never)
		return false;
	return !op->ev || op->ev->err == 0 || op->ev->result > 0 ||
	       tp_ops[op->op->kind].flags & TP_OP_PART;
}

static bool overlap(const struct tp_race_op *a, const struct tp_race_op *b)
{
	return a->begin_ns <= b->end_ns && b->begin_ns <= a->end_ns;
}

/*
 * A page that direct I/O and the page cache write at the same time is whichever
 * was written last as a whole; then the direct write's bytes may be gone.
 */
static bool collides(const struct maker *m)
{
	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];
		enum tp_effect effect = tp_ops[b->op->kind].effect;
		bool cached = effect == TP_EFFECT_STORE || effect == TP_EFFECT_COPY ||
			      (effect == TP_EFFECT_WRITE && !is_direct(b->op->kind));

		if (cached && happens(b) && overlap(m->op, b))
			return true;
	}
	return false;
}

static uint64_t common(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Somebody moves blocks meanwhile.  Bytes that such a move may bring to one
 * another's place must not get their values in one moment: gives how many may;
 * 0 when nothing is moved.
 */
static uint64_t moved_by(const struct maker *m)
{
	uint64_t by = 0;

	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];
		enum tp_effect effect = tp_ops[b->op->kind].effect;

		if ((effect == TP_EFFECT_COLLAPSE || effect == TP_EFFECT_INSERT) && happens(b) &&
		    overlap(m->op, b))
			by = common(by, b->op->arg[1]);
	}
	return by;
}

/* Bytes are put into the file, then the size shows them; under one lock. */
static size_t put_part(struct maker *m, struct tp_piece p, uint64_t size, uint32_t step)
{
	size_t bytes = add(m, p), last;

	last = grow_to(m, size, bytes, p.lock, step);
	if (p.hold)
		m->out->piece[bytes].until = last;
	m->out->piece[bytes].hold &= last != bytes;
	return last;
}

/* The lock is given back behind every page: whoever moves blocks may come in between. */
static void put_pages(struct maker *m, struct tp_piece p)
{
	uint64_t end = p.end, shift = p.kind == TP_PIECE_DEPOSIT ? p.dest - p.start : 0;
	uint32_t page = m->r->page_bytes;

	p.lock = TP_LOCK_WRITE;
	p.hold = true;
	for (; p.start < end; p.start = p.end) {
		p.end = min64(end, (p.start / page + 1) * page);
		p.dest = p.start + shift;
		p.after = put_part(m, p, p.end + shift, ANY_STEP);
	}
}

static void make_write(struct maker *m, uint64_t start, uint64_t end)
{
	enum tp_op_kind kind = m->op->op->kind;
	uint32_t page = m->r->page_bytes;
	bool direct = is_direct(kind);
	struct tp_piece p = {
		.kind = TP_PIECE_BYTES, .after = TP_NO_PIECE, .start = start, .end = end
	};

	if (start == end)
		return;
	p.lock = direct ? TP_LOCK_DIRECT : TP_LOCK_WRITE;
	/* io_uring may write a part at once and the rest from another thread. */
	if (kind == TP_OP_KIND_URING_WRITE && start / page != (end - 1) / page)
		p.lock = TP_LOCK_NONE;
	if (p.lock == TP_LOCK_NONE && moved_by(m)) {
		put_pages(m, p);
		return;
	}
	p.hold = p.lock != TP_LOCK_NONE;
	p.maybe = direct && collides(m);
	put_part(m, p, end, direct ? ANY_STEP : page);
}

/* The bytes of a page are stored in any order, where that can be told. */
static size_t store_part(struct maker *m, struct tp_piece p)
{
	uint64_t by = moved_by(m), end = p.end;
	uint32_t page = m->r->page_bytes;
	size_t last = p.after;

	for (; p.start < end; p.start = p.end) {
		p.end = by ? min64(end, p.start + by) : end;
		if (p.start % page == 0)
			p.after = last;
		if (by)
			p.end = min64(p.end, (p.start / page + 1) * page);
		last = add(m, p);
	}
	return last;
}

/* [start, end) was stored, each page at its own moment; a page that may be
 * behind the end of file shows that it was not. */
static size_t make_store(struct maker *m, uint64_t start, uint64_t end, bool maybe)
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

/* The access to the page at x faulted: the size was not behind its start. */
static void make_fault(struct maker *m, uint64_t x, size_t after)
{
	if (m->r->faults_prove)
		add(m, (struct tp_piece){ .kind = TP_PIECE_SIZE,
					  .after = after,
					  .end = x - x % m->r->page_bytes,
					  .observes = true });
}

static void make_copy(struct maker *m, uint64_t from, uint64_t to, uint64_t len)
{
	uint32_t page = m->r->page_bytes;
	struct tp_piece p = {
		.kind = TP_PIECE_CAPTURE, .after = TP_NO_PIECE, .start = from, .end = from + len
	};

	if (len == 0)
		return;
	p.after = add(m, p);
	p.kind = TP_PIECE_DEPOSIT;
	p.dest = to;
	/* One page goes through the pipe at once; more may be written one by one. */
	m->out->too_many |= len / page > MOST_PAGES;
	put_pages(m, p);
}

static void make_truncate(struct maker *m, uint64_t size)
{
	struct tp_piece p = { .kind = TP_PIECE_CUT,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .end = size };

	p.after = add(m, p);
	p.kind = TP_PIECE_CUT_DONE;
	add(m, p);
}

static void make_zero(struct maker *m, uint64_t start, uint64_t end, bool keep)
{
	struct tp_piece p = { .kind = TP_PIECE_ZERO,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .start = start,
			      .end = end,
			      .keep = keep };

	/* In the page cache, and again on the disk or in the edges of the range. */
	p.after = add(m, p);
	p.maybe = true;
	add(m, p);
}

/* No bytes change, but what stood behind the end of file goes before it shows. */
static void make_extend(struct maker *m, uint64_t size)
{
	struct tp_piece p = { .kind = TP_PIECE_EXPOSE,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .end = size };

	if (size > m->out->least)
		grow_to(m, size, add(m, p), TP_LOCK_LAYOUT, ANY_STEP);
}

static void make_move(struct maker *m, enum tp_piece_kind kind, uint64_t start, uint64_t end)
{
	add(m, (struct tp_piece){ .kind = kind,
				  .lock = TP_LOCK_LAYOUT,
				  .after = TP_NO_PIECE,
				  .start = start,
				  .end = end,
				  .observes = !m->maybe });
}

static void make_size(struct maker *m, uint64_t low, uint64_t high, size_t after)
{
	if (low > m->out->least || high != UINT64_MAX)
		add(m, (struct tp_piece){ .kind = TP_PIECE_SIZE,
					  .after = after,
					  .start = low,
					  .end = high,
					  .observes = true });
}

/*
 * Does what a read saw tell what was there?  Not of bytes that are moved or copied
 * meanwhile: it may have seen them in two places, at two moments.  And not where
 * direct I/O races with the page cache: what it wrote may be seen and go again.
 */
static bool tells(const struct maker *m)
{
	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];

		if (!happens(b))
			continue;
		if (!b->ev || (b->ev->err && tp_ops[b->op->kind].flags & TP_OP_PART))
			return false; /* it may have done a part */
		if (is_direct(b->op->kind) || (b == m->op && b->op->kind == TP_OP_KIND_DIO_READ))
			return false;
		if (tp_ops[b->op->kind].effect == TP_EFFECT_COPY && overlap(m->op, b))
			return false;
	}
	return moved_by(m) == 0;
}

/* The bytes, and beside them that the file reached so far and no farther. */
static void make_read(struct maker *m, uint64_t off, uint64_t asked, uint64_t got)
{
	enum tp_op_kind kind = m->op->op->kind;
	bool mapped = tp_ops[kind].flags & TP_OP_MAPPED;
	size_t last = TP_NO_PIECE;

	if (got && m->op->data)
		add(m, (struct tp_piece){ .kind = TP_PIECE_SEE,
					  .after = TP_NO_PIECE,
					  .start = off,
					  .end = off + got,
					  .mapped = mapped,
					  .narrows = tells(m) });
	if (mapped)
		return;
	if (got && off + got > m->out->least) {
		last = m->out->nr;
		make_size(m, off + got, UINT64_MAX, TP_NO_PIECE);
	}
	if (got < asked)
		make_size(m, 0, off + got, last);
}

/* The operation was done, done bytes of it where it counts them. */
static void make_done(struct maker *m, uint64_t done)
{
	const struct tp_op *op = m->op->op;
	const uint64_t *a = op->arg;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		make_write(m, a[0], a[0] + done);
		break;
	case TP_EFFECT_STORE:
		make_store(m, a[0], a[0] + done, false);
		break;
	case TP_EFFECT_COPY:
		make_copy(m, a[0], a[1], done);
		break;
	case TP_EFFECT_TRUNCATE:
		make_truncate(m, a[0]);
		break;
	case TP_EFFECT_ALLOCATE:
		make_extend(m, a[0] + a[1]);
		break;
	case TP_EFFECT_ZERO:
		make_zero(m, a[0], a[0] + a[1], false);
		make_extend(m, a[0] + a[1]);
		break;
	case TP_EFFECT_PUNCH:
		make_zero(m, a[0], a[0] + a[1], true);
		break;
	case TP_EFFECT_COLLAPSE:
		make_move(m, TP_PIECE_COLLAPSE, a[0], a[0] + a[1]);
		break;
	case TP_EFFECT_INSERT:
		make_move(m, TP_PIECE_OPEN, a[0], a[0] + a[1]);
		break;
	case TP_EFFECT_READ:
		make_read(m, a[0], a[1], done);
		break;
	case TP_EFFECT_SIZE:
		make_size(m, m->op->ev->size, m->op->ev->size, TP_NO_PIECE);
		break;
	case TP_EFFECT_MAP:
	case TP_EFFECT_NONE:
		break;
	}
}

/* All that it would have done, perhaps, and perhaps in part. */
static void make_maybe(struct maker *m)
{
	const struct tp_op *op = m->op->op;
	enum tp_effect effect = tp_ops[op->kind].effect;

	if (effect == TP_EFFECT_READ || effect == TP_EFFECT_SIZE)
		return;
	m->maybe = true;
	make_done(m, effect == TP_EFFECT_COPY ? op->arg[2] : op->arg[1]);
	if (effect != TP_EFFECT_STORE && effect != TP_EFFECT_NONE && effect != TP_EFFECT_MAP &&
	    effect != TP_EFFECT_PUNCH)
		m->out->unsure_size = true;
}

/* The page after the last whole one faulted, perhaps after some of its bytes were stored. */
static void make_faulted(struct maker *m, uint64_t done)
{
	const struct tp_op *op = m->op->op;
	uint32_t page = m->r->page_bytes;
	uint64_t at = op->arg[0] + done, end = op->arg[0] + op->arg[1];
	size_t last = TP_NO_PIECE;

	make_done(m, done);
	if (op->kind == TP_OP_KIND_TOUCH)
		end = at + 1;
	if (tp_ops[op->kind].effect == TP_EFFECT_STORE)
		last = make_store(m, at, min64(end, (at / page + 1) * page), true);
	make_fault(m, at, last);
}

static void make_op(struct maker *m)
{
	const struct tp_event *ev = m->op->ev;
	enum tp_op_kind kind = m->op->op->kind;
	uint64_t done = ev && ev->result > 0 ? (uint64_t)ev->result : 0;

	m->maybe = false;
	if (m->op->never)
		return;
	if (!ev)
		make_maybe(m);
	else if (ev->err == 0)
		make_done(m, done);
	else if (ev->err == TP_SIGBUS)
		make_faulted(m, done);
	else if (tp_event_refused(ev))
		return;
	else if (tp_ops[kind].flags & TP_OP_PART)
		make_maybe(m);
	else if (tp_ops[kind].effect == TP_EFFECT_STORE)
		make_done(m, done);
}

/* The size is never below this, whatever the order. */
static uint64_t least_size(const struct tp_race *r, const struct tp_states *before)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < before->nr; i++)
		least = min64(least, before->alt[i].size);
	for (size_t i = 0; i < r->nr; i++) {
		const struct tp_race_op *op = &r->ops[i];

		if (!happens(op))
			continue;
		if (tp_ops[op->op->kind].effect == TP_EFFECT_TRUNCATE)
			least = min64(least, op->op->arg[0]);
		if (tp_ops[op->op->kind].effect == TP_EFFECT_COLLAPSE)
			least = 0;
	}
	return least;
}

static bool begins_before(const struct tp_race_op *a, const struct tp_race_op *b)
{
	return a->begin_ns != b->begin_ns ? a->begin_ns < b->begin_ns : a->index < b->index;
}

/* By begin; each actor's are in order already. */
static size_t *sorted(const struct tp_race *r)
{
	size_t *order = tp_alloc((r->nr + 1) * sizeof(*order));

	for (size_t i = 0; i < r->nr; i++) {
		size_t k = i;

		for (; k > 0 && begins_before(&r->ops[i], &r->ops[order[k - 1]]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

void tp_pieces_make(struct tp_pieces *out, const struct tp_race *r, const struct tp_states *before)
{
	struct maker m = { .out = out, .r = r };
	size_t *order = sorted(r);

	*out = (struct tp_pieces){ .least = least_size(r, before) };
	for (size_t i = 0; i < r->nr; i++) {
		m.index = order[i];
		m.op = &r->ops[order[i]];
		make_op(&m);
	}
	free(order);
}

void tp_pieces_free(struct tp_pieces *p)
{
	free(p->piece);
	*p = (struct tp_pieces){ 0 };
}
