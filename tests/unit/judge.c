// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.c - the judge on an image without fault, and with every fault planted
 *
 * The world of judge_world.h: files of a few scenarios, and what befalls them.
 */
#include "judge/case.h"
#include "judge/overlap.h"
#include "judge_world.h"

static void test_clean(void)
{
	fresh();
	judge();
	others_pass("", "clean: every case and the file system pass");
	is_int((int64_t)record("extend")->files, 2, "clean: both files of extend are judged");
	is_int((int64_t)record("rewrite")->files, 2, "clean: both files of rewrite are judged");
	ok(record("sparse")->bytes >= 8000 && record("sparse")->bytes <= 131072,
	   "clean: bytes are counted, by units that hold some");
	is_int((int64_t)w.report.nr_modes, 1, "clean: one mode");
	is_str(w.report.modes[0].effective, "data=ordered,delalloc,dioread_nolock", "clean: mode");
	ok(w.report.modes[0].remark == NULL, "clean: no remark");
	w.evidence.check_manifest = true;
	judge();
	others_pass("", "clean: judged again from the manifest");
}

static void test_lost(void)
{
	fresh();
	plant(0, 3000, "", 1);
	judge();
	finds("extend", TP_LOST, 3000, 3001,
	      "file f00000 (eof=1000)|page 0|block 2|physical: |bytes 3000-3000 lost|"
	      "op 5 \"store 3000 1\"|found zero|moved EOF 1000 -> 4096|op 3 \"fsync\"|other "
	      "content",
	      "lost");
	is_str(finding("extend", TP_LOST)->title, "bytes 3000-3000 lost", "lost: the title");
	ok(finding("extend", TP_DISAGREE) != NULL, "lost: the second look disagrees");
	others_pass("extend", "lost: all others pass");
	fresh();
	debugfs("punch f00001 2 2");
	judge();
	finds("extend", TP_LOST, 3000, 3001, "f00001|physical: none (a hole)|found zero in a hole",
	      "lost in a hole");
	fresh();
	debugfs("punch f00004 98 99");
	judge();
	finds("sparse", TP_LOST, 100352, 102400, "blocks 98-99|op 1 \"pwrite 100000 3000\"",
	      "lost in the middle of an extent");
}

/* When the first sequence with a finding had ended: its last event, not the mount's. */
static void test_when(void)
{
	fresh();
	judge();
	is_int((int64_t)record("extend")->first_ns, 0, "when: nothing was found");
	plant(0, 3000, "", 1);
	judge();
	is_int((int64_t)record("extend")->first_ns, 45, "when: the end of f00000");
	plant(1, 3000, "", 1);
	judge();
	is_int((int64_t)record("extend")->first_ns, 35, "when: the end of f00001 was earlier");
	is_int((int64_t)record("rewrite")->first_ns, 0, "when: other cases have none");
	fresh();
	debugfs("set_inode_field f00004 blocks 77");
	debugfs("setb 3000");
	judge();
	is_int((int64_t)record("sparse")->first_ns, 25, "when: of e2fsck, the end of f00004");
	is_int((int64_t)record(TP_FILE_SYSTEM)->first_ns, 45, "when: of e2fsck, the mount's last operation");
}

static void test_stale(void)
{
	fresh();
	plant_op(2, 1024, 1024, 2, 0, 1024);
	judge();
	finds("rewrite", TP_STALE, 1024, 2048,
	      "f00002|block 1|op 3 \"pwrite 1000 2000\"|an older generation|op 1 \"pwrite 0 4096\"|"
	      "op 2 \"fsync\" was the last writeback before it was written",
	      "stale");
	fresh();
	plant(2, 3072, TP_POISON TP_POISON TP_POISON TP_POISON, 64);
	judge();
	finds("rewrite", TP_TORN, 3072, 3136, "poison|74 61 69 6c", "a part of a block is poison");
	fresh();
	for (int i = 0; i < 1024; i += 16)
		plant(3, 1024 + i, TP_POISON, 16);
	judge();
	finds("rewrite", TP_STALE, 1024, 2048, "poison|f00003|op 1 \"pwrite 0 8192\"", "poison");
	fresh();
	plant_op(2, 2000, 48, 2, 0, 2000);
	judge();
	finds("rewrite", TP_TORN, 2000, 2048, "op 3|an older generation, op 1", "torn");
	fresh();
	plant_op(4, 45000, 8, 4, 0, 100000);
	judge();
	finds("sparse", TP_STALE, 45000, 45008, "expected zeros|op 1|made for offset 100000",
	      "data where zeros belong");
}

