// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * random.c - tailpage random: sequences that nobody wrote
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "cmd/session.h"
#include "plan/random.h"

#define FILES_PER_MOUNT 2000
#define LEAST 5
#define MOST 40

/* Where in which round the next job is. */
struct place {
	unsigned begun; /* rounds */
	size_t next;    /* of the session's cases, one a cell */
};

static uint64_t files_of(const struct session *s)
{
	return s->o->files ? s->o->files : FILES_PER_MOUNT;
}

static void build(const struct session *s, const struct tp_cell *cell, unsigned round,
		  struct tp_job *job)
{
	const struct tp_options *o = s->o;
	struct tp_build b = tp_build_for(o, round);
	const struct tp_random_spec spec = {
		.cell = cell, .page_bytes = b.page_bytes, .seed = b.seed,
		.least = (unsigned)o->length.least, .most = (unsigned)o->length.most,
		.mix = o->mix, .actors = (unsigned)o->actors,
	};

	b.files = 0;
	tp_job_begin(job, cell, tp_printf("%s+%s", cell->name, s->lib.scenarios[0].name), &b);
	for (uint64_t i = 0; i < files_of(s); i++) {
		struct tp_variant v;

		tp_random_sequence(&spec, i, &v);
		tp_job_add(job, s->lib.scenarios[0].name, &v);
	}
	tp_job_finish(job, &b, 0);
	job->nr_cases = 1;
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct place *p = s->feed.state;

	if (p->begun > 1 && s->failed && s->o->time_s && !s->o->keep_going)
		return 0; /* every cell had its round */
	if (p->begun == 0 || p->next == s->cases.nr) {
		if (!tp_another_round(s, p->begun))
			return 0;
		p->next = 0;
		s->progress.round = ++p->begun;
		s->progress.cells_all += s->cases.nr;
		s->progress.planned_all += s->cases.nr * files_of(s);
	}
	build(s, s->cases.c[p->next++].cell, p->begun - 1, job);
	*round = p->begun - 1;
	return 1;
}

static int begin(struct session *s)
{
	(void)s;
	return 0;
}

static void end(struct session *s)
{
	(void)s;
}

static bool usable(struct tp_options *o)
{
	if (!o->length.most)
		o->length = (struct tp_between){ LEAST, MOST };
	if (!o->actors)
		o->actors = 1;
	if (!o->mix)
		o->mix = tp_mixes;
	if (!tp_no_replay_options(o))
		return false;
	if (!o->pages && !o->dry_run && !o->sequence)
		return true;
	tp_error(0, "random takes no --pages, --dry-run or --sequence");
	return false;
}

static char *case_name(const struct tp_options *o)
{
	char *actors = o->actors > 1 ? tp_printf("-actors-%" PRIu64, o->actors) : tp_strdup("");
	bool own = o->mix != tp_mixes;
	char *name = tp_printf("random%s%s-%" PRIu64 "-%" PRIu64 "%s", own ? "-" : "",
			       own ? o->mix->name : "", o->length.least, o->length.most, actors);

	free(actors);
	return name;
}

int tp_cmd_random(int argc, char **argv)
{
	struct tp_options o;
	struct place place = { 0 };
	struct session s = { .o = &o, .feed = { begin, next_job, NULL, end, &place } };
	char *name, *command;
	int status;

	if (!tp_options_read(argc, argv, &o) || !usable(&o) || tp_load_known(&s.known) < 0)
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	name = case_name(&o);
	command = tp_printf("random --mix %s --length %" PRIu64 "-%" PRIu64 " --actors %" PRIu64,
			    o.mix->name, o.length.least, o.length.most, o.actors);
	s.command = command;
	tp_library_of_one(name, "random sequences", NULL, false, &s.lib);
	status = tp_session_run(&s);
	free(name);
	free(command);
	return status;
}
