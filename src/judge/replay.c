// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - lead the oracle through what a file's operations did
 *
 * Results, sizes and bytes that operations saw are judged at the moment they
 * were seen; what is left in the oracle is what the disk must hold.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "judge/replay.h"
#include "judge/result.h"

static void apply(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	tp_states_apply(&s->states, &s->file->seq.ops[index], index, e);
	tp_subject_view(s);
}

static void replay_op(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	struct tp_step *step = &s->steps[index];

	step->before = s->oracle->size;
	step->ran = true;
	tp_seen_short(s, index, e);
	if (tp_ops[op->kind].effect == TP_EFFECT_READ)
		tp_seen_read(s, index, e);
	if (tp_ops[op->kind].effect == TP_EFFECT_SIZE) {
		char *who = tp_printf("op %u \"%s\"", index + 1u, tp_ops[op->kind].name);

		tp_seen_size(s, e, who);
		free(who);
	}
	if (!tp_event_refused(e))
		apply(s, index, e);
	step->after = s->oracle->size;
}

/* From the first that nobody saw end, all of them may have happened or not: where
 * the size is not known, it is not known either what a later one did. */
static void replay_unseen(struct tp_subject *s, size_t from)
{
	for (size_t i = from; i < s->file->seq.nr; i++) {
		s->steps[i].before = s->oracle->size;
		apply(s, (uint16_t)i, NULL);
		s->steps[i].ran = s->seen->ops[i] != NULL;
		s->steps[i].after = s->oracle->size;
	}
}

static void hung(struct tp_subject *s)
{
	struct tp_finding f = { .kind = TP_HANG };
	struct tp_buf line = { 0 };

	if (s->seen->hung_op < s->file->seq.nr)
		tp_op_print(&s->file->seq.ops[s->seen->hung_op], &line);
	else
		tp_buf_puts(&line, "close");
	f.title = tp_printf("op %u \"%s\" hung", s->seen->hung_op + 1u, line.text);
	f.text = tp_printf("file %s (%s): op %u \"%s\" had not returned after %" PRIu64 " s",
			   s->name, s->file->params, s->seen->hung_op + 1u, line.text,
			   s->seen->hung_s);
	tp_buf_free(&line);
	tp_subject_finding(s, &f);
}

/* The history has not all of a block or of main: why, unless that is known. */
static bool not_opened(struct tp_subject *s, size_t index)
{
	const char *name;

	if (!s->seen->close || !s->seen->close->err)
		return false;
	name = tp_errno_name(s->seen->close->err);
	tp_subject_broken(s, "it could not be opened before op %zu (%s)", index + 1,
			  name ? name : "?");
	return true;
}

static bool any_seen(const struct tp_subject *s, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (s->seen->ops[i])
			return true;
	return false;
}

/* One operation of main, or one block.  Returns false when nothing behind it can
 * be judged as if it had been seen. */
static bool replay_next(struct tp_subject *s, size_t i, size_t end, bool *stopped)
{
	const struct tp_event *e = s->seen->ops[i];

	if (s->file->seq.ops[i].actor)
		return tp_replay_block(s, i, end, stopped);
	if (!e) {
		tp_seen_missing(s, i);
		return false;
	}
	*stopped |= !tp_judge_result(s, (uint16_t)i, e);
	replay_op(s, (uint16_t)i, e);
	return true;
}

void tp_replay(struct tp_subject *s)
{
	size_t nr = s->file->seq.nr, i, end;
	bool stopped = false;

	if (s->seen->hung)
		hung(s);
	for (i = 0; i < nr; i = end) {
		bool seen;

		tp_seq_block(&s->file->seq, i, &end);
		seen = any_seen(s, i, end);
		if (!seen && stopped)
			break; /* the agent goes no further after an unexpected failure */
		if (!seen && not_opened(s, i))
			return;
		if (!replay_next(s, i, end, &stopped)) {
			replay_unseen(s, s->file->seq.ops[i].actor ? end : i);
			return;
		}
	}
	for (; i < nr; i++) /* nothing may have run behind a gap */
		if (s->seen->ops[i])
			tp_subject_broken(s, "the history has op %zu but not all before it", i + 1);
	if (s->seen->close)
		tp_seen_size(s, s->seen->close, "fstat at close");
	else if (!stopped)
		tp_subject_broken(s, "the history ends before the file was closed");
}
