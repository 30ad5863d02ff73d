// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scenario.c - scenario files: what is read, what is refused and in which words
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "plan/scenario.h"
#include "tap.h"

static char dir[] = "/tmp/tailpage-unit.XXXXXX";
static char said[1024];

static void put(const char *name, const char *text)
{
	char *path = tp_printf("%s/%s", dir, name);

	tp_write_file(path, text, strlen(text));
	free(path);
}

static void drop(const char *name)
{
	char *path = tp_printf("%s/%s", dir, name);

	unlink(path);
	free(path);
}

/* Load the folder; what is wrong with it goes to said. */
static int load(struct tp_library *lib, bool test_ops)
{
	int err;

	said[0] = '\0';
	tp_error_capture(said, sizeof(said));
	err = tp_library_load(dir, test_ops, lib);
	tp_error_capture(NULL, 0);
	return err;
}

static int expand(const struct tp_library *lib, const char *cell, int cover, uint64_t seed,
		  struct tp_variants *out)
{
	int err;

	said[0] = '\0';
	tp_error_capture(said, sizeof(said));
	err = tp_scenario_expand(&lib->scenarios[0], tp_cell_find(cell), 4096, cover, seed, out);
	tp_error_capture(NULL, 0);
	return err;
}

/* The file a.tp with these lines below its first is refused for this reason. */
static void refused(const char *lines, unsigned line, const char *why)
{
	char *text = tp_printf("# a: a story\n%s", lines), *want;
	struct tp_library lib;

	put("a.tp", text);
	want = tp_printf("%s/a.tp:%u: ", dir, line);
	ok(load(&lib, false) < 0 && strncmp(said, want, strlen(want)) == 0 && strstr(said, why),
	   "line %u: %s", line, why);
	if (!strstr(said, why) || strncmp(said, want, strlen(want)) != 0)
		diag("said: %s", said);
	tp_library_free(&lib);
	free(want);
	free(text);
}

/* It can be read, but not be turned into operations. */
static void hopeless(const char *lines, const char *why)
{
	char *text = tp_printf("# a: a story\n%s", lines);
	struct tp_library lib;
	struct tp_variants v = { 0 };

	put("a.tp", text);
	ok(load(&lib, false) == 0 && expand(&lib, "1k-ordered-delalloc", -1, 1, &v) < 0 &&
	   strstr(said, why), "expansion: %s", why);
	if (!strstr(said, why))
		diag("said: %s", said);
	tp_variants_free(&v);
	tp_library_free(&lib);
	free(text);
}

