// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bisect_step.c - tailpage bisect-step: one commit, as git bisect run wants it
 *
 * All that is our fault ends with 128 or more, or git would take it for a bad commit.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "cmd/git.h"
#include "cmd/hunt.h"

/* A calibrated hunt, and the tree to test. */
static int begin(const struct hunt_options *o, struct hunt *s)
{
	int err = hunt_open(o->state, false, s);

	if (err == 0)
		err = hunt_load(s);
	if (err == 0 && !s->h.hits)
		err = tp_error(0, "%s was not calibrated (tailpage calibrate)", s->dir);
	return err ? err : tp_git(o->asked.tree, &s->tree, "rev-parse", "--show-toplevel", NULL);
}

static void tell(const struct hunt *s, const struct tp_tested *t)
{
	const struct tp_tally *n = &t->tally;

	printf("%s: ", tp_tried_name(t->verdict));
	if (t->verdict == TP_TRIED_BAD)
		printf("it failed in run %" PRIu64 "\n", n->runs);
	else if (t->verdict == TP_TRIED_GOOD)
		printf("%" PRIu64 " clean runs; a bad commit has so many with a probability of at "
		       "most %.2g\n",
		       n->runs, tp_hunt_missed(&s->h, n->runs));
	else
		printf("%s\n", t->why);
}

/* What the log knows of this commit already, or a new test. */
static enum tp_tried step(struct hunt *s, const char *commit, bool resume)
{
	const struct tp_tested *t = resume ? tp_tested_find(&s->log, "step", commit) : NULL;

	if (!t)
		t = hunt_test(s, "step", commit, tp_hunt_needed(&s->h, hunt_decided(s)));
	tell(s, t);
	return t->verdict;
}

int tp_cmd_bisect_step(int argc, char **argv)
{
	struct hunt_options o;
	struct hunt s = { .lock = -1 };
	enum tp_tried v = TP_TRIED_STOP;
	char *commit = NULL;

	if (hunt_options_read(argc, argv, HUNT_STEP, &o) && tp_git_begin() && begin(&o, &s) == 0) {
		hunt_catch_signals();
		commit = tp_git_commit(s.tree, "HEAD");
		if (commit)
			v = step(&s, commit, o.resume);
	}
	free(commit);
	hunt_close(&s);
	tp_hunt_free(&o.asked);
	return hunt_stopped() ? hunt_stop_status() : tp_tried_status(v);
}
