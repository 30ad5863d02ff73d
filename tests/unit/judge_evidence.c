// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_evidence.c - the judge on evidence that is damaged, missing or not what it was
 */
#include "base/prng.h"
#include "judge_world.h"

static void test_image_unusable(void)
{
	fresh();
	debugfs("set_super_value feature_incompat 0x2c6");
	judge();
	verdict_is("extend", TP_BROKEN, "not unmounted");
	reason_has("extend", "needs recovery", "not unmounted: why");
	ok(!finding("extend", TP_LOST), "not unmounted: no finding");
	fresh();
	if (truncate(w.image, 1000) != 0)
		exit(99);
	judge();
	verdict_is("extend", TP_BROKEN, "an image of 1000 bytes");
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "an image of 1000 bytes");
	fresh();
	if (truncate(w.image, 400000) != 0)
		exit(99);
	judge();
	ok(record("extend")->verdict >= TP_BROKEN, "an image cut short does not pass");
	unlink(w.image);
	judge();
	verdict_is("extend", TP_BROKEN, "no image");
}

static void test_history_damage(void)
{
	struct twist t = straight;
	size_t len;

	fresh();
	w.frames.len -= tp_frame_bytes(0);
	judge();
	verdict_is("extend", TP_BROKEN, "a history without END");
	reason_has("extend", "no end", "a history without END: why");
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "a history without END");
	fresh();
	w.frames.len /= 2;
	judge();
	verdict_is("extend", TP_BROKEN, "half a history");
	verdict_is("sparse", TP_BROKEN, "half a history");
	fresh();
	len = w.frames.len;
	w.frames.text[len / 3] ^= 4;
	judge();
	verdict_is("rewrite", TP_BROKEN, "a bit flipped in the history");
	t.file = 4;
	t.drop_op = 2;
	fresh();
	make_history(&t, true);
	judge();
	verdict_is("sparse", TP_BROKEN, "an event is missing");
	reason_has("sparse", "f00004: the history ends before op 3 \"pwrite 40000 5000\"",
		   "an event is missing: which");
	others_pass("sparse", "an event is missing: all others pass");
	plant(4, 100000, "", 1);
	judge();
	finds("sparse", TP_LOST, 100000, 100001, "op 1", "lost beside a missing event");
	fresh();
	w.evidence.history = "/nonexistent/history";
	judge();
	verdict_is("extend", TP_BROKEN, "no history");
	fresh();
	w.frames.len = 0;
	judge();
	verdict_is("extend", TP_BROKEN, "an empty history");
}

static void test_look(void)
{
	fresh();
	make_history(&straight, false);
	judge();
	verdict_is("moved", TP_BROKEN, "a missing second look");
	others_pass("moved", "a missing second look: all others pass");
	fresh();
	plant(2, 0, "", 1);
	judge();
	finds("rewrite", TP_DISAGREE, 0, 0, "f00002|a fresh mount shows other content", "disagree");
}

/* The first umount settled the image; a later mount that fails takes nothing back. */
static void test_not_again(void)
{
	static struct model m;

	fresh();
	plant(0, 3000, "", 1);
	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++)
		file_history(&w.mount->files[i], &m, &straight);
	text("unmounted");
	text("cannot-mount EUCLEAN read-only");
	frame(TP_FRAME_END, NULL, 0);
	judge();
	finds("extend", TP_LOST, 3000, 3001, "op 5", "no second mount: content is judged");
	verdict_is("sparse", TP_BROKEN, "no second mount");
	finds(TP_FILE_SYSTEM, TP_FSCK, 0, 0, "mounted again (EUCLEAN)", "no second mount");
}

static void test_other_pages(void)
{
	fresh();
	plant(0, 3000, "", 1);
	end_with("page 65536");
	judge();
	verdict_is("sparse", TP_BROKEN, "other pages");
	verdict_is("extend", TP_BROKEN, "other pages: nothing is compared");
	reason_has("sparse", "pages have 65536 bytes, but the sequences were made for pages of 4096",
		   "other pages");
}

static void test_manifest(void)
{
	fresh();
	judge();
	plant(2, 77, "", 1);
	w.evidence.check_manifest = true;
	judge();
	verdict_is("rewrite", TP_BROKEN, "a kept image, changed: its findings prove nothing");
	is_int((int64_t)record("rewrite")->nr_findings_all, 0, "a kept image, changed: and are none");
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "a kept image, changed");
	reason_has(TP_FILE_SYSTEM, "f00002: the image has changed since it was judged",
		   "a kept image, changed: says so");
}

/* Random damage to the image's metadata: some verdict, no crash. */
static void test_garbage(void)
{
	struct tp_prng random = { 7 };
	unsigned green = 0;

	for (int round = 0; round < 30; round++) {
		int fd;

		fresh();
		fd = open(w.image, O_RDWR);
		for (int i = 0; i < 200 && fd >= 0; i++) {
			unsigned char byte = (unsigned char)tp_prng_next(&random);

			if (pwrite(fd, &byte, 1,
				   (off_t)(2048 + tp_prng_below(&random, 300 * 1024))) != 1)
				exit(99);
		}
		close(fd);
		judge();
		green += record(TP_FILE_SYSTEM)->verdict == TP_PASS;
	}
	is_int(green, 0, "30 images with damaged metadata: none passes, none crashes");
}

int main(void)
{
	tp_program = "test-judge-evidence";
	begin(five_scenarios);
	test_image_unusable();
	test_history_damage();
	test_look();
	test_not_again();
	test_other_pages();
	test_manifest();
	test_garbage();
	end();
	return done();
}
