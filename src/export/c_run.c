// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_run.c - exported C programs: the operations and the actors
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/c_program.h"

static bool expand_more(void *ctx, char what, struct tp_buf *out)
{
	const struct tp_program *p = ctx;
	const struct tp_op *op = &p->e->expect.seq->ops[p->at];
	char letter = p->e->expect.letter[p->at];

	switch (what) {
	case 'c':
		tp_buf_printf(out, "'%c'", letter);
		return true;
	case 'B':
		tp_buf_printf(out, "letters('%c', ", letter);
		if (tp_c_moves(p))
			tp_buf_printf(out, "%" PRIu64 ", ", op->arg[0]);
		tp_buf_printf(out, "%" PRIu64 ")", op->arg[1]);
		return true;
	case 'M':
		tp_buf_printf(out, "%u", p->actors * (p->met + 1));
		return true;
	default:
		return false;
	}
}

static void put_want(struct tp_program *p, const struct tp_op *op)
{
	if (op->expect == TP_EXPECT_FAIL && op->expect_err == TP_SIGBUS)
		tp_buf_puts(p->out, "-EFAULT");
	else if (op->expect == TP_EXPECT_FAIL)
		tp_buf_printf(p->out, "-%s", tp_errno_name(op->expect_err));
	else
		tp_buf_printf(p->out, "%" PRId64, p->e->expect.result[p->at]);
}

/* Which error leaves it open what the file holds; NULL: none does. */
static const char *open_error(const struct tp_op *op)
{
	if (op->kind == TP_OP_KIND_WAIT_SIZE)
		return "ETIMEDOUT";
	if (op->expect == TP_EXPECT_EITHER)
		return op->expect_err == TP_SIGBUS ? "EFAULT" : tp_errno_name(op->expect_err);
	/* Whether a store that races may fault is not known here. */
	if (op->expect == TP_EXPECT_OK && op->actor && op->kind == TP_OP_KIND_STORE)
		return "EFAULT";
	return NULL;
}

static void statement(struct tp_program *p, const struct tp_op *op)
{
	const char *err = open_error(op);
	char *words = tp_export_words(op);
	bool changes = tp_ops[op->kind].effect != TP_EFFECT_NONE;
	bool any = p->e->expect.result[p->at] == TP_ANY_RESULT;

	if (any)
		tp_buf_puts(p->out, "\tif (");
	else if (err)
		tp_buf_printf(p->out, "\t%s%smay(\"%s\", ", changes ? tp_c_unsure(p) : "",
			      changes ? " |= (char)" : "", words);
	else
		tp_buf_printf(p->out, "\tmust(\"%s\", ", words);
	tp_export_expand(tp_c_ops[op->kind].expr, op, expand_more, p, p->out);
	if (any) {
		tp_buf_printf(p->out, " < 0)\n\t\tcannot_tell(\"%s\");\n", words);
	} else {
		tp_buf_puts(p->out, ", ");
		put_want(p, op);
		tp_buf_printf(p->out, err ? ", %s);\n" : ");\n", err);
	}
	if (tp_expect_reads(&p->e->expect, p->at))
		tp_buf_printf(p->out,
			      "\tfailed |= %scheck(\"%s\", seen_by_%zu, bytes, %" PRIu64
			      ", %" PRIu64 ");\n",
			      tp_c_if_sure(p), words, p->at + 1, op->arg[0], op->arg[1]);
	free(words);
}

