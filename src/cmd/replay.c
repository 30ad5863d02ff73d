// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - tailpage replay: run a failure again, from its *.seq files alone
 *
 * Every file of a mount is one trial of the same operations.  Where actors race, half of
 * them begin as they did when it failed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/stat.h"
#include "base/text.h"
#include "cmd/trial.h"

#define ALPHA          0.05
#define ROUNDS_OF_RATE 5

struct replay {
	struct tp_seqset set;
	size_t *file_of; /* for each case of the session */
	unsigned begun;  /* rounds */
	size_t next;     /* case of the round */
};

static struct tp_trials trials_of(const struct session *s, size_t c)
{
	const struct replay *r = s->feed.state;
	const struct tp_case *of = &s->cases.c[c];

	const struct tp_sought sought = { r->set.files[r->file_of[c]].kind, NULL };

	return tp_trials_of(&s->report, of->scenario->name, of->cell->name, &sought);
}

static bool any_hit(const struct session *s)
{
	for (size_t c = 0; c < s->cases.nr; c++)
		if (trials_of(s, c).hits)
			return true;
	return false;
}

static bool another_round(const struct session *s, unsigned begun)
{
	double elapsed = (double)tp_now_ns() / 1e9 - s->started_s;

	if (!s->o->until_fail)
		return tp_another_round(s, begun);
	if (any_hit(s))
		return false;
	return begun == 0 || (s->o->repeat > 1 ? begun < s->o->repeat
					       : !s->o->time_s || elapsed < (double)s->o->time_s);
}

static void build(const struct session *s, size_t c, unsigned round, struct tp_job *job)
{
	const struct replay *r = s->feed.state;
	const struct tp_seqfile *f = &r->set.files[r->file_of[c]];
	const struct tp_case *of = &s->cases.c[c];
	const char *params = f->params ? f->params : "-";
	uint64_t copies = tp_trial_copies(s, f), aimed;
	struct tp_seq aim;

	tp_trial_begin(s, f, of->cell, tp_printf("%s+%s", of->cell->name, of->scenario->name),
		       round, job);
	aimed = tp_seqfile_aim(f, &aim) ? copies / 2 : 0;
	tp_trial_add(job, of->scenario->name, params, &f->seq, copies - aimed);
	if (aimed)
		tp_trial_add(job, of->scenario->name, params, &aim, aimed);
	tp_seq_free(&aim);
	job->nr_cases = 1;
	tp_trial_end(s, f, job);
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct replay *r = s->feed.state;

	if (s->o->until_fail && any_hit(s))
		return 0;
	if (r->begun == 0 || r->next == s->cases.nr) {
		if (!another_round(s, r->begun))
			return 0;
		r->next = 0;
		s->progress.round = ++r->begun;
		s->progress.cells_all += s->cases.nr;
		s->progress.cases_all += s->cases.nr;
	}
	build(s, r->next++, r->begun - 1, job);
	s->progress.planned_all += job->plan.mounts[0].nr_files;
	*round = r->begun - 1;
	return 1;
}

static int begin(struct session *s)
{
	(void)s;
	return 0;
}

static void add_kinds(struct tp_buf *out, uint32_t kinds)
{
	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		if (kinds & 1u << k)
			tp_buf_printf(out, "%s%s", out->len ? ", " : "",
				      tp_finding_name((enum tp_finding_kind)k));
}

/* "12 of 400 files, a rate of 3 % (95 % between 1.6 % and 5.2 %)" */
static char *rate_text(const struct tp_trials *t)
{
	struct tp_interval i = tp_clopper_pearson(t->files, t->hits, ALPHA);

	if (t->hits == 0)
		return tp_printf("none of %" PRIu64 " files: with 95 %% confidence its rate is "
				 "below %.2g %%",
				 t->files, 100 * tp_clopper_pearson(t->files, 0, 2 * ALPHA).high);
	return tp_printf("%" PRIu64 " of %" PRIu64 " files, a rate of %.3g %% (95 %% confidence: "
			 "%.3g %% to %.3g %%)",
			 t->hits, t->files, 100 * (double)t->hits / (double)t->files, 100 * i.low,
			 100 * i.high);
}