static void test_foreign(void)
{
	fresh();
	plant_op(2, 1024, 1024, 3, 0, 4096);
	judge();
	finds("rewrite", TP_FOREIGN, 1024, 2048,
	      "another file, f00003|op 1 \"pwrite 0 8192\"|made for offset 4096", "foreign");
	fresh();
	plant(4, 100000, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", 12);
	judge();
	finds("sparse", TP_FOREIGN, 100000, 100012,
	      "no operation of any file|01 02 03 04 05 06 07 08", "nobody's bytes");
}

static void test_size_and_beyond(void)
{
	fresh();
	debugfs("set_inode_field f00003 size 4999");
	judge();
	finds("rewrite", TP_SIZE, 4999, 5000, "f00003|size 4999|make it 5000", "size");
	fresh();
	debugfs("set_inode_field f00003 size 5010");
	judge();
	finds("rewrite", TP_SIZE, 5000, 5010, "size 5010", "a larger size");
	fresh();
	plant(3, 5100, "x", 1);
	judge();
	finds("rewrite", TP_BEYOND, 5100, 5101, "f00003|block 4|behind the end of file at 5000|78",
	      "beyond the end of file");
	others_pass("rewrite", "beyond the end of file: all others pass");
	fresh();
	debugfs("rm f00003");
	judge();
	finds("rewrite", TP_LOST, 0, 5000, "no such entry", "a file that is gone");
}

static void test_fsck(void)
{
	const struct tp_finding *f;

	fresh();
	debugfs("set_inode_field f00002 blocks 77");
	judge();
	f = finding("rewrite", TP_FSCK);
	ok(f && strcmp(f->file, "f00002") == 0, "fsck: the fault has its file's name");
	has_str(f ? f->text : NULL, "i_blocks is 77", "fsck: and its words");
	others_pass("rewrite", "fsck: all others pass");
	fresh();
	debugfs("setb 3000");
	judge();
	finds(TP_FILE_SYSTEM, TP_FSCK, 0, 0, "Block bitmap differences", "fsck of the whole");
	fresh();
	debugfs("set_super_value state 2");
	judge();
	finds(TP_FILE_SYSTEM, TP_FSCK, 0, 0, "marked the file system as faulty",
	      "fsck: error flag");
	fresh();
	w.evidence.fsck = "/nonexistent/fsck";
	judge();
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "fsck without a place for its output");
}

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

static void test_results(void)
{
	struct twist t = straight;

	t.file = 1;
	t.fail_op = 2;
	t.err = EOPNOTSUPP;
	fresh();
	make_history(&t, true);
	judge();
	ok(record("extend")->skipped == 1 && record("extend")->files == 1, "unsupported: skipped");
	ok(finding("extend", TP_SIZE) != NULL, "unsupported: what ran is judged all the same");
	t.err = ENOSPC;
	make_history(&t, true);
	judge();
	verdict_is("extend", TP_BROKEN, "no space");
	reason_has("extend", "f00001: op 3 \"fallocate\" gave ENOSPC", "no space: why");
	t.err = EIO;
	make_history(&t, true);
	plant(1, 500, "", 1);
	judge();
	ok(!finding("extend", TP_LOST), "an I/O error is no data loss");
	fresh();
	t = straight;
	t.file = 1;
	t.fail_op = 3;
	t.err = TP_SIGBUS;
	make_history(&t, true);
	judge();
	finds("extend", TP_RESULT, 0, 0, "op 4 \"store 3000 1\" ended with SIGBUS",
	      "a false fault");
	t = straight;
	t.file = 5;
	t.fail_op = 2;
	t.err = 0;
	make_history(&t, true);
	judge();
	finds("faults", TP_RESULT, 0, 0, "fails SIGBUS\" succeeded", "no fault where one must be");
}

static void test_seen_live(void)
{
	struct twist t = straight;

	t.file = 2;
	t.wrong_read = 3;
	fresh();
	make_history(&t, true);
	judge();
	ok(finding("rewrite", TP_FOREIGN) || finding("rewrite", TP_STALE), "a wrong read is found");
	has_str(record("rewrite")->nr_findings ? record("rewrite")->findings[0].text : NULL,
		"seen by op 4 \"read 0 4096\" while the file was open", "a wrong read: by whom");
	t = straight;
	t.file = 3;
	t.wrong_size = 1;
	make_history(&t, true);
	judge();
	finds("rewrite", TP_SIZE, 0, 0, "size 5001 seen by fstat at close",
	      "a wrong size at close");
}

