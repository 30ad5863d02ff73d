// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt.h - the search for the commit that brought a failure: what is decided when
 *
 * A good kernel never shows the failure, a bad one shows it in a share p of its runs.
 * So one failure proves a commit bad, and how many clean runs it takes to call one good
 * depends on p, which is measured on a kernel that is known to be bad.
 *
 * The result may be wrong with a probability of at most alpha.  Half of that is for p:
 * its lower bound may be too high.  The other half is for the commits that are tested:
 * it is cut into steps + 1 equal parts, one for each of the expected steps, and the last
 * for the steps that skipped commits add, each of them half of what the one before got.
 */
#ifndef TP_PLAN_HUNT_H
#define TP_PLAN_HUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"

struct tp_hunt {
	/* What is looked for, and where. */
	char *tree;       /* the user's kernel tree */
	char *good, *bad; /* full names of the ends; NULL: git bisect run has them */
	char *case_name;  /* SCENARIO/CELL; of case_name and seq one is not NULL, */
	char *seq;        /* or both are: then detector tells */
	char *detector;   /* shell command that tells instead of a run, or NULL */
	char *kernel;     /* kind of kernel: "uml", "qemu" */
	char **words;     /* more options of each run */
	size_t nr_words;
	bool debug;         /* kernels with KASAN and the like */
	bool other_bad;     /* any failure is the one that is hunted */
	uint32_t kinds;     /* bits of enum tp_finding_kind; 0: to be learnt */
	uint64_t most_runs; /* of the calibration */
	double alpha;
	uint64_t steps; /* tests that the bisection is expected to need */
	/* What the calibration found; runs == 0: it has not been done. */
	uint64_t runs, hits;
};

void tp_hunt_free(struct tp_hunt *h);

/* What came of one run of a kernel. */
enum tp_run_outcome {
	TP_RUN_CLEAN,
	TP_RUN_HIT,    /* the failure that is hunted */
	TP_RUN_OTHER,  /* another one */
	TP_RUN_ABSENT, /* this kernel cannot have the case */
	TP_RUN_UNTOLD, /* could not tell: the kernel or the machine is at fault */
	TP_RUN_STOP,   /* the machine is at fault */
};

/* The outcome that a run's report amounts to.  A known issue is a failure like any. */
enum tp_run_outcome tp_hunt_outcome(const struct tp_hunt *h, const struct tp_report *rep);
/* Of a detector's exit status: 0 clean, 1 a hit, 125 absent, everything else our fault,
 * as a shell that does not find its command says 127. */
enum tp_run_outcome tp_hunt_detected(int status);

/* The kind to hunt, when a failing run is all that is known: the first of its kinds in
 * the order of enum tp_finding_kind, from the sharpest to the vaguest.  A bit or 0. */
uint32_t tp_hunt_learn(const struct tp_report *rep);

/* A commit, or a kernel, under test. */
enum tp_tried {
	TP_TRIED_MORE, /* not decided: run it again */
	TP_TRIED_GOOD,
	TP_TRIED_BAD,
	TP_TRIED_SKIP,
	TP_TRIED_DOUBT, /* it cannot be told, and it has to be found out whose fault that is */
	TP_TRIED_STOP,
	TP_NR_TRIED
};

/* "good", "bad", "skip", "stop"; and back, -1 when unknown. */
const char *tp_tried_name(enum tp_tried t);
int tp_tried_find(const char *name);
/* What git bisect run has to be told: 0, 1, 125 or 128. */
int tp_tried_status(enum tp_tried t);

struct tp_tally {
	uint64_t needed; /* clean runs for a verdict of good */
	uint64_t runs;   /* those that told something */
	uint64_t hits, others, untold;
};

#define TP_MOST_OTHERS 3 /* failures of another kind, and a commit is skipped */
#define TP_MOST_UNTOLD 3

/* Count one more run; returns what is known now. */
enum tp_tried tp_tally_run(struct tp_tally *t, enum tp_run_outcome o);

#define TP_CALIBRATION_HITS 20 /* enough: p is known to about a third then */

/*
 * The calibration is over with so many hits or with most_runs.  The bound holds for
 * this rule too: r hits within n runs come to pass exactly when r or more of n runs
 * hit.
 */
bool tp_hunt_calibrated(const struct tp_hunt *h, uint64_t runs, uint64_t hits);

/* The lower bound of p. */
double tp_hunt_rate(const struct tp_hunt *h);

/* Clean runs that a commit needs when `decided` others have been called good or bad
 * before; UINT64_MAX: more than can be done. */
uint64_t tp_hunt_needed(const struct tp_hunt *h, uint64_t decided);

/* The probability that a bad commit shows nothing in so many runs, at most. */
double tp_hunt_missed(const struct tp_hunt *h, uint64_t runs);

/* How many commits git bisect tests to find one of nr. */
uint64_t tp_hunt_steps(uint64_t nr_commits);

#endif
