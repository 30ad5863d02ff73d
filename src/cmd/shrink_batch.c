// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_batch.c - mounts that are run together, and what became of them
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "cmd/shrinking.h"

static int begin(struct session *s)
{
	(void)s;
	return 0;
}

static int next_job(struct session *s, struct tp_job *job, unsigned *round)
{
	struct tp_batch *b = s->feed.state;

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

struct tp_feed tp_batch_feed(struct tp_batch *b)
{
	return (struct tp_feed){ begin, next_job, NULL, end, b };
}

struct tp_job *tp_batch_add(struct tp_shrinking *x, const struct tp_cell *cell, const char *name)
{
	struct tp_batch *b = &x->batch;

	b->jobs = tp_grow(b->jobs, b->nr, sizeof(*b->jobs));
	tp_trial_begin(x->s, x->seq, cell, tp_printf("%s+%s", cell->name, name), b->round,
		       &b->jobs[b->nr]);
	return &b->jobs[b->nr++];
}

int tp_batch_run(struct tp_shrinking *x)
{
	struct tp_batch *b = &x->batch;
	int err;

	for (size_t i = 0; i < b->nr; i++)
		tp_trial_end(x->s, x->seq, &b->jobs[i]);
	err = tp_session_again(x->s);
	while (b->next < b->nr)
		tp_job_free(&b->jobs[b->next++]);
	free(b->jobs);
	*b = (struct tp_batch){ .round = b->round + 1 };
	if (err == 0 && x->s->interrupted)
		err = tp_shrink_stopped(x, "interrupted");
	return err;
}

int tp_shrink_keep(struct tp_shrinking *x)
{
	int err = tp_seqfile_write(x->seq, x->output);

	x->kept |= err == 0;
	return err;
}

int tp_shrink_stopped(const struct tp_shrinking *x, const char *why)
{
	if (!x->kept)
		return tp_error(0, "%s, before it was known whether it fails here", why);
	return tp_error(0, "%s: %s has the smallest so far", why, x->output);
}

void tp_shrink_say(const struct tp_shrinking *x, bool last)
{
	if (x->live && last)
		fputs("\r\033[K", stderr);
	if (last)
		return;
	fprintf(stderr, "%s%zu operations -> %zu, %" PRIu64 " candidates in %u mounts, %.1f s%s",
		x->live ? "\r" : "", x->began_with, x->seq->seq.nr, x->tried, x->batch.round,
		(double)tp_now_ns() / 1e9 - x->s->started_s, x->live ? "\033[K" : "\n");
	fflush(stderr);
}

bool tp_shrink_failed(const struct tp_shrinking *x, const struct tp_trials *t)
{
	uint32_t strange = t->others & ~x->others;

	if (strange & 1u << TP_RESULT) /* it asked for what cannot be */
		return false;
	return t->hits > 0 && (double)t->hits >= (double)t->files * x->least;
}
