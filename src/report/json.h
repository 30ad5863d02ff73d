// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json.h - the fields of a report, for writing (json.c) and reading (load.c)
 */
#ifndef TP_REPORT_JSON_H
#define TP_REPORT_JSON_H

#include <stddef.h>

enum tp_field_type {
	TP_FIELD_TEXT,
	TP_FIELD_TEXT_OR_NULL,
	TP_FIELD_TENTHS, /* uint64_t[TP_TENTHS] */
	TP_FIELD_COUNT, /* uint64_t; above 2^53 a string of digits */
	TP_FIELD_REAL,
	TP_FIELD_VERDICT, /* enum tp_verdict, by name */
	TP_FIELD_KIND,    /* enum tp_finding_kind, by name */
	TP_FIELD_OPS,     /* struct tp_op_set, names between blanks */
	TP_FIELD_KINDS,   /* bits of enum tp_finding_kind, as words between commas */
	TP_FIELD_LATER_COUNT, /* as COUNT and TEXT_OR_NULL; older reports do not have it */
	TP_FIELD_LATER_TEXT,
};

struct tp_field {
	const char *key;
	enum tp_field_type type;
	size_t offset; /* in the struct */
};

/* Of the structs of model/record.h; each table ends with a NULL key.  Lists
 * (modes, cases, findings, causes, notes) are not in them. */
extern const struct tp_field tp_report_fields[], tp_mode_fields[], tp_case_fields[],
	tp_finding_fields[], tp_cause_fields[];

#endif
