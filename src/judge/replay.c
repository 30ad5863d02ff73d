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

#include "judge/check.h"
#include "judge/result.h"

/* A size that someone saw must be the oracle's. */
static void check_size(struct tp_subject *s, const struct tp_event *e, const char *who)
{
	struct tp_finding f = { .kind = TP_SIZE };

	if (s->oracle.size_uncertain || s->no_compare || e->err || e->size == s->oracle.size)
		return;
	f.title = tp_printf("size %" PRIu64 " instead of %" PRIu64, e->size, s->oracle.size);
	f.text = tp_printf("file %s (%s): size %" PRIu64 " seen by %s while the file was open; "
			   "its operations make it %" PRIu64,
			   s->name, s->file->params, e->size, who, s->oracle.size);
	tp_subject_finding(s, &f);
}

/* What a read must return: pread stops at the end of the file, a load does not. */
static uint64_t length_of_read(const struct tp_subject *s, const struct tp_op *op)
{
	uint64_t off = op->arg[0], len = op->arg[1];

	if (tp_ops[op->kind].flags & TP_OP_MAPPED)
		return len;
	if (off >= s->oracle.size)
		return 0;
	return len < s->oracle.size - off ? len : s->oracle.size - off;
}

static void check_read_length(struct tp_subject *s, const struct tp_op *op, uint16_t index,
			      const struct tp_event *e)
{
	uint64_t want = length_of_read(s, op);
	struct tp_finding f = { .kind = TP_RESULT };
	struct tp_buf line = { 0 };

	if (s->oracle.size_uncertain || (uint64_t)e->result == want)
		return;
	tp_op_print(op, &line);
	f.title = tp_printf("op %u \"%s\" returned %" PRId64 " instead of %" PRIu64, index + 1u,
			    line.text, e->result, want);
	f.text = tp_printf("file %s (%s): %s bytes; the size was %" PRIu64, s->name,
			   s->file->params, f.title, s->oracle.size);
	tp_buf_free(&line);
	tp_subject_finding(s, &f);
}

static void check_read(struct tp_subject *s, const struct tp_op *op, uint16_t index,
		       const struct tp_event *e)
{
	uint64_t off = op->arg[0], len = e->result > 0 ? (uint64_t)e->result : 0;
	const unsigned char *data;
	struct tp_check check;
	size_t have = 0;

	if (e->err)
		return;
	check_read_length(s, op, index, e);
	data = tp_seen_data(s->seen, index, &have);
	if (len > 0 && (!data || have < len)) {
		tp_subject_broken(s, "the history has not what op %u read", index + 1u);
		return;
	}
	if ((tp_ops[op->kind].flags & TP_OP_MAPPED) && !s->oracle.size_uncertain) {
		/* What a mapping shows behind the end of file is nobody's business. */
		if (off >= s->oracle.size)
			return;
		if (len > s->oracle.size - off)
			len = s->oracle.size - off;
	}
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
	tp_explain_runs(&check, op, index);
}

/* copy_file_range(2) stops at the end of the file. */
static uint64_t copied(const struct tp_subject *s, const struct tp_op *op)
{
	uint64_t left = s->oracle.size > op->arg[0] ? s->oracle.size - op->arg[0] : 0;

	return left < op->arg[2] ? left : op->arg[2];
}

static void note_short(struct tp_subject *s, const struct tp_op *op, uint16_t index,
		       const struct tp_event *e)
{
	enum tp_effect effect = tp_ops[op->kind].effect;
	uint64_t start, end;
	char *text;

	if (effect != TP_EFFECT_WRITE && effect != TP_EFFECT_STORE && effect != TP_EFFECT_COPY)
		return;
	if (e->err || tp_ops[op->kind].flags & TP_OP_SHORT || !tp_op_range(op, &start, &end) ||
	    e->result == (int64_t)(end - start))
		return;
	if (effect == TP_EFFECT_COPY && e->result == (int64_t)copied(s, op))
		return; /* all that there was to copy */
	text = tp_printf("op %u \"%s\" wrote %" PRId64 " of %" PRIu64 " bytes", index + 1u,
			 tp_ops[op->kind].name, e->result, end - start);
	if (op->expect == TP_EXPECT_EITHER)
		tp_case_note(s->kase, text);
	else
		tp_subject_broken(s, "%s: the story did not run as written", text);
	free(text);
}

static void replay_op(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	struct tp_step *step = &s->steps[index];

	step->before = s->oracle.size;
	step->ran = true;
	note_short(s, op, index, e);
	if (tp_ops[op->kind].effect == TP_EFFECT_READ)
		check_read(s, op, index, e);
	if (tp_ops[op->kind].effect == TP_EFFECT_SIZE) {
		char *who = tp_printf("op %u \"%s\"", index + 1u, tp_ops[op->kind].name);

		check_size(s, e, who);
		free(who);
	}
	if (!tp_event_refused(e))
		tp_oracle_apply(&s->oracle, op, index, e);
	step->after = s->oracle.size;
}

/* From the first that nobody saw end, all of them may have happened or not: where
 * the size is not known, it is not known either what a later one did. */
static void replay_unseen(struct tp_subject *s, size_t from)
{
	for (size_t i = from; i < s->file->seq.nr; i++) {
		s->steps[i].before = s->oracle.size;
		tp_oracle_apply(&s->oracle, &s->file->seq.ops[i], (uint16_t)i, NULL);
		s->steps[i].ran = s->seen->ops[i] != NULL;
		s->steps[i].after = s->oracle.size;
	}
}

static void missing(struct tp_subject *s, size_t index)
{
	struct tp_buf line = { 0 };

	tp_op_print(&s->file->seq.ops[index], &line);
	tp_subject_broken(s, "the history ends before op %zu \"%s\"", index + 1, line.text);
	tp_buf_free(&line);
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

void tp_replay(struct tp_subject *s)
{
	size_t nr = s->file->seq.nr, i;
	bool stopped = false;

	if (s->seen->hung)
		hung(s);
	for (i = 0; i < nr; i++) {
		const struct tp_event *e = s->seen->ops[i];

		if (!e && stopped)
			break; /* the agent goes no further after an unexpected failure */
		if (!e && s->seen->close && s->seen->close->err) {
			const char *name = tp_errno_name(s->seen->close->err);

			tp_subject_broken(s, "it could not be opened before op %zu (%s)", i + 1,
					  name ? name : "?");
			return;
		}
		if (!e) {
			missing(s, i);
			replay_unseen(s, i);
			return;
		}
		stopped |= !tp_judge_result(s, (uint16_t)i, e);
		replay_op(s, (uint16_t)i, e);
	}
	for (; i < nr; i++) /* nothing may have run behind a gap */
		if (s->seen->ops[i])
			tp_subject_broken(s, "the history has op %zu but not all before it", i + 1);
	if (s->seen->close)
		check_size(s, s->seen->close, "fstat at close");
	else if (!stopped)
		tp_subject_broken(s, "the history ends before the file was closed");
}
