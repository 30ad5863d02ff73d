// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known.c - failures that are foretold: kernels, patterns, kinds, nonsense
 */
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "plan/known.h"
#include "plan/walk.h"
#include "tap.h"

static char path[] = "/tmp/tailpage-unit.XXXXXX";
static char said[1024];

static int load(const char *text, struct tp_known *known)
{
	int err;

	tp_write_file(path, text, strlen(text));
	said[0] = '\0';
	tp_error_capture(said, sizeof(said));
	err = tp_known_load(path, known);
	tp_error_capture(NULL, 0);
	return err;
}

static void refused(const char *text, unsigned line, const char *why)
{
	char *want = tp_printf("%s:%u: %s", path, line, why);
	struct tp_known known;

	ok(load(text, &known) < 0, "refused: %s", why);
	is_str(said, want, "in these words");
	ok(known.nr == 0 && known.issues == NULL, "and nothing is half read");
	tp_known_free(&known);
	free(want);
}

#define BODY "scenarios *\ncells *\nfindings lost\nfixed 1\n"

static const char *const no_vendor[] = {
	"Debian", "Debian 6.1.1-1", "Debian x -", "Debian - x", "Debian - 6.1 6.2", "Debian none -",
	"Debian - none", "Debian 6.1- -", "Debian - 6.1.128-1~deb12", "Debian NONE",
};

#define WORDS_8 "a b c d e f g h "

static void test_refused(void)
{
	refused("scenarios *\n", 1, "a line outside of an issue");
	refused("issue\n", 1, "an issue begins after an empty line and has a name");
	refused("issue a\n" BODY "issue b\n", 6,
		"an issue begins after an empty line and has a name");
	refused("issue a\nscenarios\n", 2, "a word without a value");
	refused("issue a\nfrob x\n", 2, "no word of a known issue");
	refused("issue a\nkernels 6.1\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels x-6.1\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels 6.1-x\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels 6\n", 2, "kernels wants FROM-BEFORE");
	for (size_t i = 0; i < ARRAY_SIZE(no_vendor); i++) {
		char *text = tp_printf("issue a\nvendor %s\n", no_vendor[i]);

		refused(text, 2, "vendor wants WORD FROM BEFORE, WORD - or WORD none");
		free(text);
	}
	refused("issue a\nfindings frob\n", 2, "an unknown kind of finding");
	refused("issue a\nfindings lost,frob\n", 2, "an unknown kind of finding");
	refused("issue a\nscenarios *\n\n", 3, "the issue above lacks scenarios (or ops), cells or findings");
	refused("issue a\nscenarios *\ncells *\nfindings lost\n", 4,
		"the issue above has neither fixed nor evidence");
	refused("issue a\nops fsync|" WORDS_8 WORDS_8 "|fsync\n" BODY "\nissue b\nops fsync " WORDS_8 WORDS_8
		"\n" BODY, 13, "the issue above has more than 16 words of ops between two bars");
}

static bool foretold(const struct tp_known *known, const char *release, const char *scenario,
		     const char *cell, uint32_t kinds)
{
	struct tp_record r = { .scenario = (char *)(uintptr_t)scenario,
			       .cell = (char *)(uintptr_t)cell, .kinds = kinds, .files = 100,
			       .nr_findings_all = 1, .verdict = TP_FAIL };

	return tp_known_find(known, release, &r, NULL);
}

static void test_filesystems(void)
{
	struct tp_known k;

	is_int(load("issue a\n" BODY "\nissue b\n" BODY "filesystems tmpfs,xfs\n\nissue c\n" BODY
		    "filesystems *\n", &k), 0, "file systems");
	tp_known_only(&k, "tmpfs");
	ok(k.nr == 2 && strcmp(k.issues[0].name, "b") == 0 && strcmp(k.issues[1].name, "c") == 0,
	   "those of tmpfs are left; without a word it is ext4");
	tp_known_only(&k, "ext4");
	ok(k.nr == 1 && strcmp(k.issues[0].name, "c") == 0, "those of all are left");
	tp_known_free(&k);
}

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
	ok(!foretold(&k, "2.6.29.6", "extend-x", "1k-a", lost), "the one before it");
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
	ok(!tp_known_find(&k, "6.18.0", &r, NULL), "and other words of it");
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
	ok(!tp_known_find(&k, kernel, &r, NULL), "thirty times");
	r.scenario = (char *)(uintptr_t)TP_FILE_SYSTEM;
	ok(!tp_known_find(&k, kernel, &r, NULL), "which the issue does not say of the file system");
	free(k.issues[0].scenarios);
	k.issues[0].scenarios = tp_strdup("s,file-system");
	ok(tp_known_find(&k, kernel, &r, NULL), "of the whole file system there is no share");
	r.nr_said = 30;
	ok(!tp_known_find(&k, kernel, &r, NULL), "thirty times, of which one was looked at");
	r.scenario = (char *)(uintptr_t)"s";
	r.nr_said = 0;
	r.nr_findings_all = 1;
	told.text = other;
	ok(!tp_known_find(&k, kernel, &r, NULL), "it told something else");
	r.kinds = 1u << TP_STALE;
	ok(!tp_known_find(&k, kernel, &r, NULL), "a victim alone");
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

