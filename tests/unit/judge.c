// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.c - the judge on an image without fault, and with every fault planted
 *
 * The world of judge_world.h: files of a few scenarios, and what befalls them.
 */
#include "base/prng.h"
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
	fresh();
	plant_op(6, 7002, 1, 6, 0, 9050);
	judge();
	finds("moved", TP_TORN, 7002, 7003,
	      "op 2 \"pwrite 9000 100\", moved by -2048|an older generation, op 1 \"pwrite 0 "
	      "9216\", made for offset 9050",
	      "a byte that moved twice");
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

int main(void)
{
	tp_program = "test-judge";
	begin(five_scenarios);
	test_clean();
	test_lost();
	test_when();
	test_stale();
	test_foreign();
	test_size_and_beyond();
	test_fsck();
	test_bits();
	end();
	return done();
}
