// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seen.c - what operations saw while no other raced with them
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge/replay.h"
#include "model/race.h"

/* A size that someone saw must be one that the file may have. */
void tp_seen_size(struct tp_subject *s, const struct tp_event *e, const char *who)
{
	struct tp_finding f = { .kind = TP_SIZE };
	char *sizes;

	if (tp_subject_unsure(s) || s->no_compare || e->err)
		return;
	if (tp_states_keep(&s->states, e->size, e->size)) {
		tp_subject_view(s);
		return;
	}
	sizes = tp_subject_sizes(s);
	f.title = tp_printf("size %" PRIu64 " instead of %s", e->size, sizes);
	f.text = tp_printf("file %s (%s): size %" PRIu64 " seen by %s while the file was open; "
			   "its operations make it %s",
			   s->name, s->file->params, e->size, who, sizes);
	free(sizes);
	tp_subject_finding(s, &f);
}

/* What a read must return: pread stops at the end of the file, a load does not. */
static uint64_t length_of_read(const struct tp_op *op, uint64_t size)
{
	uint64_t off = op->arg[0], len = op->arg[1];

	if (tp_ops[op->kind].flags & TP_OP_MAPPED)
		return len;
	if (off >= size)
		return 0;
	return len < size - off ? len : size - off;
}

/* The sizes with which a read of this length is right are kept; is there one? */
static bool keep_length(struct tp_subject *s, const struct tp_op *op, uint64_t got)
{
	uint64_t low = 0, high = UINT64_MAX;

	if (s->states.nr == 1 || tp_ops[op->kind].flags & TP_OP_MAPPED)
		return length_of_read(op, s->oracle->size) == got;
	if (got > op->arg[1])
		return false;
	if (got)
		low = op->arg[0] + got;
	if (got < op->arg[1])
		high = op->arg[0] + got;
	if (!tp_states_keep(&s->states, low, high))
		return false;
	tp_subject_view(s);
	return true;
}

static void check_read_length(struct tp_subject *s, const struct tp_op *op, uint16_t index,
			      const struct tp_event *e)
{
	struct tp_finding f = { .kind = TP_RESULT };
	struct tp_buf line = { 0 };
	char *sizes;

	if (tp_subject_unsure(s) || keep_length(s, op, (uint64_t)e->result))
		return;
	tp_op_print(op, &line);
	sizes = tp_subject_sizes(s);
	f.title = tp_printf("op %u \"%s\" returned %" PRId64 " instead of %" PRIu64, index + 1u,
			    line.text, e->result, length_of_read(op, s->oracle->size));
	f.text = tp_printf("file %s (%s): %s bytes; the size was %s", s->name, s->file->params,
			   f.title, sizes);
	free(sizes);
	tp_buf_free(&line);
	tp_subject_finding(s, &f);
}

void tp_seen_bytes(struct tp_subject *s, uint16_t index, uint64_t off, const unsigned char *data,
		   uint64_t len)
{
	struct tp_check check;

	tp_check_begin(&check, s);
	s->kase->record.bytes += len;
	while (len) {
		size_t n = TP_CHUNK - off % TP_CHUNK;

		if (n > len)
			n = (size_t)len;
		tp_check_bytes(&check, off, data, n, TP_IN_MEMORY);
		off += n;
		data += n;
		len -= n;
	}
	tp_check_end(&check);
	tp_explain_runs(&check, &s->file->seq.ops[index], index);
}

/* What was seen behind a race tells how it ended.  Direct I/O goes past the page cache. */
static void learn(struct tp_subject *s, const struct tp_op *op, const unsigned char *data,
		  uint64_t len)
{
	const struct tp_ident id = { s->job->key, s->file->id, 0 };

	if (!s->raced || tp_ops[op->kind].flags & TP_OP_DIRECT)
		return;
	tp_race_learn(&s->states, &id, op->arg[0], data, len);
	tp_subject_view(s);
}

void tp_seen_read(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	uint64_t off = op->arg[0], len = e->result > 0 ? (uint64_t)e->result : 0;
	uint64_t before = s->nr_findings;
	const unsigned char *data;
	size_t have = 0;

	if (e->err)
		return;
	check_read_length(s, op, index, e);
	data = tp_seen_data(s->seen, index, &have);
	if (len > 0 && (!data || have < len)) {
		tp_subject_broken(s, "the history has not what op %u read", index + 1u);
		return;
	}
	if ((tp_ops[op->kind].flags & TP_OP_MAPPED) && !tp_subject_unsure(s)) {
		uint64_t size = s->oracle->size;

		/* What a mapping shows behind the end of file is nobody's business. */
		for (size_t i = 0; i < s->states.nr; i++)
			size = s->states.alt[i].size < size ? s->states.alt[i].size : size;
		if (off >= size)
			return;
		if (len > size - off)
			len = size - off;
	}
	tp_seen_bytes(s, index, off, data, len);
	if (s->nr_findings == before)
		learn(s, op, data, len);
}

/* copy_file_range(2) stops at the end of the file. */
static uint64_t copied(const struct tp_subject *s, const struct tp_op *op)
{
	uint64_t left = s->oracle->size > op->arg[0] ? s->oracle->size - op->arg[0] : 0;

	return left < op->arg[2] ? left : op->arg[2];
}

void tp_seen_short(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	enum tp_effect effect = tp_ops[op->kind].effect;
	uint64_t start, end;
	char *text;

	if (effect != TP_EFFECT_WRITE && effect != TP_EFFECT_STORE && effect != TP_EFFECT_COPY)
		return;
	if (e->err || tp_ops[op->kind].flags & TP_OP_SHORT || !tp_op_range(op, &start, &end) ||
	    e->result == (int64_t)(end - start))
		return;
	if (effect == TP_EFFECT_COPY &&
	    (op->actor || s->states.nr > 1 || e->result == (int64_t)copied(s, op)))
		return; /* all that there was to copy */
	text = tp_printf("op %u \"%s\" wrote %" PRId64 " of %" PRIu64 " bytes", index + 1u,
			 tp_ops[op->kind].name, e->result, end - start);
	if (op->expect == TP_EXPECT_EITHER)
		tp_case_note(s->kase, text);
	else
		tp_subject_broken(s, "%s: the story did not run as written", text);
	free(text);
}

void tp_seen_missing(struct tp_subject *s, size_t index)
{
	struct tp_buf line = { 0 };

	tp_op_print(&s->file->seq.ops[index], &line);
	tp_subject_broken(s, "the history ends before op %zu \"%s\"", index + 1, line.text);
	tp_buf_free(&line);
}