/* What uname -r and uname -v say. */
#define BOOKWORM_31 "6.1.0-31-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.128-1 (2025-02-07)"
#define BOOKWORM_32 "6.1.0-32-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.129-1 (2025-03-06)"
#define BOOKWORM_CLOUD "6.1.0-9-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.27-1 (2023-05-08)"
#define BULLSEYE "5.10.0-34-amd64 #1 SMP Debian 5.10.234-1 (2025-02-24)"
#define BACKPORT "6.12.9+bpo-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.12.9-1~bpo12+1 (2025-01-19)"
#define EL8 "4.18.0-553.el8_10.x86_64 #1 SMP Fri May 24 13:05:10 UTC 2024"
#define EL9 "5.14.0-503.11.1.el9_5.x86_64 #1 SMP PREEMPT_DYNAMIC Mon Sep 30 11:54:45 EDT 2024"
#define EL9_NEXT "5.14.0-503.14.1.el9_5.x86_64 #1 SMP PREEMPT_DYNAMIC Tue Oct 22 15:22:07 EDT 2024"
#define STREAM9 "5.14.0-547.el9.x86_64 #1 SMP PREEMPT_DYNAMIC Tue Dec 31 13:22:30 UTC 2024"
#define EL7 "3.10.0-1160.119.1.el7.x86_64 #1 SMP Tue Jun 4 14:43:51 UTC 2024"
#define UEK9 "5.15.0-300.163.18.el9uek.x86_64 #2 SMP Fri Aug 23 17:02:37 PDT 2024"
#define SLE15SP5 "5.14.21-150500.55.94-default #1 SMP PREEMPT_DYNAMIC Wed Jan 22 18:11:20 UTC 2025 (d8d7c0e)"
#define SLE15SP6 "6.4.0-150600.23.33-default #1 SMP PREEMPT_DYNAMIC Thu Jan  9 14:10:22 UTC 2025 (ba46628)"
#define TUMBLEWEED "6.13.1-1-default #1 SMP PREEMPT_DYNAMIC Mon Feb  3 05:33:25 UTC 2025 (1918d13)"
#define NOBLE "6.8.0-52-generic #53-Ubuntu SMP PREEMPT_DYNAMIC Sat Jan 11 00:06:25 UTC 2025"
#define NOBLE_REBUILT "6.8.0-52-generic #54-Ubuntu SMP PREEMPT_DYNAMIC Sun Jan 12 00:06:25 UTC 2025"
#define JAMMY_HWE "6.8.0-52-generic #53~22.04.1-Ubuntu SMP PREEMPT_DYNAMIC Wed Jan 15 19:18:46 UTC 2"
#define NOBLE_AZURE "6.8.0-1021-azure #25-Ubuntu SMP Wed Jan 15 20:45:09 UTC 2025"
#define FEDORA "6.12.9-200.fc41.x86_64 #1 SMP PREEMPT_DYNAMIC Thu Jan  9 16:05:40 UTC 2025"

