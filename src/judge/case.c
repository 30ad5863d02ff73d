// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * case.c - one case while it is judged: failed to be proven until it is proven
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "judge/case.h"

void tp_case_init(struct tp_case *c, const char *scenario, const char *cell)
{
	*c = (struct tp_case){
		.record = {
			.scenario = tp_strdup(scenario),
			.cell = tp_strdup(cell),
			.verdict = TP_BROKEN,
			.reason = tp_strdup("not judged"),
		},
	};
}

void tp_case_free(struct tp_case *c)
{
	tp_record_free(&c->record);
	free(c->broken);
	free(c->skip);
	free(c->note);
	*c = (struct tp_case){ 0 };
}

static void keep_first(char **slot, const char *file, const char *text)
{
	if (*slot)
		return;
	*slot = file ? tp_printf("%s: %s", file, text) : tp_strdup(text);
}

void tp_case_broken(struct tp_case *c, const char *file, const char *reason)
{
	keep_first(&c->broken, file, reason);
}

void tp_case_skip(struct tp_case *c, const char *file, const char *reason)
{
	keep_first(&c->skip, file, reason);
	c->record.skipped++;
}

void tp_case_note(struct tp_case *c, const char *text)
{
	keep_first(&c->note, NULL, text);
}

static void set_verdict(struct tp_record *r, enum tp_verdict verdict, char *reason)
{
	free(r->reason);
	r->verdict = verdict;
	r->reason = reason;
}

static char *text_or_null(const char *text)
{
	return text ? tp_strdup(text) : NULL;
}

static void merge_into(struct tp_case *c, struct tp_report *out)
{
	struct tp_record *to = tp_report_case(out, c->record.scenario, c->record.cell);

	tp_record_merge(to, &c->record);
	tp_case_free(c);
}

void tp_case_close(struct tp_case *c, struct tp_report *out)
{
	struct tp_record *r = &c->record;

	r->broken = c->broken != NULL;
	if (r->overlap.pairs && !tp_overlap_raced(&r->overlap))
		tp_case_note(c, "no two of its actors did anything at the same time");
	if (c->pressed && !c->dropped)
		tp_case_note(c, "memory ran out, but the pages of no file went");
	if (r->nr_findings_all > 0) /* FAIL already; what could not be told is a remark */
		set_verdict(r, TP_FAIL, text_or_null(c->broken ? c->broken : c->skip));
	else if (c->broken)
		set_verdict(r, TP_BROKEN, tp_strdup(c->broken));
	else if (r->files == 0 && r->skipped > 0 && r->skipped == c->planned)
		set_verdict(r, TP_SKIP, tp_strdup(c->skip));
	else if (r->files > 0 && r->files + r->skipped == c->planned && r->skipped > 0)
		set_verdict(r, TP_PASS,
			    tp_printf("%" PRIu64 " of %" PRIu64 " variants skipped: %s", r->skipped,
				      c->planned, c->skip));
	else if (r->files > 0 && r->files == c->planned)
		set_verdict(r, TP_PASS, text_or_null(c->note));
	merge_into(c, out);
}

void tp_case_close_whole(struct tp_case *c, struct tp_report *out)
{
	struct tp_record *r = &c->record;

	r->broken = c->broken != NULL;
	if (r->nr_findings_all > 0)
		set_verdict(r, TP_FAIL, text_or_null(c->broken));
	else if (c->broken)
		set_verdict(r, TP_BROKEN, tp_strdup(c->broken));
	else if (c->skip)
		set_verdict(r, TP_SKIP, tp_strdup(c->skip));
	else
		set_verdict(r, TP_PASS, text_or_null(c->note));
	merge_into(c, out);
}
