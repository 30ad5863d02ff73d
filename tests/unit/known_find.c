// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known_find.c - failures that are foretold: scenarios, cells, kernels, kinds, races, victims
 */
#include "known_list.h"

static void test_find(void)
{
	const uint32_t lost = 1u << TP_LOST, stale = 1u << TP_STALE, size = 1u << TP_SIZE;
	struct tp_known k;

	is_int(load("# comment\n\nissue a\nscenarios extend-*,!extend-dio\ncells *,!*journal*\n"
		    "kernels 2.6.30-6.13\nfindings lost,stale\nfixed c7fc0366c656 6.13\n\n"
		    "issue b\nscenarios punch-*\ncells 4k-*\nfindings size\nevidence one\n"
		    "evidence two\n", &k), 0, "two issues");
	is_int((int64_t)k.nr, 2, "are two");
	is_str(k.issues[1].evidence, "one two", "evidence may stand more than once");
	ok(foretold(&k, "6.1.0-13-amd64", "extend-x", "1k-a", lost), "known");
	ok(foretold(&k, "6.1", "extend-x", "1k-a", lost | stale), "both kinds");
	ok(!foretold(&k, "6.1", "extend-x", "1k-a", lost | size), "another kind beside it fails");
	ok(!foretold(&k, "6.1", "extend-x", "1k-a", 0), "no finding at all is not known");
	ok(!foretold(&k, "6.1", "extend-dio", "1k-a", lost), "a scenario that is left out");
	ok(!foretold(&k, "6.1", "punch-x", "1k-a", lost), "another scenario");
	ok(!foretold(&k, "6.1", "extend-x", "1k-journal-a", lost), "a cell that is left out");
	ok(foretold(&k, "2.6.30", "extend-x", "1k-a", lost), "the first kernel");
	ok(!foretold(&k, "2.6.29.6", "extend-x", "1k-a", lost), "not the one before it");
	ok(foretold(&k, "6.12.99", "extend-x", "1k-a", lost), "the last kernel");
	ok(!foretold(&k, "6.13.0-rc1", "extend-x", "1k-a", lost), "the one that is mended");
	ok(!foretold(&k, "10.0", "extend-x", "1k-a", lost), "10 is more than 6");
	ok(foretold(&k, "2.6.0", "punch-a", "4k-a", size), "no kernels: all of them");
	ok(foretold(&k, "99.0", "punch-a", "4k-a", size), "future ones too");
	tp_known_free(&k);
	is_int(load("", &k), 0, "an empty list");
	ok(!foretold(&k, "6.1", "a", "b", lost), "foretells nothing");
	tp_known_free(&k);
	is_int(load("issue a\n" BODY "kernels 6.1-\n", &k), 0, "no end");
	ok(foretold(&k, "99.1", "a", "b", lost) && !foretold(&k, "6.0", "a", "b", lost), "open end");
	tp_known_free(&k);
}

