// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exhaust.c - tailpage exhaust: every sequence up to a length
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cmd/session.h"
#include "plan/exhaust.h"

#define FILES_PER_MOUNT 10000
#define DEFAULT_LENGTH 3

/* The cells take turns, so that short sequences come first in all of them. */
struct turns {
	struct tp_exhaust **cell;   /* for each of the session's cases; NULL: at its end */
	unsigned *mounts;           /* made so far */
	uint64_t *kept;             /* how many sequences there are to run */
	size_t at;
};

static struct tp_exhaust_spec spec_of(const struct tp_options *o, const struct tp_cell *cell)
{
	return (struct tp_exhaust_spec){
		.cell = cell, .page_bytes = tp_page_bytes(), .pages = (unsigned)o->pages,
		.length = (unsigned)o->length.most,
	};
}

static char *case_name(const struct tp_options *o)
{
	return tp_printf("exhaust-%" PRIu64 "page-L%" PRIu64, o->pages, o->length.most);
}

/* Up to one mount of sequences; false when there were none left. */
static bool fill(struct session *s, struct tp_exhaust *x, struct tp_job *job)
{
	const char *scenario = s->lib.scenarios[0].name;
	uint64_t most = s->o->files ? s->o->files : FILES_PER_MOUNT;
	struct tp_variant v;

	while (job->plan.mounts[0].nr_files < most && tp_exhaust_next(x, &v))
		tp_job_add(job, scenario, &v);
	return job->plan.mounts[0].nr_files > 0;
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct turns *t = s->feed.state;
	struct tp_build b = tp_build_for(s->o, 0);

	*round = 0;
	b.files = 0;
	for (size_t tried = 0; tried < s->cases.nr; tried++) {
		size_t i = t->at++ % s->cases.nr;
		const struct tp_cell *cell = s->cases.c[i].cell;

		if (!t->cell[i])
			continue;
		tp_job_begin(job, cell, tp_printf("%s+%s.%04u", cell->name,
						  s->lib.scenarios[0].name, t->mounts[i]++), &b);
		if (fill(s, t->cell[i], job)) {
			tp_job_finish(job, &b, 0);
			return 1;
		}
		tp_job_free(job);
		tp_exhaust_free(t->cell[i]);
		t->cell[i] = NULL;
	}
	return 0;
}

/* How many there are in this cell, for the report and the progress line. */
static uint64_t count_cell(struct session *s, const struct tp_cell *cell, bool tell)
{
	struct tp_exhaust_spec spec = spec_of(s->o, cell);
	uint64_t most = s->o->files ? s->o->files : FILES_PER_MOUNT;
	struct tp_exhaust_counts n;
	struct tp_buf note = { 0 };

	if (!tp_exhaust_count(&spec, &n))
		return 0;
	s->progress.planned_all += n.kept;
	s->progress.cells_all += (n.kept + most - 1) / most;
	if (!tell)
		return n.kept;
	tp_buf_printf(&note, "%s at %uk blocks%s: %" PRIu64 " letters, %" PRIu64 " starts, %" PRIu64
		      " sequences; left out:",
		      s->lib.scenarios[0].name, cell->block_bytes / 1024,
		      tp_cell_has(cell, spec.page_bytes, "extents") == 1 ? "" : " without extents",
		      n.letters, n.starts, n.all);
	for (int i = 0; i < TP_NR_RULES; i++)
		if (n.removed[i])
			tp_buf_printf(&note, "\n%9" PRIu64 "  %s", n.removed[i],
				      tp_exhaust_rule_help((enum tp_exhaust_rule)i));
	tp_buf_printf(&note, "\n%9" PRIu64 "  to run", n.kept);
	tp_report_note(&s->report, note.text);
	tp_buf_free(&note);
	return n.kept;
}

/* Cells that differ in nothing that the generator knows have the same sequences. */
static bool counted(const struct session *s, size_t i)
{
	const struct tp_cell *cell = s->cases.c[i].cell;

	for (size_t k = 0; k < i; k++) {
		const struct tp_cell *other = s->cases.c[k].cell;

		if (other->block_bytes == cell->block_bytes &&
		    tp_cell_has(other, 4096, "extents") == tp_cell_has(cell, 4096, "extents") &&
		    tp_cell_has(other, 4096, "bigalloc") == tp_cell_has(cell, 4096, "bigalloc"))
			return true;
	}
	return false;
}

