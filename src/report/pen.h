// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pen.h - what the parts of the text report write with
 */
#ifndef TP_REPORT_PEN_H
#define TP_REPORT_PEN_H

#include "base/buf.h"
#include "report/report.h"

struct tp_pen {
	struct tp_buf buf;
	const struct tp_style *style;
};

/* The text, in this colour when the style wants colours. */
void tp_pen_colored(struct tp_pen *pen, const char *color, const char *text);

/* The label and the text behind it on one line; nothing for an empty text. */
void tp_pen_part(struct tp_pen *pen, const char *label, const char *text);

/* Modes that are not what was asked for, each remark once. */
void tp_modes_add(struct tp_pen *pen, const struct tp_report *rep);

/* Cases that passed though a known issue was sure to show, by issues. */
void tp_foretold_add(struct tp_pen *pen, const struct tp_report *rep);

/* The cases with this verdict by their reasons, the most frequent first, below
 * the title; of PASS only those with a remark.  Nothing when there are none. */
void tp_reasons_add(struct tp_pen *pen, const struct tp_report *rep, enum tp_verdict v,
		    const char *title);

#endif