static void test_refused(void)
{
	struct tp_library lib;
	char many[4096] = "vary x =";

	refused("main: fsync\nfrob 1\n", 3, "\"frob\" is no word of a scenario");
	refused("fixed x\nmain: fsync\n", 2, "fixed wants: COMMIT VERSION");
	refused("fixed 1234567 6.1 \"short\"\nmain: fsync\n", 2, "fixed wants: COMMIT VERSION");
	refused("needs frob\nmain: fsync\n", 2, "\"frob\" is no property of a cell");
	refused("image 1k\nmain: fsync\n", 2, "is no image size of at least 1m");
	refused("image x\nmain: fsync\n", 2, "is no image size of at least 1m");
	refused("memory 7m\nmain: fsync\n", 2, "is no memory size of at least 8m");
	refused("memory x\nmain: fsync\n", 2, "is no memory size of at least 8m");
	refused("cover 0\nmain: fsync\n", 2, "cover wants 1, 2 or 3");
	refused("cover 4\nmain: fsync\n", 2, "cover wants 1, 2 or 3");
	refused("vary x = 1 2\nexcept x=3\nmain: fsync\n", 3, "is no value of a parameter above");
	refused("except x=3\nvary x = 3 4\nmain: fsync\n", 2, "is no value of a parameter above");
	refused("let x = 3\nexcept x=3\nmain: fsync\n", 3, "is no value of a parameter above");
	refused("vary x = 1\nexcept\nmain: fsync\n", 3, "except wants NAME=LABEL");
	refused("main: fsync\nmain: fsync\n", 3, "main stands twice");
	refused("  fsync\nmain: fsync\n", 2, "an indented line stands before main");
	refused("vary x = 1\n", 2, "there is no main");
	refused("vary x = @frob\nmain: fsync\n", 2, "there is no list \"frob\"");
	refused("vary x = a:\"fsync\nmain: fsync\n", 2, "a value in quotes is LABEL:\"operations\"");
	refused("vary x = a\"fsync\"\nmain: fsync\n", 2, "a value in quotes is LABEL:\"operations\"");
	refused("vary x = :\"fsync\"\nmain: fsync\n", 2, "a value in quotes is LABEL:\"operations\"");
	refused("vary x\nmain: fsync\n", 2, "is not NAME = VALUE...");
	refused("vary = 1\nmain: fsync\n", 2, "is not NAME = VALUE...");
	refused("vary x =\nmain: fsync\n", 2, "x has no value");
	refused("vary x = 1\nvary x = 2\nmain: fsync\n", 3, "x has its values already");
	refused("vary x = 1..256\nmain: fsync\n", 2, "\"1..256\" is not FROM..TO, at most 255");
	refused("vary x = 2..1\nmain: fsync\n", 2, "\"2..1\" is not FROM..TO");
	refused("vary x = a..b\nmain: fsync\n", 2, "\"a..b\" is not FROM..TO");
	refused("vary x = 1..\nmain: fsync\n", 2, "\"1..\" is not FROM..TO");
	refused("vary x = 1..200 201..300\nmain: fsync\n", 2, "x has more than 255 values");
	refused("let x = 1 2\nmain: fsync\n", 2, "x has more than one value");
	refused("vary a = 1 b = 1 c = 1 d = 1 e = 1 f = 1 g = 1 h = 1 i = 1 j = 1 k = 1 l = 1 m = 1 "
		"n = 1 o = 1 p = 1 q = 1\nmain: fsync\n", 2, "q is one parameter too many");
	for (unsigned i = 0; i < 256; i++)
		strcat(many, " 1");
	strcat(many, "\nmain: fsync\n");
	refused(many, 2, "x has more than 255 values");
	put("a.tp", "# b: story\nmain: fsync\n");
	ok(load(&lib, false) < 0 && strstr(said, ":1: the first line must be \"# a: "),
	   "the first line has the file's name");
	tp_library_free(&lib);
	put("a.tp", "main: fsync\n");
	ok(load(&lib, false) < 0 && strstr(said, ":1: the first line must be"), "there is a story");
	tp_library_free(&lib);
	put("a.tp", "\n\n");
	ok(load(&lib, false) < 0 && strstr(said, "the file is empty"), "an empty file");
	tp_library_free(&lib);
	put("a.tp", "# a: story\nmain: test-lose 0 1\n");
	ok(load(&lib, false) < 0 && strstr(said, "for tailpage's own tests"), "test operations");
	is_int(load(&lib, true), 0, "... unless this is a test");
	tp_library_free(&lib);
	put("lists", "# lists\nl = 1 2\nfrob\n");
	put("a.tp", "# a: story\nmain: fsync\n");
	ok(load(&lib, false) < 0 && strstr(said, "/lists:3: \"frob\" is not NAME = VALUE"),
	   "a damaged file of lists");
	tp_library_free(&lib);
	drop("lists");
	drop("a.tp");
	ok(load(&lib, false) < 0 && strstr(said, "no scenario (*.tp) in"), "an empty folder");
	tp_library_free(&lib);
}

