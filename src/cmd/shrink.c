// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - tailpage shrink: the smallest sequence that fails in the same way
 *
 * What to try is plan/shrink.c's business; here a batch of candidates becomes the files
 * of one mount, and what a race needs to show itself becomes copies of each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/stat.h"
#include "cmd/trial.h"
#include "judge/judge.h"
#include "plan/shrink.h"

#define ALPHA            0.05  /* how often a candidate that fails may be missed */
#define MOST_OPS         6000  /* of a batch: a few seconds */
#define SURE             0.999 /* a rate from which one copy is enough */
#define MOST_CANDIDATES  800
#define LEAST_CANDIDATES 8
#define FEW_FILES        20   /* tell whether it fails always */
#define MOST_COPIES      2000 /* of a candidate: rarer failures cost too much */
#define KEEPS            5    /* a candidate must keep this part of the rate, 1/KEEPS */

/* Jobs that are run together. */
struct batch {
	struct tp_job *jobs;
	size_t nr, next;
	unsigned round;
};

struct shrinking {
	struct session *s;
	struct batch batch;
	struct tp_seqfile *seq; /* where it began; then the best so far */
	char *output;
	const struct tp_cell *cell;
	double rate;
	uint64_t copies;   /* of each candidate */
	uint32_t others;   /* kinds of findings that the original has too */
	uint64_t tried;    /* candidates */
	size_t began_with; /* operations */
	bool live;
};

/* Kinds whose findings belong to one file: among hundreds of others it can be blamed. */
static bool of_one_file(int kind)
{
	return kind < 0 ||
	       (kind != TP_FSCK && kind != TP_KERNEL_LOG && kind != TP_HANG && kind != TP_PANIC);
}

static int begin(struct session *s)
{
	(void)s;
	return 0;
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct batch *b = s->feed.state;

	if (b->next == b->nr)
		return 0;
	*job = b->jobs[b->next];
	b->jobs[b->next++] = (struct tp_job){ 0 };
	*round = b->round;
	return 1;
}

static void end(struct session *s)
{
	(void)s;
}

static struct tp_job *add_job(struct shrinking *x, const struct tp_cell *cell, const char *name)
{
	struct batch *b = &x->batch;

	b->jobs = tp_grow(b->jobs, b->nr, sizeof(*b->jobs));
	tp_trial_begin(x->s, x->seq, cell, tp_printf("%s+%s", cell->name, name), b->round,
		       &b->jobs[b->nr]);
	return &b->jobs[b->nr++];
}

/* Run the batch; its jobs are gone then.  0, or a negative errno (reported). */
static int run_batch(struct shrinking *x)
{
	struct batch *b = &x->batch;
	int err;

	for (size_t i = 0; i < b->nr; i++)
		tp_trial_end(x->s, x->seq, &b->jobs[i]);
	err = tp_session_again(x->s);
	while (b->next < b->nr)
		tp_job_free(&b->jobs[b->next++]);
	free(b->jobs);
	*b = (struct batch){ .round = b->round + 1 };
	if (err == 0 && x->s->interrupted)
		err = tp_error(0, "interrupted: %s has the smallest so far", x->output);
	return err;
}

static void say(const struct shrinking *x, bool last)
{
	if (x->live && last)
		fputs("\r\033[K", stderr);
	if (x->live && last)
		return;
	fprintf(stderr, "%s%zu operations -> %zu, %" PRIu64 " candidates in %u mounts, %.1f s%s",
		x->live ? "\r" : "", x->began_with, x->seq->seq.nr, x->tried, x->batch.round,
		(double)tp_now_ns() / 1e9 - x->s->started_s, x->live ? "\033[K" : "\n");
	fflush(stderr);
}

/* Did the candidate fail in the same way, nearly as often, and in no other one? */
static bool failed(const struct shrinking *x, const struct tp_trials *t)
{
	uint32_t strange = t->others & ~x->others;

	if (strange & 1u << TP_RESULT) /* it asked for what cannot be */
		return false;
	return t->hits > 0 && (double)t->hits * KEEPS >= (double)t->files * x->rate;
}

