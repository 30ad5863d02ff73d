// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seqfile.c - *.seq files: what is written is read, and what is broken is refused
 */
#include <stddef.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "model/record.h"
#include "plan/seqfile.h"
#include "tap.h"

static char path[64];

static int read_text(const char *text, size_t len, struct tp_seqfile *s, char *why)
{
	int err;

	if (tp_write_file(path, text, len) < 0)
		exit(99);
	*why = '\0';
	tp_error_capture(why, 512);
	err = tp_seqfile_read(path, s);
	tp_error_capture(NULL, 0);
	return err;
}

static const char sample[] = "tailpage-seq 1\n"
			     "# file f00231, page 0: bytes 3000-3000 lost\n"
			     "#\n"
			     "#   indented\n"
			     "scenario extend-fallocate\n"
			     "params eof=1000,sync=fsync\n"
			     "file f00231\n"
			     "cell 1k-ordered-delalloc\n"
			     "era linux-6.1\n"
			     "kernel uml 6.1.176 #1 Debian\n"
			     "image 33554432\n"
			     "memory 16777216\n"
			     "seed 18446744073709551615\n"
			     "threads 8\n"
			     "fixed c7fc0366c656 6.13 \"one\"\n"
			     "fixed 52aecaee1c26 6.13 \"two\"\n"
			     "finding lost 3000 3001 bytes 3000-3000 lost\n"
			     "met 3 0 5120\n"
			     "met 4 17 900\n"
			     "main: pwrite 0 1000; map@1 0 4096; store@1 0 1; { fallocate 1000 "
			     "3096 | store@1 3000 1 may-fail SIGBUS };\n"
			     "    fsync\n"
			     "end\n";

static void test_read(void)
{
	struct tp_seqfile s;
	struct tp_buf seq = { 0 };
	char why[512];

	is_int(read_text(sample, strlen(sample), &s, why), 0, "a whole file is read");
	is_str(s.scenario, "extend-fallocate", "scenario");
	is_str(s.params, "eof=1000,sync=fsync", "parameters");
	is_str(s.file, "f00231", "file");
	is_str(s.cell, "1k-ordered-delalloc", "cell");
	is_str(s.era, "linux-6.1", "era");
	is_str(s.kernel, "uml 6.1.176 #1 Debian", "kernel");
	is_str(s.title, "bytes 3000-3000 lost", "title");
	is_str(s.story, "file f00231, page 0: bytes 3000-3000 lost\n\n  indented", "story");
	is_str(s.fixed, "c7fc0366c656 6.13 \"one\"\n52aecaee1c26 6.13 \"two\"", "commits");
	ok(s.seed == UINT64_MAX && s.threads == 8 && s.image_bytes == 33554432 &&
		   s.memory_bytes == 16777216,
	   "numbers");
	ok(s.kind == TP_LOST && s.start == 3000 && s.end == 3001, "finding");
	ok(s.nr_met == 2 && s.met[1].op == 4 && s.met[1].begin_ns == 17 && s.met[1].end_ns == 900,
	   "who met whom");
	tp_seq_print(&s.seq, &seq);
	is_str(seq.text,
	       "pwrite 0 1000; map@1 0 4096; store@1 0 1; { fallocate 1000 3096 | "
	       "store@1 3000 1 may-fail SIGBUS }; fsync",
	       "operations");
	tp_buf_free(&seq);
	tp_seqfile_free(&s);
}

static void test_write(void)
{
	struct tp_seqfile s;
	char why[512], *text;

	read_text(sample, strlen(sample), &s, why);
	is_int(tp_seqfile_write(&s, path), 0, "it is written");
	tp_read_file(path, &text, NULL);
	is_str(text, sample, "as it was read");
	free(text);
	free(s.title);
	s.title = tp_strdup("two\nlines\tand a tab");
	tp_seqfile_write(&s, path);
	tp_seqfile_free(&s);
	is_int(tp_seqfile_read(path, &s), 0, "a text with control characters breaks no file");
	is_str(s.title, "two", "a title is one line");
	tp_seqfile_free(&s);
	is_int(tp_seqfile_write(&s, "/nonexistent/x.seq") < 0, 1, "no folder is an error");
}

/* A long sequence, with blocks: what the lines are broken into means the same. */
static void test_long(void)
{
	struct tp_seqfile s = { .kind = -1, .cell = tp_strdup("4k-journal-nodelalloc") }, back;
	struct tp_buf text = { 0 }, err = { 0 }, was = { 0 }, is = { 0 };

	for (unsigned i = 0; i < 300; i++)
		tp_buf_printf(
			&text,
			i % 7 ? "pwrite %u 4096; "
			      : "{ pwrite %u 1; store 0 1 | meet; fsync | none; meet; none }; ",
			i * 1000);
	tp_buf_puts(&text, "fsync");
	for (char *p = text.text; (p = strstr(p, "store 0 1 |"));)
		memcpy(p, "meet; size|", 11);
	ok(tp_seq_parse(text.text, NULL, NULL, &s.seq, &err), "the long sequence is one");
	tp_seqfile_write(&s, path);
	is_int(tp_seqfile_read(path, &back), 0, "a sequence of many lines is read again");
	tp_seq_print(&s.seq, &was);
	tp_seq_print(&back.seq, &is);
	is_str(is.text, was.text, "and is the same");
	ok(back.kind == -1 && !back.title && !back.scenario && !back.met,
	   "what is unknown stays so");
	tp_seqfile_free(&s);
	tp_seqfile_free(&back);
	tp_buf_free(&text);
	tp_buf_free(&err);
	tp_buf_free(&was);
	tp_buf_free(&is);
}