/* What became of one sequence in one cell; true: it failed in the same way. */
static bool tell(struct session *s, size_t c)
{
	const struct replay *r = s->feed.state;
	const struct tp_seqfile *f = &r->set.files[r->file_of[c]];
	const char *kind = f->kind >= 0 ? tp_finding_name((enum tp_finding_kind)f->kind) : "any";
	struct tp_trials t = trials_of(s, c);
	struct tp_buf others = { 0 };
	char *rate = rate_text(&t), *note;

	add_kinds(&others, t.others);
	if (t.files == 0)
		note = tp_printf("%s in %s: nothing was judged", r->set.paths[r->file_of[c]],
				 s->cases.c[c].cell->name);
	else
		note = tp_printf("%s in %s: %s (%s) in %s%s%s", r->set.paths[r->file_of[c]],
				 s->cases.c[c].cell->name,
				 t.hits     ? "the same failure"
				 : t.others ? "another failure, not the one looked for"
					    : "no failure",
				 kind, rate, others.len ? "; other findings: " : "",
				 others.len ? others.text : "");
	tp_report_note(&s->report, note);
	free(note);
	free(rate);
	tp_buf_free(&others);
	return t.hits > 0;
}

static void end(struct session *s)
{
	bool same = false;

	for (size_t c = 0; c < s->cases.nr; c++)
		same |= tell(s, c);
	s->other = !same;
}

static void add_case(struct session *s, struct replay *r, size_t file, const struct tp_cell *cell)
{
	struct tp_cases *c = &s->cases;

	c->c = tp_grow(c->c, c->nr, sizeof(*c->c));
	r->file_of = tp_grow(r->file_of, c->nr, sizeof(*r->file_of));
	r->file_of[c->nr] = file;
	c->c[c->nr++] = (struct tp_case){ &s->lib.scenarios[file], cell };
}

/* Every file in its own cell, or in those of --cells. */
static int make_cases(struct session *s, struct replay *r)
{
	const char *wanted = s->o->filter.cells;

	for (size_t i = 0; i < r->set.nr; i++)
		for (const struct tp_cell *cell = tp_cells(); cell->name; cell++)
			if (tp_match_list(wanted ? wanted : r->set.files[i].cell, cell->name))
				add_case(s, r, i, cell);
	return s->cases.nr ? 0 : tp_error(0, "--cells %s: there is no such cell", wanted);
}

/* Files of several folders may have one name. */
static char *unique_name(const struct session *s, const char *path)
{
	char *name = tp_trial_name(path), *longer;

	if (!tp_library_find(&s->lib, name))
		return name;
	longer = tp_printf("%s-%zu", name, s->lib.nr);
	free(name);
	return longer;
}

static int make_library(struct session *s, const struct replay *r)
{
	int err = 0;

	for (size_t i = 0; i < r->set.nr && err == 0; i++) {
		const struct tp_seqfile *f = &r->set.files[i];
		char *name = unique_name(s, r->set.paths[i]);
		struct tp_buf text = { 0 };

		tp_seq_print(&f->seq, &text);
		err = tp_library_add(&s->lib, name, f->title ? f->title : r->set.paths[i],
				     text.text, true);
		if (f->fixed)
			s->lib.scenarios[i].fixed = tp_strdup(f->fixed);
		free(name);
		tp_buf_free(&text);
	}
	return err;
}

static bool usable(struct tp_options *o)
{
	if (o->filter.nr_words != 1)
		tp_error(0, "replay wants one folder of a failure, or one *" TP_SEQFILE_SUFFIX
			    " file");
	else if (o->length.most || o->actors || o->pages || o->dry_run || o->sequence || o->load ||
		 o->output || o->require || o->cover >= 0)
		tp_error(0, "replay takes no --length, --actors, --pages, --dry-run, --sequence, "
			    "--load, --output, --require or --cover");
	else if (o->rate && o->until_fail)
		tp_error(0, "--rate runs all rounds, --until-fail only until it fails");
	else
		return true;
	return false;
}

int tp_cmd_replay(int argc, char **argv)
{
	struct tp_options o;
	struct replay r = { 0 };
	struct session s = { .o = &o, .feed = { begin, next_job, NULL, end, &r } };
	char *command;
	int status;

	if (!tp_options_read(argc, argv, &o) || !usable(&o))
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	if (o.rate && o.repeat == 1 && !o.time_s)
		o.repeat = ROUNDS_OF_RATE;
	command = tp_printf("replay %s", o.filter.words[0]);
	s.command = command;
	if (tp_seqset_read(o.filter.words[0], &r.set) == 0 && tp_seqset_era(&r.set, &o.era) == 0 &&
	    make_library(&s, &r) == 0 && make_cases(&s, &r) == 0)
		status = tp_session_run(&s);
	else
		status = tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	tp_seqset_free(&r.set);
	free(r.file_of);
	free(command);
	return status;
}