static void test_hopeless(void)
{
	hopeless("main: pwrite 0 $x\n", "$x is not defined");
	hopeless("main: pwrite # 1 times 0\n", "times 0: wants a number from 1 to 1000");
	hopeless("main: pwrite # 1 times block\n", "times 1024: wants a number from 1 to 1000");
	hopeless("main: pwrite # 1 times x\n", "x");
	hopeless("main: pwrite # 1\n", "#");
	hopeless("main: $x\n", "$x is not defined");
	hopeless("let x = $y\nlet y = $x\nmain: pwrite 0 $x\n", "$names contain each other");
	hopeless("let x = \"$y\"\nlet y = \"$x\"\nmain: $x\n", "$names contain each other");
	hopeless("main: frob 1\n", "no operation is called \"frob\"");
	hopeless("main: pwrite 0\n", "pwrite takes 2 arguments, not 1");
	hopeless("main: pwrite 0 1 2\n", "is one word too many");
	hopeless("main: store 0 1 fails FROB\n", "is no error that tailpage knows");
	hopeless("main: store@9 0 1\n", "is not one of @0");
	hopeless("main: pwrite 0 1-2\n", "is below zero");
	hopeless("main: { fsync | remount }\n", "must not stand in a block");
	hopeless("let b = \"{ fsync | fsync }\"\nmain: $b; $b\n", "two blocks stand side by side");
	hopeless("main: { fsync | $x\n", "$x is not defined");
	hopeless("main: { fsync | fsync\n", "has no '}'");
	hopeless("vary a = 1 2 3 4 5 6 7 8 9 10 b = 1 2 3 4 5 6 7 8 9 10 c = 1 2 3 4 5 6 7 8 9 10 "
		 "d = 1 2 3 4 5 6 7 8 9 10 e = 1 2 3 4 5 6 7 8 9 10 f = 1 2\nmain: fsync\n",
		 "has more than 100000 variants");
}

static void test_read(void)
{
	const struct tp_scenario *s;
	struct tp_library lib;
	struct tp_variants v;
	struct tp_buf text = { 0 };

	put("lists", "sizes = 100 block\nall = @sizes page-1\n");
	put("b.tp", "# b: second\nmain: fsync\n");
	put(".hidden.tp", "nonsense");
	put("notes.txt", "nonsense");
	put("a.tp", "# a: what must hold\n# The story\n# goes on.\n\n"
		    "fixed 0123456789ab 6.13 \"first\"\nfixed abcdef0123 7.0 \"second\"\n"
		    "needs block<page journal\n"
		    "vary eof = @all  how = plain:\"pwrite 0 $eof\" split:\"pwrite 0 10; $rest\"\n"
		    "let rest = \"pwrite 10 $eof-10\"\n"
		    "except eof=100 how=split\n"
		    "main: $how; map 0 page\n"
		    "      store $last 1 may-fail SIGBUS\n"
		    "let last = $eof-1\n");
	is_int(load(&lib, false), 0, "a folder of two scenarios");
	is_int((int64_t)lib.nr, 2, "other files are not read");
	s = tp_library_find(&lib, "a");
	is_str(s->title, "what must hold", "the title");
	is_str(s->story, "The story\ngoes on.", "the story");
	is_str(s->fixed, "0123456789ab 6.13 \"first\"\nabcdef0123 7.0 \"second\"", "the commits");
	ok(tp_scenario_applies(s, tp_cell_find("1k-ordered-delalloc"), 4096), "a cell it applies to");
	ok(!tp_scenario_applies(s, tp_cell_find("4k-ordered-delalloc"), 4096), "and one it does not");
	ok(!tp_scenario_applies(s, tp_cell_find("1k-nojournal"), 4096), "for want of a journal");
	is_int(expand(&lib, "1k-ordered-delalloc", 0, 1, &v), 0, "its sequences");
	is_int((int64_t)v.nr, 5, "three sizes, two ways, one exception");
	is_str(v.v[0].params, "eof=100,how=plain", "parameters of the first");
	tp_seq_print(&v.v[0].seq, &text);
	is_str(text.text, "pwrite 0 100; map 0 4096; store 99 1 may-fail SIGBUS", "its operations");
	tp_buf_free(&text);
	tp_seq_print(&v.v[2].seq, &text);
	is_str(text.text, "pwrite 0 10; pwrite 10 1014; map 0 4096; store 1023 1 may-fail SIGBUS",
	       "names within names");
	tp_buf_free(&text);
	tp_variants_free(&v);
	tp_library_free(&lib);
	put("a.tp", "# a: story\nvary x = 1 2 1*1 same:\"2\"\nmain: pwrite 0 $x\n");
	load(&lib, false);
	expand(&lib, "1k-ordered-delalloc", 0, 1, &v);
	is_int((int64_t)v.nr, 2, "variants with the same operations are given once");
	tp_variants_free(&v);
	ok(!tp_scenario_alone(&lib.scenarios[0]), "it shares the mount of its cell");
	tp_library_free(&lib);
	put("a.tp", "# a: story\nvary x = no:\"none\" yes:\"fill-fs 10k\"\nmain: $x\n");
	load(&lib, false);
	ok(tp_scenario_alone(&lib.scenarios[0]), "not when one variant fills the file system");
	tp_library_free(&lib);
	drop(".hidden.tp");
	drop("notes.txt");
	drop("lists");
	drop("b.tp");
}