/* Lines of an issue between semicolons, a kernel, and whether it has the issue. */
static const struct {
	const char *lines, *kernel;
	bool in;
} vendors[] = {
	/* what follows the word */
	{ "vendor Debian - 6.1.129-1", BOOKWORM_31, true },
	{ "vendor Debian - 6.1.129-1", BOOKWORM_32, false },
	{ "vendor Debian 6.1.129-1 -", BOOKWORM_31, false },
	{ "vendor Debian 6.1.129-1 -", BOOKWORM_32, true },
	{ "vendor Debian 6.1.128-1 6.1.128-2", BOOKWORM_31, true },
	{ "vendor Debian 6.1.128-2 -", BOOKWORM_31, false },
	{ "vendor Debian - 6.1.30-1", BOOKWORM_CLOUD, true },
	{ "vendor Debian - 6.1.4-1", BOOKWORM_CLOUD, false },
	{ "vendor Debian - 6.12.9-1", BACKPORT, false },
	{ "vendor Debian 6.12.9-1 6.12.9-2", BACKPORT, true },
	/* not the number that the release keeps */
	{ "kernels 6.1.1-6.2", BOOKWORM_31, false },
	{ "kernels 6.1.1-6.2;vendor Debian -", BOOKWORM_31, true },
	{ "kernels 6.1-6.2;vendor Debian none", BOOKWORM_31, false },
	{ "kernels 6.1-6.2;vendor Ubuntu none;vendor el9 none", BOOKWORM_31, true },
	/* several ranges of one vendor */
	{ "vendor Debian 5.10.1-1 5.10.234-1;vendor Debian 6.1.1-1 6.1.129-1", BOOKWORM_31, true },
	{ "vendor Debian 5.10.1-1 5.10.234-1;vendor Debian 6.1.1-1 6.1.129-1", BULLSEYE, false },
	{ "vendor Debian 6.1.1-1 6.1.129-1;vendor Debian 5.10.1-1 5.10.235-1", BULLSEYE, true },
	{ "vendor Debian 6.1.1-1 6.1.129-1;vendor Debian 5.10.1-1 5.10.235-1", BACKPORT, false },
	/* the release, with more than three numbers */
	{ "vendor el9 - 5.14.0-503.14.1", EL9, true },
	{ "vendor el9 - 5.14.0-503.14.1", EL9_NEXT, false },
	{ "vendor el9 5.14.0-503.11.1 5.14.0-503.11.2", EL9, true },
	{ "vendor el9 5.14.0-503.11.1 5.14.0-503.12", EL9_NEXT, false },
	{ "vendor el9 - 5.14.0-503.14.1", STREAM9, false },
	{ "vendor el9 5.14.0-70 -", STREAM9, true },
	{ "vendor el8 - 4.18.0-553.5.1", EL8, true },
	{ "vendor el8 4.18.0-553.5.1 -", EL8, false },
	{ "vendor el8 4.18.0-553 4.18.0-553.0.1", EL8, true },
	{ "vendor el7 3.10.0-1160.119.1 -", EL7, true },
	{ "vendor el7 - 3.10.0-1160.119.1", EL7, false },
	{ "kernels -6.13;vendor el9 none", EL8, true },
	{ "kernels -6.13;vendor el9 none", EL9, false },
	/* the first vendor whose word is there decides */
	{ "vendor el9 none;vendor el9uek -", UEK9, false },
	{ "vendor el9uek 5.15.0-300.163.18 5.15.0-301;vendor el9 none", UEK9, true },
	{ "vendor el9uek 5.15.0-300.163.18 5.15.0-301;vendor el9 none", EL9, false },
	{ "vendor 150500 5.14.21-150500.55.94 5.14.21-150500.55.97", SLE15SP5, true },
	{ "vendor 150500 - 5.14.21-150500.55.94", SLE15SP5, false },
	{ "vendor 150600 - 6.4.0-150600.23.38", SLE15SP6, true },
	{ "vendor 150600 - 6.4.0-150600.23.33", SLE15SP6, false },
	{ "kernels 6.13-6.14;vendor 150600 none", TUMBLEWEED, true },
	{ "kernels 6.13-6.14;vendor default 6.13.1-2 -", TUMBLEWEED, false },
	/* the release and the number of the build */
	{ "vendor Ubuntu - 6.8.0-53", NOBLE, true },
	{ "vendor Ubuntu 6.8.0-53 -", NOBLE, false },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", NOBLE, true },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", NOBLE_REBUILT, false },
	{ "vendor Ubuntu 6.8.0-52.53 6.8.0-52.54", JAMMY_HWE, true },
	{ "vendor Ubuntu - 6.8.0-53", NOBLE_AZURE, false },
	{ "vendor azure - 6.8.0-1022;vendor Ubuntu - 6.8.0-53", NOBLE_AZURE, true },
	{ "vendor azure - 6.8.0-1022;vendor Ubuntu - 6.8.0-53", NOBLE, true },
	{ "vendor fc41 6.12.9-200 6.12.10", FEDORA, true },
	{ "vendor fc41 - 6.12.9-200", FEDORA, false },
	/* a word that continues another one is not the vendor's */
	{ "kernels 9-;vendor l9 -", EL9, false },
	{ "kernels 9-;vendor mel9 -", EL9, false },
	/* ranges of kernel.org side by side */
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.1.19 #1", true },
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.1.20 #1", false },
	{ "kernels 6.2-6.6.5;kernels -6.1.20", "6.6.4 #1", true },
	{ "kernels 2.6.32.60-2.6.33", "2.6.32.59 #1", false },
	{ "kernels 2.6.32.60-2.6.33", "2.6.32.61 #1", true },
};

