// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bisect.c - tailpage bisect: from a good and a bad end to the first bad commit
 *
 * git bisect decides what is tested; it works in a checkout of its own, so that the
 * user's stays as it is.  Whatever ends this half way, the log knows what was tested,
 * and the same command goes on: what is in the log is not tested again.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/git.h"
#include "cmd/hunt.h"

#define SHORT        12 /* digits of a commit, for people */
#define ONLY_SKIPPED 2  /* git bisect: there are only skipped commits left to test */

/* Full names for the tree and its ends, and how far they are apart. */
static int resolve(struct tp_hunt *h)
{
	char *top, *good, *bad, *count = NULL;
	uint64_t nr = 0;
	int err = tp_git(h->tree, &top, "rev-parse", "--show-toplevel", NULL);

	if (err < 0)
		return err;
	free(h->tree);
	h->tree = top;
	good = tp_git_commit(top, h->good);
	bad = tp_git_commit(top, h->bad);
	if (!good || !bad)
		err = -ENOENT;
	else if (strcmp(good, bad) == 0 ||
		 tp_git_ask(top, NULL, "merge-base", "--is-ancestor", good, bad, NULL) != 0)
		err = tp_error(0, "%s is no ancestor of %s: what is between them?", h->good,
			       h->bad);
	if (err == 0) {
		char *range = tp_printf("%s..%s", good, bad);

		err = tp_git(top, &count, "rev-list", "--count", range, NULL);
		free(range);
	}
	if (err == 0 && tp_parse_u64(count, &nr))
		h->steps = tp_hunt_steps(nr);
	free(count);
	free(h->good);
	free(h->bad);
	h->good = good;
	h->bad = bad;
	return err;
}

/* A new hunt, or the one that was begun with the same words. */
static int begin(struct hunt_options *o, struct hunt *s)
{
	int err = resolve(&o->asked);

	if (err == 0)
		err = hunt_open(o->state, true, s);
	if (err < 0)
		return err;
	if (hunt_exists(s)) {
		err = hunt_load(s);
		if (err == 0 && !tp_hunt_same(&s->h, &o->asked))
			err = tp_error(EEXIST,
				       "%s holds another hunt; remove it or give another --state",
				       s->dir);
	} else {
		s->h = o->asked;
		o->asked = (struct tp_hunt){ 0 };
		err = hunt_save(s);
	}
	s->tree = hunt_path(s, "tree");
	return err;
}

static void tell_calibration(const struct hunt *s)
{
	const struct tp_hunt *h = &s->h;
	struct tp_buf kinds = { 0 };

	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		if (h->kinds & 1u << k)
			tp_buf_printf(&kinds, " %s", tp_finding_name(k));
	tp_note("bad end: fails (%s) in %" PRIu64 " of %" PRIu64
		" runs, in at least %.3g %% of all; "
		"good is what has %" PRIu64 " clean runs",
		kinds.len     ? kinds.text + 1
		: h->detector ? "detector"
			      : "anything",
		h->hits, h->runs, tp_hunt_rate(h) * 100, tp_hunt_needed(h, 0));
	tp_buf_free(&kinds);
}

static int check_bad(struct hunt *s)
{
	int err = 0;

	if (!s->h.hits) {
		tp_note("bad end: %.*s", SHORT, s->h.bad);
		err = tp_git_checkout(s->h.tree, s->tree, s->h.bad);
		if (err == 0)
			err = hunt_calibrate(s, s->h.bad);
		if (err < 0 && !hunt_stopped())
			tp_error(0, "the bad end %.*s cannot be shown to be bad", SHORT, s->h.bad);
	}
	if (err == 0)
		tell_calibration(s);
	return err;
}

static int check_good(struct hunt *s)
{
	const struct tp_tested *t = tp_tested_find(&s->log, "good", s->h.good);
	int err;

	if (t && t->verdict == TP_TRIED_GOOD)
		return 0;
	tp_note("good end: %.*s", SHORT, s->h.good);
	err = tp_git_checkout(s->h.tree, s->tree, s->h.good);
	if (err < 0)
		return err;
	t = hunt_test(s, "good", s->h.good, tp_hunt_needed(&s->h, 0));
	if (hunt_stopped())
		return -EINTR;
	if (t->verdict == TP_TRIED_BAD)
		return tp_error(0, "the good end %.*s fails too, in run %" PRIu64, SHORT, s->h.good,
				t->tally.runs);
	if (t->verdict != TP_TRIED_GOOD)
		return tp_error(0, "the good end %.*s cannot be tested: %s", SHORT, s->h.good,
				t->why);
	tp_note("good end: %" PRIu64 " clean runs", t->tally.runs);
	return 0;
}

/* The commits that may be the first bad one, one a line, the newest first. */
static int candidates(const struct hunt *s, char **list, size_t *nr)
{
	int err = tp_git(s->tree, list, "rev-list", "refs/bisect/bad", "--not",
			 "--glob=refs/bisect/good-*", NULL);

	*nr = err == 0 && **list;
	for (const char *p = err == 0 ? *list : ""; *p; p++)
		*nr += *p == '\n';
	return err;
}

