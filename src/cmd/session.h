// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * session.h - one `tailpage run`, from selection to report
 */
#ifndef TP_CMD_SESSION_H
#define TP_CMD_SESSION_H

#include "cmd/cmd.h"

struct session {
	const struct tp_options *o;
	struct tp_library lib;
	struct tp_known known;
	struct tp_cases cases;
	struct tp_report report;
	struct tp_progress progress;
	const struct tp_era *era; /* of all images; NULL: as mke2fs is set up */
	char *agent;
	char *results;       /* folder of this run */
	char *work;          /* the kernel's work folder */
	char fault[512];     /* why cases were not run; empty: they were */
	double started_s;
	bool interrupted;
};

/*
 * In a process of its own: carry jobs through the kernel and the judge, and leave
 * verdicts.json in the folder of each.  Returns the process's exit status.
 */
int tp_work(const struct session *s, struct tp_job *jobs, size_t nr, char *const *folders);

/* fio writes its data beside the sequences of the job; it is verified after remount.
 * 0 or a negative errno (reported): the job file is none that can be verified. */
int tp_add_load(struct tp_job *job, const char *fio_job, const char *folder);

/* Run all jobs, --jobs at a time, and merge what comes back.  0 or a negative
 * errno (reported). */
int tp_schedule(struct session *s, struct tp_jobs *jobs, unsigned round);

/* Complete the report: cases that were never judged, fixing commits, the lines
 * that run a case again, --require; order. */
void tp_complete(struct session *s);

/* Failures that the list foretells for the report's kernel become KNOWN; when it is
 * strict they stay FAIL and are told to be known. */
void tp_apply_known(const struct tp_known *known, bool strict, struct tp_report *rep);

/* A clean file system is no success where all its cases were skipped: SKIP too. */
void tp_skip_idle(struct tp_report *rep);

/* One more report's records and modes into the whole; part is emptied. */
void tp_merge_report(struct tp_report *whole, struct tp_report *part);

#endif
