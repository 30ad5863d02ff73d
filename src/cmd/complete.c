// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * complete.c - from the verdicts of jobs to the report of the run
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/session.h"
#include "judge/judge.h"

static bool have_mode(const struct tp_report *rep, const char *cell)
{
	for (size_t i = 0; i < rep->nr_modes; i++)
		if (strcmp(rep->modes[i].cell, cell) == 0)
			return true;
	return false;
}

void tp_merge_report(struct tp_report *whole, struct tp_report *part)
{
	if (!whole->kernel && part->kernel)
		whole->kernel = tp_strdup(part->kernel);
	for (size_t i = 0; i < part->nr; i++) {
		struct tp_record *r = &part->records[i];

		tp_record_merge(tp_report_case(whole, r->scenario, r->cell), r);
	}
	for (size_t i = 0; i < part->nr_notes; i++)
		tp_report_note(whole, part->notes[i]);
	for (size_t i = 0; i < part->nr_modes; i++) {
		if (have_mode(whole, part->modes[i].cell))
			continue;
		whole->modes = tp_grow(whole->modes, whole->nr_modes, sizeof(*whole->modes));
		whole->modes[whole->nr_modes++] = part->modes[i];
		part->modes[i] = (struct tp_mode){ 0 };
	}
	tp_report_free(part);
}

void tp_not_saved(struct tp_report *rep, const char *why)
{
	char *reason = tp_printf("the results are not complete: %s", why);

	tp_report_note(rep, reason);
	for (size_t i = 0; i < rep->nr; i++)
		if (strcmp(rep->records[i].scenario, TP_FILE_SYSTEM) == 0) {
			tp_record_raise(&rep->records[i], TP_BROKEN, reason);
			break;
		}
	free(reason);
}

/* Why nothing was heard of a case. */
static const char *missing(const struct session *s, enum tp_verdict *verdict)
{
	*verdict = TP_BROKEN;
	if (s->fault[0])
		return s->fault;
	if (!s->o->files)
		return "it was not run";
	*verdict = TP_SKIP;
	return "--files left no variant of it";
}

/* Every selected case has a record; of an interrupted run those that were judged,
 * and the others are counted. */
static void missing_cases(struct session *s)
{
	enum tp_verdict verdict;
	const char *reason = missing(s, &verdict);
	size_t not_run = 0;

	for (size_t i = 0; i < s->cases.nr; i++) {
		const struct tp_case *c = &s->cases.c[i];

		if (tp_report_find(&s->report, c->scenario->name, c->cell->name))
			continue;
		not_run++;
		if (!s->interrupted)
			tp_record_raise(tp_report_case(&s->report, c->scenario->name, c->cell->name),
					verdict, reason);
	}
	if (s->interrupted)
		s->report.interrupted =
			tp_printf("interrupted: %zu of %zu cases %s not run", not_run, s->cases.nr,
				  not_run == 1 ? "was" : "were");
}

static bool only_skips(const struct tp_report *rep, const char *cell)
{
	bool skips = false;

	for (size_t i = 0; i < rep->nr; i++) {
		const struct tp_record *r = &rep->records[i];

		if (strcmp(r->cell, cell) != 0 || strcmp(r->scenario, TP_FILE_SYSTEM) == 0)
			continue;
		if (r->verdict != TP_SKIP)
			return false;
		skips = true;
	}
	return skips;
}

void tp_skip_idle(struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr; i++) {
		struct tp_record *r = &rep->records[i];

		if (r->verdict == TP_PASS && strcmp(r->scenario, TP_FILE_SYSTEM) == 0 &&
		    only_skips(rep, r->cell))
			tp_record_raise(r, TP_SKIP, "every case of the cell was skipped");
	}
}

/* "6.18.44-amd64 #1 ..." of "host 6.18.44-amd64 #1 ...", or of the same without
 * the kind of kernel; NULL: the kernel never said what it is. */
static const char *kernel_of(const struct tp_report *rep)
{
	const char *blank = rep->kernel ? strchr(rep->kernel, ' ') : NULL;
	struct tp_release release;

	if (rep->kernel && tp_release_parse(rep->kernel, &release))
		return rep->kernel;
	return blank && tp_release_parse(blank + 1, &release) ? blank + 1 : NULL;
}

/* What could not be told is not foretold: it stays BROKEN. */
static void mark_known(struct tp_record *r, const struct tp_issue *issue, bool strict)
{
	r->verdict = r->broken ? TP_BROKEN : strict ? TP_FAIL : TP_KNOWN;
	if (r->broken)
		return;
	free(r->reason);
	r->reason = tp_printf("%s: %s%s%s", issue->name, issue->evidence ? issue->evidence : "",
			      issue->evidence && issue->fixed ? "; fixed by " :
			      issue->fixed		      ? "fixed by " : "",
			      issue->fixed ? issue->fixed : "");
}

