// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrinking.h - one `tailpage shrink` at work
 *
 * What to try is plan/shrink.c's business; here a batch of candidates becomes the files
 * of one mount, and what a race needs to show itself becomes copies of each.
 */
#ifndef TP_CMD_SHRINKING_H
#define TP_CMD_SHRINKING_H

#include "cmd/trial.h"
#include "plan/shrink.h"

#define TP_SHRINK_ALPHA 0.05 /* how often a candidate that fails may be missed */

/* Jobs that are run together. */
struct tp_batch {
	struct tp_job *jobs;
	size_t nr, next;
	unsigned round;
};

struct tp_shrinking {
	struct session *s;
	struct tp_batch batch;
	struct tp_seqfile *seq; /* where it began; then the best so far */
	char *output;
	const struct tp_cell *cell;
	struct tp_sought sought;
	double rate;       /* at which the best so far fails, about */
	double least;      /* a candidate must not fail less often */
	uint32_t others;   /* kinds of findings that the original has too */
	uint64_t tried;    /* candidates */
	size_t began_with; /* operations */
	bool kept;         /* output has the best so far */
	bool live;
};

/* shrink_batch.c: the session's feed, whose state is the batch. */
struct tp_feed tp_batch_feed(struct tp_batch *b);

/* A mount of the next batch; its name begins with that of the cell. */
struct tp_job *tp_batch_add(struct tp_shrinking *x, const struct tp_cell *cell, const char *name);

/* Run the batch; its jobs are gone then.  0, or a negative errno (reported). */
int tp_batch_run(struct tp_shrinking *x);

/* Did it fail in the same way, often enough, and in no way that it brought itself? */
bool tp_shrink_failed(const struct tp_shrinking *x, const struct tp_trials *t);

/* Write the best so far to the output.  0 or a negative errno (reported). */
int tp_shrink_keep(struct tp_shrinking *x);

/* Say why the search ended half way, and where the best is.  A negative errno. */
int tp_shrink_stopped(const struct tp_shrinking *x, const char *why);

/* Where the search is, on stderr; last: no more will be said. */
void tp_shrink_say(const struct tp_shrinking *x, bool last);

/* shrink_look.c: does it fail here at all, how often, and as which known issue? */
int tp_shrink_look(struct tp_shrinking *x);

/* shrink_search.c: candidates, until x->seq cannot be made smaller. */
int tp_shrink_search(struct tp_shrinking *x);

/* shrink_end.c: the simplest cell and the fewest threads that do; write down what the
 * result does.  from: the file it began with. */
int tp_shrink_end(struct tp_shrinking *x, const char *from);

#endif
