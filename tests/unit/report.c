// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - what the reports say, and that no text can break their form
 */
#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "model/cell.h"
#include "model/op.h"
#include "report/plain.h"
#include "report/report.h"
#include "tap.h"

static const struct tp_style plain_style = { .width = 0 };
static const struct tp_style strict_style = { .strict = true };
static const struct tp_style color_style = { .color = true, .width = 80 };

static char *written(const char *format, const struct tp_report *rep, const struct tp_style *style)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	tp_format_find(format)->write(rep, style, out);
	fclose(out);
	return text;
}

static void says(const char *format, const struct tp_report *rep, const struct tp_style *style,
		 const char *part, const char *name)
{
	char *text = written(format, rep, style);

	has_str(text, part, name);
	free(text);
}

static struct tp_record *add_case(struct tp_report *rep, const char *scenario, const char *cell,
				  enum tp_verdict v, const char *reason)
{
	struct tp_record *r = tp_report_case(rep, scenario, cell);

	tp_record_raise(r, v, reason);
	r->files = 64;
	r->bytes = 64 * 4096;
	r->again = tp_printf("tailpage run %s/%s --seed 7", scenario, cell);
	return r;
}

static void add_finding(struct tp_record *r, const char *title, const char *text)
{
	struct tp_finding f = {
		.kind = TP_LOST,
		.file = tp_strdup("f00231"),
		.params = tp_strdup("eof=1000,sync=fsync"),
		.start = 3000,
		.end = 3001,
		.title = tp_strdup(title),
		.text = tp_strdup(text),
		.sequence = tp_strdup("pwrite 0 1000; map 0 4096; store 3000 1"),
	};

	tp_record_add(r, &f);
}

static void begin(struct tp_report *rep)
{
	*rep = (struct tp_report){
		.kernel = tp_strdup("host 6.18.44"),
		.version = tp_strdup("0.1.0"),
		.e2fsprogs = tp_strdup("1.47.0"),
		.seed = 7,
		.seconds = 41.25,
		.results = tp_strdup("results/run"),
	};
}

/* One case of each verdict, and a mode that is not what was asked for. */
static void fill(struct tp_report *rep)
{
	struct tp_record *r;

	begin(rep);
	add_case(rep, "punch", "1k-ordered-delalloc", TP_PASS, NULL);
	r = add_case(rep, "extend", "1k-ordered-delalloc", TP_PASS, NULL);
	add_finding(r, "bytes 3000-3000 lost", "page 0, block 2\nexpected the store of op 3");
	r->fixed = tp_strdup("c7fc0366c656 6.13 \"ext4: partial zero eof block\"\n"
			     "43ce1d23b433 2.6.31 \"ext4: Fix race\"");
	add_case(rep, "extend", "1k-ordered-nodelalloc", TP_SKIP, "no fallocate here");
	r = add_case(rep, "punch", "1k-ordered-nodelalloc", TP_PASS, NULL);
	add_finding(r, "byte 5 lost", "page 0");
	r->verdict = TP_KNOWN; /* as the list of known issues does it */
	r->reason = tp_strdup("known until 6.13");
	add_case(rep, "file-system", "2k-journal-delalloc", TP_BROKEN, "umount was busy");
	rep->modes = tp_grow(NULL, 0, sizeof(*rep->modes));
	rep->modes[rep->nr_modes++] = (struct tp_mode){
		.cell = tp_strdup("2k-journal-delalloc"),
		.asked = tp_strdup("data=journal,delalloc"),
		.effective = tp_strdup("data=journal,nodelalloc"),
		.remark = tp_strdup("the kernel refused delalloc"),
	};
}

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

