// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overlap.c - did the actors of a block really race?
 *
 * An actor's time reaches from the begin of its first operation to the end of its
 * last, without those at the edges by which it only waited for others.  Two
 * actors raced when their times overlap.
 */
#include "judge/overlap.h"

struct interval {
	uint64_t begin, end; /* end 0: nothing seen */
};

static bool waits(const struct tp_op *op)
{
	return op->kind == TP_OP_KIND_NONE || op->kind == TP_OP_KIND_PROCESS ||
	       op->kind == TP_OP_KIND_MEET || op->kind == TP_OP_KIND_OFFSET || op->kind == TP_OP_KIND_WAIT_SIZE ||
	       op->kind == TP_OP_KIND_SPIN;
}

static struct interval time_of(const struct tp_file *file, const struct tp_seen *seen,
			       size_t start, size_t end, unsigned actor)
{
	struct interval t = { UINT64_MAX, 0 };

	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &file->seq.ops[i];
		const struct tp_event *e = seen->ops[i];

		if (op->actor != actor || !e || waits(op))
			continue;
		t.begin = e->begin_ns < t.begin ? e->begin_ns : t.begin;
		t.end = e->end_ns > t.end ? e->end_ns : t.end;
	}
	return t;
}

/* Where in the first one's time did the other begin? */
static void count_pair(struct interval a, struct interval b, struct tp_overlap *out)
{
	uint64_t length = a.end - a.begin;

	out->pairs++;
	if (b.end <= a.begin)
		out->before++;
	else if (b.begin >= a.end)
		out->behind++;
	else if (b.begin < a.begin)
		out->around++;
	else
		out->tenths[length ? (b.begin - a.begin) * TP_TENTHS / length : 0]++;
}

void tp_overlap_count(const struct tp_file *file, const struct tp_seen *seen,
		      struct tp_overlap *out)
{
	for (size_t i = 0, end; i < file->seq.nr; i = end) {
		unsigned actors = tp_seq_block(&file->seq, i, &end);
		struct interval first, other;

		if (actors < 2)
			continue;
		first = time_of(file, seen, i, end, 1);
		for (unsigned actor = 2; first.end && actor <= actors; actor++) {
			other = time_of(file, seen, i, end, actor);
			if (other.end)
				count_pair(first, other, out);
		}
	}
}
