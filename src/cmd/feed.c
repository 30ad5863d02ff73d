// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * feed.c - the selected cases as jobs, round by round
 *
 * The next round's first mount starts while the last round's last one is still
 * judged: nothing waits for the end of a round.
 */
#include "base/clock.h"
#include "cmd/session.h"

struct tp_build tp_build_for(const struct tp_options *o, unsigned round)
{
	return (struct tp_build){
		.seed = o->seed + round, .threads = (unsigned)o->threads,
		.op_deadline_s = (unsigned)o->op_deadline_s, .files = o->files,
		.cover = o->cover, .page_bytes = tp_page_bytes(),
	};
}

bool tp_another_round(const struct session *s, unsigned begun)
{
	double elapsed = (double)tp_now_ns() / 1e9 - s->started_s;

	if (begun && s->o->time_s && s->failed && !s->o->keep_going)
		return false;
	return begun < s->o->repeat || (s->o->time_s && elapsed < (double)s->o->time_s);
}

static int build_round(struct session *s, struct tp_rounds *r)
{
	struct tp_build b = tp_build_for(s->o, r->begun);
	int err;

	tp_jobs_free(&r->jobs);
	err = tp_build_jobs(&s->cases, &b, &r->jobs);
	if (err < 0)
		return err;
	r->next = 0;
	r->begun++;
	s->progress.cells_all += r->jobs.nr;
	s->progress.cases_all += s->cases.nr;
	s->progress.round = r->begun;
	for (size_t i = 0; i < r->jobs.nr; i++)
		s->progress.planned_all += r->jobs.j[i].plan.mounts[0].nr_files;
	return 0;
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct tp_rounds *r = s->feed.state;

	if (r->begun > 1 && s->failed && s->o->time_s && !s->o->keep_going)
		return 0; /* every case was judged at least once */
	if (r->next == r->jobs.nr) {
		int err;

		if (!tp_another_round(s, r->begun))
			return 0;
		err = build_round(s, r);
		if (err < 0 || r->jobs.nr == 0)
			return err;
	}
	*job = r->jobs.j[r->next];
	r->jobs.j[r->next++] = (struct tp_job){ 0 };
	*round = r->begun - 1;
	return 1;
}

static int begin(struct session *s)
{
	(void)s;
	return 0;
}

static void end(struct session *s)
{
	struct tp_rounds *r = s->feed.state;

	tp_jobs_free(&r->jobs);
}

struct tp_feed tp_feed_rounds(struct tp_rounds *state)
{
	return (struct tp_feed){ begin, next_job, NULL, end, state };
}
