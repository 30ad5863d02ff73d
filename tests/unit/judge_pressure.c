// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_pressure.c - cases that run out of memory in their cgroup: did pages really go?
 */
#include "judge/case.h"
#include "tap.h"

/* A case in which memory never ran out in earnest says so. */
static void test_pressure(void)
{
	for (unsigned dropped = 0; dropped <= 1; dropped++) {
		struct tp_report rep = { 0 };
		struct tp_case c;

		tp_case_init(&c, "a", "4k");
		c.planned = c.record.files = 1;
		c.pressed = 2;
		c.dropped = dropped;
		tp_case_close(&c, &rep);
		is_int(rep.records[0].verdict, TP_PASS, "pressure: it passes");
		ok(!dropped == (rep.records[0].reason != NULL), "pressure: %u of 2 times a file's pages went",
		   dropped);
		tp_report_free(&rep);
	}
}

int main(void)
{
	test_pressure();
	return done();
}
