// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op.c - operations: their text form, and what is wrong with bad ones
 */
#include <errno.h>

#include "base/buf.h"
#include "base/prng.h"
#include "model/op.h"
#include "tap.h"

static char *printed(const struct tp_seq *seq)
{
	struct tp_buf out = { 0 };

	tp_seq_print(seq, &out);
	return tp_buf_take(&out);
}

static void round_trip(const char *text, const char *want)
{
	struct tp_buf err = { 0 };
	struct tp_seq seq;
	char *got;

	if (!tp_seq_parse(text, NULL, NULL, &seq, &err)) {
		ok(false, "\"%s\" parses", text);
		diag("%s", err.text);
		tp_buf_free(&err);
		return;
	}
	got = printed(&seq);
	is_str(got, want, text);
	free(got);
	tp_seq_free(&seq);
	tp_buf_free(&err);
}

static void bad(const char *text, const char *part)
{
	struct tp_buf err = { 0 };
	struct tp_seq seq = { 0 };
	bool parsed = tp_seq_parse(text, NULL, NULL, &seq, &err);
	char *name = tp_printf("\"%s\" is refused with a reason", text);

	has_str(parsed ? NULL : err.text, part, name);
	if (seq.nr != 0 || seq.ops)
		ok(false, "an empty sequence is left by \"%s\"", text);
	tp_seq_free(&seq);
	tp_buf_free(&err);
	free(name);
}

static void test_good(void)
{
	round_trip("", "");
	round_trip(" ; ;", "");
	round_trip("pwrite 0 1000", "pwrite 0 1000");
	round_trip("  pwrite  0\t1000 ;fsync;  ", "pwrite 0 1000; fsync");
	round_trip("map 0 4096; store 0 1; msync", "map 0 4096; store 0 1; msync");
	round_trip("map@3 0 4096; store@3 0 1", "map@3 0 4096; store@3 0 1");
	round_trip("map@0 0 1", "map 0 1");
	round_trip("store 4096 1 fails SIGBUS", "store 4096 1 fails SIGBUS");
	round_trip("dio-write 1 1 may-fail EINVAL; size", "dio-write 1 1 may-fail EINVAL; size");
	round_trip("copy-range 1 2 3", "copy-range 1 2 3");
	round_trip("truncate 18446744073709551615", "truncate 18446744073709551615");
}

static void test_bad(void)
{
	bad("frob 1 2", "no operation is called \"frob\"");
	bad("pwrite 5", "operation 1 \"pwrite 5\": pwrite takes 2 arguments, not 1");
	bad("fsync; pwrite 0", "operation 2");
	bad("fsync 1", "one word too many");
	bad("pwrite 0 1 2", "\"2\" is one word too many");
	bad("pwrite 0 -1", "not a number");
	bad("pwrite 0 1k", "not a number");
	bad("pwrite 0 0x10", "not a number");
	bad("pwrite 0 18446744073709551616", "not a number");
	bad("pwrite@1 0 1", "uses no mapping");
	bad("store@4 0 1", "not one of @0 to @3");
	bad("store@ 0 1", "not one of");
	bad("store@12 0 1", "not one of");
	bad("store 0 1 fails", "wants the name of an error");
	bad("store 0 1 fails EFOO", "no error that tailpage knows");
	bad("store 0 1 fails SIGBUS 7", "one word too many");
	bad("store 0 fails SIGBUS", "takes 2 arguments, not 1");
	bad("pwrite 0 1 fsync", "one word too many");
	bad("PWRITE 0 1", "no operation is called");
}