static int begin(struct session *s)
{
	struct turns *t = s->feed.state;

	t->cell = tp_alloc(s->cases.nr * sizeof(*t->cell));
	t->mounts = tp_alloc(s->cases.nr * sizeof(*t->mounts));
	t->kept = tp_alloc(s->cases.nr * sizeof(*t->kept));
	for (size_t i = 0; i < s->cases.nr; i++) {
		struct tp_exhaust_spec spec = spec_of(s->o, s->cases.c[i].cell);

		t->kept[i] = count_cell(s, s->cases.c[i].cell, !counted(s, i));
		t->cell[i] = tp_exhaust_new(&spec);
		if (!t->cell[i])
			return -1;
	}
	return 0;
}

/* "Every sequence" is a claim: fewer than were counted are not told to have passed. */
static void check(struct session *s)
{
	const struct turns *t = s->feed.state;

	for (size_t i = 0; i < s->cases.nr; i++) {
		struct tp_record *r = tp_report_find(&s->report, s->lib.scenarios[0].name,
						     s->cases.c[i].cell->name);
		char *reason;

		if (!r || r->files + r->skipped >= t->kept[i])
			continue;
		reason = tp_printf("only %" PRIu64 " of %" PRIu64 " sequences were judged",
				   r->files + r->skipped, t->kept[i]);
		r->broken++;
		tp_record_raise(r, TP_BROKEN, reason);
		free(reason);
	}
}

static void end(struct session *s)
{
	struct turns *t = s->feed.state;

	for (size_t i = 0; t->cell && i < s->cases.nr; i++)
		tp_exhaust_free(t->cell[i]);
	free(t->cell);
	free(t->mounts);
	free(t->kept);
}

static bool usable(struct tp_options *o)
{
	if (!o->length.most)
		o->length.least = o->length.most = DEFAULT_LENGTH;
	if (!o->pages)
		o->pages = 1;
	if (o->length.most > TP_EXHAUST_MAX_LENGTH)
		return tp_error(0, "--length: exhaustive sequences have at most %d letters",
				TP_EXHAUST_MAX_LENGTH), false;
	if (o->length.least != o->length.most)
		return tp_error(0, "--length: exhaust takes one number, up to which it goes"), false;
	if (o->actors || o->mix || o->sequence)
		return tp_error(0, "exhaust takes no --actors, --mix or --sequence"), false;
	if (o->time_s || o->repeat > 1)
		return tp_error(0, "exhaust runs everything once: no --time, no --repeat"), false;
	return true;
}

/* Letters and numbers, without running anything. */
static int dry_run(struct session *s)
{
	int err = tp_select(&s->lib, &s->o->filter, tp_page_bytes(), &s->cases);

	for (const struct tp_letter *l = tp_starts_of_files; err == 0 && l->name; l++)
		printf("start  %-13s %-42s %s\n", l->name, l->ops, l->why);
	for (const struct tp_letter *l = tp_letters; err == 0 && l->name; l++)
		if (s->o->pages > 1 || !(l->flags & TP_LETTER_TWO_PAGES))
			printf("letter %-13s %-42s %s\n", l->name, l->ops, l->why);
	if (err == 0)
		err = begin(s);
	for (size_t i = 0; err == 0 && i < s->report.nr_notes; i++)
		printf("\n%s\n", s->report.notes[i]);
	end(s);
	tp_cases_free(&s->cases);
	tp_library_free(&s->lib);
	tp_known_free(&s->known);
	tp_report_free(&s->report);
	return tp_exit_status(s->o->exit_codes, err == 0	? TP_EXIT_PASS :
						err == -ENOENT ? TP_EXIT_NOTHING :
								 TP_EXIT_USAGE);
}

int tp_cmd_exhaust(int argc, char **argv)
{
	struct tp_options o;
	struct turns turns = { 0 };
	struct session s = { .o = &o, .feed = { begin, next_job, check, end, &turns } };
	char *name, *command;
	int status;

	if (!tp_options_read(argc, argv, &o) || !usable(&o) || !tp_no_replay_options(&o) ||
	    tp_load_known(&s.known) < 0)
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	name = case_name(&o);
	command = tp_printf("exhaust --length %" PRIu64 " --pages %" PRIu64, o.length.most, o.pages);
	s.command = command;
	tp_library_of_one(name, "every sequence over a small alphabet", NULL, false, &s.lib);
	status = o.dry_run ? dry_run(&s) : tp_session_run(&s);
	free(name);
	free(command);
	return status;
}