/* The best so far is x->seq: keep it. */
static int keep_best(struct shrinking *x, const struct tp_seq *best)
{
	tp_seq_free(&x->seq->seq);
	x->seq->seq = (struct tp_seq){ tp_alloc(best->nr * sizeof(*best->ops) + 1), best->nr };
	memcpy(x->seq->seq.ops, best->ops, best->nr * sizeof(*best->ops));
	free(x->seq->met); /* it names operations by number */
	x->seq->met = NULL;
	x->seq->nr_met = 0;
	return tp_seqfile_write(x->seq, x->output);
}

/* Was the mount judged?  A candidate that was not is no sound one; a mount that was not
 * (a guest that died, a full disk) says nothing of any. */
static bool judged(const struct shrinking *x)
{
	const struct tp_record *r = tp_report_find(&x->s->report, TP_FILE_SYSTEM, x->cell->name);

	return r && r->verdict != TP_BROKEN;
}

static int run_candidates(struct shrinking *x, const struct tp_shrink *search)
{
	struct tp_job *job = add_job(x, x->cell, "shrink");

	for (size_t i = 0; i < search->nr; i++) {
		char *name = tp_printf("sequence-%zu", i);

		tp_trial_add(job, name, "-", &search->c[i].seq, x->copies);
		free(name);
	}
	return run_batch(x);
}

static int try_candidates(struct shrinking *x, const struct tp_shrink *search, bool *fails)
{
	int err = run_candidates(x, search);

	if (err == 0 && !judged(x))
		err = run_candidates(x, search);
	if (err == 0 && !judged(x))
		err = tp_error(0, "a mount could not be judged, twice: %s has the smallest so far",
			       x->output);
	for (size_t i = 0; i < search->nr && err == 0; i++) {
		char *name = tp_printf("sequence-%zu", i);
		struct tp_trials t = tp_trials_of(&x->s->report, name, x->cell->name, x->seq->kind);

		fails[i] = failed(x, &t);
		free(name);
	}
	x->tried += search->nr;
	return err;
}

/* So many that a batch takes no longer than its user likes to wait. */
static size_t most_candidates(const struct shrinking *x)
{
	size_t most = MOST_OPS / (x->copies * x->seq->seq.nr);

	if (most > MOST_CANDIDATES)
		return MOST_CANDIDATES;
	return most < LEAST_CANDIDATES ? LEAST_CANDIDATES : most;
}

static int search(struct shrinking *x)
{
	struct tp_shrink search;
	int err = 0;

	tp_shrink_begin(&search, &x->seq->seq, x->cell, tp_page_bytes(), most_candidates(x));
	while (err == 0 && tp_shrink_next(&search)) {
		bool *fails = tp_alloc(search.nr);

		err = try_candidates(x, &search, fails);
		if (err == 0 && tp_shrink_tell(&search, fails))
			err = keep_best(x, &search.best);
		search.most = most_candidates(x);
		free(fails);
		say(x, false);
	}
	tp_shrink_free(&search);
	return err;
}

/* Run the best so far in so many files; *t is what came of it. */
static int measure(struct shrinking *x, uint64_t copies, struct tp_trials *t)
{
	struct tp_job *job = add_job(x, x->cell, "sequence");
	int err;

	tp_trial_add(job, "sequence", x->seq->params ? x->seq->params : "-", &x->seq->seq, copies);
	err = run_batch(x);
	if (err == 0)
		*t = tp_trials_of(&x->s->report, "sequence", x->cell->name, x->seq->kind);
	return err;
}

static int not_judged(const struct shrinking *x)
{
	const struct tp_record *r = tp_report_find(&x->s->report, "sequence", x->cell->name);

	return tp_error(0, "none of its files could be judged: %s",
			r && r->reason ? r->reason : "it was not run");
}

