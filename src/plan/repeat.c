// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * repeat.c - one operation of a scenario, many times
 */
#include <inttypes.h>
#include <string.h>

#include "plan/repeat.h"

#define TIMES " times "
#define MOST_TIMES 1000 /* a typing error must not fill the memory */

static void once(const char *operation, size_t len, uint64_t number, struct tp_buf *out)
{
	for (size_t i = 0; i < len; i++)
		if (operation[i] == '#')
			tp_buf_printf(out, "%" PRIu64, number);
		else
			tp_buf_add(out, operation + i, 1);
	tp_buf_puts(out, ";");
}

bool tp_repeat(const char *operation, tp_word_fn word, void *ctx, struct tp_buf *out,
	       struct tp_buf *err)
{
	const char *times = strstr(operation, TIMES), *count;
	uint64_t nr;

	if (!times) {
		tp_buf_puts(out, operation);
		tp_buf_puts(out, ";");
		return true;
	}
	count = times + strlen(TIMES);
	count += strspn(count, " ");
	if (!tp_expr(count, strlen(count), word, ctx, &nr, err))
		return false;
	if (nr < 1 || nr > MOST_TIMES) {
		tp_buf_printf(err, "times %" PRIu64 ": wants a number from 1 to %d", nr, MOST_TIMES);
		return false;
	}
	for (uint64_t i = 0; i < nr; i++)
		once(operation, (size_t)(times - operation), i, out);
	return true;
}
