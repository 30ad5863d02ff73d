// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seq.c - sequences of operations, and the blocks in which actors race
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/op.h"

struct reader {
	struct tp_seq *seq;
	tp_arg_fn arg;
	void *ctx;
	struct tp_buf *err;
	unsigned actor;   /* whose operations are read; 0 outside of blocks */
	size_t block;     /* the first operation of the block */
	size_t part;      /* the first operation of the actor */
	bool closed;      /* '}' was the last that was read */
};

static bool fault(struct reader *r, const char *why)
{
	tp_buf_printf(r->err, "operation %zu: %s", r->seq->nr + 1, why);
	return false;
}

/* Where may this operation stand? */
static bool placed(const struct tp_op *op, struct tp_buf *why)
{
	unsigned flags = tp_ops[op->kind].flags;

	if (op->actor && (flags & TP_OP_MAIN))
		tp_buf_puts(why, "it concerns all actors and must not stand in a block { }");
	else if (!op->actor && (flags & TP_OP_BLOCK))
		tp_buf_puts(why, "it needs other actors: it must stand in a block { }");
	else
		return true;
	return false;
}

static bool add_op(struct reader *r, const char *text)
{
	struct tp_seq *seq = r->seq;
	struct tp_buf why = { 0 };
	struct tp_op *op;
	bool ok;

	if (r->closed)
		return fault(r, "a ';' is missing behind the block's '}'");
	seq->ops = tp_grow(seq->ops, seq->nr, sizeof(*seq->ops));
	op = &seq->ops[seq->nr++];
	ok = tp_op_parse(text, r->arg, r->ctx, op, &why);
	op->actor = (uint8_t)r->actor;
	ok = ok && placed(op, &why);
	if (!ok)
		tp_buf_printf(r->err, "operation %zu \"%s\": %s", seq->nr, text,
			      why.text ? why.text : "?");
	tp_buf_free(&why);
	return ok;
}

static bool begin_block(struct reader *r, bool behind_op)
{
	const struct tp_seq *seq = r->seq;

	if (r->actor)
		return fault(r, "a block stands in a block");
	if (behind_op || r->closed)
		return fault(r, "a ';' is missing before the block's '{'");
	if (seq->nr && seq->ops[seq->nr - 1].actor)
		return fault(r, "two blocks stand side by side: put an operation between them, "
				"or none");
	r->actor = 1;
	r->block = r->part = seq->nr;
	return true;
}

static bool next_actor(struct reader *r)
{
	if (!r->actor)
		return fault(r, "a '|' stands outside of a block { }");
	if (r->part == r->seq->nr)
		return fault(r, "an actor of the block has no operation (none is one)");
	if (r->actor == TP_MAX_ACTORS)
		return fault(r, "the block has more than 8 actors");
	r->actor++;
	r->part = r->seq->nr;
	return true;
}

static bool end_block(struct reader *r)
{
	char *why;

	if (!r->actor)
		return fault(r, "a '}' without a '{'");
	if (r->part == r->seq->nr)
		return fault(r, "an actor of the block has no operation (none is one)");
	why = tp_seq_block_fault(r->seq, r->block, r->seq->nr);
	if (why)
		tp_buf_printf(r->err, "the block of operations %zu to %zu: %s", r->block + 1,
			      r->seq->nr, why);
	free(why);
	r->actor = 0;
	r->closed = true;
	return !why;
}

/* One operation's text, perhaps empty, and what ends it. */
static bool piece(struct reader *r, const char *text, size_t len)
{
	char *copy = tp_strndup(text, len), *one = tp_trim(copy);
	bool empty = *one == '\0', ok = empty || add_op(r, one);

	free(copy);
	if (!ok)
		return false;
	switch (text[len]) {
	case '{':
		return begin_block(r, !empty);
	case '|':
		return next_actor(r);
	case '}':
		return end_block(r);
	default:
		r->closed = false;
		return true;
	}
}

bool tp_seq_parse(const char *text, tp_arg_fn arg, void *ctx, struct tp_seq *seq,
		  struct tp_buf *err)
{
	struct reader r = { .seq = seq, .arg = arg, .ctx = ctx, .err = err };
	bool ok = true;

	*seq = (struct tp_seq){ 0 };
	while (ok && *text) {
		size_t len = strcspn(text, ";{|}");

		ok = piece(&r, text, len);
		text += len;
		text += *text != '\0';
	}
	if (ok && r.actor)
		ok = fault(&r, "the block before it has no '}'");
	if (!ok)
		tp_seq_free(seq);
	return ok;
}

unsigned tp_seq_block(const struct tp_seq *seq, size_t start, size_t *end)
{
	unsigned actors = 0, last = 0;

	*end = start + 1;
	if (seq->ops[start].actor == 0)
		return 0;
	for (*end = start; *end < seq->nr && seq->ops[*end].actor != 0; ++*end) {
		actors += seq->ops[*end].actor != last;
		last = seq->ops[*end].actor;
	}
	return actors;
}

