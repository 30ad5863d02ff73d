// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_lines.c - one line for each case, for scripts
 */
#include "report_world.h"

static void test_lines(void)
{
	struct tp_report rep;
	struct tp_record *r;

	fill(&rep);
	says("lines", &rep, &plain_style, "# kernel host 6.18.44\n", "lines: the kernel");
	says("lines", &rep, &plain_style, "\nPASS\tpunch\t1k-ordered-delalloc\t64\t0\t-\t-\n",
	     "lines: a pass");
	says("lines", &rep, &plain_style, "\nFAIL\textend\t1k-ordered-delalloc\t64\t1\t-\tlost\n",
	     "lines: a finding whose time is not known");
	r = tp_report_find(&rep, "extend", "1k-ordered-delalloc");
	tp_record_when(r, 2345600000);
	tp_record_when(r, 0);
	tp_record_when(r, 3000000000);
	r->kinds |= 1u << TP_SIZE;
	says("lines", &rep, &plain_style,
	     "\nFAIL\textend\t1k-ordered-delalloc\t64\t1\t2.346\tlost,size\n",
	     "lines: the earliest time, and all kinds");
	free(r->scenario);
	r->scenario = tp_strdup("a\tb\nc");
	says("lines", &rep, &plain_style, "\nFAIL\ta\\tb\\nc\t1k-", "lines: no name breaks them");
	tp_report_free(&rep);
}

int main(void)
{
	test_lines();
	return done();
}