/* Blocks: the text and, behind each operation, who does it. */
static void test_blocks(void)
{
	static const char text[] = "pwrite 0 1000; { pwrite 1000 3096 | wait-size 4096; "
				   "store 3000 1 }; fsync; { meet; fsync | meet; read 0 1 }";
	static const unsigned actor[] = { 0, 1, 2, 2, 0, 1, 1, 2, 2 };
	struct tp_buf err = { 0 };
	struct tp_seq seq;
	unsigned wrong = 0;
	size_t end;

	round_trip(text, text);
	round_trip("{fsync|fsync}", "{ fsync | fsync }");
	round_trip("{ ; fsync ; ;| ;; none; } ; ", "{ fsync | none }");
	round_trip("{ fsync }; size", "{ fsync }; size");
	round_trip("{ map@1 0 9; store@1 0 1 | store 0 1 }", "{ map@1 0 9; store@1 0 1 | store 0 1 }");
	round_trip("{ offset 4 4; fsync | fsync | offset 1 7; fsync }",
		   "{ offset 4 4; fsync | fsync | offset 1 7; fsync }");
	round_trip("{ process; offset 1 2; unmap | store 0 1 }",
		   "{ process; offset 1 2; unmap | store 0 1 }");
	round_trip("{ unmap | process; store 0 1 }", "{ unmap | process; store 0 1 }");
	ok(tp_seq_parse("none; { fsync | process; fsync | none }; none", NULL, NULL, &seq, &err) &&
	   !tp_seq_apart(&seq, 1, 1) && tp_seq_apart(&seq, 1, 2) && !tp_seq_apart(&seq, 1, 3),
	   "one of three actors is a process");
	tp_seq_free(&seq);
	ok(tp_seq_parse(text, NULL, NULL, &seq, &err) && seq.nr == ARRAY_SIZE(actor),
	   "two blocks of two actors");
	for (size_t i = 0; i < seq.nr; i++)
		wrong += seq.ops[i].actor != actor[i];
	is_int(wrong, 0, "every operation knows who does it");
	ok(tp_seq_block(&seq, 0, &end) == 0 && end == 1, "the first is main's");
	ok(tp_seq_block(&seq, 1, &end) == 2 && end == 4, "a block in the middle");
	ok(tp_seq_block(&seq, 5, &end) == 2 && end == 9, "and at the end");
	tp_seq_free(&seq);
	tp_buf_free(&err);
}

static void test_bad_blocks(void)
{
	bad("{ fsync | fsync", "operation 3: the block before it has no '}'");
	bad("fsync }", "a '}' without a '{'");
	bad("fsync | fsync", "a '|' stands outside of a block");
	bad("{ fsync | { fsync | none } }", "a block stands in a block");
	bad("{ fsync | }", "operation 2: an actor of the block has no operation");
	bad("{ | fsync }", "an actor of the block has no operation");
	bad("{ }", "an actor of the block has no operation");
	bad("{ fsync | fsync }; { fsync | fsync }", "two blocks stand side by side");
	bad("{ fsync | fsync } fsync", "a ';' is missing behind the block's '}'");
	bad("fsync { fsync | fsync }", "a ';' is missing before the block's '{'");
	bad("{ fsync | fsync }{ fsync | fsync }", "a ';' is missing before the block's '{'");
	bad("{ none|none|none|none|none|none|none|none|none }", "more than 8 actors");
	bad("{ fsync | remount }", "operation 2 \"remount\": it concerns all actors");
	bad("{ fill-fs 0 | fsync }", "must not stand in a block");
	bad("{ fsync | reopen }", "must not stand in a block");
	bad("fsync; meet", "operation 2 \"meet\": it needs other actors");
	bad("wait-size 10", "must stand in a block");
	bad("offset 1 2", "must stand in a block");
	bad("none; { meet | fsync; meet; meet }",
	    "the block of operations 2 to 5: actor 1 has 1 meet, actor 2 has 2");
	bad("{ fsync | fsync; offset 1 2 }", "offset is not the first operation of actor 2");
	bad("{ fsync | offset 0 2 }", "offset 0 2: the places are 1 to 2");
	bad("{ fsync | offset 3 2 }", "offset 3 2: the places are 1 to 2");
	bad("process", "must stand in a block");
	bad("{ fsync | none; process }", "process is not the first operation of actor 2");
	bad("{ process; process | none }", "process is not the first operation of actor 1");
	bad("{ process; none; offset 1 2 | none }", "offset is not the first operation of actor 1");
	bad("{ process; fsync | store 0 1 | unmap }", "unmap of actor 3 changes mapping @0");
	bad("{ offset 1 2 | offset 1 2 }", "one must do without");
	bad("{ store@1 0 1 | unmap@1 }", "unmap of actor 2 changes mapping @1, which actor 1 uses");
	bad("{ map 0 9; store 0 1 | load 0 1 }", "map of actor 1 changes mapping @0");
	bad("{ protect | load 0 1 }", "protect of actor 1 changes mapping @0, which actor 2 uses");
	bad("{ frob | fsync }", "operation 1 \"frob\": no operation is called");
}

