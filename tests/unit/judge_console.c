// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_console.c - what the judge makes of the mount and of the kernel's messages
 */
#include "judge_world.h"

static void test_mount_facts(void)
{
	fresh();
	end_with("busy 16");
	judge();
	verdict_is("extend", TP_BROKEN, "busy");
	reason_has("extend", "umount failed (EBUSY)", "busy: why");
	plant(0, 3000, "", 1);
	end_with("ghost 30");
	judge();
	verdict_is("extend", TP_BROKEN, "a ghost mount is no data loss");
	reason_has(TP_FILE_SYSTEM, "outlived umount", "ghost: why");
	end_with("stopped no memory");
	judge();
	reason_has("extend", "the agent gave up: no memory", "stopped: why");
	end_with("note nothing");
	judge();
	reason_has("extend", "was unmounted", "no word of umount: why");
	fresh();
	tp_buf_free(&w.frames);
	text("cannot-mount 22");
	frame(TP_FRAME_END, NULL, 0);
	judge();
	verdict_is("extend", TP_SKIP, "the kernel cannot mount it");
	reason_has("extend", "cannot mount 1k-ordered-delalloc with data=ordered,delalloc (EINVAL)",
		   "the kernel cannot mount it: why");
	tp_buf_free(&w.frames);
	text("cannot-mount 12");
	frame(TP_FRAME_END, NULL, 0);
	judge();
	verdict_is("extend", TP_BROKEN, "no memory to mount it");
	tp_buf_free(&w.frames);
	text("absent no cgroups here");
	frame(TP_FRAME_END, NULL, 0);
	judge();
	verdict_is("extend", TP_SKIP, "what it needs is not there");
	verdict_is(TP_FILE_SYSTEM, TP_SKIP, "what it needs is not there");
	reason_has("extend", "no cgroups here", "what it needs is not there: why");
	tp_buf_free(&w.frames);
	text("absent no cgroups here");
	judge();
	verdict_is("extend", TP_BROKEN, "the history breaks off where something is not there");
	make_history(&straight, true);
	text("absent no cgroups here");
	judge();
	verdict_is("extend", TP_PASS, "what was mounted is judged");
}

static void test_modes(void)
{
	struct tp_buf saved = { 0 };

	fresh();
	tp_buf_add(&saved, w.frames.text, w.frames.len);
	tp_buf_free(&w.frames);
	text("proc-options rw,nodelalloc,data=journal");
	tp_buf_add(&w.frames, saved.text, saved.len);
	judge();
	verdict_is("extend", TP_PASS, "a silent change");
	reason_has(TP_FILE_SYSTEM,
		   "asked for data=ordered, the kernel runs data=journal; asked for "
		   "delalloc, the kernel runs nodelalloc",
		   "a silent change: by name");
	tp_buf_free(&w.frames);
	text("refused 22 data=journal,delalloc");
	text("proc-options rw,nodelalloc,data=journal");
	tp_buf_add(&w.frames, saved.text, saved.len);
	w.mount->fallback = tp_strdup("data=journal");
	judge();
	is_str(w.report.modes[0].remark,
	       "the kernel refused data=journal,delalloc (EINVAL); mounted with data=journal, "
	       "which runs data=journal,nodelalloc",
	       "a fall-back: by name");
	free(w.mount->fallback);
	w.mount->fallback = NULL;
	tp_buf_free(&saved);
}

static void test_hang(void)
{
	struct twist t = straight;
	static struct model m;

	t.file = 4;
	t.drop_op = 1;
	fresh();
	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++)
		file_history(&w.mount->files[i], &m, &t);
	text("hang 4 1 60");
	frame(TP_FRAME_END, NULL, 0);
	judge();
	finds("sparse", TP_HANG, 0, 0, "f00004|op 2 \"truncate 120000\"|60 s", "hang");
	verdict_is("extend", TP_BROKEN, "hang: nothing was unmounted");
}

