// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * repeat.h - one operation of a scenario, many times
 */
#ifndef TP_PLAN_REPEAT_H
#define TP_PLAN_REPEAT_H

#include "plan/expr.h"

/*
 * Append the operation and a semicolon; of "OPERATION times COUNT" as many, in which "#"
 * is 0, 1, 2 and so on.  COUNT is an expression without blanks.  false: the count is none,
 * and the reason goes to err.
 */
bool tp_repeat(const char *operation, tp_word_fn word, void *ctx, struct tp_buf *out,
	       struct tp_buf *err);

#endif
