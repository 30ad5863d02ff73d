// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_end.c - the smallest sequence, in the simplest cell, and what it does there
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "cmd/shrinking.h"

/* The names of the two cases in each cell: as it was, and with one thread for all files. */
static const char *const cases[] = { "sequence-one-thread", "sequence" };

/* How far from what everybody has. */
static unsigned rank(const struct tp_cell *c)
{
	static const unsigned data[] = {
		[TP_DATA_ORDERED] = 0,
		[TP_DATA_WRITEBACK] = 1,
		[TP_DATA_JOURNAL] = 2,
		[TP_DATA_NONE] = 3,
	};

	return 100 * (*c->flavour != '\0') + 10 * data[c->data] + 5 * !c->delalloc +
	       (c->block_bytes != tp_page_bytes());
}

/* It differs from the other only by what is as everybody has it. */
static bool is_simpler(const struct tp_cell *c, const struct tp_cell *than)
{
	return rank(c) < rank(than) &&
	       (c->block_bytes == tp_page_bytes() || c->block_bytes == than->block_bytes) &&
	       (c->data == TP_DATA_ORDERED || c->data == than->data) &&
	       (c->delalloc || c->delalloc == than->delalloc) &&
	       (*c->flavour == '\0' || strcmp(c->flavour, than->flavour) == 0);
}

/* Its own cell, and, unless one was asked for, those that are simpler. */
static bool is_wanted(const struct tp_shrinking *x, const struct tp_cell *c)
{
	return c == x->cell || (!x->s->o->filter.cells && is_simpler(c, x->cell));
}

/* It runs in all of them at once. */
static int run_all(struct tp_shrinking *x)
{
	uint64_t copies = tp_trial_copies(x->s, x->seq);

	for (const struct tp_cell *c = tp_cells(); c->name; c++) {
		for (unsigned k = 0; k < ARRAY_SIZE(cases) && is_wanted(x, c); k++) {
			struct tp_job *job = tp_batch_add(x, c, cases[k]);

			if (k == 0)
				job->plan.mounts[0].threads = 1;
			tp_trial_add(job, cases[k], "-", &x->seq->seq, copies);
		}
	}
	return tp_batch_run(x);
}

static struct tp_trials trials_in(const struct tp_shrinking *x, const struct tp_cell *c, unsigned k)
{
	return tp_trials_of(&x->s->report, cases[k], c->name, &x->sought);
}

/* The simplest that fails; *as is which of the two cases, *t what came of it. */
static const struct tp_cell *choose(const struct tp_shrinking *x, unsigned *as, struct tp_trials *t)
{
	const struct tp_cell *best = x->cell;
	bool found = false;

	*as = ARRAY_SIZE(cases) - 1;
	for (const struct tp_cell *c = tp_cells(); c->name; c++) {
		for (unsigned k = 0; k < ARRAY_SIZE(cases); k++) {
			struct tp_trials one = trials_in(x, c, k);

			if (!is_wanted(x, c) || !tp_shrink_failed(x, &one) ||
			    (found && rank(c) >= rank(best)))
				continue;
			found = true;
			best = c;
			*as = k;
		}
	}
	*t = trials_in(x, best, *as);
	return best;
}

static const struct tp_finding *finding_of(const struct tp_shrinking *x, const char *name)
{
	const struct tp_record *r = tp_report_find(&x->s->report, name, x->cell->name);

	for (size_t i = 0; r && i < r->nr_causes; i++)
		if (tp_sought_is(&x->sought, &r->causes[i]))
			return &r->causes[i].first;
	return NULL;
}

/* "what it is: the known issue fallocate-no-fault" */
static char *what_it_is(const struct tp_shrinking *x)
{
	if (!x->seq->issue || strcmp(x->seq->issue, TP_NO_ISSUE) == 0)
		return tp_strdup("no known issue explains it");
	return tp_printf("it is the known issue %s", x->seq->issue);
}

/* The finding of the small one, and how it was found. */
static void tell_story(struct tp_shrinking *x, const struct tp_trials *t,
		       const struct tp_finding *f, const char *from)
{
	char *kernel = x->s->report.kernel, *what = what_it_is(x);

	free(x->seq->story);
	x->seq->story = tp_printf("shrunk from %s: %zu operations -> %zu, by %" PRIu64
				  " candidates in %u mounts\nfails in %" PRIu64 " of %" PRIu64
				  " files on %s %s; %s\n%s",
				  tp_base_name(from), x->began_with, x->seq->seq.nr, x->tried,
				  x->batch.round, t->hits, t->files, x->s->o->kernel_text,
				  kernel ? kernel : "", what, f && f->text ? f->text : "");
	free(what);
	if (kernel) {
		free(x->seq->kernel);
		x->seq->kernel = tp_printf("%s %s", x->s->o->kernel_text, kernel);
	}
	if (!f)
		return;
	free(x->seq->title);
	x->seq->title = f->title ? tp_strdup(f->title) : NULL;
	x->seq->kind = (int)f->kind;
	x->seq->start = f->start;
	x->seq->end = f->end;
}

static void print(const struct tp_shrinking *x, const struct tp_trials *t)
{
	struct tp_buf seq = { 0 };
	char *what = what_it_is(x);

	tp_seq_print(&x->seq->seq, &seq);
	printf("%zu operations -> %zu, %" PRIu64
	       " candidates in %u mounts, %.1f s; fails in %" PRIu64 " of %" PRIu64
	       " files of %s; %s\n%s\n%s\n",
	       x->began_with, x->seq->seq.nr, x->tried, x->batch.round,
	       (double)tp_now_ns() / 1e9 - x->s->started_s, t->hits, t->files, x->cell->name, what,
	       x->output, seq.text);
	tp_buf_free(&seq);
	free(what);
}

int tp_shrink_end(struct tp_shrinking *x, const char *from)
{
	struct tp_trials t;
	unsigned as;
	int err = run_all(x);

	if (err < 0)
		return err;
	x->cell = choose(x, &as, &t);
	if (as == 0)
		x->seq->threads = 1;
	free(x->seq->cell);
	x->seq->cell = tp_strdup(x->cell->name);
	tp_shrink_say(x, true);
	tell_story(x, &t, finding_of(x, cases[as]), from);
	err = tp_shrink_keep(x);
	print(x, &t);
	if (err == 0 && t.hits == 0)
		err = tp_error(0, "%s did not fail again: it is too rare to be sure of", x->output);
	return err;
}
