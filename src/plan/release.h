// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * release.h - versions of kernels, and which of them something is true for
 *
 * Distributions bring fixes back into kernels that keep an old number, so a range
 * may be given for a vendor's own versions.  The text it is looked up in is what
 * uname -r and uname -v say.  What is compared depends on where the vendor's word
 * stands in it:
 *
 *	6.1.0-31-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.128-1 (2025-02-07)
 *		"Debian": the version behind the word, 6.1.128-1
 *	6.8.0-52-generic #53-Ubuntu SMP PREEMPT_DYNAMIC Sat Jan 11 00:06:25 UTC 2025
 *		"Ubuntu", at the number of the build: release and build, 6.8.0-52.53
 *	5.14.0-503.11.1.el9_5.x86_64 #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024
 *		"el9": the release, 5.14.0-503.11.1
 *
 * A version is its numbers, up to the first thing that is no number behind a dot
 * or a dash: 6.1.55-1~bpo11+1 is { 6, 1, 55, 1 }.
 */
#ifndef TP_PLAN_RELEASE_H
#define TP_PLAN_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

/* Missing parts are 0. */
struct tp_release {
	unsigned part[8];
};

/* From `from` on and before `before`; { 0 }: open. */
struct tp_range {
	char *vendor; /* a word of the vendor's kernels, or NULL: kernel.org's numbers */
	bool none;    /* of this vendor's kernels none */
	struct tp_release from, before;
};

/*
 * The kernel's own number, up to the first dash: "6.18.44-amd64" is { 6, 18, 44 }.
 * False when the text does not begin with a number.
 */
bool tp_release_parse(const char *text, struct tp_release *out);
int tp_release_compare(const struct tp_release *a, const struct tp_release *b);

/* "6.13-7.1", "-6.13", "6.13-".  False: it is none. */
bool tp_range_parse(const char *text, struct tp_range *out);

/*
 * "WORD FROM BEFORE" (either may be "-"), "WORD -" or "WORD none"; out->vendor is
 * to be freed.  False: it is none, and there is nothing to free.
 */
bool tp_range_parse_vendor(const char *text, struct tp_range *out);

/*
 * Is the kernel "RELEASE VERSION" (see above) in one of the ranges?  The first
 * vendor whose word stands in the text decides, by all ranges of that word; the
 * word must not continue another one ("el9" is not in "mel9").  Without one the
 * ranges without a vendor decide; when there are none of those, every kernel is.
 */
bool tp_range_holds(const struct tp_range *ranges, size_t nr, const char *kernel);

#endif