static void operation(struct tp_program *p, size_t i)
{
	const struct tp_foresight *x = &p->e->expect;
	const struct tp_op *op = &x->seq->ops[i];

	p->at = i;
	switch (op->kind) {
	case TP_OP_KIND_NONE:
	case TP_OP_KIND_OFFSET: /* is seen to as the block begins */
		return;
	case TP_OP_KIND_MEET:
		tp_buf_puts(p->out, "\t");
		tp_export_expand(tp_c_ops[op->kind].expr, op, expand_more, p, p->out);
		tp_buf_puts(p->out, ";\n");
		p->met++;
		return;
	case TP_OP_KIND_SIZE:
		if (x->result[i] != TP_ANY_RESULT) {
			tp_buf_printf(p->out, "\tfailed |= %scheck_size(\"size\", %" PRId64 ");\n",
				      tp_c_if_sure(p), x->result[i]);
			return;
		}
		/* fall through */
	default:
		statement(p, op);
	}
}

static void actor(struct tp_program *p, size_t start, size_t end, unsigned number)
{
	const struct tp_seq *seq = p->e->expect.seq;
	bool timed = tp_c_uses(p, "SWEEP");

	p->met = 1;
	tp_buf_printf(p->out, "static void *block_%zu_actor_%u(void *unused)\n{\n", start + 1,
		      number);
	if (timed)
		tp_buf_puts(p->out, "\tlong long begin_ns;\n\n");
	tp_buf_printf(p->out, "\tmeet(%u);\n", p->actors);
	if (timed)
		tp_buf_printf(p->out, "\tspin(delay_ns[%u]);\n\tbegin_ns = now_ns();\n", number);
	for (size_t i = start; i < end; i++)
		if (seq->ops[i].actor == number)
			operation(p, i);
	if (timed)
		tp_buf_printf(p->out, "\ttook_ns[%u] = now_ns() - begin_ns;\n", number);
	tp_buf_puts(p->out, "\treturn unused;\n}\n\n");
}

static void actors(struct tp_program *p)
{
	const struct tp_seq *seq = p->e->expect.seq;
	size_t end;

	for (size_t i = 0; i < seq->nr; i = end) {
		p->actors = tp_seq_block(seq, i, &end);
		for (unsigned number = 1; number <= p->actors; number++)
			actor(p, i, end, number);
	}
}

/* The first actor that begins without an offset: the others' places are in its time. */
static unsigned anchor(const struct tp_seq *seq, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if ((i == start || seq->ops[i].actor != seq->ops[i - 1].actor) &&
		    seq->ops[i].kind != TP_OP_KIND_OFFSET)
			return seq->ops[i].actor;
	return 1;
}

static void run_block(struct tp_program *p, size_t start, size_t end)
{
	const struct tp_seq *seq = p->e->expect.seq;

	if (tp_c_uses(p, "SWEEP"))
		tp_buf_puts(p->out, "\tmemset(delay_ns, 0, sizeof(delay_ns));\n");
	for (size_t i = start; i < end; i++)
		if (seq->ops[i].kind == TP_OP_KIND_OFFSET)
			tp_buf_printf(p->out, "\tsweep(%u, %u, %u, %" PRIu64 ", %" PRIu64 ");\n",
				      p->actors, seq->ops[i].actor, anchor(seq, start, end),
				      seq->ops[i].arg[0], seq->ops[i].arg[1]);
	tp_buf_printf(p->out, "\trace(%u, (void *(*const[])(void *)){ ", p->actors);
	for (unsigned number = 1; number <= p->actors; number++)
		tp_buf_printf(p->out, "%sblock_%zu_actor_%u", number > 1 ? ", " : "", start + 1,
			      number);
	tp_buf_puts(p->out, " });\n");
}

static void run(struct tp_program *p)
{
	const struct tp_seq *seq = p->e->expect.seq;
	size_t end;

	tp_buf_puts(p->out, "static void run(void)\n{\n\topen_file(O_CREAT | O_EXCL);\n");
	for (size_t i = 0; i < seq->nr; i = end) {
		p->actors = tp_seq_block(seq, i, &end);
		if (p->actors)
			run_block(p, i, end);
		else
			operation(p, i);
	}
	tp_buf_puts(p->out, "\tclose_file();\n}\n\n");
}

void tp_c_run(struct tp_program *p)
{
	actors(p);
	run(p);
}
