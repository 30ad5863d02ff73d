// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lines.c - a line for each case, with tabs between its fields, for scripts
 *
 *	VERDICT SCENARIO CELL FILES FINDINGS FIRST KINDS
 *
 * FIRST is when the first sequence with a finding had ended, in seconds of the
 * clock of the kernel under test, which counts from its boot; "-" when there is
 * none.  KINDS are words between commas, or "-".  Comments begin with #.
 */
#include "report/formats.h"
#include "report/plain.h"

static void add_case(struct tp_buf *out, const struct tp_record *r)
{
	tp_buf_printf(out, "%s\t", tp_verdict_name(r->verdict));
	tp_plain_add(out, r->scenario, TP_PLAIN_LINE);
	tp_buf_puts(out, "\t");
	tp_plain_add(out, r->cell, TP_PLAIN_LINE);
	tp_buf_printf(out, "\t%llu\t%llu\t", (unsigned long long)r->files,
		      (unsigned long long)r->nr_findings_all);
	if (r->first_ns)
		tp_buf_printf(out, "%.3f\t", (double)r->first_ns / 1e9);
	else
		tp_buf_puts(out, "-\t");
	if (r->kinds)
		tp_finding_names(r->kinds, out);
	else
		tp_buf_puts(out, "-");
	tp_buf_puts(out, "\n");
}

void tp_lines_write(const struct tp_report *rep, const struct tp_style *style, FILE *out)
{
	struct tp_buf b = { 0 };

	tp_tap_comments(&b, rep);
	(void)style;
	for (size_t i = 0; i < rep->nr; i++)
		add_case(&b, &rep->records[i]);
	fwrite(b.text ? b.text : "", 1, b.len, out);
	fflush(out);
	tp_buf_free(&b);
}