static void test_outcomes(void)
{
	struct tp_report rep;

	begin(&rep);
	says("text", &rep, &plain_style, "\nNOTHING RAN: 0 cases, ", "nothing ran is no pass");
	says("tap", &rep, &plain_style, "13\n1..1\n# tailpage",
	     "nothing ran: the plan of TAP wants one");
	says("tap", &rep, &plain_style, "\nnot ok 1 - no case ran\n", "nothing ran: TAP");
	says("ktap", &rep, &plain_style, "\n1..1\n# tailpage", "nothing ran: plan of KTAP");
	says("ktap", &rep, &plain_style, "\nnot ok 1 no case ran\n", "nothing ran: KTAP");
	add_case(&rep, "a", "1k-ordered-delalloc", TP_SKIP, "no");
	says("text", &rep, &plain_style, "\nSKIPPED: 1 case (1 skipped)", "all skipped is no pass");
	add_case(&rep, "b", "1k-ordered-delalloc", TP_KNOWN, "known");
	says("text", &rep, &plain_style, "\nPASSED: 2 cases (1 known, 1 skipped)", "KNOWN passes");
	says("text", &rep, &strict_style, "\nFAILED: 2 cases", "not when strict");
	add_case(&rep, "c", "1k-ordered-delalloc", TP_BROKEN, NULL);
	says("text", &rep, &plain_style, "\nBROKEN: 3 cases", "BROKEN is no pass");
	says("text", &rep, &plain_style, "c in 1k-ordered-delalloc: no reason given\n",
	     "a missing reason shows");
	says("tap", &rep, &plain_style, "  message: \"no reason given\"\n", "in TAP too");
	tp_report_free(&rep);
}

/* All cells at once: 18 of the main matrix, further ones, and unknown ones. */
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

/* Cases that passed, though the list was sure of them. */
static void test_foretold(void)
{
	static const char *const cells[] = { "1k-ext3", "1k-inline", "2k-ext3", "2k-inline",
					     "4k-ext3", "4k-inline", "4k-bigalloc" };
	struct tp_report rep;
	char *text;

	begin(&rep);
	add_case(&rep, "a", "1k-ext3", TP_PASS, NULL);
	text = written("text", &rep, &plain_style);
	ok(!strstr(text, "Foretold"), "nothing foretold: no list");
	free(text);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		add_case(&rep, "b", cells[i], TP_PASS, NULL)->foretold = tp_strdup("issue-1");
	add_case(&rep, "c", "1k-ext3", TP_PASS, NULL)->foretold = tp_strdup("issue-2");
	says("text", &rep, &plain_style,
	     "\nForetold to fail, but passed:\n"
	     "  issue-1: b/1k-ext3, b/1k-inline, b/2k-ext3, b/2k-inline, b/4k-ext3, b/4k-inline "
	     "and 1 more\n"
	     "  issue-2: c/1k-ext3\n",
	     "text: a line for each issue");
	says("text", &rep, &strict_style, "\nPASSED: 9 cases (9 passed)", "text: that is no failure");
	says("tap", &rep, &strict_style,
	     "\nok 9 - c/1k-ext3\n# foretold by issue-2, but passed: c/1k-ext3\n",
	     "TAP: a comment, without TODO");
	says("ktap", &rep, &strict_style,
	     "\n# foretold by issue-2, but passed: c/1k-ext3\nok 9 c/1k-ext3\n",
	     "KTAP: a comment before it");
	says("json", &rep, &plain_style, "\"foretold\": \"issue-2\"", "JSON: a field");
	says("json", &rep, &plain_style, "\"foretold\": null", "JSON: null for others");
	tp_report_free(&rep);
}

#define NASTY                                                                                \
	"a # SKIP \"q\" \\ \r\n\nnot ok 7 - b\n  ok 1\n\033[2J \x01 \xff\xc3( \xed\xa0\x80 " \
	"\xc2\x9b \xe2\x82\xac"

static void fill_nasty(struct tp_report *rep)
{
	struct tp_record *r;

	begin(rep);
	r = add_case(rep, "odd#\\name\n", "1k-ordered-delalloc", TP_PASS, NULL);
	add_finding(r, NASTY, NASTY);
	add_case(rep, "b", "1k-ordered-delalloc", TP_SKIP, NASTY);
	add_case(rep, "c", "1k-ordered-delalloc", TP_BROKEN, NASTY);
	free(rep->kernel);
	rep->kernel = tp_strdup(NASTY);
}

/* Lines that begin with prefix, blanks before it ignored. */
static unsigned count_lines(const char *text, const char *prefix)
{
	unsigned nr = 0;

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		nr += strncmp(p + strspn(p, " "), prefix, strlen(prefix)) == 0;
	}
	return nr;
}

static bool has_controls(const char *text, const char *allowed)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 && !strchr(allowed, *text))
			return true;
	return false;
}

