// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text.h - words, numbers and sizes in text
 */
#ifndef TP_BASE_TEXT_H
#define TP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal number without sign; the whole string.  Returns false otherwise. */
bool tp_parse_u64(const char *s, uint64_t *out);

/* The same with one suffix k, m, g, t (powers of 1024). */
bool tp_parse_size(const char *s, uint64_t *out);

/* Seconds from "90", "90s", "5m", "8h"; the whole string. */
bool tp_parse_seconds(const char *s, uint64_t *out);

/*
 * Cut the next word off *cursor: skips blanks, ends at a blank or the end.
 * Returns its start and stores its length, or NULL when nothing is left.
 */
const char *tp_next_word(const char **cursor, size_t *len);

/* Cut the next line off *text, in place; NULL behind the last one. */
char *tp_next_line(char **text);

/* The line without blanks at its ends, in place.  Returns its new start. */
char *tp_trim(char *line);

bool tp_starts(const char *s, const char *prefix);

/*
 * Does name match one of the comma-separated shell patterns?  A pattern that
 * begins with ! takes back what those before it took.
 */
bool tp_match_list(const char *patterns, const char *name);

#endif
