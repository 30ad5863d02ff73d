// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json.c - a run as JSON
 *
 * The tables of fields also serve load.c, so both ways know the same.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "report/formats.h"
#include "report/json.h"
#include "report/plain.h"

#define FIELD(of, key, type, member)                              \
	{                                                         \
		key, TP_FIELD_##type, offsetof(struct of, member) \
	}

const struct tp_field tp_report_fields[] = {
	FIELD(tp_report, "version", TEXT_OR_NULL, version),
	FIELD(tp_report, "kernel", TEXT_OR_NULL, kernel),
	FIELD(tp_report, "e2fsprogs", TEXT_OR_NULL, e2fsprogs),
	FIELD(tp_report, "seed", COUNT, seed),
	FIELD(tp_report, "seconds", REAL, seconds),
	FIELD(tp_report, "results", TEXT_OR_NULL, results),
	FIELD(tp_report, "interrupted", TEXT_OR_NULL, interrupted),
	{ NULL, 0, 0 },
};

const struct tp_field tp_mode_fields[] = {
	FIELD(tp_mode, "cell", TEXT, cell),
	FIELD(tp_mode, "asked", TEXT_OR_NULL, asked),
	FIELD(tp_mode, "effective", TEXT_OR_NULL, effective),
	FIELD(tp_mode, "remark", TEXT_OR_NULL, remark),
	{ NULL, 0, 0 },
};

const struct tp_field tp_case_fields[] = {
	FIELD(tp_record, "scenario", TEXT, scenario),
	FIELD(tp_record, "cell", TEXT, cell),
	FIELD(tp_record, "verdict", VERDICT, verdict),
	FIELD(tp_record, "reason", TEXT_OR_NULL, reason),
	FIELD(tp_record, "files", COUNT, files),
	FIELD(tp_record, "skipped", COUNT, skipped),
	FIELD(tp_record, "bytes", COUNT, bytes),
	FIELD(tp_record, "race_pairs", COUNT, overlap.pairs),
	FIELD(tp_record, "race_before", COUNT, overlap.before),
	FIELD(tp_record, "race_around", COUNT, overlap.around),
	FIELD(tp_record, "race_tenths", TENTHS, overlap.tenths),
	FIELD(tp_record, "race_behind", COUNT, overlap.behind),
	FIELD(tp_record, "foretold", TEXT_OR_NULL, foretold),
	FIELD(tp_record, "fixed", TEXT_OR_NULL, fixed),
	FIELD(tp_record, "again", TEXT_OR_NULL, again),
	FIELD(tp_record, "findings_total", COUNT, nr_findings_all),
	FIELD(tp_record, "findings_strange", LATER_COUNT, nr_strange),
	FIELD(tp_record, "findings_files", LATER_COUNT, nr_hit),
	FIELD(tp_record, "broken", COUNT, broken),
	FIELD(tp_record, "findings_kinds", KINDS, kinds),
	FIELD(tp_record, "first_ns", COUNT, first_ns),
	{ NULL, 0, 0 },
};

const struct tp_field tp_finding_fields[] = {
	FIELD(tp_finding, "kind", KIND, kind),
	FIELD(tp_finding, "file", TEXT_OR_NULL, file),
	FIELD(tp_finding, "params", TEXT_OR_NULL, params),
	FIELD(tp_finding, "start", COUNT, start),
	FIELD(tp_finding, "end", COUNT, end),
	FIELD(tp_finding, "title", TEXT_OR_NULL, title),
	FIELD(tp_finding, "text", TEXT_OR_NULL, text),
	FIELD(tp_finding, "sequence", TEXT_OR_NULL, sequence),
	FIELD(tp_finding, "replay", TEXT_OR_NULL, replay),
	FIELD(tp_finding, "issue", LATER_TEXT, issue),
	{ NULL, 0, 0 },
};

/* Its example is the finding in an object of its own. */
const struct tp_field tp_cause_fields[] = {
	FIELD(tp_cause, "issue", TEXT_OR_NULL, issue),
	FIELD(tp_cause, "kind", KIND, kind),
	FIELD(tp_cause, "kinds", KINDS, kinds),
	FIELD(tp_cause, "operations", OPS, ops),
	FIELD(tp_cause, "files", COUNT, files),
	FIELD(tp_cause, "findings", COUNT, findings),
	{ NULL, 0, 0 },
};

static json_t *text_of(const char *s)
{
	char *valid;
	json_t *j;

	if (!s)
		return json_null();
	valid = tp_plain(s, TP_PLAIN_UTF8);
	j = json_string(valid);
	free(valid);
	return j;
}

/* Many readers hold numbers as doubles and would round silently. */
#define EXACT_MAX (UINT64_C(1) << 53)

static json_t *count_of(uint64_t n)
{
	return n <= EXACT_MAX ? json_integer((json_int_t)n)
			      : json_sprintf("%llu", (unsigned long long)n);
}

/* "lost,stale": every kind that is among a case's findings. */
static json_t *kinds_of(uint32_t kinds)
{
	struct tp_buf text = { 0 };
	json_t *j;

	tp_finding_names(kinds, &text);
	j = json_string(text.text ? text.text : "");
	tp_buf_free(&text);
	return j;
}

