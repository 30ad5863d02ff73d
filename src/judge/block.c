// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * block.c - replay a block: operations that raced
 *
 * The race finds every state that some order explains, and who saw what no
 * order explains; here that becomes findings.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "judge/race_story.h"
#include "judge/replay.h"
#include "judge/result.h"
#include "model/race.h"

static void give_data(struct tp_subject *s, struct tp_race_op *op)
{
	const struct tp_event *e = op->ev;
	size_t have = 0;

	if (!e || e->result <= 0 || tp_ops[op->op->kind].effect != TP_EFFECT_READ)
		return;
	op->data = tp_seen_data(s->seen, op->index, &have);
	if (op->data && have >= (uint64_t)e->result)
		return;
	op->data = NULL;
	tp_subject_broken(s, "the history has not what op %u read", op->index + 1u);
}

/* The story tells sizes as if each operation had happened at its end. */
static uint64_t size_behind(const struct tp_race_op *r, uint64_t size)
{
	const uint64_t *a = r->op->arg,
		       done = r->ev && r->ev->result > 0 ? (uint64_t)r->ev->result : 0;
	uint64_t grown = 0;

	if (!r->ev || r->ev->err)
		return size;
	switch (tp_ops[r->op->kind].effect) {
	case TP_EFFECT_WRITE:
		grown = done ? a[0] + done : 0;
		break;
	case TP_EFFECT_COPY:
		grown = done ? a[1] + done : 0;
		break;
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		grown = a[0] + a[1];
		break;
	case TP_EFFECT_TRUNCATE:
		return a[0];
	case TP_EFFECT_COLLAPSE:
		return size > a[1] ? size - a[1] : 0;
	case TP_EFFECT_INSERT:
		return size + a[1];
	default:
		break;
	}
	return grown > size ? grown : size;
}

static void set_steps(struct tp_subject *s, const struct tp_race *r)
{
	uint64_t size = s->oracle->size;
	bool *done = tp_alloc(r->nr + 1);

	for (size_t k = 0; k < r->nr; k++) {
		size_t next = SIZE_MAX;
		struct tp_step *step;

		for (size_t i = 0; i < r->nr; i++)
			if (!done[i] &&
			    (next == SIZE_MAX || r->ops[i].end_ns < r->ops[next].end_ns))
				next = i;
		done[next] = true;
		step = &s->steps[r->ops[next].index];
		step->before = size;
		step->ran = r->ops[next].ev != NULL;
		size = size_behind(&r->ops[next], size);
		step->after = size;
	}
	free(done);
}

static void refuted(struct tp_subject *s, const struct tp_race_op *op)
{
	bool size = tp_ops[op->op->kind].effect == TP_EFFECT_SIZE;
	struct tp_finding f = { .kind = size ? TP_SIZE : TP_RESULT };
	struct tp_buf line = { 0 }, text = { 0 };

	tp_op_print(op->op, &line);
	if (size)
		f.title = tp_printf("op %u \"%s\" saw size %" PRIu64, op->index + 1u, line.text,
				    op->ev->size);
	else if (op->ev->err)
		f.title = tp_printf("op %u \"%s\" ended with %s", op->index + 1u, line.text,
				    tp_errno_name(op->ev->err));
	else
		f.title = tp_printf("op %u \"%s\" gave %" PRId64, op->index + 1u, line.text,
				    op->ev->result);
	tp_buf_printf(&text,
		      "file %s (%s): %s, but in every order of the racing operations the "
		      "size was ",
		      s->name, s->file->params, f.title);
	for (unsigned i = 0; i < op->nr_sizes; i++)
		tp_buf_printf(&text, "%s%" PRIu64, i ? " or " : "", op->sizes[i]);
	tp_buf_puts(&text, op->nr_sizes ? " then" : "another one then");
	tp_race_story_all(s, op->index, &text);
	f.text = tp_buf_take(&text);
	tp_buf_free(&line);
	tp_subject_finding(s, &f);
}