/* A part is known, but not all: the first finding that is not stands in front, as it is
 * what a reader wants to see and to replay. */
static void mark_strange(struct tp_record *r)
{
	const char *issue = NULL;
	size_t first = r->nr_findings;

	for (size_t i = r->nr_findings; i-- > 0;) {
		issue = r->findings[i].issue ? r->findings[i].issue : issue;
		first = tp_finding_strange(&r->findings[i]) ? i : first;
	}
	if (r->broken || !issue || first == r->nr_findings)
		return;
	for (struct tp_finding f = r->findings[first]; first > 0; first--) {
		r->findings[first] = r->findings[first - 1];
		r->findings[first - 1] = f;
	}
	free(r->reason);
	r->reason = tp_printf("beside %s, %" PRIu64 " of %" PRIu64 " findings are of no known issue",
			      issue, r->nr_strange, r->nr_findings_all);
}

/* Names of the issues that cases of the cell were found to be, between blanks. */
static char *issues_of(const struct tp_report *rep, const char *cell)
{
	struct tp_buf names = { 0 };

	tp_buf_puts(&names, " ");
	for (size_t i = 0; i < rep->nr; i++) {
		const struct tp_record *r = &rep->records[i];

		if (strcmp(r->cell, cell) != 0)
			continue;
		if (r->nr_findings_all && r->reason)
			tp_buf_printf(&names, "%.*s ", (int)strcspn(r->reason, ":"), r->reason);
		for (size_t k = 0; k < r->nr_causes; k++)
			if (r->causes[k].issue)
				tp_buf_printf(&names, "%s ", r->causes[k].issue);
	}
	return tp_buf_take(&names);
}

static void apply_pass(const struct tp_known *known, const char *kernel, bool strict, bool second,
		       struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr; i++) {
		struct tp_record *r = &rep->records[i];
		char *beside = NULL;
		const struct tp_issue *issue;

		if (r->verdict != TP_FAIL || tp_generated(r->scenario))
			continue;
		if (second)
			beside = issues_of(rep, r->cell);
		issue = tp_known_find(known, kernel, r, beside);
		if (issue)
			mark_known(r, issue, strict);
		else
			mark_strange(r);
		free(beside);
	}
}

/* A cause is foretold when its issue's share is kept and what it needs is there. */
static bool foretold(const struct tp_known *known, const struct tp_record *r,
		     const struct tp_cause *c, const char *beside)
{
	const struct tp_issue *issue = c->issue ? tp_known_named(known, c->issue) : NULL;

	return issue && tp_known_few(issue, c->files, r->files) && tp_known_beside(issue, beside);
}

/* "dio-append-no-fault: 312 files; journal-tail: 2 files" */
static char *name_causes(const struct tp_record *r)
{
	struct tp_buf text = { 0 };

	for (size_t i = 0; i < r->nr_causes; i++) {
		const struct tp_cause *c = &r->causes[i];

		if (!c->issue)
			continue;
		tp_buf_printf(&text, "%s%s: %" PRIu64 " file%s%s", text.len ? "; " : "", c->issue,
			      c->files, c->files == 1 ? "" : "s",
			      c->foretold ? "" : ", which is not as the issue says");
	}
	return text.len ? tp_buf_take(&text) : NULL;
}

/* A generated case is known when each of its causes is. */
static void apply_causes(const struct tp_known *known, bool strict, const char *beside,
			 struct tp_record *r)
{
	uint64_t explained = 0;
	char *names;

	for (size_t i = 0; i < r->nr_causes; i++) {
		struct tp_cause *c = &r->causes[i];

		c->foretold = foretold(known, r, c, beside);
		explained += c->foretold ? c->findings : 0;
	}
	if (explained == r->nr_findings_all)
		r->verdict = r->broken ? TP_BROKEN : strict ? TP_FAIL : TP_KNOWN;
	names = r->broken ? NULL : name_causes(r);
	if (!names)
		return;
	free(r->reason);
	r->reason = names;
}

static void apply_to_generated(const struct tp_known *known, bool strict, struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr; i++) {
		struct tp_record *r = &rep->records[i];
		char *beside;

		if (!r->nr_causes)
			continue;
		r->verdict = TP_FAIL; /* a part may have been known, the whole is not */
		beside = issues_of(rep, r->cell);
		apply_causes(known, strict, beside, r);
		free(beside);
	}
}

void tp_apply_known(const struct tp_known *known, bool strict, struct tp_report *rep)
{
	const char *kernel = kernel_of(rep);

	if (!kernel)
		return;
	apply_pass(known, kernel, strict, false, rep);
	apply_pass(known, kernel, strict, true, rep);
	apply_to_generated(known, strict, rep);
}

/* Was every case run with all its variants, or not at all?  A part of them may
 * honestly pass where the whole would fail. */
