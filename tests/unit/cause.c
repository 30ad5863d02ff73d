// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cause.c - a thousand findings of one bug are one cause
 */
#include "base/buf.h"
#include "model/record.h"
#include "tap.h"

static struct tp_record new_record(void)
{
	return (struct tp_record){ .scenario = tp_strdup("random-1"), .cell = tp_strdup("c"),
				   .files = 100 };
}

static void add(struct tp_record *r, enum tp_finding_kind kind, const char *file, const char *ops,
		const char *issue)
{
	struct tp_finding f = { .kind = kind, .file = tp_strdup(file), .sequence = tp_strdup(ops),
				.issue = issue ? tp_strdup(issue) : NULL };

	tp_op_set_parse(ops, &f.ops);
	tp_record_add(r, &f);
}

/* "store truncate: 2 files" of cause i. */
static char *tell(const struct tp_record *r, size_t i)
{
	struct tp_buf out = { 0 };

	if (i >= r->nr_causes)
		return tp_strdup("none");
	tp_op_set_print(&r->causes[i].ops, &out);
	tp_buf_printf(&out, ": %d files, %d findings", (int)r->causes[i].files,
		      (int)r->causes[i].findings);
	return tp_buf_take(&out);
}

static void is_cause(const struct tp_record *r, size_t i, const char *want, const char *name)
{
	char *got = tell(r, i);

	is_str(got, want, name);
	free(got);
}

static void test_grouping(void)
{
	struct tp_record r = new_record();

	add(&r, TP_LOST, "f1", "store truncate fsync", NULL);
	add(&r, TP_LOST, "f2", "store punch", NULL);
	is_int((int64_t)r.nr_causes, 2, "neither has the other's operations: two causes");
	add(&r, TP_LOST, "f3", "truncate store", NULL);
	is_cause(&r, 1, "truncate store: 2 files, 2 findings", "fewer operations take more in");
	is_str(r.causes[1].first.sequence, "truncate store", "the shortest is the example");
	add(&r, TP_LOST, "f4", "store truncate msync unmap", NULL);
	is_cause(&r, 1, "truncate store: 3 files, 3 findings", "more operations are the same cause");
	add(&r, TP_STALE, "f4", "store truncate", NULL);
	is_int((int64_t)r.nr_causes, 3, "another kind is another cause");
	add(&r, TP_LOST, "f5", "store punch", "known-one");
	add(&r, TP_LOST, "f5", "store", "known-one");
	add(&r, TP_SIZE, "f5", "load", "known-one");
	is_int((int64_t)r.nr_causes, 4, "an issue is one cause, whatever its kinds");
	is_cause(&r, 3, ": 1 files, 3 findings", "a file is counted once");
	is_int((int64_t)r.nr_findings_all, 8, "every finding is counted");
	is_int(r.verdict, TP_FAIL, "and fails until an issue is known to hold");
	is_int((int64_t)r.nr_findings, 0, "none is kept twice");
	tp_causes_show(&r);
	is_int((int64_t)r.nr_findings, 4, "one example each is shown");
	tp_record_free(&r);
}

static void test_files(void)
{
	struct tp_record r = new_record();

	add(&r, TP_LOST, "f1", "store truncate fsync", NULL);
	add(&r, TP_LOST, "f2", "store truncate fsync", NULL);
	add(&r, TP_LOST, "f2", "store truncate", NULL);
	is_cause(&r, 0, "truncate store: 2 files, 3 findings", "the last file is in both causes");
	add(&r, TP_LOST, "f3", "store", NULL);
	add(&r, TP_LOST, "f3", "store", NULL);
	is_cause(&r, 0, "store: 3 files, 5 findings", "a file that takes a cause in is counted once");
	tp_record_free(&r);
}

static void test_merge(void)
{
	struct tp_record a = new_record(), b = new_record();

	add(&a, TP_LOST, "f1", "store truncate fsync", NULL);
	add(&a, TP_LOST, "f2", "store truncate punch", NULL);
	add(&b, TP_LOST, "f1", "store truncate", NULL);
	add(&b, TP_LOST, "f2", "store", "known-one");
	tp_record_merge(&a, &b);
	is_int((int64_t)a.nr_causes, 2, "merged: a smaller set takes the larger ones in");
	is_cause(&a, 0, "truncate store: 3 files, 3 findings", "files of another mount are others");
	is_cause(&a, 1, "store: 1 files, 1 findings", "and the known one is there");
	tp_record_free(&a);
}

static void test_bounds(void)
{
	struct tp_record r = new_record();
	size_t added = 0;

	for (int x = 1; x < TP_NR_OP_KINDS; x++)
		for (int y = x + 1; y < TP_NR_OP_KINDS; y++) {
			char *ops = tp_printf("%s %s", tp_ops[x].name, tp_ops[y].name);

			add(&r, TP_LOST, "f1", ops, NULL);
			added++;
			free(ops);
		}
	is_int((int64_t)r.nr_causes, TP_MAX_CAUSES, "causes are limited");
	is_int((int64_t)r.nr_findings_all, (int64_t)added, "findings are counted beyond that");
	add(&r, TP_LOST, "f1", "store", "known-one");
	is_int((int64_t)r.nr_causes, TP_MAX_CAUSES + 1, "there is always room for known issues");
	tp_record_free(&r);
}

static void test_names(void)
{
	ok(tp_generated("exhaust-1page-L3") && tp_generated("random-5-40") &&
		   tp_generated("sequence"), "what is generated");
	ok(!tp_generated("extend-dio") && !tp_generated("file-system"), "and what is not");
}

static void test_op_sets(void)
{
	struct tp_op_set set;

	ok(!tp_op_set_parse("store frob", &set), "a set of operations: no such name");
	ok(tp_op_set_parse("", &set) && !set.bits[0] && !set.bits[1], "an empty set");
}

int main(void)
{
	test_grouping();
	test_files();
	test_merge();
	test_bounds();
	test_names();
	test_op_sets();
	return done();
}