static void test_memory(void)
{
	struct tp_library lib;
	struct tp_variants v;

	put("a.tp", "# a: story\nmemory 16m\nmain: { pressure | pwrite 0 1m }\n");
	is_int(load(&lib, false), 0, "an actor may run out of memory in a cgroup");
	ok(lib.scenarios[0].memory_bytes == 16 << 20 && tp_scenario_alone(&lib.scenarios[0]),
	   "which is of a mount of its own");
	is_int(expand(&lib, "1k-ordered-delalloc", -1, 1, &v), 0, "and has room for a sixteenth");
	tp_variants_free(&v);
	tp_library_free(&lib);
	hopeless("memory 16m\nmain: fsync; store 4g 1m+1\n",
		 "operation 2: 1048577 bytes are more than 1/16 of the memory");
	hopeless("memory 8m\nmain: read 0 600k\n", "operation 1: 614400 bytes");
	put("a.tp", "# a: story\nvary x = no:\"none\" yes:\"pressure\"\nmain: $x\n");
	ok(load(&lib, false) < 0 && strstr(said, "pressure wants a line \"memory SIZE\""),
	   "nobody runs out of memory without one");
	tp_library_free(&lib);
	is_int(tp_library_of_one("x", "x", "fsync; pressure", false, &lib), 0,
	       "a sequence of the command line gets one");
	is_int((int64_t)lib.scenarios[0].memory_bytes, 16 << 20, "when it needs it");
	tp_library_free(&lib);
	tp_library_of_one("x", "x", "fsync", false, &lib);
	ok(!tp_scenario_alone(&lib.scenarios[0]), "and not otherwise");
	tp_library_free(&lib);
	drop("a.tp");
}

/* Expressions, names and ranges in blocks, over several lines. */
static void test_blocks(void)
{
	struct tp_library lib;
	struct tp_variants v;
	struct tp_buf text = { 0 };

	put("a.tp", "# a: story\nvary try = 1..64 grow = one:\"truncate $to\" two:\"fsync; truncate $to\"\n"
		    "let to = page-1\nlet both = \"{ $grow | wait-size $to; store $to-1 1 }\"\n"
		    "main: map 0 page; { $grow\n"
		    "      | offset $try 64; store block*2 1 } ; none\n"
		    "      $both\n");
	load(&lib, false);
	is_int(expand(&lib, "1k-ordered-delalloc", 0, 1, &v), 0, "blocks in a scenario");
	is_int((int64_t)v.nr, 128, "1..64 are 64 values");
	is_str(v.v[127].params, "try=64,grow=two", "the last of them");
	tp_seq_print(&v.v[127].seq, &text);
	is_str(text.text, "map 0 4096; { fsync; truncate 4095 | offset 64 64; store 2048 1 }; none; "
			  "{ fsync; truncate 4095 | wait-size 4095; store 4094 1 }", "its blocks");
	tp_buf_free(&text);
	tp_variants_free(&v);
	tp_library_free(&lib);
	put("a.tp", "# a: story\nmain: {fill-fs|none}\n");
	load(&lib, false);
	ok(tp_scenario_alone(&lib.scenarios[0]), "operations are known behind a brace");
	tp_library_free(&lib);
	drop("a.tp");
}