/* Every row of the table prints and parses back, with every kind of expectation. */
static void test_table(void)
{
	struct tp_prng random = { 5 };
	unsigned wrong = 0;

	for (int kind = 0; kind < TP_NR_OP_KINDS; kind++) {
		for (unsigned expect = TP_EXPECT_OK; expect <= TP_EXPECT_EITHER; expect++) {
			struct tp_op op = { .kind = (enum tp_op_kind)kind,
					    .expect = (uint8_t)expect };
			struct tp_seq seq = { &op, 1 }, back;
			struct tp_buf err = { 0 };
			unsigned least, most;
			char *text;

			if (kind == TP_OP_KIND_OFFSET)
				continue; /* never alone; see test_blocks */
			tp_op_arity(op.kind, &least, &most);
			for (unsigned i = 0; i < most; i++)
				op.arg[i] = tp_prng_next(&random) >> 8;
			op.slot = tp_ops[kind].flags & TP_OP_SLOT ? 2 : 0;
			op.expect_err = expect ? ENOSPC : 0;
			op.actor = tp_ops[kind].flags & TP_OP_BLOCK ? 1 : 0;
			text = printed(&seq);
			if (least > most || !tp_seq_parse(text, NULL, NULL, &back, &err) ||
			    back.nr != 1 || memcmp(&back.ops[0], &op, sizeof(op)) != 0) {
				wrong++;
				diag("%s: %s", text, err.text ? err.text : "differs");
			}
			tp_seq_free(&back);
			tp_buf_free(&err);
			free(text);
		}
	}
	is_int(wrong, 0, "every operation of the table goes through its text form");
}

/* An evaluator of a scenario: $x is 42. */
static bool evaluate(void *ctx, const char *word, size_t len, uint64_t *value, struct tp_buf *err)
{
	unsigned *calls = ctx;

	++*calls;
	*value = 42;
	if (len == 2 && memcmp(word, "$x", 2) == 0)
		return true;
	tp_buf_puts(err, "no such name");
	return false;
}

static void test_evaluator(void)
{
	struct tp_buf err = { 0 };
	struct tp_seq seq;
	unsigned calls = 0;

	ok(tp_seq_parse("pwrite $x $x", evaluate, &calls, &seq, &err), "arguments are evaluated");
	ok(calls == 2 && seq.nr == 1 && seq.ops[0].arg[1] == 42, "each once, with its value");
	tp_seq_free(&seq);
	ok(!tp_seq_parse("pwrite $x $y", evaluate, &calls, &seq, &err), "or refused");
	has_str(err.text, "no such name", "with the evaluator's reason");
	tp_buf_free(&err);
}

static void range_is(const char *text, uint64_t start, uint64_t end)
{
	struct tp_buf err = { 0 };
	struct tp_seq seq;
	uint64_t s = 0, e = 0;

	tp_seq_parse(text, NULL, NULL, &seq, &err);
	ok(tp_op_range(&seq.ops[0], &s, &e) && s == start && e == end, "the range of %s", text);
	tp_seq_free(&seq);
	tp_buf_free(&err);
}

static void test_ranges(void)
{
	struct tp_buf err = { 0 };
	struct tp_op none = { .kind = TP_OP_KIND_FSYNC };
	struct tp_seq seq;
	uint64_t s, e;

	range_is("pwrite 10 20", 10, 30);
	range_is("touch 7", 7, 8);
	range_is("copy-range 0 100 50", 100, 150);
	range_is("truncate 5", 5, UINT64_C(1) << 63);
	ok(!tp_op_range(&none, &s, &e), "fsync has no range");
	tp_seq_parse("pwrite 0 1000; truncate 9000; map 0 4096; punch 0 10; read 0 20000", NULL,
		     NULL, &seq, &err);
	is_int((int64_t)tp_seq_extent(&seq), 20000, "the extent of a sequence");
	is_int((int64_t)tp_seq_footprint(&seq), 4096, "what it may allocate, in pages");
	tp_seq_free(&seq);
	tp_buf_free(&err);
}

static void test_errno(void)
{
	is_str(tp_errno_name(EINVAL), "EINVAL", "an errno has a name");
	is_str(tp_errno_name(TP_SIGBUS), "SIGBUS", "so has SIGBUS");
	ok(tp_errno_name(0) == NULL, "0 has none");
	is_int(tp_errno_find("ENOSPC"), ENOSPC, "a name has an errno");
	is_int(tp_errno_find("enospc"), -1, "in its own spelling only");
}

int main(void)
{
	test_good();
	test_bad();
	test_blocks();
	test_bad_blocks();
	test_table();
	test_evaluator();
	test_ranges();
	test_errno();
	return done();
}