static void test_nasty(void)
{
	static const char *const formats[] = { "tap", "ktap", "text", "json", "lines" };
	struct tp_report rep;
	char *text;

	fill_nasty(&rep);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		text = written(formats[i], &rep, &plain_style);
		ok(!has_controls(text, strcmp(formats[i], "lines") == 0 ? "\n\t" : "\n"),
		   "nasty: no control characters in %s", formats[i]);
		ok(!strstr(text, "\xff") && !strstr(text, "\xed\xa0"),
		   "nasty: no invalid UTF-8 in %s", formats[i]);
		has_str(text, "\xe2\x82\xac", "nasty: valid UTF-8 stays");
		free(text);
	}
	text = written("tap", &rep, &plain_style);
	is_int(count_lines(text, "ok ") + count_lines(text, "not ok "), 3,
	       "nasty: no line of a text is taken for a test");
	has_str(text, "not ok 1 - odd__name_n/1k-ordered-delalloc\n", "nasty: no # in a name");
	has_str(text, "      text: \"a # SKIP \\\"q\\\" \\\\ \\\\x0d\\n\\nnot ok 7 - b\\n  ok 1\\n",
		"nasty: quoted in the block");
	free(text);
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

/* A case with many findings: the first eight, and how many there were. */
static void test_many_findings(void)
{
	struct tp_report rep;
	struct tp_record *r;

	begin(&rep);
	r = add_case(&rep, "a", "1k-ext3", TP_PASS, NULL);
	for (int i = 0; i < 1200; i++)
		add_finding(r, "t", "p");
	free(r->findings[0].text);
	r->findings[0].text = tp_strdup("file f00231, page 0: t\nmore");
	says("text", &rep, &plain_style, "/1k-ext3\n    file f00231, page 0: t\n    more\n",
	     "a paragraph that opens with the title has no other heading");
	says("tap", &rep, &plain_style, "\n  findings_total: 1200\n", "many findings: TAP");
	says("ktap", &rep, &plain_style, "\n# and 1,192 more findings\n", "many findings: KTAP");
	says("text", &rep, &plain_style, "\n    and 1,199 more findings\n", "many findings: text");
	says("json", &rep, &plain_style, "\"findings_total\": 1200,", "many findings: JSON");
	tp_report_free(&rep);
}

static const char *path;

static char *saved(const struct tp_report *rep)
{
	char *text = NULL;

	if (tp_report_save(rep, path) == 0)
		tp_read_file(path, &text, NULL);
	return text;
}

static int reload(const char *text, const char *key, const char *instead, struct tp_report *back)
{
	const char *at = strstr(text, key);
	struct tp_buf other = { 0 };
	int err = -1;

	if (at) {
		tp_buf_add(&other, text, (size_t)(at - text));
		tp_buf_puts(&other, instead);
		tp_buf_puts(&other, at + strlen(key));
		tp_write_file(path, other.text, other.len);
		err = tp_report_load(path, back);
	}
	tp_buf_free(&other);
	return err;
}

/* What is of no known issue: it stays so on its way through a file, and is shown. */
static void test_strange(void)
{
	struct tp_report rep, back;
	struct tp_finding strange = { .kind = TP_LOST, .title = tp_strdup("strange"),
				      .sequence = tp_strdup("store 0 1") };
	struct tp_record *r;
	char *text;

	begin(&rep);
	r = add_case(&rep, "a", "1k-ext3", TP_PASS, NULL);
	for (int i = 0; i < TP_MAX_FINDINGS; i++) {
		struct tp_finding f = { .kind = TP_LOST, .sequence = tp_strdup("fsync"),
					.issue = tp_strdup("known") };

		tp_record_add(r, &f);
	}
	text = saved(&rep);
	is_int(tp_report_load(path, &back), 0, "strange: none, saved and loaded");
	is_str(back.records[0].findings[0].issue, "known", "strange: the issue of a finding");
	tp_record_add(r, &strange);
	tp_record_merge(&back.records[0], r);
	is_int((int64_t)back.records[0].nr_strange, 1, "strange: counted by a merge");
	is_str(back.records[0].findings[TP_MAX_FINDINGS - 1].title, "strange", "strange: and kept");
	tp_report_free(&back);
	is_int(reload(text, "\"findings_strange\": 0", "\"frob\": 0", &back), 0, "strange: an older report");
	tp_report_free(&back);
	ok(reload(text, "\"findings_strange\": 0", "\"findings_strange\": 9", &back) < 0,
	   "strange: more than all are refused");
	free(text);
	rep.nr = 0; /* merged */
	tp_report_free(&rep);
}