static void test_hang_of_umount(void)
{
	fresh();
	end_with("hang - - 180 umount");
	judge();
	finds(TP_FILE_SYSTEM, TP_HANG, 0, 0, "180 umount", "umount hangs");
	verdict_is("extend", TP_BROKEN, "umount hangs: nothing was unmounted");
	reason_has("extend", "was unmounted", "umount hangs: no damage to the history");
}

static void console_is(const char *lines)
{
	fresh();
	if (tp_write_file(w.console, lines, strlen(lines)) < 0)
		exit(99);
	judge();
}

/* A byte is lost, and the kernel killed for memory while this task was at work. */
static void oom_is(const char *task)
{
	char *lines = tp_printf("%s invoked oom-killer: gfp_mask=0xc40(GFP_NOFS), order=0\n"
				"CPU: 1 UID: 0 PID: 7 Comm: %s Not tainted 6.18.44 #1\n", task, task);

	fresh();
	plant(0, 3000, "", 1);
	if (tp_write_file(w.console, lines, strlen(lines)) < 0)
		exit(99);
	judge();
	free(lines);
}

static void test_console(void)
{
	console_is("[ 1.0] EXT4-fs error (device loop3): ext4_find_entry:1455: inode #2\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "EXT4-fs error (device loop3)",
	      "console: error");
	others_pass(TP_FILE_SYSTEM, "console: the cases pass");
	console_is("EXT4-fs error (device loop4): ext4_find_entry:1455: inode #2\n"
		   "EXT4-fs (loop4): error count since last fsck: 1\n"
		   "blk_update_request: I/O error, dev loop33, sector 7\n");
	others_pass("", "console: other devices are other people's");
	console_is("EXT4-fs warning (device loop3): ext4_evict_inode:210: inode #12: comm umount: "
		   "data will be lost\n");
	others_pass("", "console: a warning fails nothing");
	reason_has(TP_FILE_SYSTEM, "the image says whether it is true", "console: a note says why");
	console_is("EXT4-fs (loop3): Inode 96 (0000abcd): i_reserved_data_blocks (1) not cleared!\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "Inode 96", "console: a promise kept for ever");
	console_is("------------[ cut here ]------------\nWARNING: CPU: 0 PID: 1 at "
		   "fs/ext4/inode.c:1\n"
		   "Call Trace:\n ext4_writepages+0x1/0x2\n---[ end trace 0 ]---\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "inode.c:1|ext4_writepages", "console: WARNING");
	is_int((int64_t)record(TP_FILE_SYSTEM)->nr_findings_all, 1,
	       "console: one report, one finding");
	console_is("INFO: task postgres:77 blocked for more than 120 seconds.\n"
		   "WARNING: CPU: 0 PID: 9 at fs/xfs/x.c:1\nCPU: 0 PID: 9 Comm: postgres\n");
	others_pass("", "console: other programs' troubles are theirs");
	console_is("WARNING: CPU: 0 PID: 9 at mm/x.c:1\nCPU: 0 PID: 9 Comm: kworker/0:1\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "mm/x.c", "console: a thread of the kernel");
	fresh();
	if (tp_write_file(w.console, "tailpage: kernel messages were lost here\n", 41) < 0)
		exit(99);
	judge();
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "console: lost messages are not clean ones");
	console_is("Kernel panic - not syncing: Fatal exception\n");
	finds(TP_FILE_SYSTEM, TP_PANIC, 0, 0, "Fatal exception", "console: panic");
	console_is("INFO: task jbd2/loop3-8:77 blocked for more than 120 seconds.\n");
	finds(TP_FILE_SYSTEM, TP_HANG, 0, 0, "blocked for more than", "console: hung task");
	fresh();
	plant(0, 3000, "", 1);
	if (tp_write_file(w.console, "I/O error, dev loop3, sector 7\n", 31) < 0)
		exit(99);
	judge();
	verdict_is("extend", TP_BROKEN, "console: an I/O error is no data loss");
	oom_is("tailpage:1");
	verdict_is("extend", TP_BROKEN, "console: want of memory is no data loss");
	reason_has("extend", "memory ran out", "console: want of memory: why");
	oom_is("postgres");
	finds("extend", TP_LOST, 3000, 3001, "", "console: another program's want of memory");
	fresh();
	w.evidence.console = "/nonexistent/console";
	judge();
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "console: missing");
	w.evidence.console = NULL;
	judge();
	verdict_is(TP_FILE_SYSTEM, TP_BROKEN, "console: not watched");
	reason_has(TP_FILE_SYSTEM, "not watched", "console: not watched: says so");
}

/* Garbage on the line does not hide what follows it. */
static void test_console_garbage(void)
{
	static const char lines[] = "\0\377\0\n\0Kernel panic - not syncing: %s%n\n";

	fresh();
	if (tp_write_file(w.console, lines, sizeof(lines) - 1) < 0)
		exit(99);
	judge();
	finds(TP_FILE_SYSTEM, TP_PANIC, 0, 0, "not syncing", "console: behind garbage");
}

/* What kernels of 2009 said, in their words. */
static void test_console_old(void)
{
	console_is("------------[ cut here ]------------\n"
		   "Kernel BUG at ffffffff810d7227 [verbose debug info unavailable]\n"
		   "invalid opcode: 0000 [#1] SMP\nlast sysfs file:\nCPU 0\n"
		   "Pid: 297, comm: tailpage:3 Not tainted 2.6.31.3 #1\n"
		   "Call Trace:\n [<1>] ext4_da_writepages+0x28a/0x4d0\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "Kernel BUG at", "old words: BUG");
	is_int((int64_t)record(TP_FILE_SYSTEM)->nr_findings_all, 1, "old words: one finding");
	console_is("WARNING: at mm/x.c:1 f+0x1/0x2()\nHardware name:\n"
		   "Pid: 9, comm: postgres Not tainted 2.6.31.3 #1\n");
	others_pass("", "old words: other programs' troubles are theirs");
	console_is("WARNING: at mm/x.c:1 f+0x1/0x2()\nHardware name:\n"
		   "Pid: 9, comm: pdflush Not tainted 2.6.31.3 #1\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "mm/x.c", "old words: a thread of the kernel");
	console_is("mpage_da_map_blocks block allocation failed for inode 13\n"
		   "This should not happen.!! Data will be lost\n");
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "Data will be lost", "old words: no block");
}

/* The agent's threads are named after the file they work on. */
static void test_console_threads(void)
{
	static const char lines[] = "WARNING: CPU: 0 PID: 77 at mm/x.c:1\n"
				    "CPU: 0 PID: 77 Comm: tailpage:3 Not tainted\n";
	static const char oops[] = "kernel BUG at mm/x.c:1!\n"
				   "CPU: 0 PID: 77 Comm: tailpage:3 Not tainted\n";
	struct tp_buf saved = { 0 };

	console_is(lines);
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "mm/x.c", "threads: whose it is is not known");
	make_history(&straight, true);
	saved = w.frames;
	w.frames = (struct tp_buf){ 0 };
	text("task 77");
	tp_buf_add(&w.frames, saved.text, saved.len);
	tp_buf_free(&saved);
	judge();
	finds(TP_FILE_SYSTEM, TP_KERNEL_LOG, 0, 0, "mm/x.c|while file f00003 of ",
	      "threads: a warning names the file");
	if (tp_write_file(w.console, oops, strlen(oops)) < 0)
		exit(99);
	judge();
	finds(w.mount->files[3].scenario, TP_KERNEL_LOG, 0, 0, "mm/x.c|while file f00003 of ",
	      "threads: what ends a kernel is the case's");
	verdict_is(TP_FILE_SYSTEM, TP_PASS, "threads: and nobody else's");
	if (tp_write_file(w.console, "WARNING: CPU: 0 PID: 78 at mm/x.c:1\n"
				     "CPU: 0 PID: 78 Comm: tailpage:3 Not tainted\n", 80) < 0)
		exit(99);
	judge();
	others_pass("", "threads: another agent's are judged elsewhere");
}

int main(void)
{
	tp_program = "test-judge-console";
	begin(five_scenarios);
	test_mount_facts();
	test_modes();
	test_hang();
	test_hang_of_umount();
	test_console();
	test_console_old();
	test_console_threads();
	test_console_garbage();
	end();
	return done();
}