/* Does it fail here at all, and how often must a candidate be tried? */
static int first_look(struct shrinking *x)
{
	uint64_t many = tp_trial_copies(x->s, x->seq);
	struct tp_trials t;
	int err = measure(x, many < FEW_FILES ? many : FEW_FILES, &t);

	if (err == 0 && t.hits < t.files && many > FEW_FILES)
		err = measure(x, many, &t);
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
	x->copies = x->rate >= SURE ? 1 : tp_trials_for(x->rate / 2, ALPHA, 1);
	if (x->copies > MOST_COPIES)
		return tp_error(0,
				"it fails in only %" PRIu64 " of %" PRIu64 " files: every "
				"candidate would take %" PRIu64 " tries",
				t.hits, t.files, x->copies);
	return tp_seqfile_write(x->seq, x->output);
}

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

/* The simplest cell in which it fails as well. */
static int simplify_cell(struct shrinking *x)
{
	const struct tp_cell *best = x->cell;
	int err;

	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		if (is_simpler(c, x->cell))
			tp_trial_add(add_job(x, c, "cell"), "sequence", "-", &x->seq->seq,
				     x->copies);
	if (x->batch.nr == 0)
		return 0;
	err = run_batch(x);
	for (const struct tp_cell *c = tp_cells(); c->name && err == 0; c++) {
		struct tp_trials t = tp_trials_of(&x->s->report, "sequence", c->name, x->seq->kind);

		if (failed(x, &t) && rank(c) < rank(best))
			best = c;
	}
	if (err < 0 || best == x->cell)
		return err;
	x->cell = best;
	free(x->seq->cell);
	x->seq->cell = tp_strdup(best->name);
	return tp_seqfile_write(x->seq, x->output);
}

/* One thread for all files of the mount, when that is enough. */
static int simplify_threads(struct shrinking *x)
{
	struct tp_trials t;
	struct tp_job *job;
	int err;

	if (x->seq->threads == 1)
		return 0;
	job = add_job(x, x->cell, "thread");
	job->plan.mounts[0].threads = 1;
	tp_trial_add(job, "sequence", "-", &x->seq->seq, x->copies);
	err = run_batch(x);
	if (err < 0)
		return err;
	t = tp_trials_of(&x->s->report, "sequence", x->cell->name, x->seq->kind);
	if (failed(x, &t))
		x->seq->threads = 1;
	return 0;
}