static void test_round_trip(void)
{
	struct tp_report rep, back;
	char *once, *twice;

	fill(&rep);
	tp_report_note(&rep, "an image was not kept");
	rep.seed = UINT64_MAX;
	rep.records[1].bytes = INT64_MAX;
	rep.records[1].findings[0].end = UINT64_C(1) << 63;
	tp_record_free(&rep.records[0]);
	rep.records[0] = (struct tp_record){
		.scenario = tp_strdup("s\033 \"\\\n"),
		.cell = tp_strdup(""),
	};
	once = saved(&rep);
	is_int(tp_report_load(path, &back), 0, "JSON: loads what was saved");
	if (back.nr != rep.nr)
		return;
	twice = saved(&back);
	is_str(twice, once, "JSON: load(save(x)) saves the same");
	ok(back.seed == UINT64_MAX, "JSON: a seed of 64 bits");
	ok(back.records[1].bytes == INT64_MAX, "JSON: counts above 2^53");
	ok(back.seconds == 41.25, "JSON: seconds");
	is_str(back.records[0].scenario, "s\033 \"\\\n", "JSON: controls, quotes");
	ok(!back.records[0].reason && !back.records[0].again, "JSON: absent texts stay absent");
	is_str(back.records[1].findings[0].text, "page 0, block 2\nexpected the store of op 3",
	       "JSON: texts of findings");
	ok(back.records[3].verdict == TP_KNOWN && back.records[1].findings[0].kind == TP_LOST,
	   "JSON: verdicts and kinds");
	is_str(back.modes[0].remark, "the kernel refused delalloc", "JSON: modes");
	is_str(back.nr_notes == 1 ? back.notes[0] : "", "an image was not kept", "JSON: notes");
	free(once);
	free(twice);
	tp_report_free(&rep);
	tp_report_free(&back);
}

static void test_json_text(void)
{
	struct tp_report rep, back;

	fill(&rep);
	says("json", &rep, &plain_style, "\"name\": \"extend/1k-ordered-delalloc\"", "JSON: name");
	says("json", &rep, &plain_style,
	     "\"summary\": {\n    \"cases\": 5,\n    \"pass\": 1,\n    \"fail\": 1,\n"
	     "    \"known\": 1,\n    \"skip\": 1,\n    \"broken\": 1,\n    \"files\": 320,\n"
	     "    \"bytes\": 1310720,\n    \"findings\": 2\n  }",
	     "JSON: summary");
	tp_report_free(&rep);
	fill_nasty(&rep);
	tp_report_save(&rep, path);
	is_int(tp_report_load(path, &back), 0, "JSON: nasty texts load");
	if (back.nr != rep.nr)
		return;
	has_str(back.records[0].findings[0].text, "\x01 \\xff\\xc3( \\xed\\xa0\\x80",
		"JSON: invalid bytes are escaped, the rest is kept");
	tp_report_free(&back);
	/* What the judge saves: no header yet. */
	tp_report_free(&rep);
	is_int(tp_report_save(&rep, path), 0, "JSON: an empty report is saved");
	is_int(tp_report_load(path, &back), 0, "JSON: and loaded");
	ok(!back.version && back.nr == 0, "JSON: as empty as before");
	tp_report_free(&back);
}

/* Save a good report with one text replaced; loading must name the field. */
static void refused(const char *from, const char *to, const char *why)
{
	struct tp_report rep, back;
	struct tp_buf text = { 0 };
	char said[2000] = "", *good, *at;
	int err;

	fill(&rep);
	good = saved(&rep);
	at = strstr(good, from);
	if (at) {
		tp_buf_add(&text, good, (size_t)(at - good));
		tp_buf_puts(&text, to);
		tp_buf_puts(&text, at + strlen(from));
		tp_write_file(path, text.text, text.len);
	}
	tp_error_capture(said, sizeof(said));
	err = tp_report_load(path, &back);
	tp_error_capture(NULL, 0);
	ok(at && err == -EINVAL && back.nr == 0 && !back.version, "refused: %s", to);
	has_str(said, why, why);
	tp_buf_free(&text);
	free(good);
	tp_report_free(&rep);
}

