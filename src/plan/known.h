// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known.h - failures that are foretold for a kernel
 *
 * The file is a list of issues, each a block of lines that ends at an empty one:
 *
 *	issue dio-append
 *	scenarios dio-append-*              patterns, separated by commas
 *	cells *,!*journal*                  the same
 *	filesystems ext4,tmpfs              the same; without it ext4
 *	ops store *dio* store               what the sequence does, see below
 *	kernels 2.6.30-7.1                  FROM-BEFORE; either may be missing; may repeat
 *	vendor Debian 6.1.1-1 6.1.129-1     WORD FROM BEFORE; either may be "-"; may repeat
 *	vendor el9 -                        all of a vendor's kernels
 *	vendor el10 none                    none of them
 *	findings lost,stale                 what it looks like; other kinds still fail
 *	share 5                             a race: at most so many of 100 files are hit
 *	text WORDS|OTHER WORDS              every kernel-log or fsck finding says one
 *	with OTHER-ISSUE                    only beside a case of the cell that is that issue
 *	sure extend-fallocate/1k-*          SCENARIO/CELL patterns: these always fail
 *	fixed 3f60efd65412 7.1              if known
 *	evidence why we know; may stand more than once
 *
 * In kernels whose release or version text has a vendor's WORD, that vendor's lines
 * decide instead of "kernels" (release.h says what is compared).
 *
 * A failure is KNOWN when scenario, cell, kernel and every kind of finding of
 * the case agree with one issue, and each finding in a file is explained by an issue's
 * `ops`; an issue without `ops` explains all.  More files hit than its share are no
 * longer the race that is known, and fail.
 *
 * Generated sequences (exhaustive, random) have no scenario whose name says what
 * they do: of them the findings alone tell.  An issue with `ops` explains a finding
 * when cell, kernel and kind agree and the sequence has these operations in this
 * order, with any others between them.  A word of ops is a list of patterns for one
 * operation; a bar stands between alternatives.  A sign in front of a word narrows it:
 *
 *	{word	in a block, where actors race
 *	.word	in the page of the finding: it names bytes of it, or moves the end of
 *		file inside it
 *	=word	at the bytes of the finding
 *	+word	the last operation that moved the end of file over bytes of the finding,
 *		from inside their page: before what was lost was written, or before the
 *		damage was seen
 *
 * Long sequences have everything somewhere; the signs tell what this finding is about.
 * When the last word has . or = and it is known whose bytes were lost, it is that
 * operation.  Where actors race, nobody knows the sizes: the signs . = + say nothing there.
 * Of several issues the one is meant whose last operation but that is the latest; one that
 * needs another (with) is meant only when no other explains it.  A finding in a sequence
 * without such operations is no known issue.
 */
#ifndef TP_PLAN_KNOWN_H
#define TP_PLAN_KNOWN_H

#include <stdbool.h>

#include "model/record.h"
#include "model/step.h"
#include "plan/release.h"

struct tp_issue {
	char *name;
	char *scenarios;                /* or NULL: named scenarios do not show it */
	char *cells;
	char *filesystems;              /* or NULL: ext4 */
	struct tp_range *ranges; /* of "kernels" and "vendor"; none: all kernels */
	size_t nr_ranges;
	uint32_t kinds; /* bits of enum tp_finding_kind */
	uint64_t share; /* percent; 0: any */
	char *ops;      /* or NULL: it explains all of a scenario, and no generated sequence */
	char *text;     /* or NULL */
	char *with;     /* name of another issue, or NULL */
	char *sure;     /* patterns, or NULL */
	char *fixed;    /* or NULL */
	char *evidence;
};

struct tp_known {
	struct tp_issue *issues;
	size_t nr;
};

/* 0 or a negative errno (reported with file and line). */
int tp_known_load(const char *path, struct tp_known *known);
void tp_known_free(struct tp_known *known);

/* Leave only the issues of this file system. */
void tp_known_only(struct tp_known *known, const char *filesystem);

/*
 * The issue that foretells this failure on the kernel "RELEASE VERSION", or NULL.
 * Issues that need another one
 * (with) are looked for in `beside`, a list of names between blanks of what the
 * cell's other cases were found to be; NULL leaves such issues out.
 */
const struct tp_issue *tp_known_find(const struct tp_known *known, const char *kernel,
				     const struct tp_record *r, const char *beside);

#define TP_BLAME_WORDS 16 /* that an alternative of ops may have */

/* What the sequence of a finding did. */
struct tp_scene {
	const struct tp_seq *seq;
	const struct tp_step *steps; /* of its operations, or NULL: not known */
	uint32_t page_bytes;
};

/* The issue whose operations explain this finding, whatever its scenarios are, or NULL. */
const struct tp_issue *tp_known_finding(const struct tp_known *known, const char *kernel,
					const char *cell, const struct tp_finding *f,
					const struct tp_scene *scene);

/*
 * blame.c: does the scene have the operations of an issue, such that they may be what the
 * finding is about?  0: no; else the latest that is to blame, counted from 1.
 */
size_t tp_blame(const char *ops, const struct tp_finding *f, const struct tp_scene *scene);

/* The issue of this name, or NULL. */
const struct tp_issue *tp_known_named(const struct tp_known *known, const char *name);

/* Are so many files hit of all no more than the issue's share?  And does the list
 * of names between blanks hold the issue that it needs beside it? */
bool tp_known_few(const struct tp_issue *issue, uint64_t hits, uint64_t files);
bool tp_known_beside(const struct tp_issue *issue, const char *beside);

/*
 * The issue by which this case, run with all its variants, was sure to fail on the
 * kernel "RELEASE VERSION"; NULL: none.  The record's own verdict is not looked at.
 */
const struct tp_issue *tp_known_sure(const struct tp_known *known, const char *kernel,
				     const struct tp_record *r);

#endif
