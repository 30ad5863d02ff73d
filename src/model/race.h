// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.h - what a file may be after operations that raced
 *
 * An operation takes effect somewhere between its begin and its end; one that
 * ended before another began comes before it, and so does an earlier one of the
 * same actor.  Every order that this leaves is followed.  What was seen on the
 * way (a size, a byte, a store that did not fault) rules out the orders in
 * which it could not have been seen.
 *
 * No operation is one single moment; piece.c knows the moments of each.  Each
 * byte is followed on its own: that no two bytes need have got their values in
 * the same order makes it cheap, and no write is one moment for all its bytes.
 */
#ifndef TP_MODEL_RACE_H
#define TP_MODEL_RACE_H

#include "model/pattern.h"
#include "model/states.h"

#define TP_RACE_SIZES 8

/* One operation of the block. */
struct tp_race_op {
	const struct tp_op *op;
	uint16_t index;            /* in the sequence */
	const struct tp_event *ev; /* NULL: not seen to end */
	bool never;                /* its actor had stopped before it */
	uint64_t begin_ns, end_ns; /* between which it took effect */
	const unsigned char *data; /* what a read returned: ev->result bytes, or NULL */

	/* What tp_race_run found out. */
	bool refuted;                  /* no order explains its result or the size it saw */
	bool misread;                  /* or some bytes that it read: ... */
	bool *explained;               /* ... per byte read, whether some order does */
	struct tp_oracle might;        /* what a byte of a read not explained might have been */
	uint64_t sizes[TP_RACE_SIZES]; /* of a refuted one: the sizes it might have met */
	unsigned nr_sizes;
};

struct tp_race {
	struct tp_race_op *ops;
	size_t nr;
	struct tp_ident ident; /* key and file of the patterns */
	uint32_t page_bytes;
	bool faults_prove; /* SIGBUS can only mean a page behind the end of file */

	/* What tp_race_run found out. */
	bool gave_up;                    /* too many orders: what the block touches is any byte */
	bool clash;                      /* each read can be explained, but not all together ... */
	uint64_t clash_start, clash_end; /* ... at these bytes */
	uint64_t followed;               /* sets of operations done that were looked at */
};

/*
 * The operations [start, end) of seq, which are a block, with events[i] for each
 * (NULL: none).  The caller then sets ident, page_bytes, faults_prove and the
 * data of reads, runs it, and frees it.
 */
void tp_race_init(struct tp_race *r, const struct tp_seq *seq, size_t start, size_t end,
		  const struct tp_event *const *events);
void tp_race_free(struct tp_race *r);

/* Lead st over the block: from what the file may be before it to what it may be
 * behind it. */
void tp_race_run(struct tp_race *r, struct tp_states *st);

/*
 * A read that raced with none returned these bytes, and they may be: states in
 * which they cannot be are gone, and of each byte's values the others.
 */
void tp_race_learn(struct tp_states *st, const struct tp_ident *id, uint64_t off,
		   const unsigned char *data, uint64_t len);

#endif