#define ONE                                                                       \
	"{\"kind\":\"lost\",\"file\":null,\"params\":null,\"start\":0,\"end\":0," \
	"\"title\":null,\"text\":null,\"sequence\":null,\"replay\":null}"
#define NINE ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE

static void test_refused(void)
{
	struct tp_report back;

	refused("\"seed\": 7", "\"seed\": -7", "seed: a whole number");
	refused("\"seed\": 7", "\"seed\": 7.5", "seed: a whole number");
	refused("\"seed\": 7,", "", "seed: a whole number, not negative, is needed, it is missing");
	refused("\"seed\": 7", "\"seed\": 7, \"seed\": 8", "duplicate");
	refused("\"seconds\": 41.25", "\"seconds\": \"1\"", "seconds: a number is needed");
	refused("\"version\": \"0.1.0\"", "\"version\": 1", "version: a string or null is needed");
	refused("\"verdict\": \"FAIL\"", "\"verdict\": \"GREEN\"",
		"cases[1].verdict: \"GREEN\" is not a verdict");
	refused("\"verdict\": \"FAIL\"", "\"verdict\": \"PASS\"",
		"cases[1].verdict: PASS although there are findings");
	refused("\"verdict\": \"FAIL\"", "\"verdict\": null",
		"cases[1].verdict: a verdict is needed");
	refused("\"kind\": \"lost\"", "\"kind\": \"won\"", "cases[1].findings[0].kind: \"won\"");
	refused("\"scenario\": \"punch\"", "\"scenario\": null", "cases[0].scenario: a string is");
	refused("\"findings_total\": 1", "\"findings_total\": 0", "cases[1].findings_total: fewer");
	refused("\"findings\": []", "\"findings\": [3]",
		"cases[0].findings[0]: an object is needed");
	refused("\"findings\": []", "\"findings\": [" NINE "]", "cases[0].findings[8]: more than");
	refused("\"cases\": [", "\"cases\": 3, \"others\": [", "cases: a list is needed");
	refused("\"notes\": []", "\"notes\": [1]", "notes[0]: a string is needed");
	refused("\"modes\": [", "\"others\": [", "modes: a list is needed, it is missing");
	refused("{", "[", "line ");
	tp_write_file(path, "[]\n", 3);
	is_int(tp_report_load(path, &back), -EINVAL, "refused: a list");
	tp_write_file(path, "", 0);
	is_int(tp_report_load(path, &back), -EINVAL, "refused: an empty file");
	is_int(tp_report_load("/nonexistent/report.json", &back), -ENOENT, "refused: no file");
}

static char *progress(struct tp_progress p, double now_s, bool clear)
{
	char *text = NULL;
	size_t len;

	p.out = open_memstream(&text, &len);
	tp_progress_show(&p, "1k-ordered-delalloc", now_s);
	if (clear)
		tp_progress_clear(&p);
	fclose(p.out);
	return text;
}

static void test_progress(void)
{
	struct tp_progress p = {
		.cells_done = 12,
		.cells_all = 36,
		.cases_done = 1200,
		.cases_all = 2100,
		.files_done = 24310,
		.planned_done = 24400,
		.planned_all = 45000,
		.findings = 1,
		.started_s = 100,
		.width = 200,
	};
	char *text = progress(p, 114, true);

	is_str(text,
	       "[12/36 mounts] 1200/2100 cases, 24,310 files, 1 finding, 14 s, about 14 s to go"
	       "  1k-ordered-delalloc\n",
	       "progress: a plain line, nothing to clear");
	free(text);
	p.live = true;
	text = progress(p, 114, false);
	ok(text[0] == '\r' && strstr(text, "to go  1k-ordered-delalloc\033[K") &&
		   !strchr(text, '\n'),
	   "progress: a terminal's line is rewritten");
	free(text);
	p.width = 40;
	text = progress(p, 114, true);
	is_str(text, "\r[12/36 mounts] 1200/2100 cases, 24,310 \033[K\r\033[K",
	       "progress: cut to the terminal, then cleared");
	free(text);
	p = (struct tp_progress){ .cells_all = 3, .cases_all = 10, .started_s = 5 };
	text = progress(p, 5, false);
	is_str(text, "[0/3 mounts] 0/10 cases, 0 files, 0 findings, 0 s  1k-ordered-delalloc\n",
	       "progress: no guess at the start");
	free(text);
	p = (struct tp_progress){ .cells_done = 9, .cells_all = 12, .cases_all = 7, .round = 3,
				  .planned_done = 9, .planned_all = 12, .limit_s = 28800 };
	text = progress(p, 300, false);
	is_str(text, "[9/12 mounts] round 3, 0 files, 0 findings, 5 min, about 7 h 55 min to go"
	       "  1k-ordered-delalloc\n", "progress: rounds end by the clock");
	free(text);
}

