// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * session.h - one `tailpage run`, from selection to report
 */
#ifndef TP_CMD_SESSION_H
#define TP_CMD_SESSION_H

#include "cmd/cmd.h"

struct session;

/*
 * Where jobs come from, one at a time, so that no more of them are in memory than
 * run.  begin comes once the cases are selected; next gives a job (to be freed) and
 * the round it belongs to, and returns 1, 0 when there are no more, or a negative
 * errno (reported); check (or NULL) comes once all have run and makes what is missing
 * BROKEN; end comes in any case.
 */
struct tp_feed {
	int (*begin)(struct session *s);
	int (*next)(struct session *s, struct tp_job *job, unsigned *round);
	void (*check)(struct session *s);
	void (*end)(struct session *s);
	void *state;
};

struct session {
	const struct tp_options *o;
	const char *command;  /* what runs it again, without filters: "run", "exhaust --length 3" */
	struct tp_feed feed;
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
	unsigned cpu;        /* of a worker: 1 + the processor for its guests; 0: any */
	bool interrupted;
	bool scratch;        /* nothing of its mounts is kept */
	bool failed;         /* something did, so far */
	bool other;          /* what failed is not what was to fail again */
	unsigned kept, dropped; /* folders with evidence; those without their image */
};

/*
 * In a process of its own: carry jobs through the kernel and the judge, and leave
 * verdicts.json in the folder of each.  Returns the process's exit status: 0, or the
 * errno for which some of them are missing.
 */
int tp_work(const struct session *s, struct tp_job *jobs, size_t nr, char *const *folders);

/* evidence.c: a *.seq file in the job's folder for each finding that the report shows, and
 * in the finding the line that replays it.  0 or a negative errno (reported). */
int tp_leave_seqfiles(const struct session *s, const struct tp_job *job, const char *folder,
		      struct tp_report *rep);

/* fio writes its data beside the sequences of the job; it is verified after remount.
 * 0 or a negative errno (reported): the job file is none that can be verified. */
int tp_add_load(struct tp_job *job, const char *fio_job, const char *folder);

/* Run the feed's jobs, --jobs at a time, and merge what comes back.  0 or a negative
 * errno (reported). */
int tp_schedule(struct session *s);

/* run.c: select cases of s->lib (unless the session has some), run what the feed gives, report; frees what is in the session. */
int tp_session_run(struct session *s);

/*
 * Several runs of one session, for those who decide by what came of one what to run next.
 * open makes the results folder and gets the kernel ready: 0, 1 when it cannot run here
 * (reported), or a negative errno (reported).  again carries the feed's jobs through and
 * leaves their verdicts alone in s->report.  close gives everything back, also after a
 * failed open.
 */
int tp_session_open(struct session *s);
int tp_session_again(struct session *s);
void tp_session_close(struct session *s);

/* How the options want jobs to be built, for this round's seed. */
struct tp_build tp_build_for(const struct tp_options *o, unsigned round);

/* feed.c: the selected cases, round by round.  The state is the caller's, zeroed. */
struct tp_rounds {
	struct tp_jobs jobs; /* of the round that is handed out */
	size_t next;
	unsigned begun;      /* rounds built so far */
};
/* Does --repeat or --time want one more round, and no failure forbid it? */
bool tp_another_round(const struct session *s, unsigned begun);
struct tp_feed tp_feed_rounds(struct tp_rounds *state);

/* Complete the report: cases that were never judged, fixing commits, the lines
 * that run a case again, --require; order. */
void tp_complete(struct session *s);

/* Failures that the list foretells for the report's kernel become KNOWN; when it is
 * strict they stay FAIL and are told to be known. */
void tp_apply_known(const struct tp_known *known, bool strict, struct tp_report *rep);

/* A clean file system is no success where all its cases were skipped: SKIP too. */
void tp_skip_idle(struct tp_report *rep);

/* Something did not go into the results folder: that is noted, and the first file
 * system of the report is BROKEN by it. */
void tp_not_saved(struct tp_report *rep, const char *why);

/* One more report's records, modes and notes into the whole; part is emptied. */
void tp_merge_report(struct tp_report *whole, struct tp_report *part);

#endif
