// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * change.c - the moments of operations that change size or layout, and of those
 * that only see it
 */
#include "model/maker.h"

void tp_make_fault(struct tp_maker *m, uint64_t x, size_t after)
{
	if (m->r->faults_prove)
		tp_maker_add(m, (struct tp_piece){ .kind = TP_PIECE_SIZE,
						   .after = after,
						   .end = x - x % m->r->page_bytes,
						   .observes = true });
}

void tp_make_truncate(struct tp_maker *m, uint64_t size)
{
	struct tp_piece p = { .kind = TP_PIECE_CUT,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .end = size };

	p.after = tp_maker_add(m, p);
	p.kind = TP_PIECE_CUT_DONE;
	tp_maker_add(m, p);
}

void tp_make_zero(struct tp_maker *m, uint64_t start, uint64_t end, bool keep)
{
	struct tp_piece p = { .kind = TP_PIECE_ZERO,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .start = start,
			      .end = end,
			      .keep = keep };

	/* In the page cache, and again on the disk or in the edges of the range. */
	p.after = tp_maker_add(m, p);
	p.maybe = true;
	tp_maker_add(m, p);
}

void tp_make_extend(struct tp_maker *m, uint64_t size)
{
	struct tp_piece p = { .kind = TP_PIECE_EXPOSE,
			      .lock = TP_LOCK_LAYOUT,
			      .hold = true,
			      .after = TP_NO_PIECE,
			      .end = size };

	if (size > m->out->least)
		tp_maker_grow(m, size, tp_maker_add(m, p), TP_LOCK_LAYOUT, TP_ANY_STEP);
}

void tp_make_move(struct tp_maker *m, enum tp_piece_kind kind, uint64_t start, uint64_t end)
{
	tp_maker_add(m, (struct tp_piece){ .kind = kind,
					   .lock = TP_LOCK_LAYOUT,
					   .after = TP_NO_PIECE,
					   .start = start,
					   .end = end,
					   .observes = !m->maybe });
}

void tp_make_size(struct tp_maker *m, uint64_t low, uint64_t high, size_t after)
{
	if (low > m->out->least || high != UINT64_MAX)
		tp_maker_add(m, (struct tp_piece){ .kind = TP_PIECE_SIZE,
						   .after = after,
						   .start = low,
						   .end = high,
						   .observes = true });
}

/* Is something stored, no lock held, while the copy is made? */
static bool stored_during(const struct tp_race *r, const struct tp_race_op *copy)
{
	for (size_t i = 0; i < r->nr; i++) {
		const struct tp_race_op *b = &r->ops[i];

		if ((tp_ops[b->op->kind].effect == TP_EFFECT_STORE ||
		     b->op->kind == TP_OP_KIND_URING_WRITE) &&
		    tp_maker_happens(b) && tp_maker_overlap(copy, b))
			return true;
	}
	return false;
}

/*
 * Does what a read saw tell what was there?  Not of bytes that are moved or copied
 * meanwhile: it may have seen them in two places, at two moments.  And not where
 * direct I/O races with the page cache: what it wrote may be seen and go again.
 * Nor where a copy may have taken a store's first bytes and put them where it stores
 * its last ones only then: no order of whole pieces is like that.
 */
static bool tells(const struct tp_maker *m)
{
	for (size_t i = 0; i < m->r->nr; i++) {
		const struct tp_race_op *b = &m->r->ops[i];

		if (!tp_maker_happens(b))
			continue;
		if (!b->ev || (b->ev->err && tp_ops[b->op->kind].flags & TP_OP_PART))
			return false; /* it may have done a part */
		if (tp_maker_direct(b->op->kind) ||
		    (b == m->op && tp_ops[b->op->kind].flags & TP_OP_DIRECT))
			return false;
		if (tp_ops[b->op->kind].effect == TP_EFFECT_COPY &&
		    (tp_maker_overlap(m->op, b) || stored_during(m->r, b)))
			return false;
	}
	return tp_maker_moved_by(m) == 0;
}

void tp_make_read(struct tp_maker *m, uint64_t off, uint64_t asked, uint64_t got)
{
	enum tp_op_kind kind = m->op->op->kind;
	bool mapped = tp_ops[kind].flags & TP_OP_MAPPED;
	size_t last = TP_NO_PIECE;

	if (got && m->op->data)
		tp_maker_add(m, (struct tp_piece){ .kind = TP_PIECE_SEE,
						   .after = TP_NO_PIECE,
						   .start = off,
						   .end = off + got,
						   .mapped = mapped,
						   .narrows = tells(m) });
	if (mapped)
		return;
	if (got && off + got > m->out->least) {
		last = m->out->nr;
		tp_make_size(m, off + got, UINT64_MAX, TP_NO_PIECE);
	}
	if (got < asked)
		tp_make_size(m, 0, off + got, last);
}