/* The commit that git chose: from the log, or tested now. */
static const struct tp_tested *test_head(struct hunt *s, const char *commit)
{
	const struct tp_tested *t = tp_tested_find(&s->log, "step", commit);

	if (!t)
		t = hunt_test(s, "step", commit, tp_hunt_needed(&s->h, hunt_decided(s)));
	if (t->verdict != TP_TRIED_STOP)
		tp_note("%.*s is %s%s%s (%" PRIu64 " runs, %.0f s): %s", SHORT, commit,
			tp_tried_name(t->verdict), t->why ? ", " : "", t->why ? t->why : "",
			t->tally.runs, t->seconds, t->subject);
	else if (!hunt_stopped())
		tp_error(0, "%.*s could not be tested: %s", SHORT, commit, t->why);
	return t;
}

/* Test what git has checked out and tell it; 0, 1 when only skipped commits are left, or
 * a negative errno (reported). */
static int step(struct hunt *s)
{
	char *commit = tp_git_commit(s->tree, "HEAD"), *said = NULL;
	const struct tp_tested *t = commit ? test_head(s, commit) : NULL;
	int status;

	free(commit);
	if (!t || t->verdict == TP_TRIED_STOP)
		return -EIO;
	status = tp_git_ask(s->tree, &said, "bisect", tp_tried_name(t->verdict), NULL);
	if (status > 0 && status != ONLY_SKIPPED)
		tp_error(0, "git bisect %s: %s", tp_tried_name(t->verdict), said);
	free(said);
	return status == 0 ? 0 : status == ONLY_SKIPPED ? 1 : -EIO;
}

/* 0: one is left; 1: several, the others were skipped; or a negative errno (reported). */
static int search(struct hunt *s, char **left, size_t *nr)
{
	int err = tp_git_checkout(s->h.tree, s->tree, s->h.bad);

	if (err == 0)
		err = tp_git(s->tree, NULL, "bisect", "start", s->h.bad, s->h.good, NULL);
	while (err == 0) {
		err = candidates(s, left, nr);
		if (err < 0 || *nr == 1)
			return err;
		free(*left);
		*left = NULL;
		err = step(s);
	}
	return err < 0 ? err : candidates(s, left, nr) < 0 ? -EIO : 1;
}

static bool is_step(const struct hunt *s, size_t i)
{
	const struct tp_tested *t = &s->log.t[i];

	return tp_tested_find(&s->log, "step", t->commit) == t;
}

/* What is left of certainty: the bound of the rate, and each verdict. */
static double confidence(const struct hunt *s)
{
	double wrong = s->h.alpha / 2;

	for (size_t i = 0; i < s->log.nr; i++)
		if (is_step(s, i) && s->log.t[i].verdict != TP_TRIED_SKIP)
			wrong += tp_hunt_missed(&s->h, s->log.t[i].tally.needed);
	return 1 - wrong;
}

static void report(const struct hunt *s, int found, char *left, size_t nr)
{
	char *save = NULL;

	printf("commit        verdict   runs  failed  seconds  subject\n");
	for (size_t i = 0; i < s->log.nr; i++) {
		const struct tp_tested *t = &s->log.t[i];

		if (t->verdict != TP_TRIED_STOP)
			printf("%-*.*s  %-7s %6" PRIu64 "  %6" PRIu64 "  %7.1f  %s%s%s\n", SHORT,
			       SHORT, t->commit, tp_tried_name(t->verdict), t->tally.runs,
			       t->tally.hits, t->seconds, t->subject, t->why ? ": " : "",
			       t->why ? t->why : "");
	}
	if (found == 0)
		printf("\nThe first bad commit is\n");
	else
		printf("\nThe first bad commit is one of these %zu; the others of them could not "
		       "be "
		       "tested:\n",
		       nr);
	for (char *one = strtok_r(left, "\n", &save); one; one = strtok_r(NULL, "\n", &save)) {
		char *subject = tp_git_subject(s->h.tree, one);

		printf("%s %s\n", one, subject ? subject : "");
		free(subject);
	}
	printf("\nThis is right with a probability of at least %.2f %%, when bad commits fail as "
	       "often as the bad end\nand good ones never. The log is %s/log.jsonl\n",
	       confidence(s) * 100, s->dir);
}

/* What takes much room, once it is of no more use. */
static void put_away(const struct hunt *s)
{
	char *build = hunt_path(s, "build");

	tp_git_remove_checkout(s->h.tree, s->tree);
	tp_remove_tree(build);
	free(build);
}

static enum tp_exit bisect(struct hunt *s, bool keep)
{
	char *left = NULL;
	size_t nr = 0;
	int found = check_bad(s);

	if (found == 0)
		found = check_good(s);
	if (found == 0)
		found = search(s, &left, &nr);
	if (found >= 0) {
		report(s, found, left, nr);
		if (!keep)
			put_away(s);
	} else if (hunt_stopped()) {
		tp_note("interrupted; the same command goes on from here (%s)", s->dir);
	}
	free(left);
	return found < 0 ? TP_EXIT_NOTHING : found ? TP_EXIT_FAIL : TP_EXIT_PASS;
}

int tp_cmd_bisect(int argc, char **argv)
{
	struct hunt_options o;
	struct hunt s = { .lock = -1 };
	enum tp_exit outcome = TP_EXIT_USAGE;

	if (hunt_options_read(argc, argv, HUNT_BISECT, &o) && tp_git_begin()) {
		outcome = TP_EXIT_NOTHING;
		hunt_catch_signals();
		if (begin(&o, &s) == 0)
			outcome = bisect(&s, o.keep);
	}
	hunt_close(&s);
	tp_hunt_free(&o.asked);
	return hunt_stopped() ? hunt_stop_status() : tp_exit_status("plain", outcome);
}