static json_t *tenths_of(const uint64_t *tenths)
{
	json_t *j = json_array();

	for (unsigned i = 0; i < TP_TENTHS; i++)
		json_array_append_new(j, json_integer((json_int_t)tenths[i]));
	return j;
}

static json_t *ops_of(const struct tp_op_set *set)
{
	struct tp_buf text = { 0 };
	json_t *j;

	tp_op_set_print(set, &text);
	j = json_string(text.text ? text.text : "");
	tp_buf_free(&text);
	return j;
}

static json_t *value_of(enum tp_field_type type, const void *member)
{
	switch (type) {
	case TP_FIELD_TEXT:
	case TP_FIELD_TEXT_OR_NULL:
	case TP_FIELD_LATER_TEXT:
		return text_of(*(char *const *)member);
	case TP_FIELD_COUNT:
	case TP_FIELD_LATER_COUNT:
		return count_of(*(const uint64_t *)member);
	case TP_FIELD_REAL:
		return json_real(isfinite(*(const double *)member) ? *(const double *)member : 0);
	case TP_FIELD_VERDICT:
		return json_string(tp_verdict_name(*(const enum tp_verdict *)member));
	case TP_FIELD_KINDS:
		return kinds_of(*(const uint32_t *)member);
	case TP_FIELD_OPS:
		return ops_of(member);
	case TP_FIELD_TENTHS:
		return tenths_of(member);
	case TP_FIELD_KIND:
		return json_string(tp_finding_name(*(const enum tp_finding_kind *)member));
	}
	return NULL;
}

static void put(json_t *object, const struct tp_field *fields, const void *base)
{
	for (const struct tp_field *f = fields; f->key; f++)
		json_object_set_new(object, f->key,
				    value_of(f->type, (const char *)base + f->offset));
}

static json_t *finding_of(const struct tp_finding *f)
{
	json_t *object = json_object();

	put(object, tp_finding_fields, f);
	return object;
}

static json_t *causes_of(const struct tp_record *r)
{
	json_t *causes = json_array();

	for (size_t i = 0; i < r->nr_causes; i++) {
		json_t *object = json_object();

		put(object, tp_cause_fields, &r->causes[i]);
		json_object_set_new(object, "example", finding_of(&r->causes[i].first));
		json_array_append_new(causes, object);
	}
	return causes;
}

static json_t *case_of(const struct tp_record *r)
{
	json_t *findings = json_array(), *object = json_object();
	char *name = tp_printf("%s/%s", r->scenario, r->cell);

	json_object_set_new(object, "name", text_of(name));
	free(name);
	put(object, tp_case_fields, r);
	for (size_t i = 0; i < r->nr_findings; i++)
		json_array_append_new(findings, finding_of(&r->findings[i]));
	json_object_set_new(object, "findings", findings);
	json_object_set_new(object, "causes", causes_of(r));
	return object;
}

static json_t *summary_of(const struct tp_report *rep)
{
	uint64_t count[TP_NR_VERDICTS], files = 0, bytes = 0, findings = 0;
	json_t *object = json_object();

	tp_report_count(rep, count);
	for (size_t i = 0; i < rep->nr; i++) {
		files += rep->records[i].files;
		bytes += rep->records[i].bytes;
		findings += rep->records[i].nr_findings_all;
	}
	json_object_set_new(object, "cases", count_of(rep->nr));
	json_object_set_new(object, "pass", count_of(count[TP_PASS]));
	json_object_set_new(object, "fail", count_of(count[TP_FAIL]));
	json_object_set_new(object, "known", count_of(count[TP_KNOWN]));
	json_object_set_new(object, "skip", count_of(count[TP_SKIP]));
	json_object_set_new(object, "broken", count_of(count[TP_BROKEN]));
	json_object_set_new(object, "files", count_of(files));
	json_object_set_new(object, "bytes", count_of(bytes));
	json_object_set_new(object, "findings", count_of(findings));
	return object;
}

static char *dump(const struct tp_report *rep)
{
	json_t *cases = json_array(), *modes = json_array(), *notes = json_array();
	json_t *object = json_object();
	char *text;

	put(object, tp_report_fields, rep);
	json_object_set_new(object, "summary", summary_of(rep));
	for (size_t i = 0; i < rep->nr_modes; i++) {
		json_t *mode = json_object();

		put(mode, tp_mode_fields, &rep->modes[i]);
		json_array_append_new(modes, mode);
	}
	json_object_set_new(object, "modes", modes);
	for (size_t i = 0; i < rep->nr_notes; i++)
		json_array_append_new(notes, text_of(rep->notes[i]));
	json_object_set_new(object, "notes", notes);
	for (size_t i = 0; i < rep->nr; i++)
		json_array_append_new(cases, case_of(&rep->records[i]));
	json_object_set_new(object, "cases", cases);
	text = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(object);
	return text;
}

void tp_json_write(const struct tp_report *rep, const struct tp_style *style, FILE *out)
{
	char *text = dump(rep);

	(void)style;
	fprintf(out, "%s\n", text ? text : "null");
	fflush(out);
	free(text);
}

int tp_report_save(const struct tp_report *rep, const char *path)
{
	char *text = dump(rep);
	int err;

	if (!text)
		return tp_error(ENOMEM, "%s: report as JSON", path);
	err = tp_write_file(path, text, strlen(text));
	free(text);
	return err;
}
