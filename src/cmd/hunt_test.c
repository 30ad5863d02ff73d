// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt_test.c - a commit under test, until it is decided; and the calibration
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/prng.h"
#include "cmd/git.h"
#include "cmd/hunt.h"

#define SHORT 12 /* digits of a commit, for people */

static double now_s(void)
{
	return (double)tp_now_ns() / 1e9;
}

/* Runs of one commit get seeds of their own, the same when it is tested again. */
static uint64_t seed_of(const char *commit, const char *phase, uint64_t run)
{
	uint64_t of = tp_digest_of(commit, strlen(commit)) ^ tp_digest_of(phase, strlen(phase));

	return tp_mix64(of + run) >> 32;
}

static char *results_of(const struct hunt *s, const char *phase, const char *commit)
{
	return tp_printf("%s/results/%s-%.*s", s->dir, phase, SHORT, commit);
}

/* A new test of a commit: nothing of an older one counts as its evidence. */
static enum tp_tried begin(const struct hunt *s, const char *phase, const char *commit,
			   struct tp_tested *t, char **results)
{
	char *all = hunt_path(s, "results");
	int err;

	*results = results_of(s, phase, commit);
	*t = (struct tp_tested){ .phase = tp_strdup(phase), .commit = tp_strdup(commit) };
	t->subject = tp_git_subject(s->tree, commit);
	if (!t->subject)
		t->subject = tp_strdup("");
	err = tp_make_dirs(all);
	if (err == 0)
		err = tp_remove_tree(*results);
	free(all);
	if (err == 0)
		return TP_TRIED_MORE;
	t->why = tp_strdup("the folder of the results cannot be written");
	return TP_TRIED_STOP;
}

/* Into the log; on the disk only what was not stopped: of that nothing is known. */
static const struct tp_tested *record(struct hunt *s, struct tp_tested *t, double began_s)
{
	char *path = hunt_path(s, "log.jsonl");

	t->seconds = now_s() - began_s;
	if (hunt_stopped() || tp_tested_append(path, t) < 0)
		t->verdict = TP_TRIED_STOP;
	if (t->verdict == TP_TRIED_STOP && !t->why)
		t->why = tp_strdup(hunt_stopped() ? "interrupted" : "the log cannot be written");
	free(path);
	s->log.t = tp_grow(s->log.t, s->log.nr, sizeof(*s->log.t));
	s->log.t[s->log.nr] = *t;
	return &s->log.t[s->log.nr++];
}

/*
 * A kernel of which nothing can be told, again and again.  When one that is known to
 * come up does not come up now, the machine is at fault.
 */
static enum tp_tried whose_fault(const struct hunt *s, const char *results)
{
	char *control = hunt_path(s, "control");
	struct hunt_run run = { .outcome = TP_RUN_CLEAN };

	if (tp_exists(control))
		run = hunt_run(s, control, results, 1);
	free(run.why);
	free(control);
	return run.outcome == TP_RUN_UNTOLD || run.outcome == TP_RUN_STOP ? TP_TRIED_STOP
									  : TP_TRIED_SKIP;
}

static const char *why_skipped(const struct tp_tally *n)
{
	if (n->others)
		return "it fails in another way than the one that is hunted";
	return "the case cannot be had there";
}

static enum tp_tried try_kernel(const struct hunt *s, const char *kernel, const char *results,
				struct tp_tested *t)
{
	enum tp_tried v = TP_TRIED_MORE;

	while (v == TP_TRIED_MORE) {
		uint64_t nr = t->tally.runs + t->tally.untold;
		struct hunt_run run =
			hunt_run(s, kernel, results, seed_of(t->commit, t->phase, nr));

		v = tp_tally_run(&t->tally, run.outcome);
		if (run.why) {
			free(t->why);
			t->why = run.why;
		}
	}
	if (v == TP_TRIED_DOUBT)
		v = whose_fault(s, results);
	else if (v == TP_TRIED_SKIP) {
		free(t->why);
		t->why = tp_strdup(why_skipped(&t->tally));
	} else if (v != TP_TRIED_STOP) {
		free(t->why);
		t->why = NULL;
	}
	return v;
}

