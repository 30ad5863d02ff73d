// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race_story.c - who was at work at the same time as whom
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge/race_story.h"

/* A long block is not told whole: what overlaps the operation in question is. */
#define MAX_LINES 16

static const struct tp_event *event_of(const struct tp_subject *s, size_t i)
{
	return i < s->file->seq.nr ? s->seen->ops[i] : NULL;
}

static unsigned actor_of(const struct tp_subject *s, size_t i)
{
	return i < s->file->seq.nr ? s->file->seq.ops[i].actor : 0;
}

/* The block that operation i belongs to. */
static void block_of(const struct tp_subject *s, size_t i, size_t *start, size_t *end)
{
	while (i > 0 && actor_of(s, i - 1))
		i--;
	*start = i;
	tp_seq_block(&s->file->seq, i, end);
}

static uint64_t begin_of_block(const struct tp_subject *s, size_t i)
{
	uint64_t first = UINT64_MAX;
	size_t start, end;

	block_of(s, i, &start, &end);
	for (size_t k = start; k < end; k++)
		if (event_of(s, k) && event_of(s, k)->begin_ns < first)
			first = event_of(s, k)->begin_ns;
	return first;
}

void tp_race_story_actor(const struct tp_subject *s, size_t i, struct tp_buf *out)
{
	if (actor_of(s, i))
		tp_buf_printf(out, " of actor %u", actor_of(s, i));
}

/* Tenths of a microsecond. */
static void add_time(uint64_t ns, struct tp_buf *out)
{
	tp_buf_printf(out, "%" PRIu64 ".%" PRIu64, ns / 1000, ns / 100 % 10);
}

void tp_race_story_when(const struct tp_subject *s, size_t i, struct tp_buf *out)
{
	const struct tp_event *e = event_of(s, i);
	uint64_t first;

	if (!actor_of(s, i))
		return;
	if (!e) {
		tp_buf_puts(out, " (not seen to end)");
		return;
	}
	first = begin_of_block(s, i);
	tp_buf_puts(out, " (");
	add_time(e->begin_ns - first, out);
	tp_buf_puts(out, "-");
	add_time(e->end_ns - first, out);
	tp_buf_puts(out, " us)");
}

static void add_op(const struct tp_subject *s, size_t i, struct tp_buf *out)
{
	tp_buf_printf(out, "op %zu \"", i + 1);
	tp_op_print(&s->file->seq.ops[i], out);
	tp_buf_puts(out, "\"");
	tp_race_story_actor(s, i, out);
}

static void add_line(const struct tp_subject *s, size_t i, struct tp_buf *out)
{
	const struct tp_event *e = event_of(s, i);

	tp_buf_puts(out, "\n");
	add_op(s, i, out);
	if (e && tp_ops[s->file->seq.ops[i].kind].effect == TP_EFFECT_SIZE)
		tp_buf_printf(out, " saw size %" PRIu64, e->size);
	if (e && e->err)
		tp_buf_printf(out, " ended with %s",
			      tp_errno_name(e->err) ? tp_errno_name(e->err) : "an error");
	tp_race_story_when(s, i, out);
}

void tp_race_story_all(const struct tp_subject *s, size_t i, struct tp_buf *out)
{
	size_t start, end, lines = 0;

	if (!actor_of(s, i))
		return;
	block_of(s, i, &start, &end);
	for (size_t k = start; k < end && lines < MAX_LINES; k++) {
		enum tp_effect effect = tp_ops[s->file->seq.ops[k].kind].effect;

		if (effect == TP_EFFECT_NONE || effect == TP_EFFECT_MAP)
			continue;
		add_line(s, k, out);
		lines++;
	}
	if (lines == MAX_LINES)
		tp_buf_puts(out, "\n...");
}

void tp_race_story_size(const struct tp_subject *s, struct tp_finding *f)
{
	struct tp_buf text = { 0 };

	tp_buf_puts(&text, f->text);
	for (size_t i = 0; i < s->file->seq.nr; i++)
		if (actor_of(s, i) && (i == 0 || !actor_of(s, i - 1)))
			tp_race_story_all(s, i, &text);
	free(f->text);
	f->text = tp_buf_take(&text);
}

/* Which size operation i makes the file at least, and 0 for those that make none. */
static uint64_t grows_to(const struct tp_op *op)
{
	uint64_t start, end;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_TRUNCATE:
		return op->arg[0];
	case TP_EFFECT_WRITE:
	case TP_EFFECT_COPY:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		return tp_op_range(op, &start, &end) ? end : 0;
	default:
		return 0;
	}
}

/* Does it change bytes or the size, where the run is? */
static bool suspect(const struct tp_op *op, const struct tp_run *run)
{
	uint64_t start, end;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_NONE:
	case TP_EFFECT_MAP:
	case TP_EFFECT_READ:
	case TP_EFFECT_SIZE:
		return false;
	case TP_EFFECT_TRUNCATE:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_COLLAPSE:
	case TP_EFFECT_INSERT:
		return true;
	default:
		return tp_op_range(op, &start, &end) && end > run->start;
	}
}

static bool overlap(const struct tp_event *a, const struct tp_event *b)
{
	return a->begin_ns <= b->end_ns && b->begin_ns <= a->end_ns;
}

/* Who had seen, before operation w began, the size that operation o makes? */
static size_t witness(const struct tp_subject *s, size_t w, size_t o, size_t start)
{
	const struct tp_event *we = event_of(s, w);
	uint64_t size = grows_to(&s->file->seq.ops[o]);

	for (size_t k = w; size && k-- > start;) {
		const struct tp_event *e = event_of(s, k);

		if (e && !e->err && actor_of(s, k) == actor_of(s, w) &&
		    tp_ops[s->file->seq.ops[k].kind].effect == TP_EFFECT_SIZE && e->size >= size &&
		    e->end_ns <= we->begin_ns && s->steps[o].before < size)
			return k;
	}
	return SIZE_MAX;
}

static bool add_suspect(const struct tp_subject *s, size_t w, size_t o, size_t start,
			struct tp_buf *out)
{
	size_t seen = witness(s, w, o, start);
	uint64_t first = begin_of_block(s, w);

	tp_buf_puts(out, "\n");
	add_op(s, o, out);
	tp_buf_printf(out, " was under way when op %zu ran", w + 1);
	if (seen == SIZE_MAX)
		return true;
	tp_buf_printf(out, "; but op %zu saw its size %" PRIu64 " at ", seen + 1,
		      event_of(s, seen)->size);
	add_time(event_of(s, seen)->end_ns - first, out);
	tp_buf_printf(out,
		      " us, before op %zu began: op %zu had taken effect, and what it did "
		      "later to bytes of op %zu is a fault",
		      w + 1, o + 1, w + 1);
	return true;
}

void tp_race_story_reason(const struct tp_subject *s, const struct tp_run *run, struct tp_buf *out)
{
	size_t w = run->wanted.op, start, end;
	bool some = false;

	if (!actor_of(s, w) || !event_of(s, w))
		return;
	block_of(s, w, &start, &end);
	for (size_t o = start; o < end; o++)
		if (actor_of(s, o) != actor_of(s, w) && event_of(s, o) &&
		    overlap(event_of(s, o), event_of(s, w)) && suspect(&s->file->seq.ops[o], run))
			some |= add_suspect(s, w, o, start, out);
	if (some)
		tp_buf_puts(out, "\nno order of these operations leaves there what was found");
	else
		tp_buf_printf(out,
			      "\nno operation that changes these bytes ran at the same time "
			      "as op %zu",
			      w + 1);
}
