// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.h - one record, many formats
 *
 * A format is a file in this folder and a row in the table of report.c.
 */
#ifndef TP_REPORT_REPORT_H
#define TP_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/record.h"

struct tp_style {
	bool color;       /* escape sequences for colour */
	unsigned width;   /* columns of the terminal; 0: unlimited, not a terminal */
	bool strict;      /* KNOWN counts as a failure */
};

struct tp_format {
	const char *name; /* "tap" */
	const char *help;
	void (*write)(const struct tp_report *rep, const struct tp_style *style, FILE *out);
};

/* All formats; ends with a NULL name. */
extern const struct tp_format tp_formats[];
const struct tp_format *tp_format_find(const char *name);

/* The JSON form is also how a run is kept: report.json and verdicts.json. */
int tp_report_save(const struct tp_report *rep, const char *path);
/* 0, or a negative errno (reported): unreadable, not JSON, not ours. */
int tp_report_load(const char *path, struct tp_report *rep);

/* The progress line; see progress.c. */
struct tp_progress {
	FILE *out;          /* NULL: nothing is shown */
	bool live;          /* rewrite one line (a terminal); else a plain line per step */
	unsigned long cells_done, cells_all;
	unsigned long cases_done, cases_all;
	unsigned long files_done;
	unsigned long planned_done, planned_all; /* files of mounts that have ended, and of all */
	unsigned round;     /* being handed out, when there are several; else 0 or 1 */
	double limit_s;     /* rounds go on for so long; 0: planned_all is all there is */
	unsigned long findings;
	double started_s;   /* CLOCK_MONOTONIC seconds */
	unsigned width;     /* columns of the terminal; 0: 80 */
	bool shown;         /* a live line stands there; kept by progress.c */
};

/* Show the state; name is what has just ended ("1k-ordered-delalloc"). */
void tp_progress_show(struct tp_progress *p, const char *name, double now_s);
/* Remove the line before other output comes. */
void tp_progress_clear(struct tp_progress *p);

#endif
