// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calibrate.c - tailpage calibrate: how often does a bad kernel fail?
 */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "cmd/git.h"
#include "cmd/hunt.h"

/* The folder of a new hunt, for the tree as it stands. */
static int begin(struct hunt_options *o, struct hunt *s)
{
	int err = hunt_open(o->state, true, s);

	if (err < 0)
		return err;
	if (hunt_exists(s))
		return tp_error(EEXIST,
				"%s holds a hunt already; remove it or give another --state",
				s->dir);
	s->h = o->asked;
	o->asked = (struct tp_hunt){ 0 };
	return tp_git(s->h.tree, &s->tree, "rev-parse", "--show-toplevel", NULL);
}

static void tell(const struct hunt *s)
{
	const struct tp_hunt *h = &s->h;
	uint64_t needed = tp_hunt_needed(h, 0);

	printf("It failed in %llu of %llu runs: in at least %.3g %% of all.\n",
	       (unsigned long long)h->hits, (unsigned long long)h->runs, tp_hunt_rate(h) * 100);
	printf("A commit is good after %llu clean runs, of %llu steps.\n",
	       (unsigned long long)needed, (unsigned long long)h->steps);
	printf("Now: git bisect start BAD GOOD; git bisect run tailpage bisect-step --state %s\n",
	       s->dir);
}

int tp_cmd_calibrate(int argc, char **argv)
{
	struct hunt_options o;
	struct hunt s = { .lock = -1 };
	char *commit = NULL;
	enum tp_exit outcome = TP_EXIT_USAGE;

	if (hunt_options_read(argc, argv, HUNT_CALIBRATE, &o) && tp_git_begin()) {
		outcome = TP_EXIT_NOTHING;
		hunt_catch_signals();
		if (begin(&o, &s) == 0 && (commit = tp_git_commit(s.tree, "HEAD")) &&
		    hunt_calibrate(&s, commit) == 0) {
			tell(&s);
			outcome = TP_EXIT_PASS;
		}
	}
	free(commit);
	hunt_close(&s);
	tp_hunt_free(&o.asked);
	return hunt_stopped() ? hunt_stop_status() : tp_exit_status("plain", outcome);
}