/* The scenario's only sequence is this one. */
static void becomes(const char *lines, const char *want, const char *name)
{
	char *all = tp_printf("# a: story\n%s", lines);
	struct tp_library lib;
	struct tp_variants v;
	struct tp_buf text = { 0 };

	put("a.tp", all);
	load(&lib, false);
	ok(expand(&lib, "1k-ordered-delalloc", 0, 1, &v) == 0 && v.nr == 1, "%s", name);
	tp_seq_print(&v.v[0].seq, &text);
	is_str(text.text, want, "... and how");
	tp_buf_free(&text);
	tp_variants_free(&v);
	tp_library_free(&lib);
	free(all);
	drop("a.tp");
}

static void test_times(void)
{
	struct tp_library lib;
	struct tp_variants v;

	becomes("main: pwrite 2*# 1 times 3; fsync\n", "pwrite 0 1; pwrite 2 1; pwrite 4 1; fsync",
		"an operation three times");
	becomes("let n = 2\nlet at = 7\nmain: map 0 page\n      { pwrite $at+#*block 1 times $n | fsync }\n",
		"map 0 4096; { pwrite 7 1; pwrite 1031 1 | fsync }", "in a block, with names");
	becomes("let all = \"store # 1 times 2; fsync\"\nmain: map 0 page; $all\n",
		"map 0 4096; store 0 1; store 1 1; fsync", "in a value");
	put("a.tp", "# a: story\nmain: pwrite # 1 times 1000\n");
	load(&lib, false);
	ok(expand(&lib, "1k-ordered-delalloc", 0, 1, &v) == 0 && v.v[0].seq.nr == 1000, "a thousand times");
	tp_variants_free(&v);
	tp_library_free(&lib);
	hopeless("main: pwrite # 1 times 1001\n", "times 1001: wants a number from 1 to 1000");
	drop("a.tp");
}

static void test_seeds(void)
{
	struct tp_library lib;
	struct tp_variants a, b, c;
	bool same = true, other = false;

	put("a.tp", "# a: story\nvary x = 1 2 3 4 5 y = 1 2 3 4 5 z = 1 2 3 4 5\ncover 2\n"
		    "main: pwrite $x $y; pwrite $z 10\n");
	load(&lib, false);
	expand(&lib, "1k-ordered-delalloc", -1, 7, &a);
	expand(&lib, "1k-ordered-delalloc", -1, 7, &b);
	expand(&lib, "1k-ordered-delalloc", -1, 8, &c);
	for (size_t i = 0; i < a.nr; i++) {
		same &= i < b.nr && strcmp(a.v[i].params, b.v[i].params) == 0;
		other |= i >= c.nr || strcmp(a.v[i].params, c.v[i].params) != 0;
	}
	ok(a.nr >= 25 && a.nr < 60, "pairs: %zu of 125", a.nr);
	ok(same && a.nr == b.nr, "the same seed gives the same variants");
	ok(other, "another seed gives others");
	tp_variants_free(&a);
	tp_variants_free(&b);
	expand(&lib, "1k-ordered-delalloc", 0, 7, &a);
	is_int((int64_t)a.nr, 125, "--cover 0: the whole product");
	tp_variants_free(&a);
	tp_variants_free(&c);
	tp_library_free(&lib);
	drop("a.tp");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 99;
	test_refused();
	test_hopeless();
	test_read();
	test_memory();
	test_blocks();
	test_times();
	test_seeds();
	tp_remove_tree(dir);
	return done();
}