bool tp_seq_apart(const struct tp_seq *seq, size_t start, unsigned actor)
{
	while (start < seq->nr && seq->ops[start].actor && seq->ops[start].actor != actor)
		start++;
	return start < seq->nr && seq->ops[start].actor == actor &&
	       seq->ops[start].kind == TP_OP_KIND_PROCESS;
}

/* Mappings are shared: nobody may pull one away under another's store. */
static char *slot_fault(const struct tp_op *a, const struct tp_op *b)
{
	if (a->actor == b->actor || a->slot != b->slot)
		return NULL;
	if (!(tp_ops[a->kind].flags & TP_OP_REPLACE) || !(tp_ops[b->kind].flags & TP_OP_SLOT))
		return NULL;
	return tp_printf("%s of actor %u changes mapping @%u, which actor %u uses",
			 tp_ops[a->kind].name, a->actor, a->slot, b->actor);
}

static char *slots_fault(const struct tp_seq *seq, size_t start, size_t end)
{
	bool apart[TP_MAX_ACTORS + 1];

	for (unsigned actor = 0; actor <= TP_MAX_ACTORS; actor++)
		apart[actor] = tp_seq_apart(seq, start, actor);
	for (size_t i = start; i < end; i++)
		for (size_t k = start; k < end; k++) {
			const struct tp_op *a = &seq->ops[i], *b = &seq->ops[k];
			char *why = apart[a->actor] || apart[b->actor] ? NULL : slot_fault(a, b);

			if (why)
				return why;
		}
	return NULL;
}

static bool is_first(const struct tp_seq *seq, size_t start, size_t i)
{
	return i == start || seq->ops[i].actor != seq->ops[i - 1].actor;
}

/* What an actor is, is said before anything else. */
static char *process_fault(const struct tp_seq *seq, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (seq->ops[i].kind == TP_OP_KIND_PROCESS && !is_first(seq, start, i))
			return tp_printf("process is not the first operation of actor %u",
					 seq->ops[i].actor);
	return NULL;
}

/* The first operation of an actor says when it begins; one must not wait for others. */
static char *offsets_fault(const struct tp_seq *seq, size_t start, size_t end)
{
	unsigned firsts = 0, offsets = 0;

	for (size_t i = start; i < end; i++) {
		const struct tp_op *op = &seq->ops[i];
		bool first = is_first(seq, start, i);

		firsts += first;
		if (op->kind != TP_OP_KIND_OFFSET)
			continue;
		offsets++;
		if (!first && op[-1].kind != TP_OP_KIND_PROCESS)
			return tp_printf("offset is not the first operation of actor %u",
					 op->actor);
		if (op->arg[0] < 1 || op->arg[0] > op->arg[1])
			return tp_printf("offset %" PRIu64 " %" PRIu64
					 ": the places are 1 to %" PRIu64,
					 op->arg[0], op->arg[1], op->arg[1]);
	}
	if (offsets && offsets == firsts)
		return tp_strdup("every actor begins with offset: one must do without");
	return NULL;
}

static char *meets_fault(const struct tp_seq *seq, size_t start, size_t end)
{
	unsigned meets[TP_MAX_ACTORS + 1] = { 0 }, first = seq->ops[start].actor;

	for (size_t i = start; i < end; i++)
		meets[seq->ops[i].actor] += seq->ops[i].kind == TP_OP_KIND_MEET;
	for (size_t i = start; i < end; i++) {
		unsigned actor = seq->ops[i].actor;

		if (meets[actor] != meets[first])
			return tp_printf("actor %u has %u meet, actor %u has %u: they would wait "
					 "for ever", first, meets[first], actor, meets[actor]);
	}
	return NULL;
}

char *tp_seq_block_fault(const struct tp_seq *seq, size_t start, size_t end)
{
	char *why = meets_fault(seq, start, end);

	if (!why)
		why = process_fault(seq, start, end);
	if (!why)
		why = offsets_fault(seq, start, end);
	return why ? why : slots_fault(seq, start, end);
}

/* What separates an operation from the one before it. */
static const char *separator(unsigned before, unsigned actor, bool first)
{
	if (before == actor)
		return first ? "" : "; ";
	if (before == 0)
		return first ? "{ " : "; { ";
	return actor == 0 ? " }; " : " | ";
}

void tp_seq_print(const struct tp_seq *seq, struct tp_buf *out)
{
	unsigned before = 0;

	for (size_t i = 0; i < seq->nr; i++) {
		tp_buf_puts(out, separator(before, seq->ops[i].actor, i == 0));
		tp_op_print(&seq->ops[i], out);
		before = seq->ops[i].actor;
	}
	if (before)
		tp_buf_puts(out, " }");
}

void tp_seq_free(struct tp_seq *seq)
{
	free(seq->ops);
	*seq = (struct tp_seq){ 0 };
}
