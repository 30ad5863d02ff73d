// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export.c - what an exported sequence holds, and that no operation is forgotten
 */
#include "export/c_parts.h"
#include "export/xfs_io.h"
#include "tap.h"

static bool has_part(const char *name, size_t len)
{
	for (size_t i = 0; tp_c_part(i); i++)
		if (strlen(tp_c_part(i)->name) == len && memcmp(tp_c_part(i)->name, name, len) == 0)
			return true;
	return false;
}

static bool all_parts(const char *names)
{
	while (names && *names) {
		size_t len = strcspn(names, ",");

		if (!has_part(names, len))
			return false;
		names += len + (names[len] == ',');
	}
	return true;
}

static void test_tables(void)
{
	for (int k = 0; k < TP_NR_OP_KINDS; k++) {
		const struct tp_xfs_io_op *x = &tp_xfs_io_ops[k];

		if (tp_ops[k].flags & TP_OP_TEST)
			continue;
		ok(!tp_c_ops[k].expr == !!tp_c_ops[k].refused && all_parts(tp_c_ops[k].parts),
		   "%s has its C or is refused", tp_ops[k].name);
		ok(!x->commands != !x->refused, "%s is a command of xfs_io or refused",
		   tp_ops[k].name);
	}
	for (size_t i = 0; tp_c_part(i); i++)
		ok(all_parts(tp_c_part(i)->needs), "what %s needs is there", tp_c_part(i)->name);
}

/* Make it of these operations; NULL when it is refused. */
static char *made(const char *format, const char *cell, const char *operations, char **second)
{
	struct tp_seqfile s = { .kind = -1, .cell = (char *)(uintptr_t)cell };
	struct tp_buf err = { 0 }, out = { 0 }, golden = { 0 };
	struct tp_export e;
	char *text = NULL;

	if (!tp_seq_parse(operations, NULL, NULL, &s.seq, &err)) {
		diag("%s: %s", operations, err.text);
	} else if (tp_export_begin(&s, 4096, &e) == 0) {
		if (tp_export_find(format)->make(&e, &out, &golden) == 0)
			text = tp_buf_take(&out);
		tp_export_end(&e);
	}
	if (second)
		*second = tp_buf_take(&golden);
	tp_buf_free(&err);
	tp_buf_free(&out);
	tp_buf_free(&golden);
	tp_seq_free(&s.seq);
	return text;
}

static void holds(const char *operations, const char *part, const char *name)
{
	char *text = made("c", "1k-ordered-delalloc", operations, NULL);

	has_str(text, part, name);
	free(text);
}

static void lacks(const char *operations, const char *part, const char *name)
{
	char *text = made("c", "1k-ordered-delalloc", operations, NULL);

	ok(text && !strstr(text, part), "%s", name);
	free(text);
}

#define L1 "pwrite 0 1024; map 0 4096; store 0 1; fallocate 1024 3072; store 3000 1"

static void test_expected(void)
{
	holds(L1,
	      "at_the_end[] = {\n\t{ 0, 1, \"b\" },\n\t{ 1, 1024, \"a\" },\n\t{ 1024, 3000, \"0\" "
	      "},\n"
	      "\t{ 3000, 3001, \"c\" },\n\t{ 3001, 4096, \"0\" },\n\t{ 0, 0, \"\" },\n};",
	      "the bytes at the end");
	holds(L1, "#define SIZE 4096LL\n", "and the size");
	holds(L1, "must(\"store 3000 1\", store(0, 3000, 1, 'c'), 1);", "an operation");
	lacks(L1, "race(", "no part that is not used");
	lacks(L1, "unsure", "nothing of operations that may fail");
	holds("pwrite 0 100; read 0 200", "must(\"read 0 200\", pread(fd, bytes, 200, 0), 100)",
	      "a read ends at the end of file");
	holds("pwrite 0 100; read 0 200", "seen_by_2[] = {\n\t{ 0, 100, \"a\" },", "and is judged");
	holds("truncate 4096; map 0 8192; store 4096 1 fails SIGBUS", "'a'), -EFAULT);", "a fault");
	holds("pwrite 0 10 may-fail ENOSPC; read 0 10", "failed |= !unsure && check",
	      "after a failure that may be nothing is judged");
	holds("pwrite 0 8192; collapse 0 4096", "{ 0, 4096, \"a\", { -4096 } },",
	      "bytes that moved");
	holds("pwrite 0 8192; collapse 0 4096", "static int byte_of(int c, long long x)",
	      "are told by their place");
}