static void test_vendors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		char *text = tp_printf("issue a\n" BODY "%s\n", vendors[i].lines);
		struct tp_known k;

		for (char *c = strchr(text, ';'); c; c = strchr(c, ';'))
			*c = '\n';
		ok(load(text, &k) == 0 && foretold(&k, vendors[i].kernel, "a", "b", 1u << TP_LOST) ==
						  vendors[i].in,
		   "%s: %s in %.60s", vendors[i].in ? "yes" : "no", vendors[i].lines,
		   vendors[i].kernel);
		tp_known_free(&k);
		free(text);
	}
}

/* Any byte changed: read or refused with a reason, never more. */
static void test_noise(void)
{
	static const char good[] = "issue a\n" BODY "kernels 6.1-7.0\nvendor el9 5.14.0-70 -\nevidence x\n\nissue b\n" BODY;
	unsigned silent = 0;

	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		char text[sizeof(good)];
		struct tp_known k;

		memcpy(text, good, sizeof(good));
		text[i] = (char)(text[i] ^ (1 + i % 7));
		silent += load(text, &k) < 0 && !said[0];
		tp_known_free(&k);
	}
	is_int(silent, 0, "what is refused has a reason");
}

/* The sizes around each operation, as they are when all goes well. */
static void walk(const struct tp_seq *seq, struct tp_step *steps)
{
	struct tp_walk w;

	tp_walk_begin(&w, tp_cells(), 4096);
	for (size_t i = 0; i < seq->nr; i++) {
		steps[i] = (struct tp_step){ .before = w.size, .ran = true };
		tp_walk_apply(&w, &seq->ops[i]);
		steps[i].after = w.size;
	}
}

static const char *finding_at(const struct tp_known *k, const char *release, const char *cell,
			      const struct tp_finding *f, const char *text)
{
	const struct tp_issue *issue;
	struct tp_buf why = { 0 };
	struct tp_step steps[64];
	struct tp_seq seq;

	if (!tp_seq_parse(text, NULL, NULL, &seq, &why) || seq.nr > ARRAY_SIZE(steps))
		return "?";
	walk(&seq, steps);
	issue = tp_known_finding(k, release, cell, f, &(struct tp_scene){ &seq, steps, 4096 });
	tp_seq_free(&seq);
	return issue ? issue->name : "none";
}

static const char *finding(const struct tp_known *k, const char *release, const char *cell,
			   enum tp_finding_kind kind, const char *text)
{
	const struct tp_finding f = { .kind = kind, .text = (char *)(uintptr_t)"BUG: cow 7" };

	return finding_at(k, release, cell, &f, text);
}

static void test_generated(void)
{
	static const char good[] = "store 0 1; dio-write 512 512; fsync; store 9 1";
	struct tp_known k;

	is_int(load("issue a\nops store *dio*,!*read store | punch {punch\ncells 1k-*\nkernels 6.1-6.13\n"
		    "findings lost\nevidence one\n\n"
		    "issue b\nscenarios *\ncells *\nfindings lost\nevidence one\n\n"
		    "issue d\nops punch\ncells 1k-*\nfindings kernel-log\ntext horse\nevidence one\n\n"
		    "issue e\nops punch\ncells 2k-*\nfindings kernel-log\ntext pig|cow\nevidence one\n",
		    &k), 0, "an issue of operations needs no scenarios");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, good), "a", "generated: in this order");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "punch 0 1; { fsync | punch 0 1 }"), "a",
	       "generated: the alternative");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "punch 0 1; fsync; punch 0 1"), "none",
	       "generated: outside of a block");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "store 0 1; dio-write 512 512; fsync"), "none",
	       "generated: an operation is missing");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "dio-write 512 512; store 0 1; store 1 1"),
	       "none", "generated: in another order");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "store 0 1; dio-read 512 512; store 1 1"),
	       "none", "generated: what the pattern takes back");
	is_str(finding(&k, "6.6", "1k-x", TP_STALE, good), "none", "generated: another kind");
	is_str(finding(&k, "6.6", "4k-x", TP_LOST, good), "none", "generated: another cell");
	is_str(finding(&k, "6.13", "1k-x", TP_LOST, good), "none", "generated: another kernel");
	is_str(finding(&k, "6.6", "1k-x", TP_KERNEL_LOG, "punch 0 1"), "none",
	       "generated: the kernel says something else");
	is_str(finding(&k, "6.6", "2k-x", TP_KERNEL_LOG, "punch 0 1"), "e",
	       "generated: the kernel says so");
	ok(tp_known_named(&k, "b") == &k.issues[1] && !tp_known_named(&k, "c"), "by name");
	tp_known_free(&k);
}

