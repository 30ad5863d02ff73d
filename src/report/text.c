// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text.c - a run, told to people: what matters most stands last
 */
#include <stdlib.h>
#include <string.h>

#include "report/failure.h"
#include "report/formats.h"
#include "report/grid.h"
#include "report/pen.h"
#include "report/plain.h"

void tp_pen_colored(struct tp_pen *pen, const char *color, const char *text)
{
	tp_buf_printf(&pen->buf, "%s%s%s", pen->style->color ? color : "", text,
		      pen->style->color ? TP_COLOR_OFF : "");
}

void tp_pen_part(struct tp_pen *pen, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	tp_buf_puts(&pen->buf, label);
	tp_plain_add(&pen->buf, text, TP_PLAIN_LINE);
}

static void add_header(struct tp_pen *pen, const struct tp_report *rep)
{
	tp_pen_part(pen, "", "tailpage");
	tp_pen_part(pen, " ", rep->version);
	tp_pen_part(pen, ", kernel ", rep->kernel);
	tp_pen_part(pen, ", e2fsprogs ", rep->e2fsprogs);
	tp_buf_printf(&pen->buf, ", seed %llu\n\n", (unsigned long long)rep->seed);
}

/* Told one by one: BROKEN cases are, by their reasons, in groups. */
static bool is_told(const struct tp_record *r, const struct tp_style *style)
{
	return r->verdict != TP_BROKEN && tp_counts_as_failure(r, style);
}

static int by_scenario(const void *a, const void *b)
{
	const struct tp_record *x = *(const struct tp_record *const *)a;
	const struct tp_record *y = *(const struct tp_record *const *)b;
	int order = strcmp(x->scenario, y->scenario);

	/* Records of one array: their places are the order of the run. */
	return order ? order : x < y ? -1 : x > y;
}

static void add_failure(struct tp_pen *pen, const struct tp_record *r)
{
	tp_buf_puts(&pen->buf, "\n");
	tp_pen_colored(pen, tp_verdict_color(r->verdict), tp_verdict_name(r->verdict));
	tp_pen_part(pen, " ", r->scenario);
	tp_pen_part(pen, "/", r->cell);
	tp_buf_puts(&pen->buf, "\n");
	tp_failure_add(&pen->buf, "    ", r, 1);
}

static void add_failures(struct tp_pen *pen, const struct tp_report *rep)
{
	const struct tp_record **told = tp_alloc((rep->nr + 1) * sizeof(*told));
	size_t nr = 0;

	for (size_t i = 0; i < rep->nr; i++)
		if (is_told(&rep->records[i], pen->style))
			told[nr++] = &rep->records[i];
	qsort(told, nr, sizeof(*told), by_scenario);
	for (size_t i = 0; i < nr; i++)
		add_failure(pen, told[i]);
	free(told);
}

static void add_notes(struct tp_pen *pen, const struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr_notes; i++) {
		tp_buf_puts(&pen->buf, "\n");
		tp_plain_lines(&pen->buf, "", rep->notes[i]);
	}
}

static const char *outcome(const struct tp_report *rep, const struct tp_style *style,
			   const uint64_t *count, enum tp_verdict *looks_like)
{
	*looks_like = TP_FAIL;
	if (count[TP_FAIL] || (count[TP_KNOWN] && style->strict))
		return "FAILED";
	*looks_like = TP_BROKEN;
	if (rep->interrupted)
		return "INTERRUPTED";
	if (rep->nr == 0)
		return "NOTHING RAN";
	if (count[TP_BROKEN])
		return "BROKEN";
	*looks_like = TP_SKIP;
	if (count[TP_SKIP] == rep->nr)
		return "SKIPPED";
	*looks_like = TP_PASS;
	return "PASSED";
}

static void add_counts(struct tp_pen *pen, const struct tp_report *rep, const uint64_t *count)
{
	static const struct {
		enum tp_verdict v;
		const char *name;
	} words[] = { { TP_PASS, "passed" },
		      { TP_FAIL, "failed" },
		      { TP_KNOWN, "known" },
		      { TP_SKIP, "skipped" },
		      { TP_BROKEN, "broken" } };
	const char *separator = " (";

	tp_plain_many(&pen->buf, rep->nr, "case");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!count[words[i].v])
			continue;
		tp_buf_puts(&pen->buf, separator);
		tp_plain_count(&pen->buf, count[words[i].v]);
		tp_buf_printf(&pen->buf, " %s", words[i].name);
		separator = ", ";
	}
	tp_buf_puts(&pen->buf, rep->nr ? "), " : ", ");
}

static void add_summary(struct tp_pen *pen, const struct tp_report *rep)
{
	uint64_t count[TP_NR_VERDICTS], files = 0, bytes = 0, findings = 0;
	enum tp_verdict v;
	const char *word;

	for (size_t i = 0; i < rep->nr; i++) {
		files += rep->records[i].files;
		bytes += rep->records[i].bytes;
		findings += rep->records[i].nr_findings_all;
	}
	tp_report_count(rep, count);
	word = outcome(rep, pen->style, count, &v);
	tp_buf_puts(&pen->buf, "\n");
	tp_pen_colored(pen, tp_verdict_color(v), word);
	tp_buf_puts(&pen->buf, ": ");
	add_counts(pen, rep, count);
	tp_plain_many(&pen->buf, files, "file");
	tp_buf_puts(&pen->buf, " judged, ");
	tp_plain_bytes(&pen->buf, bytes);
	tp_buf_printf(&pen->buf, " compared, %.1f s, ", rep->seconds);
	tp_plain_many(&pen->buf, findings, "finding");
	tp_pen_part(pen, "; ", rep->interrupted);
	tp_pen_part(pen, "; results in ", rep->results);
	tp_buf_puts(&pen->buf, "\n");
}

void tp_text_write(const struct tp_report *rep, const struct tp_style *style, FILE *out)
{
	struct tp_pen pen = { .style = style };

	add_header(&pen, rep);
	tp_grid_add(&pen.buf, rep, style);
	tp_modes_add(&pen, rep);
	tp_reasons_add(&pen, rep, TP_PASS, "Passed, but:");
	tp_foretold_add(&pen, rep);
	if (!style->strict)
		tp_reasons_add(&pen, rep, TP_KNOWN, "Known to fail:");
	tp_reasons_add(&pen, rep, TP_SKIP, "Skipped:");
	tp_reasons_add(&pen, rep, TP_BROKEN, "Broken (cannot tell):");
	add_failures(&pen, rep);
	add_notes(&pen, rep);
	add_summary(&pen, rep);
	fwrite(pen.buf.text, 1, pen.buf.len, out);
	fflush(out);
	tp_buf_free(&pen.buf);
}