/* The bytes that no order explains, run by run, against what they might have been. */
static void misread(struct tp_subject *s, const struct tp_race_op *op)
{
	uint64_t len = (uint64_t)op->ev->result;

	s->oracle = &op->might;
	for (uint64_t x = 0, end; x < len; x = end) {
		end = x + 1;
		if (op->explained[x])
			continue;
		while (end < len && !op->explained[end])
			end++;
		tp_seen_bytes(s, op->index, op->op->arg[0] + x, op->data + x, end - x);
	}
	tp_subject_view(s);
}

static void clash(struct tp_subject *s, const struct tp_race *r)
{
	struct tp_finding f = {
		.kind = TP_STALE,
		.start = r->clash_start,
		.end = r->clash_end,
	};
	struct tp_buf text = { 0 };

	f.title = tp_printf("bytes %" PRIu64 "-%" PRIu64 " seen in no order", f.start, f.end - 1);
	tp_buf_printf(&text,
		      "file %s (%s): each read of bytes %" PRIu64 "-%" PRIu64
		      " may be right, but no order of the operations explains all of them",
		      s->name, s->file->params, f.start, f.end - 1);
	tp_race_story_all(s, r->ops[0].index, &text);
	f.text = tp_buf_take(&text);
	tp_subject_finding(s, &f);
}

/* It waited for a size in vain: the fault of whoever did not make it, if he failed. */
static bool consequence(const struct tp_race *r, const struct tp_race_op *op)
{
	if (op->op->kind != TP_OP_KIND_WAIT_SIZE || op->ev->err != ETIMEDOUT)
		return false;
	for (size_t i = 0; i < r->nr; i++) {
		const struct tp_race_op *o = &r->ops[i];

		if (o->ev && o->ev->err && o->op->kind != TP_OP_KIND_WAIT_SIZE &&
		    (o->op->expect == TP_EXPECT_OK || o->ev->err != o->op->expect_err))
			return true;
	}
	return false;
}

/* Results and what was seen; false when main must not go on behind the block. */
static bool judge_ops(struct tp_subject *s, const struct tp_race *r)
{
	bool all = true;

	for (size_t i = 0; i < r->nr; i++) {
		const struct tp_race_op *op = &r->ops[i];
		bool expected;

		if (!op->ev || consequence(r, op))
			continue;
		s->refuted = op->refuted;
		expected = tp_judge_result(s, op->index, op->ev);
		s->refuted = false;
		all &= expected;
		tp_seen_short(s, op->index, op->ev);
		if (op->refuted && expected && !s->no_compare)
			refuted(s, op);
		if (op->misread && !s->no_compare)
			misread(s, op);
	}
	if (r->clash && !s->no_compare)
		clash(s, r);
	return all;
}

bool tp_replay_block(struct tp_subject *s, size_t start, size_t end, bool *stopped)
{
	bool whole = true;
	struct tp_race r;

	tp_race_init(&r, &s->file->seq, start, end, s->seen->ops + start);
	r.ident = (struct tp_ident){ s->job->key, s->file->id, 0 };
	r.page_bytes = s->job->plan->page_bytes;
	r.faults_prove = tp_faults_prove(s);
	for (size_t i = 0; i < r.nr; i++) {
		give_data(s, &r.ops[i]);
		if (whole && !r.ops[i].ev && !r.ops[i].never) {
			tp_seen_missing(s, r.ops[i].index);
			whole = false;
		}
	}
	set_steps(s, &r);
	s->raced = true;
	tp_race_run(&r, &s->states);
	tp_subject_view(s);
	if (r.gave_up)
		tp_subject_broken(s,
				  "the operations from op %zu on overlap in more orders than "
				  "can be followed",
				  start + 1);
	*stopped |= !judge_ops(s, &r);
	tp_race_free(&r);
	return whole;
}