/* Bytes [start, end) were lost, which operation `writer` (from 1) wrote. */
static const char *lost(const struct tp_known *k, uint64_t start, uint64_t end, size_t writer,
			const char *text)
{
	const struct tp_finding f = { .kind = TP_LOST, .start = start, .end = end,
				      .writer = writer };

	return finding_at(k, "6.6", "1k-x", &f, text);
}

static const char *stale(const struct tp_known *k, uint64_t start, uint64_t end, size_t seen,
			 const char *text)
{
	const struct tp_finding f = { .kind = TP_STALE, .start = start, .end = end,
				      .seen = seen };

	return finding_at(k, "6.6", "1k-x", &f, text);
}

/* Long sequences have everything somewhere: the signs tell what belongs to a finding. */
static void test_signs(void)
{
	static const char dio[] = "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; "
				  "store 3000 1";
	struct tp_known k;

	is_int(load("issue dio\nops .store +*dio-write =store\ncells *\nfindings lost\nevidence x\n\n"
		    "issue falloc\nops .store +fallocate =store\ncells *\nfindings lost\n"
		    "evidence x\n\n"
		    "issue zero\nops .store =zero-range* =store\ncells *\nfindings lost\n"
		    "evidence x\n\n"
		    "issue shows\nops =store +*write,truncate\ncells *\nfindings stale\n"
		    "evidence x\n\n"
		    "issue any\nops reopen\ncells *\nfindings lost\nevidence x\n",
		    &k), 0, "signs are read");
	is_str(lost(&k, 3000, 3001, 5, dio), "dio", "signs: the extension that passed the bytes");
	is_str(lost(&k, 3000, 3001, 0, dio), "dio", "signs: also when the writer is not known");
	is_str(lost(&k, 0, 1, 3, dio), "none", "signs: what was stored before the extension");
	is_str(lost(&k, 5000, 5001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; truncate 8192; "
		    "store 5000 1"),
	       "none", "signs: the end of file came from another page");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 0 512; truncate 4096; "
		    "store 3000 1"),
	       "none", "signs: a write that does not extend");
	is_str(lost(&k, 3000, 3001, 8,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; truncate 600; "
		    "store 0 1; fallocate 0 4096; store 3000 1"),
	       "falloc", "signs: of two extensions the last");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; store 3000 1; "
		    "truncate 600; dio-write 1024 3072; store 3500 1"),
	       "falloc", "signs: not one behind the store that was lost");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; zero-range 2048 1024; "
		    "store 3000 1"),
	       "zero", "signs: of two issues the one whose operation came last");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; zero-range 1024 1024; "
		    "store 3000 1"),
	       "falloc", "signs: not at the bytes");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 4096 1 fails SIGBUS; fallocate 0 4096; "
		    "store 3000 1"),
	       "none", "signs: a store into another page");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; pwrite 3000 1; reopen"),
	       "any", "signs: without any, it is in the sequence somewhere");
	is_str(lost(&k, 3000, 3001, 0,
		    "map 0 8192; pwrite 0 600; store 0 1; { dio-write 1024 3072 | size }; "
		    "store 3000 1"),
	       "dio", "signs: where actors race they say nothing");
	is_str(stale(&k, 700, 800, 0, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "shows", "signs: stored behind the end, which then passed it");
	is_str(stale(&k, 700, 800, 3, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "none", "signs: it was seen before");
	is_str(stale(&k, 3000, 3100, 0, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "none", "signs: stored elsewhere in the page");
	is_str(finding_at(&k, "6.6", "1k-x",
			  &(struct tp_finding){ .kind = TP_STALE, .start = 700, .end = 701,
						.shift = -4096 },
			  "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "shows", "signs: bytes that were taken for others, which have moved");
	is_str(finding_at(&k, "6.6", "1k-x",
			  &(struct tp_finding){ .kind = TP_STALE, .start = 4796, .end = 4797,
						.shift = 4096 },
			  "map 0 8192; pwrite 0 600; store 700 100; truncate 4096; insert 0 4096"),
	       "shows", "signs: bytes that have moved");
	tp_known_free(&k);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 99;
	close(fd);
	test_refused();
	test_generated();
	test_signs();
	test_find();
	test_filesystems();
	test_said();
	test_strange();
	test_two_issues();
	test_narrow();
	test_sure();
	test_vendors();
	test_noise();
	unlink(path);
	return done();
}
