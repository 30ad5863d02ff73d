// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * formats.h - the writers that the table in report.c names
 */
#ifndef TP_REPORT_FORMATS_H
#define TP_REPORT_FORMATS_H

#include "report/report.h"

void tp_text_write(const struct tp_report *rep, const struct tp_style *style, FILE *out);
void tp_tap_write(const struct tp_report *rep, const struct tp_style *style, FILE *out);
void tp_ktap_write(const struct tp_report *rep, const struct tp_style *style, FILE *out);
void tp_json_write(const struct tp_report *rep, const struct tp_style *style, FILE *out);
void tp_lines_write(const struct tp_report *rep, const struct tp_style *style, FILE *out);

/*
 * What both TAP dialects share: append "scenario/cell" without anything that
 * a TAP reader takes for syntax, and comment lines about run and modes.
 */
struct tp_buf;
void tp_tap_name(struct tp_buf *out, const struct tp_record *r);
void tp_tap_comments(struct tp_buf *out, const struct tp_report *rep);
void tp_tap_foretold(struct tp_buf *out, const struct tp_record *r);

/* Is this record a failure under this style?  BROKEN is. */
bool tp_counts_as_failure(const struct tp_record *r, const struct tp_style *style);

#endif
