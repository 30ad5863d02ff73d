// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load.c - a run back from its JSON
 *
 * What is read here decides about verdicts later, so a file that is not exactly
 * what json.c writes is refused by the name of the field, not guessed at.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "report/json.h"
#include "report/report.h"

/* An object being read: file and place are for messages ("cases[3]."). */
struct source {
	const char *path;
	const char *place;
	json_t *object;
};

static const char *type_name(const json_t *value)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",    [JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number", [JSON_REAL] = "a fraction", [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",      [JSON_NULL] = "null",
	};

	return value ? names[json_typeof(value)] : "missing";
}

static int refuse(const struct source *s, const char *key, const char *wanted)
{
	const json_t *value = json_object_get(s->object, key);

	return tp_error(0, "%s: %s%s: %s is needed, it is %s", s->path, s->place, key, wanted,
			type_name(value));
}

static int get_text(const struct source *s, const struct tp_field *f, char **out)
{
	const json_t *value = json_object_get(s->object, f->key);

	if (f->type != TP_FIELD_TEXT && json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return refuse(s, f->key,
			      f->type == TP_FIELD_TEXT ? "a string" : "a string or null");
	*out = tp_strdup(json_string_value(value));
	return 0;
}

static int get_count(const struct source *s, const struct tp_field *f, uint64_t *out)
{
	const json_t *value = json_object_get(s->object, f->key);

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*out = (uint64_t)json_integer_value(value);
		return 0;
	}
	if (json_is_string(value) && tp_parse_u64(json_string_value(value), out))
		return 0;
	return refuse(s, f->key, "a whole number, not negative,");
}

static int get_real(const struct source *s, const struct tp_field *f, double *out)
{
	const json_t *value = json_object_get(s->object, f->key);

	if (!json_is_number(value))
		return refuse(s, f->key, "a number");
	*out = json_number_value(value);
	return 0;
}

/* A word that find knows, as its number. */
static int get_word(const struct source *s, const struct tp_field *f, const char *what,
		    int (*find)(const char *))
{
	const json_t *value = json_object_get(s->object, f->key);
	int number;

	if (!json_is_string(value))
		return refuse(s, f->key, what);
	number = find(json_string_value(value));
	if (number < 0)
		return tp_error(0, "%s: %s%s: \"%s\" is not %s", s->path, s->place, f->key,
				json_string_value(value), what);
	return number;
}

static int get_kinds(const struct source *s, const struct tp_field *f, uint32_t *out)
{
	const json_t *value = json_object_get(s->object, f->key);
	char *copy, *save = NULL;
	int err = 0;

	if (!json_is_string(value))
		return refuse(s, f->key, "a list of kinds of finding");
	copy = tp_strdup(json_string_value(value));
	for (char *w = strtok_r(copy, ",", &save); w && !err; w = strtok_r(NULL, ",", &save)) {
		int kind = tp_finding_find(w);

		if (kind < 0)
			err = refuse(s, f->key, "a list of kinds of finding");
		else
			*out |= 1u << kind;
	}
	free(copy);
	return err;
}

static int get_ops(const struct source *s, const struct tp_field *f, struct tp_op_set *out)
{
	const json_t *value = json_object_get(s->object, f->key);

	if (json_is_string(value) && tp_op_set_parse(json_string_value(value), out))
		return 0;
	return refuse(s, f->key, "a list of operations");
}

static int get_tenths(const struct source *s, const struct tp_field *f, uint64_t *out)
{
	const json_t *list = json_object_get(s->object, f->key);

	if (json_array_size(list) != TP_TENTHS)
		return refuse(s, f->key, "a list of ten numbers");
	for (unsigned i = 0; i < TP_TENTHS; i++) {
		const json_t *value = json_array_get(list, i);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return refuse(s, f->key, "a list of ten numbers");
		out[i] = (uint64_t)json_integer_value(value);
	}
	return 0;
}

static int get_field(const struct source *s, const struct tp_field *f, void *member)
{
	int number;

	switch (f->type) {
	case TP_FIELD_TEXT:
	case TP_FIELD_TEXT_OR_NULL:
	case TP_FIELD_LATER_TEXT:
		return get_text(s, f, member);
	case TP_FIELD_COUNT:
	case TP_FIELD_LATER_COUNT:
		return get_count(s, f, member);
	case TP_FIELD_REAL:
		return get_real(s, f, member);
	case TP_FIELD_VERDICT:
		number = get_word(s, f, "a verdict", tp_verdict_find);
		if (number >= 0)
			*(enum tp_verdict *)member = (enum tp_verdict)number;
		return number < 0 ? number : 0;
	case TP_FIELD_OPS:
		return get_ops(s, f, member);
	case TP_FIELD_TENTHS:
		return get_tenths(s, f, member);
	case TP_FIELD_KINDS:
		return get_kinds(s, f, member);
	case TP_FIELD_KIND:
		number = get_word(s, f, "a kind of finding", tp_finding_find);
		if (number >= 0)
			*(enum tp_finding_kind *)member = (enum tp_finding_kind)number;
		return number < 0 ? number : 0;
	}
	return -EINVAL;
}

static int get_fields(const struct source *s, const struct tp_field *fields, void *base)
{
	for (const struct tp_field *f = fields; f->key; f++) {
		bool later = f->type == TP_FIELD_LATER_COUNT || f->type == TP_FIELD_LATER_TEXT;
		int err;

		if (later && !json_object_get(s->object, f->key))
			continue;
		err = get_field(s, f, (char *)base + f->offset);
		if (err)
			return err;
	}
	return 0;
}