/* Cut anywhere before the last "end", it is refused, and the place is named. */
static void test_cut(void)
{
	size_t whole = strlen(sample), accepted = 0, placeless = 0;

	for (size_t len = 0; len < whole - 1; len++) {
		struct tp_seqfile s;
		char why[512];

		accepted += read_text(sample, len, &s, why) == 0;
		placeless += strstr(why, ".seq:") == NULL;
		tp_seqfile_free(&s);
	}
	is_int((int64_t)accepted, 0, "no cut file is read");
	is_int((int64_t)placeless, 0, "every time the line is named");
}

static void test_bad(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", ":0: the file is empty" },
		{ "tailpage-seq 2\nend\n", ":1: the first line is not" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nend\n", "there is no main" },
		{ "tailpage-seq 1\nmain: fsync\nend\n", "there is no cell" },
		{ "tailpage-seq 1\ncell 9k\nend\n", ":2: there is no cell \"9k\"" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\ncell 1k-ordered-delalloc\n",
		  ":3: cell stands twice" },
		{ "tailpage-seq 1\nfrob 1\nend\n", ":2: \"frob\" is no word of such a file" },
		{ "tailpage-seq 1\nseed -1\nend\n", ":2: \"-1\" is not a number" },
		{ "tailpage-seq 1\nthreads 5000\nend\n",
		  ":2: \"5000\" is not a number up to 4096" },
		{ "tailpage-seq 1\nfinding gone 0 1 x\n", ":2: \"gone\" is no kind of finding" },
		{ "tailpage-seq 1\nfinding lost 5 1 x\n", ":2: finding wants" },
		{ "tailpage-seq 1\nfinding lost 0 1 x\nfinding lost 0 1 x\n",
		  ":3: finding stands twice" },
		{ "tailpage-seq 1\nmet 1 5\n", ":2: met wants" },
		{ "tailpage-seq 1\nmet 1 5 4\n", ":2: met wants" },
		{ "tailpage-seq 1\n  fsync\n", ":2: an indented line stands before main" },
		{ "tailpage-seq 1\nkernel\n", ":2: kernel wants a text" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmain: fsync\nend\nmain: fsync\n",
		  ":5: there is more behind" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmain: fsync\nmain: fsync\n",
		  ":4: main stands twice" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\n\nmain: fsync; pwrite 5\nend\n",
		  ":4: operation 2 \"pwrite 5\"" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmain: ;\nend\n",
		  ":3: main has no operation" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmet 1 0 0\nmain: fsync\nend\n",
		  "met names an operation" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmain: fsync; pressure\nend\n",
		  ":3: pressure wants a line \"memory BYTES\"" },
		{ "tailpage-seq 1\nmemory 16m\nend\n", ":2: \"16m\" is not a number" },
		{ "tailpage-seq 1\ncell 1k-ordered-delalloc\nmain: { fsync | none\nend\n",
		  "has no '}'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tp_seqfile s;
		char why[512];

		ok(read_text(cases[i].text, strlen(cases[i].text), &s, why) < 0,
		   "refused: case %zu", i);
		has_str(why, cases[i].why, "and why");
		tp_seqfile_free(&s);
	}
}

static void test_binary(void)
{
	struct tp_seqfile s;
	char why[512];

	ok(read_text("tailpage-seq 1\n\0end\n", 20, &s, why) < 0, "a file with zeros is refused");
	has_str(why, "no text file", "and why");
	unlink(path);
	ok(tp_seqfile_read(path, &s) < 0, "so is one that is not there");
}

static void aimed(const char *main, const char *met, const char *want, const char *name)
{
	char *text = tp_printf("tailpage-seq 1\ncell 1k-ordered-delalloc\n%smain: %s\nend\n", met,
			       main), why[512];
	struct tp_buf got = { 0 };
	struct tp_seqfile s;
	struct tp_seq aim;

	if (read_text(text, strlen(text), &s, why) < 0)
		diag("%s", why);
	if (tp_seqfile_aim(&s, &aim))
		tp_seq_print(&aim, &got);
	is_str(got.text ? got.text : "nothing", want, name);
	tp_seq_free(&aim);
	tp_seqfile_free(&s);
	tp_buf_free(&got);
	free(text);
}

/* Places are of 16 in the window from "ends as actor 1 begins" to "begins as it ends". */
static void test_aim(void)
{
	aimed("fsync; { pwrite 0 1 | truncate 5 }; size", "met 1 0 1000\nmet 2 500 1500\n",
	      "fsync; { pwrite 0 1 | offset 12 16; truncate 5 }; size", "in the middle");
	aimed("{ pwrite 0 1 | truncate 5 }", "met 0 1000 2000\nmet 1 0 1000\n",
	      "{ pwrite 0 1 | offset 1 16; truncate 5 }", "it ended as the first began");
	aimed("{ pwrite 0 1 | truncate 5 }", "met 0 0 1000\nmet 1 5000 5100\n",
	      "{ pwrite 0 1 | offset 16 16; truncate 5 }", "long behind the first one's end");
	aimed("{ pwrite 0 1 | wait-size 1; pwrite 1 1 }", "met 0 0 10\nmet 2 5 9\n", "nothing",
	      "who waits for a size finds its place by itself");
	aimed("{ pwrite 0 1 | truncate 5 }", "met 0 0 10\n", "nothing", "one of them was not seen");
	aimed("pwrite 0 1", "", "nothing", "no block, nothing to aim at");
}

int main(void)
{
	snprintf(path, sizeof(path), "/tmp/tailpage-unit-%d.seq", (int)getpid());
	if (freopen("/dev/null", "w", stderr) == NULL) /* complaints are what is tested */
		return 99;
	test_read();
	test_write();
	test_long();
	test_cut();
	test_bad();
	test_binary();
	test_aim();
	unlink(path);
	return done();
}
