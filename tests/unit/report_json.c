// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_json.c - JSON: what is saved comes back whole, and what is no report is refused
 */
#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "report_world.h"

static const char *path;

/* Findings: one, and one more than are kept. */
#define ONE                                                                       \
	"{\"kind\":\"lost\",\"file\":null,\"params\":null,\"start\":0,\"end\":0," \
	"\"title\":null,\"text\":null,\"sequence\":null,\"replay\":null}"
#define NINE ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE "," ONE

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
	if (!ok(back.nr == rep.nr, "JSON: all cases of it"))
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
	if (!ok(back.nr == rep.nr, "JSON: nasty texts: all cases"))
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
	char said[2000] = "", *good;
	int err;

	fill(&rep);
	good = saved(&rep);
	tp_error_capture(said, sizeof(said));
	err = reload(good, from, to, &back);
	tp_error_capture(NULL, 0);
	ok(err == -EINVAL && back.nr == 0 && !back.version, "refused: %s", to);
	has_str(said, why, why);
	free(good);
	tp_report_free(&rep);
}

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

int main(void)
{
	const char *tmp = getenv("TMPDIR");
	char *name = tp_printf("%s/tailpage-report-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int fd = mkstemp(name);

	if (fd < 0)
		return skip_all("no temporary file can be made");
	close(fd);
	path = name;
	test_strange();
	test_round_trip();
	test_json_text();
	test_refused();
	unlink(name);
	free(name);
	return done();
}