static void test_words(void)
{
	struct tp_buf b = { 0 };

	tp_plain_count(&b, 0);
	tp_plain_count(&b, 1234567);
	tp_plain_count(&b, 999);
	is_str(b.text, "01,234,567999", "numbers in threes");
	tp_buf_free(&b);
	tp_plain_bytes(&b, 1023);
	tp_plain_bytes(&b, 1536);
	tp_plain_bytes(&b, UINT64_MAX);
	is_str(b.text, "1,023 bytes1.5 KiB16.0 EiB", "bytes in units");
	tp_buf_free(&b);
	/* Overlong, surrogate, above the last, cut off, C1 control, fine. */
	tp_plain_add(&b, "\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\xc3|\xc2\x9b|\xc3\xa9",
		     TP_PLAIN_LINE);
	is_str(b.text, "\\xc0\\xaf|\\xed\\xa0\\x80|\\xf4\\x90\\x80\\x80|\\xc3|\\xc2\\x9b|\xc3\xa9",
	       "what is no UTF-8, and what a terminal obeys");
	tp_buf_free(&b);
	ok(tp_format_find("tap") && !tp_format_find("xml") && !tp_format_find(""),
	   "formats by name");
}

/* An item of a list in the manual, alone or with arguments behind it. */
static void in_manual(const char *text, const char *before, const char *name, const char *what)
{
	char *item = tp_printf("%s%s", before, name);
	const char *hit = text;

	while ((hit = strstr(hit, item)) && !strchr(" \n", hit[strlen(item)]))
		hit++;
	ok(hit != NULL, "manual: %s %s", what, name);
	free(item);
}

/* Everything that has a name can be looked up in the manual. */
static void test_manual(void)
{
	const char *top = getenv("abs_top_srcdir");
	char *file = tp_printf("%s/man/tailpage.1", top ? top : "."), *text;

	if (!tp_exists(file)) {
		diag("no %s: the manual is not compared", file);
		free(file);
		return;
	}
	tp_read_file(file, &text, NULL);
	for (int i = 0; i < TP_NR_OP_KINDS; i++)
		if (!(tp_ops[i].flags & TP_OP_TEST))
			in_manual(text, "\n.It Cm ", tp_ops[i].name, "operation");
	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		in_manual(text, "\n.It Cm *", strchr(c->name, '-'), "cell");
	for (const struct tp_format *f = tp_formats; f->name; f++)
		in_manual(text, "\n.It Cm ", f->name, "format");
	for (int v = 0; v < TP_NR_VERDICTS; v++)
		in_manual(text, "\n.It Cm ", tp_verdict_name(v), "verdict");
	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		in_manual(text, "\n.It Cm ", tp_finding_name(k), "finding");
	free(text);
	free(file);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char *name = tp_printf("%s/tailpage-report-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int fd = mkstemp(name);

	if (fd < 0)
		return skip_all("no temporary file can be made");
	close(fd);
	path = name;
	test_words();
	test_tap();
	test_lines();
	test_ktap();
	test_text();
	test_outcomes();
	test_wide_grid();
	test_groups();
	test_foretold();
	test_nasty();
	test_like_tap();
	test_many_findings();
	test_strange();
	test_round_trip();
	test_json_text();
	test_refused();
	test_progress();
	test_manual();
	unlink(name);
	free(name);
	return done();
}
