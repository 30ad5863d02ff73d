// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exhaust.h - every sequence up to a length over a small alphabet
 *
 * A sequence is a start (an empty file, or what one call makes of it, with its
 * pages mapped) and up to `length` letters.  A letter is one or a few operations
 * at a border that matters to a page of several blocks; the table with the reason
 * of each is in alphabet.c.
 */
#ifndef TP_PLAN_EXHAUST_H
#define TP_PLAN_EXHAUST_H

#include "plan/scenario.h"

#define TP_EXHAUST_MAX_LENGTH 8

/* Why a sequence is left out; each is explained in the table of exhaust.c. */
enum tp_exhaust_rule {
	TP_RULE_SAME,     /* the letter says the same as another at this block size */
	TP_RULE_START,    /* another start with a letter less is the same */
	TP_RULE_FAULT,    /* it touches a page that the file does not have */
	TP_RULE_REFUSED,  /* the kernel must refuse it */
	TP_RULE_EMPTY,    /* reads or drops of an empty file */
	TP_RULE_CLEAN,    /* writeback or commit with nothing to write back or commit */
	TP_RULE_REPEAT,   /* the same again, which changes nothing */
	TP_RULE_ORDER,    /* neighbours that commute stand in one order only */
	TP_RULE_UNSEEN,   /* ends with what nobody sees */
	TP_NR_RULES
};

struct tp_exhaust_spec {
	const struct tp_cell *cell;
	uint32_t page_bytes;
	unsigned pages;    /* of the file: 1 or 2 */
	unsigned length;   /* letters, 1 to TP_EXHAUST_MAX_LENGTH */
};

struct tp_exhaust_counts {
	uint64_t letters, starts;
	uint64_t all;                    /* starts x letters^1..length */
	uint64_t removed[TP_NR_RULES];
	uint64_t kept;                   /* all less removed, when the end was reached */
};

struct tp_exhaust;

/* NULL (reported) when the spec makes no sense. */
struct tp_exhaust *tp_exhaust_new(const struct tp_exhaust_spec *spec);
void tp_exhaust_free(struct tp_exhaust *x);

/*
 * The next sequence, shorter ones first; false at the end.  params becomes
 * "START.LETTER.LETTER".  out NULL: only counted.
 */
bool tp_exhaust_next(struct tp_exhaust *x, struct tp_variant *out);

/* So far; all of it once tp_exhaust_next has returned false. */
const struct tp_exhaust_counts *tp_exhaust_counts(const struct tp_exhaust *x);

/* Count without making anything. */
bool tp_exhaust_count(const struct tp_exhaust_spec *spec, struct tp_exhaust_counts *out);

/* One line for people on each rule. */
const char *tp_exhaust_rule_help(enum tp_exhaust_rule rule);

enum tp_letter_flag {
	TP_LETTER_TWO_PAGES = 1,  /* only for files of two pages */
	TP_LETTER_READS = 2,      /* changes no content; of an empty file it does nothing */
	TP_LETTER_WRITES_BACK = 4, /* its effect is to write back dirty pages */
	TP_LETTER_COMMITS = 8,    /* its effect is to commit the journal */
	TP_LETTER_ONCE = 16,      /* again, next to itself, it changes nothing */
	TP_LETTER_UNSEEN = 32,    /* behind the last change nobody sees it */
};

/* In the operations "block", "page" and "end" (of the mapped pages) stand for sizes. */
struct tp_letter {
	const char *name;
	const char *ops;
	unsigned flags;
	const char *why;
};

/* Both end with a NULL name. */
extern const struct tp_letter tp_letters[];
extern const struct tp_letter tp_starts_of_files[];

/* Pairs of letters, whose order is nobody's concern; ends with NULLs. */
extern const char *const tp_commuting[][2];

#endif