/* Races, what the kernel said, and issues that need another one beside them. */
static void test_narrow(void)
{
	const char *kernel = "6.18.0";
	char text[] = "WARNING: ext4_foo", other[] = "BUG: KASAN";
	struct tp_finding told = { .kind = TP_KERNEL_LOG, .text = text };
	struct tp_record r = { .scenario = (char *)(uintptr_t)"s", .cell = (char *)(uintptr_t)"c",
			       .kinds = 1u << TP_LOST, .files = 100, .nr_findings_all = 10 };
	struct tp_known k;

	is_int(load("issue a\nscenarios s\ncells c\nfindings lost,kernel-log\nshare 10\n"
		    "text ext4_foo\nevidence x\n\nissue v\nscenarios *\ncells c\nfindings stale\n"
		    "with a\nevidence x\n", &k), 0, "share, text and with");
	ok(tp_known_find(&k, kernel, &r, NULL), "as many as its share");
	r.nr_findings_all = 11;
	ok(!tp_known_find(&k, kernel, &r, NULL), "one more is no longer the race");
	r.nr_findings_all = 2;
	r.files = 5;
	ok(tp_known_find(&k, kernel, &r, NULL), "two hits among five files");
	r.files = 3;
	ok(!tp_known_find(&k, kernel, &r, NULL), "but not most of all files");
	r = (struct tp_record){ .scenario = r.scenario, .cell = r.cell, .nr_findings_all = 1,
				.kinds = 1u << TP_KERNEL_LOG, .findings = &told, .nr_findings = 1 };
	ok(tp_known_find(&k, kernel, &r, NULL), "the kernel told what is foretold");
	r.nr_findings_all = 30;
	r.nr_said = 1;
	ok(!tp_known_find(&k, kernel, &r, NULL), "not thirty times");
	r.scenario = (char *)(uintptr_t)TP_FILE_SYSTEM;
	ok(!tp_known_find(&k, kernel, &r, NULL), "which the issue does not say of the file system");
	free(k.issues[0].scenarios);
	k.issues[0].scenarios = tp_strdup("s,file-system");
	ok(tp_known_find(&k, kernel, &r, NULL), "of the whole file system there is no share");
	r.nr_said = 30;
	ok(!tp_known_find(&k, kernel, &r, NULL), "not thirty times, of which one was looked at");
	r.scenario = (char *)(uintptr_t)"s";
	r.nr_said = 0;
	r.nr_findings_all = 1;
	told.text = other;
	ok(!tp_known_find(&k, kernel, &r, NULL), "it told something else");
	r.kinds = 1u << TP_STALE;
	ok(!tp_known_find(&k, kernel, &r, NULL), "not a victim alone");
	ok(!tp_known_find(&k, kernel, &r, " b aa "), "beside others");
	ok(tp_known_find(&k, kernel, &r, " b a "), "beside what made it one");
	tp_known_free(&k);
	refused("issue a\nscenarios *\ncells *\nfindings kernel-log\nfixed 1\n", 5,
		"the issue above has kernel-log or fsck findings, and no text that tells which");
}

static const char *sure_of(const struct tp_known *known, const char *kernel, const char *scenario,
			   const char *cell)
{
	const struct tp_record r = { .scenario = (char *)(uintptr_t)scenario,
				     .cell = (char *)(uintptr_t)cell };
	const struct tp_issue *issue = tp_known_sure(known, kernel, &r);

	return issue ? issue->name : NULL;
}

/* Cases that fail whenever they are run. */
static void test_sure(void)
{
	struct tp_known k;

	is_int(load("issue a\nscenarios x*\ncells 1k-*\nkernels 6.1-6.13\nfindings lost\n"
		    "evidence x\n\n"
		    "issue b\nscenarios x*,y\ncells *\nkernels 6.2-6.13\nfindings lost\n"
		    "vendor Debian none\nsure x*/1k-*,!*-journal-*,y/2k-a\nevidence x\n", &k), 0,
	       "two issues, one is sure");
	is_str(sure_of(&k, "6.12", "x1", "1k-a"), "b", "a case that it is sure of");
	is_str(sure_of(&k, "6.12", "y", "2k-a"), "b", "and another");
	is_str(sure_of(&k, "6.12", "x1", "1k-journal-a"), NULL, "one that is taken back");
	is_str(sure_of(&k, "6.12", "x1", "2k-a"), NULL, "another cell");
	is_str(sure_of(&k, "6.12", "y", "1k-a"), NULL, "another scenario");
	is_str(sure_of(&k, "6.1", "x1", "1k-a"), NULL, "a kernel that only the other one is about");
	is_str(sure_of(&k, "6.13", "x1", "1k-a"), NULL, "a kernel that is mended");
	is_str(sure_of(&k, "6.12.0-1-amd64 #1 Debian 6.12.9-1", "x1", "1k-a"), NULL,
	       "a vendor's that is mended");
	tp_known_free(&k);
	refused("issue a\n" BODY "sure */*\nshare 5\n", 7,
		"the issue above is sure, and yet a race (share) or a victim (with)");
	refused("issue a\n" BODY "with b\nsure */*\n\n", 8,
		"the issue above is sure, and yet a race (share) or a victim (with)");
}

int main(void)
{
	begin();
	test_find();
	test_narrow();
	test_sure();
	return end();
}
