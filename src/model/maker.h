// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * maker.h - how the pieces of racing operations are made
 */
#ifndef TP_MODEL_MAKER_H
#define TP_MODEL_MAKER_H

#include "model/piece.h"

/* ext4 copies a page at a time at least; other sizes on the way are those of blocks. */
#define TP_ANY_STEP 1

struct tp_maker {
	struct tp_pieces *out;
	const struct tp_race *r;
	const struct tp_race_op *op;
	size_t index; /* of op in the race */
	bool maybe;   /* it was done, in part, or not at all */
};

/* Add a piece; gives its number for pieces that come after it. */
size_t tp_maker_add(struct tp_maker *m, struct tp_piece p);

/* The size is seen to be this; gives after when it always was. */
size_t tp_maker_grow(struct tp_maker *m, uint64_t size, size_t after, enum tp_lock lock,
		     uint32_t step);

/* Does it write through O_DIRECT? */
bool tp_maker_direct(enum tp_op_kind kind);

/* Did it do anything, as far as is known? */
bool tp_maker_happens(const struct tp_race_op *op);
bool tp_maker_overlap(const struct tp_race_op *a, const struct tp_race_op *b);

/*
 * Somebody moves blocks meanwhile.  Bytes that such a move may bring to one
 * another's place must not get their values in one moment: gives how many may;
 * 0 when nothing is moved.
 */
uint64_t tp_maker_moved_by(const struct tp_maker *m);

/* put.c */
void tp_make_write(struct tp_maker *m, uint64_t start, uint64_t end);
/* [start, end) was stored, each page at its own moment; a page that may be behind the
 * end of file shows that it was not.  Gives the last piece. */
size_t tp_make_store(struct tp_maker *m, uint64_t start, uint64_t end, bool maybe);
void tp_make_copy(struct tp_maker *m, uint64_t from, uint64_t to, uint64_t len);

/* change.c */
void tp_make_truncate(struct tp_maker *m, uint64_t size);
void tp_make_zero(struct tp_maker *m, uint64_t start, uint64_t end, bool keep);
/* No bytes change, but what stood behind the end of file goes before it shows. */
void tp_make_extend(struct tp_maker *m, uint64_t size);
void tp_make_move(struct tp_maker *m, enum tp_piece_kind kind, uint64_t start, uint64_t end);
/* A size in [low, high] was seen. */
void tp_make_size(struct tp_maker *m, uint64_t low, uint64_t high, size_t after);
/* The bytes, and beside them that the file reached so far and no farther. */
void tp_make_read(struct tp_maker *m, uint64_t off, uint64_t asked, uint64_t got);
/* The access to the page at x faulted: the size was not behind its start. */
void tp_make_fault(struct tp_maker *m, uint64_t x, size_t after);

#endif