const struct tp_tested *hunt_test(struct hunt *s, const char *phase, const char *commit,
				  uint64_t needed)
{
	double began_s = now_s();
	struct tp_tested t;
	char *results, *kernel = NULL;
	enum tp_tried v = begin(s, phase, commit, &t, &results);

	t.tally.needed = needed;
	if (v == TP_TRIED_MORE)
		v = hunt_build(s, results, &kernel, &t.why);
	t.build_s = now_s() - began_s;
	if (kernel)
		v = try_kernel(s, kernel, results, &t);
	t.verdict = v;
	free(kernel);
	free(results);
	return record(s, &t, began_s);
}

/* Until it fails once: that failure is the one that is hunted. */
static int learn(struct hunt *s, const char *kernel, const char *results, struct tp_tested *t)
{
	unsigned untold = 0;

	for (uint64_t i = 0; i < s->h.most_runs && untold < TP_MOST_UNTOLD; i++) {
		struct hunt_run run = hunt_run(s, kernel, results, seed_of(t->commit, "learn", i));

		free(t->why);
		t->why = run.why;
		if (run.outcome == TP_RUN_STOP)
			return tp_error(0, "%s", run.why);
		if (run.outcome == TP_RUN_ABSENT)
			return tp_error(0, "this kernel cannot have the case");
		untold += run.outcome == TP_RUN_UNTOLD;
		s->h.kinds = run.kinds;
		if (run.kinds)
			return 0;
	}
	if (untold)
		return tp_error(0, "of this kernel nothing can be told: %s", t->why);
	return tp_error(0, "this kernel did not fail in %llu runs",
			(unsigned long long)s->h.most_runs);
}

static int measure(struct hunt *s, const char *kernel, const char *results, struct tp_tested *t)
{
	struct tp_tally *n = &t->tally;

	while (!tp_hunt_calibrated(&s->h, n->runs, n->hits)) {
		uint64_t nr = n->runs + n->untold;
		struct hunt_run run =
			hunt_run(s, kernel, results, seed_of(t->commit, t->phase, nr));
		enum tp_tried v = tp_tally_run(n, run.outcome);

		free(t->why);
		t->why = run.why;
		if (run.outcome == TP_RUN_ABSENT)
			return tp_error(0, "this kernel cannot have the case");
		if (run.outcome == TP_RUN_STOP)
			return tp_error(0, "%s", run.why);
		if (v == TP_TRIED_DOUBT)
			return tp_error(0, "of this kernel nothing can be told: %s", run.why);
	}
	s->h.runs = n->runs;
	s->h.hits = n->hits;
	if (n->hits)
		return 0;
	return tp_error(0, "this kernel did not fail in %llu runs", (unsigned long long)n->runs);
}

/* A kernel that comes up on this machine. */
static int keep_control(const struct hunt *s, const char *kernel)
{
	char *control = hunt_path(s, "control");
	int err = 0;

	unlink(control);
	if (!s->h.detector)
		err = tp_copy_sparse(kernel, control);
	if (err == 0 && !s->h.detector && chmod(control, 0755) != 0)
		err = tp_error(errno, "cannot make %s executable", control);
	free(control);
	return err;
}

static int calibrate(struct hunt *s, const char *kernel, const char *results, struct tp_tested *t)
{
	int err = 0;

	if (!s->h.kinds && !s->h.other_bad && !s->h.detector)
		err = learn(s, kernel, results, t);
	if (err == 0)
		err = measure(s, kernel, results, t);
	if (err == 0)
		err = keep_control(s, kernel);
	return err;
}

int hunt_calibrate(struct hunt *s, const char *commit)
{
	double began_s = now_s();
	struct tp_tested t;
	char *results, *kernel = NULL;
	enum tp_tried v = begin(s, "calibrate", commit, &t, &results);
	int err = -EIO;

	if (v == TP_TRIED_MORE)
		v = hunt_build(s, results, &kernel, &t.why);
	t.build_s = now_s() - began_s;
	if (kernel)
		err = calibrate(s, kernel, results, &t);
	else
		tp_error(0, "%s", t.why);
	t.verdict = err == 0 ? TP_TRIED_BAD : TP_TRIED_STOP;
	if (record(s, &t, began_s)->verdict == TP_TRIED_STOP && err == 0)
		err = -EIO;
	if (err == 0)
		err = hunt_save(s);
	free(kernel);
	free(results);
	return err;
}
