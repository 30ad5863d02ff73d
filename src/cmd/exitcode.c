// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exitcode.c - exit statuses, one table for every consumer
 *
 * automake's TAP driver reads the lines and takes a non-zero status after them
 * for one more error; kselftest's runner looks at nothing but the status (4 is
 * skip); git bisect run skips with 125 and stops from 128 on.
 */
#include <string.h>

#include "base/buf.h"
#include "cmd/cmd.h"

static const struct {
	const char *contract;
	int status[TP_NR_EXITS];
} table[] = {
	/*               pass fail usage skip broken other nothing */
	{ "plain",     { 0,   1,   2,    77,  99,    1,    99 } },
	{ "automake",  { 0,   0,   2,    0,   0,     0,    99 } },
	{ "kselftest", { 0,   1,   1,    4,   1,     1,    1 } },
	{ "bisect",    { 0,   1,   128,  125, 125,   125,  128 } },
};

bool tp_exit_known(const char *contract)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i].contract, contract) == 0)
			return true;
	return false;
}

int tp_exit_status(const char *contract, enum tp_exit outcome)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i].contract, contract) == 0)
			return table[i].status[outcome];
	return table[0].status[TP_EXIT_BROKEN];
}

enum tp_exit tp_outcome(const struct tp_report *rep, bool strict)
{
	uint64_t count[TP_NR_VERDICTS];

	tp_report_count(rep, count);
	if (count[TP_FAIL] || (strict && count[TP_KNOWN]))
		return TP_EXIT_FAIL;
	if (count[TP_BROKEN] || rep->nr == 0 || rep->interrupted)
		return TP_EXIT_BROKEN;
	return count[TP_PASS] + count[TP_KNOWN] == 0 ? TP_EXIT_SKIP : TP_EXIT_PASS;
}
