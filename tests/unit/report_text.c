// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_text.c - what people read: the grid, the reasons, and the story of each failure
 */
#include "report_world.h"

static void test_text(void)
{
	struct tp_report rep;
	const char *summary;
	char *text;

	fill(&rep);
	text = written("text", &rep, &plain_style);
	ok(strncmp(text, "tailpage 0.1.0, kernel host 6.18.44, e2fsprogs 1.47.0, seed 7\n", 62) ==
		   0,
	   "text: header");
	has_str(text,
		"\n             1k   2k\n"
		"             or   jo\n"
		"             dn   d\n"
		"extend       Fs\n"
		"punch        .k\n"
		"file-system       B\n",
		"text: grid");
	has_str(text, "\nor ordered, jo journal, d delalloc, n nodelalloc\n", "text: legend");
	has_str(text, "\n  2k-journal-delalloc: the kernel refused delalloc\n", "text: modes");
	has_str(text, "     1  extend in 1k-ordered-nodelalloc: no fallocate here\n",
		"text: skipped, with the reason");
	has_str(text, "     1  file-system in 2k-journal-delalloc: umount was busy\n",
		"text: broken, with the reason");
	has_str(text,
		"\nFAIL extend/1k-ordered-delalloc\n"
		"    file f00231 (eof=1000,sync=fsync): bytes 3000-3000 lost\n"
		"    page 0, block 2\n"
		"    expected the store of op 3\n"
		"    sequence: pwrite 0 1000; map 0 4096; store 3000 1\n"
		"    fixed by: c7fc0366c656 6.13 \"ext4: partial zero eof block\"\n"
		"    fixed by: 43ce1d23b433 2.6.31 \"ext4: Fix race\"\n"
		"    again: tailpage run extend/1k-ordered-delalloc --seed 7\n",
		"text: a failure, told");
	summary = "\nFAILED: 5 cases (1 passed, 1 failed, 1 known, 1 skipped, 1 broken), 320 files "
		  "judged, 1.2 MiB compared, 41.2 s, 2 findings; results in results/run\n";
	ok(strlen(text) > strlen(summary) &&
		   !strcmp(text + strlen(text) - strlen(summary), summary),
	   "text: the summary is the last line");
	ok(!strchr(text, '\033'), "text: no colour when none is asked for");
	free(text);
	says("text", &rep, &color_style, "\033[1;31mF\033[0m\033[36ms\033[0m\n", "text: colour");
	says("text", &rep, &strict_style, "\nKNOWN punch/1k-ordered-nodelalloc\n    known until",
	     "text: strict tells KNOWN as a failure");
	tp_report_free(&rep);
}

/* All cells at once: of the main matrix, further ones, and one that nobody knows. */
static void test_wide_grid(void)
{
	static const char *const cells[] = {
		"4k-writeback-nodelalloc", "1k-ordered-delalloc", "4k-inline",         "1k-ext3",
		"1k-ext3-journal",         "8k-new-thing",        "1k-dioread_nolock",
	};
	const struct tp_style narrow = { .width = 30 };
	struct tp_report rep;

	begin(&rep);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		add_case(&rep, "a-scenario", cells[i], i == 3 ? TP_FAIL : TP_PASS, NULL);
	says("text", &rep, &plain_style,
	     "            1k   4k    1k      4k\n"
	     "            or   wb    dr e3   in    01\n"
	     "            d    n     n  oj   d\n"
	     "a-scenario  .    .     .  F.   .     .\n",
	     "grid: every kind of cell has its place");
	says("text", &rep, &plain_style, "01 8k-new-thing\n", "grid: unknown cells in the legend");
	says("text", &rep, &narrow,
	     "            1k   4k\n"
	     "            or   wb\n"
	     "            d    n\n"
	     "a-scenario  .    .\n"
	     "\n"
	     "            1k      4k\n"
	     "            dr e3   in\n"
	     "            n  oj   d\n"
	     "a-scenario  .  F.   .\n"
	     "\n"
	     "            01\n"
	     "a-scenario  .\n",
	     "grid: sections below each other when it is narrow");
	tp_report_free(&rep);
}

static void test_groups(void)
{
	struct tp_report rep;

	begin(&rep);
	add_case(&rep, "a", "1k-ext3", TP_SKIP, "rare");
	add_case(&rep, "a", "1k-inline", TP_SKIP, "often");
	add_case(&rep, "b", "1k-inline", TP_SKIP, "often");
	add_case(&rep, "b", "4k-inline", TP_SKIP, "often");
	add_case(&rep, "c", "4k-inline", TP_PASS, "2 files were skipped");
	says("text", &rep, &plain_style,
	     "\nSkipped:\n"
	     "     3  2 scenarios in 2 cells: often\n"
	     "     1  a in 1k-ext3: rare\n",
	     "each reason once, the frequent first");
	add_case(&rep, "z", "1k-ext3", TP_FAIL, "first");
	add_case(&rep, "y", "4k-ext3", TP_FAIL, "second");
	add_case(&rep, "y", "1k-ext3", TP_FAIL, "third");
	free(tp_report_case(&rep, "y", "4k-ext3")->again);
	tp_report_case(&rep, "y", "4k-ext3")->again = NULL;
	says("text", &rep, &plain_style, "\nFAIL y/4k-ext3\n    second\n", "a failure alone");
	says("text", &rep, &plain_style,
	     "second\n\nFAIL y/1k-ext3\n    third\n    again: tailpage run y/1k-ext3 --seed 7\n"
	     "\nFAIL z/1k-ext3\n",
	     "failures by scenario, then as they ran");
	says("text", &rep, &plain_style, "     1  c in 4k-inline: 2 files were skipped\n",
	     "a remark on PASS is told");
	tp_report_free(&rep);
}

int main(void)
{
	test_text();
	test_wide_grid();
	test_groups();
	return done();
}
