// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ktap.c - KTAP 1 (Documentation/dev-tools/ktap.rst)
 *
 * Diagnostics are comments that come before the result they belong to.  What
 * is known to fail is "ok ... # XFAIL", as kselftest's helpers write it: the
 * kernel's parser takes "not ok" for a failure whatever follows.
 */
#include "report/failure.h"
#include "report/formats.h"
#include "report/plain.h"

static const struct {
	bool good;
	const char *word;  /* directive, or NULL */
	const char *total; /* in the line of totals */
} verdicts[TP_NR_VERDICTS] = {
	[TP_PASS] = { true, NULL, "pass" },      [TP_SKIP] = { true, "SKIP", "skip" },
	[TP_KNOWN] = { true, "XFAIL", "xfail" }, [TP_BROKEN] = { false, "ERROR", "error" },
	[TP_FAIL] = { false, NULL, "fail" },
};

static enum tp_verdict seen(const struct tp_record *r, const struct tp_style *style)
{
	return r->verdict == TP_KNOWN && style->strict ? TP_FAIL : r->verdict;
}

static void add_case(struct tp_buf *out, size_t number, const struct tp_record *r,
		     enum tp_verdict v)
{
	if (v != TP_PASS && v != TP_SKIP)
		tp_failure_add(out, "# ", r, TP_MAX_FINDINGS);
	tp_tap_foretold(out, r);
	tp_buf_printf(out, "%s %zu ", verdicts[v].good ? "ok" : "not ok", number);
	tp_tap_name(out, r);
	if (verdicts[v].word) {
		tp_buf_printf(out, " # %s ", verdicts[v].word);
		tp_plain_add(out, r->reason ? r->reason : "no reason given", TP_PLAIN_LINE);
	}
	tp_buf_puts(out, "\n");
}

void tp_ktap_write(const struct tp_report *rep, const struct tp_style *style, FILE *out)
{
	static const enum tp_verdict order[] = { TP_PASS, TP_FAIL, TP_KNOWN, TP_SKIP, TP_BROKEN };
	size_t count[TP_NR_VERDICTS] = { 0 };
	struct tp_buf b = { 0 };

	tp_buf_printf(&b, "KTAP version 1\n1..%zu\n", rep->nr ? rep->nr : 1);
	tp_tap_comments(&b, rep);
	if (rep->nr == 0) {
		tp_buf_puts(&b, "not ok 1 no case ran\n");
		count[TP_FAIL]++;
	}
	for (size_t i = 0; i < rep->nr; i++) {
		enum tp_verdict v = seen(&rep->records[i], style);

		count[v]++;
		add_case(&b, i + 1, &rep->records[i], v);
	}
	if (rep->interrupted) {
		tp_buf_puts(&b, "# ");
		tp_plain_add(&b, rep->interrupted, TP_PLAIN_LINE);
		tp_buf_puts(&b, "\n");
	}
	tp_buf_puts(&b, "# Totals:");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		tp_buf_printf(&b, " %s:%zu", verdicts[order[i]].total, count[order[i]]);
	tp_buf_puts(&b, "\n");
	fwrite(b.text, 1, b.len, out);
	fflush(out);
	tp_buf_free(&b);
}