/* The finding of the small one, and how it was found. */
static void tell_story(struct shrinking *x, const struct tp_trials *t, const char *from)
{
	const struct tp_record *r = tp_report_find(&x->s->report, "sequence", x->cell->name);
	const struct tp_finding *f = NULL;
	char *kernel = x->s->report.kernel;

	for (size_t i = 0; r && i < r->nr_causes && !f; i++)
		if (x->seq->kind < 0 || (int)r->causes[i].kind == x->seq->kind)
			f = &r->causes[i].first;
	free(x->seq->story);
	x->seq->story = tp_printf("shrunk from %s: %zu operations -> %zu, by %" PRIu64
				  " candidates in %u mounts\nfails in %" PRIu64 " of %" PRIu64
				  " files on %s %s\n%s",
				  tp_base_name(from), x->began_with, x->seq->seq.nr, x->tried,
				  x->batch.round, t->hits, t->files, x->s->o->kernel_text,
				  kernel ? kernel : "", f && f->text ? f->text : "");
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

/* Look at the result once more, and write down what it does. */
static int conclude(struct shrinking *x, const char *from)
{
	struct tp_trials t;
	struct tp_buf seq = { 0 };
	int err = measure(x, tp_trial_copies(x->s, x->seq), &t);

	if (err < 0)
		return err;
	say(x, true);
	tell_story(x, &t, from);
	err = tp_seqfile_write(x->seq, x->output);
	tp_seq_print(&x->seq->seq, &seq);
	printf("%zu operations -> %zu, %" PRIu64
	       " candidates in %u mounts, %.1f s; fails in %" PRIu64 " of %" PRIu64
	       " files of %s\n%s\n%s\n",
	       x->began_with, x->seq->seq.nr, x->tried, x->batch.round,
	       (double)tp_now_ns() / 1e9 - x->s->started_s, t.hits, t.files, x->cell->name,
	       x->output, seq.text);
	tp_buf_free(&seq);
	if (err == 0 && t.hits == 0)
		err = tp_error(0, "%s did not fail again: it is too rare to be sure of", x->output);
	return err;
}

static int shrink(struct shrinking *x, const char *from)
{
	int err = tp_session_open(x->s);

	if (err == 0)
		err = first_look(x);
	if (err == 0)
		say(x, false);
	if (err == 0)
		err = search(x);
	if (err == 0 && !x->s->o->filter.cells)
		err = simplify_cell(x);
	if (err == 0)
		err = simplify_threads(x);
	if (err == 0)
		err = conclude(x, from);
	else
		say(x, true);
	return err;
}

/* Its own cell, or the one of --cells. */
static bool choose_cell(struct shrinking *x)
{
	const char *wanted = x->s->o->filter.cells;

	x->cell = tp_cell_find(wanted ? wanted : x->seq->cell);
	if (!x->cell)
		tp_error(0, "--cells %s: shrink wants one cell", wanted);
	else if (!of_one_file(x->seq->kind))
		tp_error(0,
			 "a finding of the kind %s is of the whole file system: none of many "
			 "candidates in one mount could be blamed for it (replay runs it again)",
			 tp_finding_name((enum tp_finding_kind)x->seq->kind));
	if (!x->cell || !of_one_file(x->seq->kind))
		return false;
	free(x->seq->cell);
	x->seq->cell = tp_strdup(x->cell->name);
	return true;
}

/* FILE.min.seq beside it, or what --output says. */
static char *output_of(const struct tp_options *o, const char *path)
{
	size_t len = strlen(path), suffix = strlen(TP_SEQFILE_SUFFIX);

	if (o->output)
		return tp_strdup(o->output);
	if (len > suffix && strcmp(path + len - suffix, TP_SEQFILE_SUFFIX) == 0)
		len -= suffix;
	return tp_printf("%.*s" TP_SHRUNK_SUFFIX, (int)len, path);
}

static bool usable(const struct tp_options *o)
{
	if (o->filter.nr_words != 1)
		tp_error(0, "shrink wants one folder of a failure, or one *" TP_SEQFILE_SUFFIX
			    " file");
	else if (o->length.most || o->actors || o->pages || o->dry_run || o->sequence || o->load ||
		 o->require || o->cover >= 0 || o->rate || o->until_fail || o->time_s ||
		 o->repeat > 1 || o->keep)
		tp_error(0, "shrink takes no --length, --actors, --pages, --dry-run, --sequence, "
			    "--load, --require, --cover, --rate, --until-fail, --time, --repeat or "
			    "--keep");
	else
		return true;
	return false;
}

static bool read_one(const struct tp_options *o, struct tp_seqset *set)
{
	if (tp_seqset_read(o->filter.words[0], set) < 0)
		return false;
	if (set->nr == 1)
		return true;
	tp_error(0, "%s has %zu *" TP_SEQFILE_SUFFIX " files, %s is the first: shrink wants one",
		 o->filter.words[0], set->nr, set->paths[0]);
	return false;
}

int tp_cmd_shrink(int argc, char **argv)
{
	struct tp_options o;
	struct tp_seqset set = { 0 };
	struct shrinking x = { .live = isatty(STDERR_FILENO) };
	struct session s = { .o = &o,
			     .command = "shrink",
			     .scratch = true,
			     .feed = { begin, next_job, NULL, end, &x.batch } };
	enum tp_exit outcome = TP_EXIT_USAGE;

	x.s = &s;
	if (tp_options_read(argc, argv, &o) && usable(&o) && read_one(&o, &set)) {
		x.seq = &set.files[0];
		x.began_with = x.seq->seq.nr;
		x.output = output_of(&o, set.paths[0]);
		if (choose_cell(&x) && tp_seqset_era(&set, &o.era) == 0)
			outcome = shrink(&x, set.paths[0]) == 0 ? TP_EXIT_PASS : TP_EXIT_BROKEN;
		tp_session_close(&s);
	}
	free(x.output);
	tp_seqset_free(&set);
	return tp_exit_status(o.exit_codes, outcome);
}
