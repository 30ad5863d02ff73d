// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record.c - verdicts and findings: what every report is made from
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/record.h"

static const char *const verdicts[TP_NR_VERDICTS] = {
	[TP_PASS] = "PASS",	[TP_SKIP] = "SKIP", [TP_KNOWN] = "KNOWN",
	[TP_BROKEN] = "BROKEN", [TP_FAIL] = "FAIL",
};

static const char *const kinds[TP_NR_FINDING_KINDS] = {
	[TP_LOST] = "lost",	  [TP_STALE] = "stale",	      [TP_FOREIGN] = "foreign",
	[TP_TORN] = "torn",	  [TP_BEYOND] = "beyond-eof", [TP_SIZE] = "size",
	[TP_RESULT] = "result",	  [TP_DISAGREE] = "disagree", [TP_FSCK] = "fsck",
	[TP_KERNEL_LOG] = "kernel-log", [TP_HANG] = "hang",   [TP_PANIC] = "panic",
};

static int find_name(const char *const *names, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *tp_verdict_name(enum tp_verdict v)
{
	return verdicts[v];
}

int tp_verdict_find(const char *name)
{
	return find_name(verdicts, TP_NR_VERDICTS, name);
}

const char *tp_finding_name(enum tp_finding_kind k)
{
	return kinds[k];
}

int tp_finding_find(const char *name)
{
	return find_name(kinds, TP_NR_FINDING_KINDS, name);
}

void tp_finding_names(uint32_t set, struct tp_buf *out)
{
	size_t from = out->len;

	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		if (set & 1u << k)
			tp_buf_printf(out, "%s%s", out->len > from ? "," : "", kinds[k]);
}

void tp_finding_free(struct tp_finding *f)
{
	free(f->file);
	free(f->params);
	free(f->title);
	free(f->text);
	free(f->sequence);
	free(f->replay);
	free(f->issue);
	*f = (struct tp_finding){ 0 };
}

/* What must be shown, and may take another's place: all that was said must be known to
 * tell which bug it is, and what no issue explains is what a reader wants to see. */
static int worth(const struct tp_finding *f)
{
	return tp_finding_said(f->kind) ? 2 : f->issue ? 0 : 1;
}

/* There is no room: it takes the place of the last finding that is worth less. */
static void keep_better(struct tp_record *r, struct tp_finding *f)
{
	size_t i = r->nr_findings;

	while (i > 0 && worth(&r->findings[i - 1]) >= worth(f))
		i--;
	if (i == 0) {
		tp_finding_free(f);
		return;
	}
	tp_finding_free(&r->findings[i - 1]);
	r->findings[i - 1] = *f;
	*f = (struct tp_finding){ 0 };
}

static void keep(struct tp_record *r, struct tp_finding *f)
{
	if (r->nr_findings == TP_MAX_FINDINGS) {
		keep_better(r, f);
		return;
	}
	r->findings = tp_grow(r->findings, r->nr_findings, sizeof(*f));
	r->findings[r->nr_findings++] = *f;
	*f = (struct tp_finding){ 0 };
}

/* The findings of a file follow each other. */
static void count_hit(struct tp_record *r, const struct tp_finding *f)
{
	if (f->file && strcmp(f->file, r->last_hit) == 0)
		return;
	r->nr_hit++;
	snprintf(r->last_hit, sizeof(r->last_hit), "%s", f->file ? f->file : "");
}

void tp_record_add(struct tp_record *r, struct tp_finding *f)
{
	count_hit(r, f);
	r->nr_findings_all++;
	r->nr_said += tp_finding_said(f->kind);
	r->nr_strange += tp_finding_strange(f);
	r->kinds |= 1u << f->kind;
	if (f->sequence && tp_generated(r->scenario))
		tp_cause_add(r, f);
	else
		keep(r, f);
	tp_record_raise(r, TP_FAIL, NULL);
}

const char *tp_record_replay(const struct tp_record *r)
{
	for (size_t i = 0; i < r->nr_findings; i++)
		if (r->findings[i].replay)
			return r->findings[i].replay;
	return NULL;
}

void tp_record_when(struct tp_record *r, uint64_t ended_ns)
{
	if (ended_ns && (!r->first_ns || ended_ns < r->first_ns))
		r->first_ns = ended_ns;
}

void tp_record_forget(struct tp_record *r)
{
	for (size_t i = 0; i < r->nr_findings; i++)
		tp_finding_free(&r->findings[i]);
	r->nr_findings = 0;
	r->nr_findings_all = 0;
	r->nr_said = 0;
	r->nr_strange = 0;
	r->nr_hit = 0;
	r->last_hit[0] = '\0';
	r->kinds = 0;
	r->first_ns = 0;
	tp_causes_free(r);
	r->verdict = TP_PASS;
	free(r->reason);
	r->reason = NULL;
}

void tp_record_raise(struct tp_record *r, enum tp_verdict v, const char *reason)
{
	if (v < r->verdict)
		return;
	if (v > r->verdict || !r->reason) {
		free(r->reason);
		r->reason = reason ? tp_strdup(reason) : NULL;
	}
	r->verdict = v;
}

/* A repetition that passed beside one that was skipped is a pass with a remark. */
static void merge_verdict(struct tp_record *r, const struct tp_record *other)
{
	if (r->verdict == TP_SKIP && other->verdict == TP_PASS && other->files > 0)
		r->verdict = TP_PASS;
	else if (!(r->verdict == TP_PASS && r->files > 0 && other->verdict == TP_SKIP))
		tp_record_raise(r, other->verdict, other->reason);
	if (!r->reason && other->reason)
		r->reason = tp_strdup(other->reason);
}

uint64_t tp_overlap_raced(const struct tp_overlap *o)
{
	return o->pairs - o->before - o->behind;
}

void tp_overlap_add(struct tp_overlap *to, const struct tp_overlap *o)
{
	to->pairs += o->pairs;
	to->before += o->before;
	to->around += o->around;
	to->behind += o->behind;
	for (unsigned i = 0; i < TP_TENTHS; i++)
		to->tenths[i] += o->tenths[i];
}

void tp_record_merge(struct tp_record *r, struct tp_record *other)
{
	merge_verdict(r, other);
	r->files += other->files;
	r->skipped += other->skipped;
	r->bytes += other->bytes;
	tp_overlap_add(&r->overlap, &other->overlap);
	r->nr_findings_all += other->nr_findings_all;
	r->nr_said += other->nr_said;
	r->nr_strange += other->nr_strange;
	r->nr_hit += other->nr_hit;
	r->kinds |= other->kinds;
	tp_record_when(r, other->first_ns);
	r->broken += other->broken + (other->verdict == TP_BROKEN && !other->broken);
	for (size_t i = 0; i < other->nr_findings; i++)
		keep(r, &other->findings[i]);
	tp_causes_merge(r, other);
	if (!r->fixed && other->fixed)
		r->fixed = tp_strdup(other->fixed);
	if (!r->again && other->again)
		r->again = tp_strdup(other->again);
	tp_record_free(other);
}

void tp_record_free(struct tp_record *r)
{
	for (size_t i = 0; i < r->nr_findings; i++)
		tp_finding_free(&r->findings[i]);
	free(r->findings);
	tp_causes_free(r);
	free(r->scenario);
	free(r->cell);
	free(r->reason);
	free(r->foretold);
	free(r->fixed);
	free(r->again);
	*r = (struct tp_record){ 0 };
}

struct tp_record *tp_report_find(const struct tp_report *rep, const char *scenario,
				 const char *cell)
{
	for (size_t i = rep->nr; i-- > 0;) {
		struct tp_record *r = &rep->records[i];

		if (strcmp(r->scenario, scenario) == 0 && strcmp(r->cell, cell) == 0)
			return r;
	}
	return NULL;
}

struct tp_record *tp_report_case(struct tp_report *rep, const char *scenario, const char *cell)
{
	struct tp_record *r = tp_report_find(rep, scenario, cell);

	if (r)
		return r;
	rep->records = tp_grow(rep->records, rep->nr, sizeof(*r));
	r = &rep->records[rep->nr++];
	*r = (struct tp_record){ .scenario = tp_strdup(scenario), .cell = tp_strdup(cell) };
	return r;
}

void tp_report_note(struct tp_report *rep, const char *text)
{
	rep->notes = tp_grow(rep->notes, rep->nr_notes, sizeof(*rep->notes));
	rep->notes[rep->nr_notes++] = tp_strdup(text);
}

void tp_report_count(const struct tp_report *rep, uint64_t count[TP_NR_VERDICTS])
{
	memset(count, 0, sizeof(*count) * TP_NR_VERDICTS);
	for (size_t i = 0; i < rep->nr; i++)
		count[rep->records[i].verdict]++;
}

void tp_report_free(struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr; i++)
		tp_record_free(&rep->records[i]);
	for (size_t i = 0; i < rep->nr_modes; i++) {
		free(rep->modes[i].cell);
		free(rep->modes[i].asked);
		free(rep->modes[i].effective);
		free(rep->modes[i].remark);
	}
	for (size_t i = 0; i < rep->nr_notes; i++)
		free(rep->notes[i]);
	free(rep->notes);
	free(rep->records);
	free(rep->modes);
	free(rep->kernel);
	free(rep->version);
	free(rep->e2fsprogs);
	free(rep->results);
	free(rep->interrupted);
	*rep = (struct tp_report){ 0 };
}
