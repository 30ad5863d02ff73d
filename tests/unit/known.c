// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known.c - failures that are foretold: kernels, patterns, kinds, nonsense
 */
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "plan/known.h"
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
	refused("issue a\nfindings frob\n", 2, "an unknown kind of finding");
	refused("issue a\nfindings lost,frob\n", 2, "an unknown kind of finding");
	refused("issue a\nscenarios *\n\n", 3, "the issue above lacks scenarios, cells or findings");
	refused("issue a\nscenarios *\ncells *\nfindings lost\n", 4,
		"the issue above has neither fixed nor evidence");
}

static bool foretold(const struct tp_known *known, const char *release, const char *scenario,
		     const char *cell, uint32_t kinds)
{
	struct tp_record r = { .scenario = (char *)(uintptr_t)scenario,
			       .cell = (char *)(uintptr_t)cell, .kinds = kinds, .files = 100,
			       .nr_findings_all = 1, .verdict = TP_FAIL };
	struct tp_release kernel;

	return tp_release_parse(release, &kernel) && tp_known_find(known, &kernel, &r, NULL);
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
	ok(!foretold(&k, "x", "punch-a", "4k-a", size), "a release that is no number");
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
	const struct tp_release kernel = { { 6, 18, 0 } };
	char text[] = "WARNING: ext4_foo", other[] = "BUG: KASAN";
	struct tp_finding told = { .kind = TP_KERNEL_LOG, .text = text };
	struct tp_record r = { .scenario = (char *)(uintptr_t)"s", .cell = (char *)(uintptr_t)"c",
			       .kinds = 1u << TP_LOST, .files = 100, .nr_findings_all = 10 };
	struct tp_known k;

	is_int(load("issue a\nscenarios s\ncells c\nfindings lost,kernel-log\nshare 10\n"
		    "text ext4_foo\nevidence x\n\nissue v\nscenarios *\ncells c\nfindings stale\n"
		    "with a\nevidence x\n", &k), 0, "share, text and with");
	ok(tp_known_find(&k, &kernel, &r, NULL), "as many as its share");
	r.nr_findings_all = 11;
	ok(!tp_known_find(&k, &kernel, &r, NULL), "one more is no longer the race");
	r.nr_findings_all = 2;
	r.files = 5;
	ok(tp_known_find(&k, &kernel, &r, NULL), "two hits among five files");
	r.files = 3;
	ok(!tp_known_find(&k, &kernel, &r, NULL), "but not most of all files");
	r = (struct tp_record){ .scenario = r.scenario, .cell = r.cell, .nr_findings_all = 1,
				.kinds = 1u << TP_KERNEL_LOG, .findings = &told, .nr_findings = 1 };
	ok(tp_known_find(&k, &kernel, &r, NULL), "the kernel told what is foretold");
	told.text = other;
	ok(!tp_known_find(&k, &kernel, &r, NULL), "it told something else");
	r.kinds = 1u << TP_STALE;
	ok(!tp_known_find(&k, &kernel, &r, NULL), "a victim alone");
	ok(!tp_known_find(&k, &kernel, &r, " b aa "), "beside others");
	ok(tp_known_find(&k, &kernel, &r, " b a "), "beside what made it one");
	tp_known_free(&k);
	refused("issue a\nscenarios *\ncells *\nfindings kernel-log\nfixed 1\n", 5,
		"the issue above has kernel-log or fsck findings, and no text that tells which");
}

/* Any byte changed: read or refused with a reason, never more. */
static void test_noise(void)
{
	static const char good[] = "issue a\n" BODY "kernels 6.1-7.0\nevidence x\n\nissue b\n" BODY;
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

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 99;
	close(fd);
	test_refused();
	test_find();
	test_narrow();
	test_noise();
	unlink(path);
	return done();
}
