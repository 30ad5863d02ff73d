// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plain.h - any text, made safe to print
 *
 * Findings quote file content, kernel messages and file names: bytes that may
 * be no UTF-8, end a line too early, or move a terminal's cursor.
 */
#ifndef TP_REPORT_PLAIN_H
#define TP_REPORT_PLAIN_H

#include <stdint.h>

#include "base/buf.h"

enum tp_plain {
	TP_PLAIN_UTF8,  /* invalid UTF-8 becomes \xNN; all else stays */
	TP_PLAIN_LINES, /* control characters too, but for newline and tab */
	TP_PLAIN_LINE,  /* newline and tab too, as \n and \t */
};

/* Append s in this form; NULL is an empty text. */
void tp_plain_add(struct tp_buf *out, const char *s, enum tp_plain how);

/* The same as a text that is the caller's to free; never NULL. */
char *tp_plain(const char *s, enum tp_plain how);

/* The lines of a TP_PLAIN_LINES text, each behind the prefix. */
void tp_plain_lines(struct tp_buf *out, const char *prefix, const char *s);

/* "24,310" */
void tp_plain_count(struct tp_buf *out, uint64_t n);

/* "1 case", "24,310 cases": many is one with an s. */
void tp_plain_many(struct tp_buf *out, uint64_t n, const char *one);

/* "1.3 GiB" */
void tp_plain_bytes(struct tp_buf *out, uint64_t bytes);

#endif