static bool ran_whole(const struct session *s)
{
	return !s->o->files && s->o->cover <= 0 && !s->interrupted && !s->fault[0];
}

/* Cases that passed, though they were sure to fail: this kernel has been mended,
 * or the list is wrong. */
static void mark_foretold(struct session *s)
{
	const char *kernel = kernel_of(&s->report);

	for (size_t i = 0; kernel && i < s->report.nr; i++) {
		struct tp_record *r = &s->report.records[i];
		const struct tp_issue *issue = NULL;

		if (r->verdict == TP_PASS && r->files && !r->skipped)
			issue = tp_known_sure(&s->known, kernel, r);
		if (issue)
			r->foretold = tp_strdup(issue->name);
	}
}

/* The options that change what a case does, as they were given. */
static char *again(const struct session *s, const struct tp_record *r)
{
	const struct tp_options *o = s->o;
	struct tp_buf line = { 0 };

	if (tp_generated(r->scenario) && r->nr_findings) {
		tp_buf_printf(&line, "tailpage run %s --sequence '%s'", r->cell,
			      r->findings[0].sequence);
		if (!o->files) /* a race or a rare layout wants more than one */
			tp_buf_puts(&line, " --files 1000");
	} else if (tp_library_find(&s->lib, r->scenario) && !tp_generated(r->scenario)) {
		tp_buf_printf(&line, "tailpage %s %s/%s", s->command, r->scenario, r->cell);
	} else {
		tp_buf_printf(&line, "tailpage %s %s", s->command, r->cell); /* the whole mount */
	}
	tp_buf_printf(&line, " --seed %" PRIu64, o->seed);
	if (strcmp(o->kernel_text, "host") != 0)
		tp_buf_printf(&line, " --kernel %s", o->kernel_text);
	if (o->cover >= 0)
		tp_buf_printf(&line, " --cover %d", o->cover);
	if (o->files)
		tp_buf_printf(&line, " --files %" PRIu64, o->files);
	if (o->repeat > 1)
		tp_buf_printf(&line, " --repeat %" PRIu64, o->repeat);
	if (o->strict)
		tp_buf_puts(&line, " --strict");
	if (o->era)
		tp_buf_printf(&line, " --mkfs-era %s", o->era->name);
	if (o->load)
		tp_buf_printf(&line, " --load fio:%s", o->load);
	return tp_buf_take(&line);
}

static void decorate(struct session *s, struct tp_record *r)
{
	const struct tp_scenario *sc = tp_library_find(&s->lib, r->scenario);
	char *name = tp_printf("%s/%s", r->scenario, r->cell);

	if (!r->fixed && sc && sc->fixed)
		r->fixed = tp_strdup(sc->fixed);
	if (!r->again)
		r->again = again(s, r);
	if (r->verdict == TP_SKIP && s->o->require && tp_match_list(s->o->require, name)) {
		char *reason = tp_printf("required, but skipped: %s", r->reason ? r->reason : "?");

		tp_record_raise(r, TP_BROKEN, reason);
		free(reason);
	}
	free(name);
}

static size_t rank(const char *cell)
{
	const struct tp_cell *all = tp_cells();

	for (size_t i = 0; all[i].name; i++)
		if (strcmp(all[i].name, cell) == 0)
			return i;
	return SIZE_MAX;
}

static int by_cell_and_name(const void *a, const void *b)
{
	const struct tp_record *x = a, *y = b;
	size_t rx = rank(x->cell), ry = rank(y->cell);

	if (rx != ry)
		return rx < ry ? -1 : 1;
	return strcmp(x->scenario, y->scenario);
}

static int mode_by_cell(const void *a, const void *b)
{
	size_t x = rank(((const struct tp_mode *)a)->cell);
	size_t y = rank(((const struct tp_mode *)b)->cell);

	return x < y ? -1 : x > y;
}

/* "KIND RELEASE VERSION MACHINE"; the kernel itself said all but the first word,
 * or, when it never ran, nobody. */
static void name_kernel(struct session *s)
{
	char *told = s->report.kernel;

	s->report.kernel = tp_printf("%s%s%s", s->o->kernel_text, told ? " " : "",
				     told ? told : "");
	free(told);
}

void tp_complete(struct session *s)
{
	struct tp_report *rep = &s->report;

	name_kernel(s);
	missing_cases(s);
	tp_skip_idle(rep);
	tp_apply_known(&s->known, s->o->strict, rep);
	if (ran_whole(s))
		mark_foretold(s);
	for (size_t i = 0; i < rep->nr; i++) {
		tp_causes_show(&rep->records[i]);
		decorate(s, &rep->records[i]);
	}
	if (rep->nr)
		qsort(rep->records, rep->nr, sizeof(*rep->records), by_cell_and_name);
	if (rep->nr_modes)
		qsort(rep->modes, rep->nr_modes, sizeof(*rep->modes), mode_by_cell);
}
