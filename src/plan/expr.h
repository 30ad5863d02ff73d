// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expr.h - arithmetic in scenario files
 *
 *	4096-(eof)   up(page+1,block)   4g+3*page   min(a,b)
 */
#ifndef TP_PLAN_EXPR_H
#define TP_PLAN_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What words stand for.  Returns false when the word means nothing. */
typedef bool (*tp_word_fn)(void *ctx, const char *word, size_t len, uint64_t *value);

/*
 * Value of the expression (len bytes, no blanks).  Results below zero, above
 * 2^62 and divisions by zero are errors; the reason goes to err.
 */
bool tp_expr(const char *text, size_t len, tp_word_fn word, void *ctx, uint64_t *value,
	     struct tp_buf *err);

#endif
