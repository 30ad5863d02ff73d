// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan.c - plans: their text form, and what is wrong with bad ones
 */
#include <errno.h>

#include "base/prng.h"
#include "model/plan.h"
#include "tap.h"

static const char good[] =
	"tailpage-plan 1\n"
	"seed 18446744073709551615\n"
	"threads 4\n"
	"op-deadline 30\n"
	"page 16384\n"
	"mount 1k-ordered-delalloc\n"
	"memory 16777216\n"
	"cell 1k-ordered-delalloc\n"
	"device /dev/loop3\n"
	"mountpoint /mnt\n"
	"options data=ordered,delalloc\n"
	"fallback data=ordered\n"
	"load /usr/bin/fio job file\n"
	"check /usr/bin/fio --verify_only\n"
	"file 0 extend-fallocate eof=1000,sync=fsync : pwrite 0 1000; map 0 4096; store 0 1\n"
	"file 1 extend-fallocate eof=1024 : fsync\n"
	"file 2 race size=9 : truncate 4; { truncate 9 | wait-size 9; fsync | none }; none\n"
	"mount other\n"
	"seed 0\n"
	"cell 4k-inline\n"
	"mountpoint /tmp/folder\n"
	"file 0 empty - : \n"
	"end\n";

static void test_round_trip(void)
{
	struct tp_buf err = { 0 }, out = { 0 };
	struct tp_plan plan;

	is_int(tp_plan_parse(good, &plan, &err), 0, "a plan parses");
	is_int((int64_t)plan.nr_mounts, 2, "it has two mounts");
	is_int((int64_t)plan.mounts[0].nr_files, 3, "the first has three files");
	ok(plan.seed == UINT64_MAX && plan.threads == 4 && plan.op_deadline_s == 30 &&
		   plan.page_bytes == 16384,
	   "its numbers");
	is_str(plan.mounts[0].files[0].params, "eof=1000,sync=fsync", "its parameters");
	is_int((int64_t)plan.mounts[0].files[0].seq.nr, 3, "its operations");
	ok(plan.mounts[0].memory_bytes == 16 << 20 && plan.mounts[1].memory_bytes == 0,
	   "its memory cgroup, and none");
	ok(plan.mounts[1].device == NULL, "a folder has no device");
	ok(tp_mount_seed(&plan, &plan.mounts[0]) == UINT64_MAX &&
		   tp_mount_seed(&plan, &plan.mounts[1]) == 0,
	   "a mount has the plan's seed, or its own");
	tp_plan_print(&plan, &out);
	is_str(out.text, good, "it prints as it was");
	tp_plan_free(&plan);
	tp_buf_free(&out);
	tp_buf_free(&err);
}

static void bad(const char *text, const char *part)
{
	struct tp_buf err = { 0 };
	struct tp_plan plan;
	int ret = tp_plan_parse(text, &plan, &err);

	has_str(ret == -EINVAL ? err.text : NULL, part, part);
	tp_plan_free(&plan);
	tp_buf_free(&err);
}

#define HEAD "tailpage-plan 1\n"

static void test_bad(void)
{
	bad("", "ends without \"end\"");
	bad("tailpage-plan 2\nend\n", "line 1: the first line is not");
	bad(HEAD "seed 7\n", "line 2: the plan ends without \"end\"");
	bad(HEAD "seed x\nend\n", "line 2: \"x\" is not a number");
	bad(HEAD "threads 5000\nend\n", "not a number up to 4096");
	bad(HEAD "page 0\nend\n", "line 2: a page of 0 bytes is none");
	bad(HEAD "page 5000\nend\n", "a page of 5000 bytes is none");
	bad(HEAD "page 4194304\nend\n", "not a number up to 1048576");
	bad(HEAD "frob 1\nend\n", "\"frob\" is no word of a plan before its first mount");
	bad(HEAD "mount a\nfrob 1\nend\n", "line 3: \"frob\" is no word of a plan");
	bad(HEAD "memory 1\nend\n", "before its first mount");
	bad(HEAD "mount a\nmemory 16m\nend\n", "line 3: \"16m\" is not a number");
	bad(HEAD "device /dev/x\nend\n", "before its first mount");
	bad(HEAD "file 0 a - : fsync\nend\n", "before its first mount");
	bad(HEAD "mount a\nfile 0 a -\nend\n", "no \" : \" before the sequence");
	bad(HEAD "mount a\nfile 0 a : fsync\nend\n", "a number, a scenario and parameters");
	bad(HEAD "mount a\nfile 0 a b c : fsync\nend\n", "a number, a scenario and parameters");
	bad(HEAD "mount a\nfile 1 a - : fsync\nend\n", "file 1 is not the next one, 0");
	bad(HEAD "mount a\nfile 2000000 a - : fsync\nend\n", "not a number up to 1048575");
	bad(HEAD "mount a\nfile 0 a - : frob\nend\n", "no operation is called \"frob\"");
	bad(HEAD "mount a\nfile 0 a - : { fsync | fsync\nend\n", "has no '}'");
}

static void test_history_room(void)
{
	struct tp_buf err = { 0 };
	struct tp_plan plan;

	is_int(tp_plan_parse(HEAD "mount a\nfile 0 a - : pwrite 0 5000\nfile 1 a - : read 0 5000; "
				  "load 0 7\nend\n", &plan, &err), 0, "a plan that reads");
	ok(tp_mount_history(&plan.mounts[0]) >= 5007 + 5 * 56 && tp_mount_history(&plan.mounts[0]) < 6144,
	   "its history has room for events and what is read, and not for what is written");
	tp_plan_free(&plan);
	tp_buf_free(&err);
}

static void test_defaults(void)
{
	struct tp_buf err = { 0 };
	struct tp_plan plan;
	char name[TP_FILE_NAME];

	is_int(tp_plan_parse(HEAD "\nend\nwhat follows is nobody's business\n", &plan, &err), 0,
	       "nothing behind end is read");
	ok(plan.threads == 1 && plan.op_deadline_s == 60 && plan.nr_mounts == 0 &&
		   plan.page_bytes == 4096,
	   "defaults");
	tp_plan_free(&plan);
	tp_buf_free(&err);
	tp_file_name(231, name);
	is_str(name, "f00231", "a file's name");
	tp_file_name((1u << 20) - 1, name);
	is_str(name, "f1048575", "the last one's too");
}

/* A plan with any byte changed or any tail cut off is read or refused, never more. */
static void test_noise(void)
{
	struct tp_prng random = { 9 };
	unsigned silent = 0;

	for (int i = 0; i < 3000; i++) {
		char *text = tp_strdup(good);
		struct tp_buf err = { 0 };
		struct tp_plan plan;

		text[tp_prng_below(&random, sizeof(good) - 1)] =
			(char)(1 + tp_prng_below(&random, 255));
		if (i % 3 == 0)
			text[tp_prng_below(&random, sizeof(good) - 1)] = '\0';
		if (tp_plan_parse(text, &plan, &err) != 0 && err.len == 0)
			silent++;
		tp_plan_free(&plan);
		tp_buf_free(&err);
		free(text);
	}
	is_int(silent, 0, "a refused plan always has a reason");
}

int main(void)
{
	test_round_trip();
	test_bad();
	test_history_room();
	test_defaults();
	test_noise();
	return done();
}