/* Of actors that race, all that may be, and no more. */
static void test_races(void)
{
	const char *after = "pwrite 0 600; map 0 4096; "
			    "{ fallocate 600 3496 | wait-size 4096; store 700 1 }";
	const char *both = "pwrite 0 600; { pwrite 0 10 | pwrite 5 10 }";
	const char *met = "pwrite 0 600; { pwrite 0 10; meet | meet; pwrite 5 10 }";

	holds(after, "\t{ 700, 701, \"b\" },", "who has seen the new size is not undone");
	holds(both, "\t{ 5, 10, \"cb\" },", "two writes race");
	holds(met, "\t{ 5, 15, \"c\" },", "and not when they meet between");
	holds(met, "meet(4);", "the second meeting of two");
	holds("{ pwrite 0 10 | truncate 5; truncate 20 | offset 2 6; none }",
	      "sweep(3, 3, 1, 2, 6);", "an actor with an offset");
}

static void refused(const char *format, const char *operations, const char *name)
{
	char *text = made(format, "1k-ordered-delalloc", operations, NULL);

	ok(!text, "%s", name);
	free(text);
}

static void test_scripts(void)
{
	char *golden, *text = made("fstests", "1k-ordered-delalloc", L1, &golden);

	has_str(text, "-C \"mwrite -S 0x63 3000 1\" \\\n", "fstests: a store");
	has_str(text, "_require_xfs_io_command \"falloc\"\n", "what it needs");
	has_str(golden,
		"\n000bb0 00 00 00 00 00 00 00 00 63 00 00 00 00 00 00 00  >........c.......<\n",
		"the golden output has it");
	has_str(golden, "\n*\n001000\n", "and its end");
	free(text);
	free(golden);
	text = made("sh", "1k-journal-delalloc", "pwrite 0 10; remount; dio-write 0 1024", NULL);
	has_str(text, "-C \"pwrite -q -b 10 -S 0x61 0 10\" \\\n\t\"$file\"", "sh: a write");
	has_str(text, "\numount_it\nmount_it\nxfs_io \\\n\t-C \"open -d $file\"", "a remount");
	free(text);
	refused("sh", "aio-write 0 10", "sh: no libaio");
	refused("sh", "{ pwrite 0 1 | pwrite 1 1 }", "sh: no race");
	refused("sh", "pwrite 0 1 may-fail EIO", "sh: nothing that may fail");
	refused("fstests", "map@1 0 4096", "fstests: no second mapping");
}

static void test_limits(void)
{
	struct tp_buf many = { 0 };

	for (unsigned i = 0; i < 52; i++)
		tp_buf_printf(&many, "pwrite %u 1;", i);
	holds(many.text, "'Z'", "52 letters");
	tp_buf_puts(&many, "pwrite 99 1");
	refused("c", many.text, "and no more");
	tp_buf_free(&many);
	refused("c", "test-lose 0 1", "no test operation");
	refused("c", "{ process; fsync | fsync }", "c: no process");
	refused("sh", "truncate 1099511627776", "sh: no file of a terabyte");
	for (const struct tp_cell *c = tp_cells(); c->name; c++) {
		char *text = made("c", c->name, L1, NULL);

		has_str(text, c->mount, c->name);
		free(text);
	}
}

int main(void)
{
	test_tables();
	test_expected();
	test_races();
	test_scripts();
	test_limits();
	return done();
}
