// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_results.c - the judge on what operations returned, read and saw
 */
#include "judge_world.h"

static void test_results(void)
{
	struct twist t = straight;

	t.file = 1;
	t.fail_op = 2;
	t.err = EOPNOTSUPP;
	fresh();
	make_history(&t, true);
	judge();
	ok(record("extend")->skipped == 1 && record("extend")->files == 1, "unsupported: skipped");
	ok(finding("extend", TP_SIZE) != NULL, "unsupported: what ran is judged all the same");
	t.err = ENOSPC;
	make_history(&t, true);
	judge();
	verdict_is("extend", TP_BROKEN, "no space");
	reason_has("extend", "f00001: op 3 \"fallocate\" gave ENOSPC", "no space: why");
	t.err = EIO;
	make_history(&t, true);
	plant(1, 500, "", 1);
	judge();
	ok(!finding("extend", TP_LOST), "an I/O error is no data loss");
	fresh();
	t = straight;
	t.file = 1;
	t.fail_op = 3;
	t.err = TP_SIGBUS;
	make_history(&t, true);
	judge();
	finds("extend", TP_RESULT, 0, 0, "op 4 \"store 3000 1\" ended with SIGBUS",
	      "a false fault");
	t = straight;
	t.file = 5;
	t.fail_op = 2;
	t.err = 0;
	make_history(&t, true);
	judge();
	finds("faults", TP_RESULT, 0, 0, "fails SIGBUS\" succeeded", "no fault where one must be");
}

static void test_seen_live(void)
{
	struct twist t = straight;

	t.file = 2;
	t.wrong_read = 3;
	fresh();
	make_history(&t, true);
	judge();
	ok(finding("rewrite", TP_FOREIGN) || finding("rewrite", TP_STALE), "a wrong read is found");
	has_str(record("rewrite")->nr_findings ? record("rewrite")->findings[0].text : NULL,
		"seen by op 4 \"read 0 4096\" while the file was open", "a wrong read: by whom");
	t = straight;
	t.file = 3;
	t.wrong_size = 1;
	make_history(&t, true);
	judge();
	finds("rewrite", TP_SIZE, 0, 0, "size 5001 seen by fstat at close",
	      "a wrong size at close");
}

int main(void)
{
	tp_program = "test-judge-results";
	begin(five_scenarios);
	test_results();
	test_seen_live();
	end();
	return done();
}
