// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_tap.c - both dialects of TAP: a line for each case, and what stands beside it
 */
#include "report_world.h"

static void test_tap(void)
{
	struct tp_report rep;

	fill(&rep);
	says("tap", &rep, &plain_style, "TAP version 13\n1..5\n", "TAP: version, leading plan");
	says("tap", &rep, &plain_style, "\nok 1 - punch/1k-ordered-delalloc\nnot ok 2",
	     "TAP: PASS is ok, without a block");
	says("tap", &rep, &plain_style,
	     "\nnot ok 2 - extend/1k-ordered-delalloc\n"
	     "  ---\n"
	     "  message: \"bytes 3000-3000 lost\"\n"
	     "  verdict: \"FAIL\"\n"
	     "  files: 64\n"
	     "  findings_total: 1\n"
	     "  findings:\n"
	     "    - kind: \"lost\"\n"
	     "      file: \"f00231\"\n"
	     "      params: \"eof=1000,sync=fsync\"\n"
	     "      bytes: \"3000-3000\"\n"
	     "      title: \"bytes 3000-3000 lost\"\n"
	     "      text: |\n"
	     "        page 0, block 2\n"
	     "        expected the store of op 3\n"
	     "      sequence: \"pwrite 0 1000; map 0 4096; store 3000 1\"\n"
	     "  fixed: |\n"
	     "    c7fc0366c656 6.13 \"ext4: partial zero eof block\"\n"
	     "    43ce1d23b433 2.6.31 \"ext4: Fix race\"\n"
	     "  again: \"tailpage run extend/1k-ordered-delalloc --seed 7\"\n"
	     "  ...\nok 3",
	     "TAP: FAIL has everything below it");
	says("tap", &rep, &plain_style,
	     "\nok 3 - extend/1k-ordered-nodelalloc # SKIP no fallocate here\n", "TAP: SKIP");
	says("tap", &rep, &plain_style,
	     "\nnot ok 4 - punch/1k-ordered-nodelalloc # TODO known until 6.13\n",
	     "TAP: KNOWN is TODO");
	says("tap", &rep, &strict_style, "\nnot ok 4 - punch/1k-ordered-nodelalloc\n",
	     "TAP: strict takes KNOWN for a failure");
	says("tap", &rep, &plain_style,
	     "\nnot ok 5 - file-system/2k-journal-delalloc\n  ---\n"
	     "  message: \"umount was busy\"\n  verdict: \"BROKEN\"\n",
	     "TAP: BROKEN is not ok");
	says("tap", &rep, &plain_style, "\n# 2k-journal-delalloc: the kernel refused delalloc\n",
	     "TAP: modes are comments");
	tp_report_free(&rep);
}

static void test_ktap(void)
{
	struct tp_report rep;

	fill(&rep);
	says("ktap", &rep, &plain_style, "KTAP version 1\n1..5\n", "KTAP: version, plan");
	says("ktap", &rep, &plain_style,
	     "# again: tailpage run extend/1k-ordered-delalloc --seed 7\n"
	     "not ok 2 extend/1k-ordered-delalloc\n",
	     "KTAP: the story stands before the result");
	says("ktap", &rep, &plain_style, "\nok 1 punch/1k-ordered-delalloc\n", "KTAP: PASS");
	says("ktap", &rep, &plain_style,
	     "\nok 3 extend/1k-ordered-nodelalloc # SKIP no fallocate here\n", "KTAP: SKIP");
	says("ktap", &rep, &plain_style,
	     "\nok 4 punch/1k-ordered-nodelalloc # XFAIL known until 6.13\n", "KTAP: KNOWN");
	says("ktap", &rep, &strict_style, "\nnot ok 4 punch/1k-ordered-nodelalloc\n",
	     "KTAP: strict");
	says("ktap", &rep, &plain_style,
	     "\nnot ok 5 file-system/2k-journal-delalloc # ERROR umount was busy\n",
	     "KTAP: BROKEN");
	says("ktap", &rep, &plain_style, "\n# Totals: pass:1 fail:1 xfail:1 skip:1 error:1\n",
	     "KTAP: totals");
	says("ktap", &rep, &strict_style, "\n# Totals: pass:1 fail:2 xfail:0 skip:1 error:1\n",
	     "KTAP: strict totals");
	tp_report_free(&rep);
}

/* Lines of a text that a reader could take for its own. */
static void test_like_tap(void)
{
	static const char *const lines[] = { "ok 3", "not ok 4 - x", "1..9", "Bail out!", "..." };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char *text = tp_printf("fine\n%s\nfine", lines[i]);
		char *want = tp_printf("text: \"fine\\n%s\\nfine\"\n", lines[i]);
		struct tp_report rep;

		begin(&rep);
		add_finding(add_case(&rep, "a", "1k-ext3", TP_PASS, NULL), "t", text);
		says("tap", &rep, &plain_style, want, lines[i]);
		tp_report_free(&rep);
		free(want);
		free(text);
	}
}

int main(void)
{
	test_tap();
	test_ktap();
	test_like_tap();
	return done();
}