/* Reads one element of a list: the object of s into into's list. */
typedef int (*element_fn)(const struct source *s, void *into);

static int get_list(const struct source *s, const char *key, element_fn element, void *into)
{
	json_t *list = json_object_get(s->object, key);
	int err = 0;

	if (!json_is_array(list))
		return refuse(s, key, "a list");
	for (size_t i = 0; i < json_array_size(list) && !err; i++) {
		char *place = tp_printf("%s%s[%zu].", s->place, key, i);
		struct source one = { s->path, place, json_array_get(list, i) };

		if (json_is_object(one.object))
			err = element(&one, into);
		else
			err = tp_error(0, "%s: %s%s[%zu]: an object is needed, it is %s", s->path,
				       s->place, key, i, type_name(one.object));
		free(place);
	}
	return err;
}

/* Elements are counted before they are read, so that tp_report_free frees them
 * also when an error ends the reading. */
static int get_finding(const struct source *s, void *into)
{
	struct tp_record *r = into;

	if (r->nr_findings == TP_MAX_FINDINGS)
		return tp_error(0, "%s: %.*s: more than %d findings", s->path,
				(int)strlen(s->place) - 1, s->place, TP_MAX_FINDINGS);
	r->findings = tp_grow(r->findings, r->nr_findings, sizeof(*r->findings));
	r->findings[r->nr_findings] = (struct tp_finding){ 0 };
	return get_fields(s, tp_finding_fields, &r->findings[r->nr_findings++]);
}

static int get_cause(const struct source *s, void *into)
{
	struct tp_record *r = into;
	struct source example = { s->path, s->place, json_object_get(s->object, "example") };
	struct tp_cause *c;
	int err;

	r->causes = tp_grow(r->causes, r->nr_causes, sizeof(*c));
	c = &r->causes[r->nr_causes++];
	*c = (struct tp_cause){ 0 };
	err = get_fields(s, tp_cause_fields, c);
	if (err)
		return err;
	if (!json_is_object(example.object))
		return refuse(s, "example", "an object");
	return get_fields(&example, tp_finding_fields, &c->first);
}

/* Contradictions that could turn a failure into a pass. */
static int check_case(const struct source *s, const struct tp_record *r)
{
	if (r->nr_findings_all < r->nr_findings)
		return tp_error(0, "%s: %sfindings_total: fewer than the findings listed", s->path,
				s->place);
	if (r->nr_strange > r->nr_findings_all)
		return tp_error(0, "%s: %sfindings_strange: more than all", s->path, s->place);
	if (r->nr_hit > r->nr_findings_all)
		return tp_error(0, "%s: %sfindings_files: more than findings", s->path, s->place);
	if (r->nr_findings_all && r->verdict <= TP_SKIP)
		return tp_error(0, "%s: %sverdict: %s although there are findings", s->path,
				s->place, tp_verdict_name(r->verdict));
	return 0;
}

static int get_case(const struct source *s, void *into)
{
	struct tp_report *rep = into;
	struct tp_record *r;
	int err;

	rep->records = tp_grow(rep->records, rep->nr, sizeof(*r));
	r = &rep->records[rep->nr++];
	*r = (struct tp_record){ 0 };
	err = get_fields(s, tp_case_fields, r);
	if (!err)
		err = get_list(s, "findings", get_finding, r);
	if (!err)
		err = get_list(s, "causes", get_cause, r);
	return err ? err : check_case(s, r);
}

static int get_mode(const struct source *s, void *into)
{
	struct tp_report *rep = into;

	rep->modes = tp_grow(rep->modes, rep->nr_modes, sizeof(*rep->modes));
	rep->modes[rep->nr_modes] = (struct tp_mode){ 0 };
	return get_fields(s, tp_mode_fields, &rep->modes[rep->nr_modes++]);
}

static int get_notes(const struct source *s, struct tp_report *rep)
{
	const json_t *list = json_object_get(s->object, "notes");

	if (!json_is_array(list))
		return refuse(s, "notes", "a list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *note = json_array_get(list, i);

		if (!json_is_string(note))
			return tp_error(0, "%s: %snotes[%zu]: a string is needed, it is %s", s->path,
					s->place, i, type_name(note));
		tp_report_note(rep, json_string_value(note));
	}
	return 0;
}

static int get_report(const struct source *s, struct tp_report *rep)
{
	int err;

	if (!json_is_object(s->object))
		return tp_error(0, "%s: a report is an object, this is %s", s->path,
				type_name(s->object));
	err = get_fields(s, tp_report_fields, rep);
	if (!err)
		err = get_list(s, "modes", get_mode, rep);
	if (!err)
		err = get_list(s, "cases", get_case, rep);
	if (!err)
		err = get_notes(s, rep);
	return err;
}

int tp_report_load(const char *path, struct tp_report *rep)
{
	struct source s = { path, "", NULL };
	json_error_t why;
	size_t len;
	char *text;
	int err;

	*rep = (struct tp_report){ 0 };
	err = tp_read_file(path, &text, &len);
	if (err)
		return err;
	s.object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (!s.object)
		return tp_error(0, "%s: line %d: %s", path, why.line, why.text);
	err = get_report(&s, rep);
	json_decref(s.object);
	if (err)
		tp_report_free(rep);
	return err;
}