static void test_look(void)
{
	fresh();
	make_history(&straight, false);
	judge();
	verdict_is("faults", TP_BROKEN, "a missing second look");
	others_pass("faults", "a missing second look: all others pass");
	fresh();
	plant(2, 0, "", 1);
	judge();
	finds("rewrite", TP_DISAGREE, 0, 0, "f00002|a fresh mount shows other content", "disagree");
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

/* Any single bit of any file is found, in the right file, at the right byte. */
static void test_bits(void)
{
	struct tp_prng random = { 2026 };
	static struct model m;
	unsigned missed = 0, nr = 0;

	for (uint32_t file = 0; file < w.mount->nr_files; file++) {
		for (int round = 0; round < 5; round++) {
			const struct tp_file *f = &w.mount->files[file];
			const struct tp_record *r;
			uint64_t off;
			unsigned char byte;
			bool hit = false;

			perform_all(&m, f);
			do
				off = tp_prng_below(&random, m.size);
			while (m.bytes[off] == 0);
			byte = m.bytes[off] ^ (unsigned char)(1u << tp_prng_below(&random, 8));
			fresh();
			plant(file, off, &byte, 1);
			judge();
			r = record(f->scenario);
			for (size_t i = 0; i < r->nr_findings; i++)
				hit |= r->findings[i].start == off && r->findings[i].end == off + 1;
			missed += !hit;
			nr++;
		}
	}
	ok(missed == 0, "%u single bits flipped, %u missed", nr, missed);
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

/* begin, end of each operation; main's first and last are not counted. */
static void test_overlap(void)
{
	static const char text[] = "fsync; { fsync; meet; fsync | offset 1 2; size; meet; none | "
				   "size; meet }; none; { fsync | size }; size";
	static const uint64_t times[][2] = { { 0, 5 },     { 100, 150 }, { 150, 160 }, { 160, 200 },
					     { 10, 135 },  { 135, 140 }, { 140, 160 }, { 160, 500 },
					     { 90, 300 },  { 300, 400 }, { 500, 501 }, { 600, 700 },
					     { 700, 800 }, { 900, 901 } };
	const struct tp_event *ops[ARRAY_SIZE(times)];
	struct tp_event events[ARRAY_SIZE(times)];
	struct tp_file file = { .id = 0 };
	struct tp_seen seen = { .ops = ops };
	struct tp_overlap o = { 0 }, sum = { 0 };
	struct tp_buf err = { 0 };

	ok(tp_seq_parse(text, NULL, NULL, &file.seq, &err) && file.seq.nr == ARRAY_SIZE(times),
	   "two blocks");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		events[i] = (struct tp_event){ .begin_ns = times[i][0], .end_ns = times[i][1] };
		ops[i] = &events[i];
	}
	tp_overlap_count(&file, &seen, &o);
	is_int((int64_t)o.pairs, 3, "overlap: each other actor is a pair with actor 1");
	is_int((int64_t)o.tenths[3], 1, "overlap: waiting is not racing, and 135 is the fourth tenth");
	is_int((int64_t)o.around, 1, "overlap: one began before actor 1 and ended behind that");
	is_int((int64_t)o.behind, 1, "overlap: one began as actor 1 had ended");
	is_int((int64_t)tp_overlap_raced(&o), 2, "overlap: two of three raced");
	ops[8] = NULL;
	tp_overlap_count(&file, &seen, &sum);
	is_int((int64_t)sum.pairs, 2, "overlap: who did nothing is no pair");
	tp_overlap_add(&sum, &o);
	ok(sum.pairs == 5 && sum.tenths[3] == 2 && sum.behind == 2 && sum.around == 1,
	   "overlap: repetitions add up");
	tp_seq_free(&file.seq);
	tp_buf_free(&err);
}

/* A case in which memory never ran out in earnest says so. */
static void test_pressure(void)
{
	for (unsigned dropped = 0; dropped <= 1; dropped++) {
		struct tp_report rep = { 0 };
		struct tp_case c;

		tp_case_init(&c, "a", "4k");
		c.planned = c.record.files = 1;
		c.pressed = 2;
		c.dropped = dropped;
		tp_case_close(&c, &rep);
		is_int(rep.records[0].verdict, TP_PASS, "pressure: it passes");
		ok(!dropped == (rep.records[0].reason != NULL), "pressure: %u of 2 times a file's pages went",
		   dropped);
		tp_report_free(&rep);
	}
}

int main(void)
{
	tp_program = "test-judge";
	begin(four_scenarios);
	if (!make_image()) {
		end();
		return skip_all("mke2fs cannot make an image from a folder");
	}
	test_clean();
	test_lost();
	test_when();
	test_stale();
	test_foreign();
	test_size_and_beyond();
	test_fsck();
	test_image_unusable();
	test_history_damage();
	test_results();
	test_seen_live();
	test_look();
	test_not_again();
	test_other_pages();
	test_manifest();
	test_bits();
	test_garbage();
	end();
	test_overlap();
	test_pressure();
	return done();
}
