// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expect.h - what a sequence must end with, before anybody has run it
 *
 * The oracle is led through the sequence with the results that the operations must have.
 * One that may fail is taken to succeed; a program that sees it fail cannot tell what
 * the file must hold.  Each writing operation has a letter of its own.
 */
#ifndef TP_EXPORT_EXPECT_H
#define TP_EXPORT_EXPECT_H

#include "model/states.h"

/* The largest file that is compared with its holes. */
#define TP_EXPORT_MOST (UINT64_C(256) << 20)

#define TP_ANY_RESULT INT64_MIN

struct tp_foresight {
	const struct tp_seq *seq;
	char *letter;           /* of each operation; 0: it writes nothing of its own */
	int64_t *result;        /* bytes, 0, minus an errno, or TP_ANY_RESULT */
	struct tp_oracle *seen; /* of an operation that reads: what its bytes may be */
	struct tp_oracle end; /* of all bytes, behind the last operation; its size is the largest */
	uint64_t *sizes;      /* that the file may have; none: any up to the largest */
	size_t nr_sizes;
	bool races, moves; /* has blocks of actors; moves or copies bytes in the file */
};

#define TP_ZERO_LETTER '0'

/* 0, or a negative errno (reported): more writes than letters, or too many orders. */
int tp_expect_make(const struct tp_seq *seq, uint32_t page_bytes, struct tp_foresight *x);
void tp_expect_free(struct tp_foresight *x);

/* Does it write bytes of its own? */
bool tp_expect_writes(enum tp_op_kind kind);

/* Is it judged by what it reads? */
bool tp_expect_reads(const struct tp_foresight *x, size_t op);

/*
 * The next span at or behind *at, below end, of one set of values: false when there is
 * none.  Leaves out where any byte may be.  *at is led on.
 */
bool tp_expect_next(const struct tp_oracle *o, uint64_t *at, uint64_t end, struct tp_span *out);

/* The letters that the span's bytes may be; out has room for TP_MAX_VALUES + 1. */
void tp_expect_letters(const struct tp_foresight *x, const struct tp_span *s, char *out);

#endif
