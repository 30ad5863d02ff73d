// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_search.c - candidates become the files of one mount, until none fails any more
 *
 * A mount costs a second or more, and so does the boot of a guest: each has as many
 * operations as take about as long again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/stat.h"
#include "cmd/shrinking.h"
#include "judge/judge.h"

#define MOST_OPS         6000 /* of a mount, with all copies */
#define MOST_CANDIDATES  800
#define LEAST_CANDIDATES 8
#define LONG             40  /* operations: of what is longer much is tried, with fewer copies */
#define ALPHA_LONG       0.3 /* how often a candidate of it may be missed */
#define SURE             (1 - TP_SHRINK_ALPHA) /* a rate at which one copy is enough */
#define OLD_FILES        2 /* that the rate so far counts for beside a new one */

/* As often as the rate wants it, to see a candidate that fails half as often. */
static uint64_t copies(const struct tp_shrinking *x)
{
	double alpha = x->seq->seq.nr > LONG ? ALPHA_LONG : TP_SHRINK_ALPHA;

	return x->rate >= SURE ? 1 : tp_trials_for(x->rate / 2, alpha, 1);
}

static size_t most_ops(const struct tp_shrinking *x)
{
	size_t least = LEAST_CANDIDATES * x->seq->seq.nr, most = MOST_OPS / copies(x);

	return most > least ? most : least;
}

/* The best so far is x->seq: keep it. */
static int keep_best(struct tp_shrinking *x, const struct tp_seq *best)
{
	tp_seq_free(&x->seq->seq);
	x->seq->seq = (struct tp_seq){ tp_alloc(best->nr * sizeof(*best->ops) + 1), best->nr };
	memcpy(x->seq->seq.ops, best->ops, best->nr * sizeof(*best->ops));
	free(x->seq->met); /* it names operations by number */
	x->seq->met = NULL;
	x->seq->nr_met = 0;
	return tp_shrink_keep(x);
}

/* Was the mount judged?  A candidate that was not is no sound one; a mount that was not
 * (a guest that died, a full disk) says nothing of any. */
static bool judged(const struct tp_shrinking *x)
{
	const struct tp_record *r = tp_report_find(&x->s->report, TP_FILE_SYSTEM, x->cell->name);

	return r && r->verdict != TP_BROKEN;
}

static int run_candidates(struct tp_shrinking *x, const struct tp_shrink *search)
{
	struct tp_job *job = tp_batch_add(x, x->cell, "shrink");

	for (size_t i = 0; i < search->nr; i++) {
		char *name = tp_printf("sequence-%zu", i);

		tp_trial_add(job, name, "-", &search->c[i].seq, copies(x));
		free(name);
	}
	return tp_batch_run(x);
}

static int try_candidates(struct tp_shrinking *x, const struct tp_shrink *search,
			  struct tp_trials *trials)
{
	int err = run_candidates(x, search);

	if (err == 0 && !judged(x))
		err = run_candidates(x, search);
	if (err == 0 && !judged(x))
		err = tp_shrink_stopped(x, "a mount could not be judged, twice");
	for (size_t i = 0; i < search->nr && err == 0; i++) {
		char *name = tp_printf("sequence-%zu", i);

		trials[i] = tp_trials_of(&x->s->report, name, x->cell->name, &x->sought);
		free(name);
	}
	x->tried += search->nr;
	return err;
}

/* What was seen of the new best one tells how often the next must be tried. */
static void learn_rate(struct tp_shrinking *x, const struct tp_shrink *search,
		       const struct tp_trials *trials)
{
	for (size_t i = 0; i < search->nr; i++) {
		const struct tp_trials *t = &trials[i];

		if (!tp_shrink_failed(x, t) ||
		    tp_edit_compare(&search->of, &search->c[i].seq, &search->best) != 0)
			continue;
		x->rate = ((double)t->hits + OLD_FILES * x->rate) / ((double)t->files + OLD_FILES);
		return;
	}
}

/* One batch of the search. */
static int step(struct tp_shrinking *x, struct tp_shrink *search)
{
	struct tp_trials *trials = tp_alloc(search->nr * sizeof(*trials) + 1);
	bool *fails = tp_alloc(search->nr + 1);
	int err = try_candidates(x, search, trials);

	for (size_t i = 0; i < search->nr && err == 0; i++)
		fails[i] = tp_shrink_failed(x, &trials[i]);
	if (err == 0 && tp_shrink_tell(search, fails)) {
		learn_rate(x, search, trials);
		err = keep_best(x, &search->best);
	}
	free(trials);
	free(fails);
	return err;
}

int tp_shrink_search(struct tp_shrinking *x)
{
	struct tp_shrink search;
	int err = 0;

	tp_shrink_begin(&search, &x->seq->seq, x->cell, tp_page_bytes(), MOST_CANDIDATES);
	search.most_ops = most_ops(x);
	while (err == 0 && tp_shrink_next(&search)) {
		err = step(x, &search);
		search.most_ops = most_ops(x);
		tp_shrink_say(x, false);
	}
	tp_shrink_free(&search);
	return err;
}
