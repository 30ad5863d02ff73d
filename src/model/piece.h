// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * piece.h - the moments of an operation that races, for race.c
 */
#ifndef TP_MODEL_PIECE_H
#define TP_MODEL_PIECE_H

#include "model/race.h"

enum tp_piece_kind {
	TP_PIECE_BYTES,    /* [start, end) is written; zeros between the size and start */
	TP_PIECE_EXPOSE,   /* zeros between the size and end, which will be the size */
	TP_PIECE_GROW,     /* the size is end at least */
	TP_PIECE_STORE,    /* [start, end) is stored through a mapping */
	TP_PIECE_CUT,      /* the size is end; pages behind it are mapped still */
	TP_PIECE_CUT_DONE, /* and now nothing is left behind it */
	TP_PIECE_ZERO,     /* [start, end) is zeroed */
	TP_PIECE_COLLAPSE,
	TP_PIECE_OPEN,    /* INSERT_RANGE */
	TP_PIECE_CAPTURE, /* a copy reads [start, end) */
	TP_PIECE_DEPOSIT, /* and writes it to [dest, ...) */
	TP_PIECE_SIZE,    /* a size in [start, end] was seen */
	TP_PIECE_SEE,     /* the bytes [start, end) were seen */
};

/*
 * The inode's lock while a piece and the next of the same operation are done.
 * Whoever changes size or layout waits for direct I/O in flight; writes do not.
 */
enum tp_lock {
	TP_LOCK_NONE,
	TP_LOCK_WRITE,
	TP_LOCK_LAYOUT,
	TP_LOCK_DIRECT,
};

#define TP_NO_PIECE SIZE_MAX

struct tp_piece {
	enum tp_piece_kind kind;
	enum tp_lock lock;
	size_t op;    /* in the race */
	size_t after; /* another piece of the same operation that comes first */
	uint64_t start, end, dest;
	uint32_t step; /* GROW: sizes on the way are multiples of it */
	bool hold;     /* the lock is kept until the operation's last piece, ... */
	size_t until;  /* ... or until this one */
	bool maybe;    /* or it was not done at all */
	bool observes; /* rules out orders: STORE, SIZE, COLLAPSE, OPEN */
	bool narrows;  /* SEE: what was seen is what the byte was */
	bool mapped;   /* SEE: behind the end of file it may see anything */
	bool keep;     /* ZERO: up to the size only */
};

struct tp_pieces {
	struct tp_piece *piece; /* by begin of their operations; those of one stand together */
	size_t nr;
	bool unsure_size; /* something may have moved the size by nobody knows how much */
	bool too_many;    /* they are not worth it */
	uint64_t least;   /* the size is never below it */
};

void tp_pieces_make(struct tp_pieces *out, const struct tp_race *r, const struct tp_states *before);
void tp_pieces_free(struct tp_pieces *p);

/* The sizes on the way of operations that are growing the file now. */
struct tp_growing {
	uint64_t target; /* 0: none */
	uint32_t step;
};

/*
 * Do the piece to one alternative.  Returns false when it was seen to be
 * impossible there (and check is set).
 */
bool tp_piece_apply(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o,
		    const struct tp_growing *growing, bool check);

/* see.c: the bytes that a read returned against one alternative, at TP_PIECE_SEE. */
void tp_piece_see(const struct tp_piece *p, const struct tp_race *r, struct tp_oracle *o);

/* Behind the block: did some order that led to o explain the byte number at of a read? */
bool tp_piece_saw(size_t op, const struct tp_oracle *o, uint64_t at);

/* Where the bytes that a copy has read wait to be written, and where is noted
 * which bytes of a read are explained. */
uint64_t tp_shadow_of(size_t op);
uint64_t tp_shadow_at(const struct tp_piece *p, const struct tp_race *r);

#endif
