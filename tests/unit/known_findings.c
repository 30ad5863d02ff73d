// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known_findings.c - the findings of a case: each must be of an issue, however many they are
 */
#include "known_list.h"

static void find(struct tp_record *r, enum tp_finding_kind kind, const char *text)
{
	struct tp_finding f = { .kind = kind, .text = tp_strdup(text) };

	tp_record_add(r, &f);
}

/* Of many findings all that was said is looked at. */
static void test_said(void)
{
	struct tp_record r = { .scenario = tp_strdup("s"), .cell = tp_strdup("c"), .files = 9 };
	struct tp_known k;

	is_int(load("issue a\nscenarios s\ncells c\nfindings lost,fsck\ntext i_blocks\nevidence x\n",
		    &k), 0, "an issue that fsck tells of");
	for (int i = 0; i < 20; i++)
		find(&r, TP_LOST, "bytes");
	find(&r, TP_FSCK, "i_blocks is 1");
	ok(tp_known_find(&k, "6.18.0", &r, NULL), "fsck's words behind twenty losses");
	find(&r, TP_FSCK, "frob");
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "but not other words of it");
	tp_record_forget(&r);
	for (int i = 0; i < TP_MAX_FINDINGS; i++)
		find(&r, TP_FSCK, "i_blocks is 1");
	ok(tp_known_find(&k, "6.18.0", &r, NULL), "as many words as are kept");
	find(&r, TP_FSCK, "i_blocks is 1");
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "one more cannot be looked at");
	tp_record_free(&r);
	tp_known_free(&k);
}

/* The file system shows two issues at once; each of what was said is of one. */
static void test_two_issues(void)
{
	struct tp_record r = { .scenario = tp_strdup(TP_FILE_SYSTEM), .cell = tp_strdup("c") };
	struct tp_known k;

	is_int(load("issue a\nscenarios file-system\ncells c\nfindings kernel-log\ntext foo\nevidence x\n\n"
		    "issue b\nscenarios file-system\ncells c\nfindings kernel-log,fsck\ntext bar\nevidence x\n",
		    &k), 0, "two issues of a file system");
	find(&r, TP_KERNEL_LOG, "foo");
	find(&r, TP_KERNEL_LOG, "bar");
	ok(tp_known_find(&k, "6.18.0", &r, NULL) == &k.issues[0], "both at once");
	find(&r, TP_FSCK, "foo");
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "but each of its own kind");
	tp_record_free(&r);
	tp_known_free(&k);
}

/* A finding in a sequence that does other things than the issue says. */
static void test_strange(void)
{
	struct tp_record r = { .scenario = tp_strdup("s"), .cell = tp_strdup("c"), .files = 90 };
	struct tp_finding strange = { .kind = TP_LOST, .file = tp_strdup("f2"),
				      .title = tp_strdup("strange"), .sequence = tp_strdup("fsync") };
	struct tp_known k;

	is_int(load("issue a\nscenarios s\ncells c\nfindings lost\nops store\nevidence x\n\n"
		    "issue b\nscenarios t\ncells c\nfindings lost\nevidence x\n", &k), 0,
	       "an issue with operations, and one without");
	for (int i = 0; i < 20; i++) {
		struct tp_finding f = { .kind = TP_LOST, .file = tp_strdup("f1"),
					.title = tp_strdup("known"), .sequence = tp_strdup("store 0 1"),
					.issue = tp_strdup("a") };

		tp_record_add(&r, &f);
	}
	ok(tp_known_find(&k, "6.18.0", &r, NULL), "twenty findings that the issue explains");
	tp_record_add(&r, &strange);
	is_int((int64_t)r.nr_strange, 1, "one that it does not");
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "the case is not known");
	is_str(r.findings[TP_MAX_FINDINGS - 1].title, "strange", "and the finding is among those shown");
	free(r.scenario);
	r.scenario = tp_strdup("t");
	ok(tp_known_find(&k, "6.18.0", &r, NULL), "an issue without operations explains all");
	tp_record_free(&r);
	tp_known_free(&k);
}

static void hit(struct tp_record *r, const char *file)
{
	struct tp_finding f = { .kind = TP_LOST, .file = tp_strdup(file), .title = tp_strdup("x") };

	tp_record_add(r, &f);
}

/* A file that is found wrong again and again is one file that is hit. */
static void test_hits(void)
{
	struct tp_record r = { .scenario = tp_strdup("s"), .cell = tp_strdup("c"), .files = 9 };
	struct tp_known k;

	is_int(load("issue a\nscenarios s\ncells c\nfindings lost\nshare 5\nevidence x\n", &k), 0,
	       "a race");
	for (int i = 0; i < TP_MAX_FINDINGS + 4; i++)
		hit(&r, "f00003");
	is_int((int64_t)r.nr_hit, 1, "one file");
	ok(tp_known_find(&k, "6.18.0", &r, NULL), "one of nine is the race, however often it is found");
	for (int i = 4; i < 7; i++)
		for (int n = 0; n < 2; n++)
			hit(&r, i == 4 ? "f00004" : i == 5 ? "f00005" : "f00006");
	is_int((int64_t)r.nr_hit, 4, "four files");
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "four of nine are not");
	r.nr_hit = 0;
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "nor what an older report does not tell");
	tp_record_free(&r);
	tp_known_free(&k);
}

int main(void)
{
	begin();
	test_said();
	test_strange();
	test_hits();
	test_two_issues();
	return end();
}
