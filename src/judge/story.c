// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * story.c - which operations touched some bytes, moved EOF over them, or wrote back
 */
#include <inttypes.h>

#include "judge/race_story.h"
#include "judge/story.h"

/* A random sequence may be long; the last of what it did to a place matters most. */
#define MAX_LINES 12

static bool writes_back(const struct tp_op *op)
{
	switch (op->kind) {
	case TP_OP_KIND_MSYNC:
	case TP_OP_KIND_FSYNC:
	case TP_OP_KIND_FDATASYNC:
	case TP_OP_KIND_SYNC_RANGE:
	case TP_OP_KIND_SYNCFS:
	case TP_OP_KIND_FSYNC_OTHER:
	case TP_OP_KIND_DSYNC_WRITE:
	case TP_OP_KIND_MADVISE_PAGEOUT:
	case TP_OP_KIND_PRESSURE:
	case TP_OP_KIND_REMOUNT:
		return true;
	default:
		return false;
	}
}

static bool moved_eof(const struct tp_step *step, uint64_t start, uint64_t end)
{
	uint64_t low = step->before < step->after ? step->before : step->after;
	uint64_t high = step->before < step->after ? step->after : step->before;

	return low != high && low < end && high > start;
}

static const char *verb_of(const struct tp_op *op)
{
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		return "wrote there";
	case TP_EFFECT_STORE:
		return "stored there";
	case TP_EFFECT_COPY:
		return "copied something there";
	case TP_EFFECT_ZERO:
		return "zeroed there";
	case TP_EFFECT_PUNCH:
		return "made zeros there";
	case TP_EFFECT_READ:
		return "read there";
	case TP_EFFECT_ALLOCATE:
		return "allocated there";
	case TP_EFFECT_COLLAPSE:
	case TP_EFFECT_INSERT:
		return "moved what was there";
	default:
		break;
	}
	switch (op->kind) {
	case TP_OP_KIND_TOUCH:
		return "faulted there";
	case TP_OP_KIND_FADVISE_RANGE:
		return "dropped pages there";
	default:
		return "covered it";
	}
}

/* Does the operation name a byte of the range? */
static bool touched(const struct tp_op *op, uint64_t start, uint64_t end)
{
	enum tp_effect effect = tp_ops[op->kind].effect;
	uint64_t from, to;

	if (effect == TP_EFFECT_TRUNCATE || effect == TP_EFFECT_MAP || !tp_op_range(op, &from, &to))
		return false;
	if (effect == TP_EFFECT_COLLAPSE || effect == TP_EFFECT_INSERT)
		to = UINT64_MAX;
	return from < end && to > start;
}

static void add_line(const struct tp_subject *s, size_t i, const char *verb, struct tp_buf *out)
{
	tp_buf_printf(out, "\nop %zu \"", i + 1);
	tp_op_print(&s->file->seq.ops[i], out);
	tp_buf_puts(out, "\"");
	tp_race_story_actor(s, i, out);
	tp_buf_printf(out, " %s", verb);
}

/* One operation, where it had to do with the bytes. */
static bool add_step(const struct tp_subject *s, const struct tp_run *run, size_t i,
		     struct tp_buf *out)
{
	const struct tp_op *op = &s->file->seq.ops[i];
	const struct tp_step *step = &s->steps[i];
	bool here = touched(op, run->start, run->end);
	bool eof = moved_eof(step, run->start, run->end);
	bool size_seen = op->actor && tp_ops[op->kind].effect == TP_EFFECT_SIZE && s->seen->ops[i];

	if (!step->ran || (!here && !eof && !size_seen))
		return false;
	if (size_seen)
		add_line(s, i, "", out);
	if (here)
		add_line(s, i, verb_of(op), out);
	if (eof)
		tp_buf_printf(out, "%s", here ? " and" : "");
	if (eof && !here)
		add_line(s, i, "", out);
	if (eof)
		tp_buf_printf(out, "%smoved EOF %" PRIu64 " -> %" PRIu64, here ? " " : "",
			      step->before, step->after);
	if (size_seen)
		tp_buf_printf(out, "saw size %" PRIu64, s->seen->ops[i]->size);
	tp_race_story_when(s, i, out);
	if (s->seen->ops[i] && s->seen->ops[i]->err)
		tp_buf_printf(out, ", ended with %s",
			      tp_errno_name(s->seen->ops[i]->err)
				      ? tp_errno_name(s->seen->ops[i]->err)
				      : "an error");
	return true;
}

/* The last writeback at or behind from, and before to. */
static void add_writeback(const struct tp_subject *s, size_t from, size_t to, const char *verb,
			  struct tp_buf *out)
{
	for (size_t i = to; i-- > from;) {
		if (!s->steps[i].ran || !writes_back(&s->file->seq.ops[i]))
			continue;
		add_line(s, i, verb, out);
		return;
	}
}

void tp_story_add(const struct tp_subject *s, const struct tp_run *run, size_t nr,
		  struct tp_buf *out)
{
	struct tp_buf lines[MAX_LINES] = { 0 };
	size_t nr_lines = 0, writer = run->wanted.op;

	for (size_t i = nr; i-- > 0 && nr_lines < MAX_LINES;)
		nr_lines += add_step(s, run, i, &lines[nr_lines]);
	while (nr_lines-- > 0) {
		tp_buf_puts(out, lines[nr_lines].text);
		tp_buf_free(&lines[nr_lines]);
	}
	if (writer >= nr) {
		add_writeback(s, 0, nr, "was the last writeback", out);
		return;
	}
	add_writeback(s, 0, writer, "was the last writeback before it was written", out);
	add_writeback(s, writer, nr, "was the last writeback after it was written", out);
}
