// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_look.c - what the sequence does before anything is taken from it
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cmd/shrinking.h"

#define FIRST_OPS   6000 /* are looked at first: a second of a slow guest */
#define FIRST_FILES 8    /* but so many files at least */
#define MORE        4    /* times as many, when none of them failed */
#define MOST_COPIES 2000 /* of a candidate: rarer failures cost too much */
#define KEEPS       5    /* a candidate must keep this part of the rate, 1/KEEPS */

static const struct tp_record *record(const struct tp_shrinking *x)
{
	return tp_report_find(&x->s->report, "sequence", x->cell->name);
}

/* Run it in so many files; *t is what came of it. */
static int measure(struct tp_shrinking *x, uint64_t copies, struct tp_trials *t)
{
	struct tp_job *job = tp_batch_add(x, x->cell, "sequence");
	int err;

	tp_trial_add(job, "sequence", x->seq->params ? x->seq->params : "-", &x->seq->seq, copies);
	err = tp_batch_run(x);
	if (err == 0)
		*t = tp_trials_of(&x->s->report, "sequence", x->cell->name, &x->sought);
	return err;
}

/* The cause of the right kind that most files have; one that no issue explains first. */
static const struct tp_cause *likeliest(const struct tp_shrinking *x)
{
	const struct tp_sought any = { x->sought.kind, NULL };
	const struct tp_record *r = record(x);
	const struct tp_cause *best = NULL;

	for (size_t i = 0; r && i < r->nr_causes; i++) {
		const struct tp_cause *c = &r->causes[i];

		if (tp_sought_is(&any, c) &&
		    (!best || (!c->issue && best->issue) ||
		     (!c->issue == !best->issue && c->files > best->files)))
			best = c;
	}
	return best;
}

/*
 * A long sequence shows several bugs: from here on one of them is meant.  It is the one
 * that the file names, unless this kernel, or another list of issues, shows it as another
 * (only asked when no more files will be tried).
 */
static void choose_issue(struct tp_shrinking *x, bool last, struct tp_trials *t)
{
	const struct tp_cause *c;

	if (x->sought.issue && (t->hits || !last))
		return;
	c = likeliest(x);
	if (!c)
		return;
	if (x->sought.issue)
		tp_error(0, "the file says that it is %s; here it is %s", x->seq->issue,
			 c->issue ? c->issue : TP_NO_ISSUE);
	free(x->seq->issue);
	x->seq->issue = tp_strdup(c->issue ? c->issue : TP_NO_ISSUE);
	x->sought.issue = x->seq->issue;
	*t = tp_trials_of(&x->s->report, "sequence", x->cell->name, &x->sought);
}

static int not_judged(const struct tp_shrinking *x)
{
	const struct tp_record *r = record(x);

	return tp_error(0, "none of its files could be judged: %s",
			r && r->reason ? r->reason : "it was not run");
}

static uint64_t first_files(const struct tp_shrinking *x, uint64_t many)
{
	uint64_t files = FIRST_OPS / (x->seq->seq.nr + 1);

	files = files < FIRST_FILES ? FIRST_FILES : files;
	return files < many ? files : many;
}

int tp_shrink_look(struct tp_shrinking *x)
{
	uint64_t many = tp_trial_copies(x->s, x->seq), files = first_files(x, many);
	struct tp_trials t;
	int err;

	x->sought = (struct tp_sought){ x->seq->kind, x->seq->issue };
	for (;; files = files * MORE < many ? files * MORE : many) {
		err = measure(x, files, &t);
		if (err == 0)
			choose_issue(x, files == many, &t);
		if (err < 0 || t.hits || files == many)
			break;
	}
	if (err < 0)
		return err;
	if (t.files == 0)
		return not_judged(x);
	if (t.hits == 0)
		return tp_error(0,
				"it did not fail in any of %" PRIu64 " files%s: there is nothing "
				"to shrink (more --files may show it)",
				t.files, t.others ? ", but in another way" : "");
	x->others = t.others;
	x->rate = (double)t.hits / (double)t.files;
	x->least = x->rate / KEEPS;
	if (x->rate * MOST_COPIES < 1)
		return tp_error(0,
				"it fails in only %" PRIu64 " of %" PRIu64
				" files: every candidate would take too many tries",
				t.hits, t.files);
	return tp_shrink_keep(x);
}
