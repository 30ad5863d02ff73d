// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - what is the same in all formats, and that no text can break their form
 */
#include "report_world.h"

static void test_names(void)
{
	ok(tp_format_find("tap") && !tp_format_find("xml") && !tp_format_find(""),
	   "formats by name");
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

int main(void)
{
	test_names();
	test_outcomes();
	test_foretold();
	test_nasty();
	test_many_findings();
	return done();
}
