// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * base.c - text, growing buffers, whole files, child processes
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "tap.h"

static char dir[] = "/tmp/tailpage-unit.XXXXXX";

static char *in_dir(const char *name)
{
	return tp_printf("%s/%s", dir, name);
}

static void test_numbers(void)
{
	static const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "0x1", "1.5", "x",
					   "18446744073709551616" };
	uint64_t n = 0;

	ok(tp_parse_u64("18446744073709551615", &n) && n == UINT64_MAX, "the largest number");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(!tp_parse_u64(bad[i], &n) && !tp_parse_size(bad[i], &n) &&
		   !tp_parse_seconds(bad[i], &n), "\"%s\" is no number", bad[i]);
	ok(tp_parse_size("3k", &n) && n == 3072 && tp_parse_size("2G", &n) && n == 2ull << 30, "sizes");
	ok(!tp_parse_size("16777216t", &n) && !tp_parse_size("1kk", &n), "too large, two suffixes");
	ok(tp_parse_seconds("90", &n) && n == 90 && tp_parse_seconds("5m", &n) && n == 300 &&
	   tp_parse_seconds("8h", &n) && n == 28800, "times");
	ok(!tp_parse_seconds("1d", &n) && !tp_parse_seconds("5mm", &n), "no such unit");
	ok(!tp_parse_seconds("18446744073709551615h", &n), "a time that is too long");
}

static void test_words(void)
{
	char line[] = " \t a line \r\n", none[] = " \n";
	char text[] = "one\n\nthree", *lines = text;
	const char *cursor = "  one\ttwo ";
	size_t len;

	ok(tp_next_word(&cursor, &len) && len == 3, "a word");
	ok(tp_next_word(&cursor, &len) && len == 3, "another");
	ok(!tp_next_word(&cursor, &len), "the end");
	is_str(tp_trim(line), "a line", "trimmed");
	is_str(tp_next_line(&lines), "one", "a line");
	is_str(tp_next_line(&lines), "", "an empty one");
	is_str(tp_next_line(&lines), "three", "one without an end");
	ok(tp_next_line(&lines) == NULL, "and no more");
	is_str(tp_trim(none), "", "nothing is left");
	ok(tp_match_list("a*,b", "abc") && tp_match_list("a*,b", "b"), "patterns");
	ok(!tp_match_list("a*,!abc", "abc") && tp_match_list("a*,!abc", "abd"), "! takes back");
	ok(tp_match_list("!abc,a*", "abc"), "in their order");
	ok(!tp_match_list("", "a") && !tp_match_list(",", "a"), "nothing matches nothing");
}

static void test_buf(void)
{
	struct tp_buf b = { 0 };
	int *array = NULL;
	char *text;
	bool good = true;

	for (int i = 0; i < 1000; i++)
		tp_buf_printf(&b, "%d,", i);
	ok(b.len == strlen(b.text) && b.len == 3890, "a thousand numbers");
	tp_buf_add(&b, "x", 0);
	ok(b.len == 3890, "nothing added");
	text = tp_buf_take(&b);
	ok(b.text == NULL && b.len == 0, "taken away");
	free(text);
	text = tp_buf_take(&b);
	is_str(text, "", "an empty one is a text too");
	free(text);
	for (int i = 0; i < 1000; i++) {
		array = tp_grow(array, (size_t)i, sizeof(*array));
		array[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		good &= array[i] == i;
	ok(good, "an array grows");
	free(array);
}

/* What is no plain file stays what it is. */
static void test_write_through(void)
{
	char *path = in_dir("plain"), *link = in_dir("link"), *pipe_path, *text = NULL;
	int ends[2];
	char got[4] = "";
	struct stat st;

	is_int(tp_write_file(path, "hello", 5), 0, "written");
	ok(symlink("plain", link) == 0 && tp_write_file(link, "hi", 2) == 0 &&
		   lstat(link, &st) == 0 && S_ISLNK(st.st_mode),
	   "a link that is written to stays one");
	ok(tp_read_file(path, &text, NULL) == 0 && strcmp(text, "hi") == 0,
	   "and what it leads to is replaced");
	free(text);
	ok(pipe(ends) == 0, "a pipe");
	pipe_path = tp_printf("/proc/self/fd/%d", ends[1]);
	is_int(tp_write_file(pipe_path, "ho", 2), 0, "is written to");
	ok(read(ends[0], got, sizeof(got)) == 2 && strcmp(got, "ho") == 0, "and has it");
	close(ends[0]);
	close(ends[1]);
	unlink(link);
	unlink(path);
	free(path);
	free(link);
	free(pipe_path);
}

static void test_files(void)
{
	char *path = in_dir("a"), *deep = in_dir("x/y/z"), *top = in_dir("x"), *link = in_dir("x/link");
	char *copy = in_dir("copy"), *text = NULL, *inside = in_dir("x/y/z/f");
	struct stat st;
	size_t len;
	int fd;

	is_int(tp_write_file(path, "hello", 5), 0, "written");
	is_int(tp_write_file(path, "ho", 2), 0, "replaced");
	ok(tp_read_file(path, &text, &len) == 0 && len == 2 && strcmp(text, "ho") == 0, "read");
	free(text);
	ok(tp_read_file("/proc/self/smaps", &text, &len) == 0 && len > 4096 && len == strlen(text),
	   "read what has more than its size says (%zu bytes)", len);
	free(text);
	is_int(tp_read_file(deep, &text, NULL), -ENOENT, "absent");
	is_int(tp_read_file(dir, &text, NULL), -EISDIR, "a folder");
	is_int(tp_make_dirs(deep), 0, "folders");
	is_int(tp_make_dirs(deep), 0, "that are there");
	is_int(tp_write_file(inside, "x", 1), 0, "a file in them");
	ok(symlink(dir, link) == 0 && tp_remove_tree(top) == 0 && !tp_exists(top), "removed");
	ok(tp_exists(path), "without following a link out of it");
	is_int(tp_remove_tree(top), 0, "removing what is absent");
	fd = open(path, O_WRONLY | O_TRUNC);
	is_int(tp_pwrite_all(fd, "end", 3, (8 << 20) - 3), 0, "a file with a hole");
	close(fd);
	is_int(tp_copy_sparse(path, copy), 0, "copied");
	ok(stat(copy, &st) == 0 && st.st_size == 8 << 20 && st.st_blocks < 2048, "with its hole");
	is_int(tp_copy_sparse(path, copy), -EEXIST, "not over what is there");
	fd = open(copy, O_RDONLY);
	text = tp_alloc(8);
	is_int(tp_pread_all(fd, text, 3, (8 << 20) - 3), 0, "its end");
	is_str(text, "end", "is right");
	is_int(tp_pread_all(fd, text, 4, (8 << 20) - 3), -EIO, "behind its end");
	close(fd);
	is_int(tp_write_file("/dev/null/x", "", 0), -ENOTDIR, "no such place");
	free(text);
	free(path);
	free(deep);
	free(top);
	free(link);
	free(copy);
	free(inside);
}

static int shell(const char *script, const char *output, unsigned deadline_s)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)(uintptr_t)script, NULL };
	const struct tp_spawn s = { .argv = argv, .output = output, .deadline_s = deadline_s };

	return tp_run(&s);
}

static void test_spawn(void)
{
	char *argv[] = { (char *)"tailpage-there-is-no-such-program", NULL };
	char *empty[] = { (char *)"/dev/null", NULL };
	char *output = in_dir("output"), *text = NULL;
	const struct tp_spawn none = { .argv = argv }, no_program = { .argv = empty };
	uint64_t begin = tp_now_ns();

	is_int(shell("exit 0", NULL, 0), 0, "status 0");
	is_int(shell("exit 77", NULL, 0), 77, "status 77");
	is_int(shell("exit 77", NULL, 60), 77, "status 77 before its deadline");
	is_int(shell("kill -9 $$", NULL, 0), 128 + 9, "killed");
	is_int(tp_run(&none), -ENOENT, "no such program");
	is_int(tp_run(&no_program), -ENOENT, "not to be run");
	is_int(shell("echo out; echo err >&2", output, 0), 0, "output to a file");
	is_int(shell("echo more", output, 60), 0, "appended");
	ok(tp_read_file(output, &text, NULL) == 0, "read");
	is_str(text, "out\nerr\nmore\n", "all of it");
	is_int(shell("exit 0", "/dev/null/x", 0), 126, "output to nowhere");
	is_int(shell("read x; exit 3", NULL, 60), 3, "stdin is empty");
	is_int(shell("exec sleep 600", NULL, 1), -ETIMEDOUT, "a deadline");
	ok(tp_now_ns() - begin < UINT64_C(300) * 1000000000, "ends it");
	free(text);
	free(output);
}

/* Which processors a program that is to stay on this one may use. */
static void test_stays(unsigned cpu)
{
	char *argv[] = { (char *)"sh", (char *)"-c",
			 (char *)"grep Cpus_allowed_list /proc/self/status", NULL };
	char *output = in_dir("cpus"), *text = NULL, *want = tp_printf("Cpus_allowed_list:\t%u\n", cpu);
	const struct tp_spawn s = { .argv = argv, .output = output, .cpu = cpu + 1 };

	is_int(tp_run(&s), 0, "a program that stays on one processor");
	ok(tp_read_file(output, &text, NULL) == 0, "read");
	is_str(text, want, "has no other");
	unlink(output);
	free(text);
	free(want);
	free(output);
}

static void test_cpu(void)
{
	cpu_set_t all, one;
	const unsigned first = tp_cpu_nth(tp_cpu_now(), 0);

	ok(sched_getaffinity(0, sizeof(all), &all) == 0, "the processors are known");
	ok(first > 0 && CPU_ISSET(first - 1, &all), "the first is one of them");
	is_int(tp_cpu_nth(first - 1, (unsigned)CPU_COUNT(&all)), (int)first, "round and round");
	ok(CPU_COUNT(&all) == 1 || tp_cpu_nth(first - 1, 1) != first, "the next is another");
	test_stays(first - 1);
	CPU_ZERO(&one);
	CPU_SET(first - 1, &one);
	ok(sched_setaffinity(0, sizeof(one), &one) == 0, "only one is left");
	is_int(tp_cpu_nth(first, 7), (int)first, "it is taken for all");
	sched_setaffinity(0, sizeof(all), &all);
}

static char *sh_words[] = { (char *)"sh", (char *)"-c", NULL, NULL };

static void test_heard(void)
{
	const struct tp_spawn s = { .argv = sh_words };
	char *out, *err;

	sh_words[2] = (char *)"echo said; echo wrong >&2; echo more; exit 3";
	is_int(tp_run_heard(&s, &out, &err), 3, "the status of what is heard");
	is_str(out, "said\nmore\n", "its output");
	is_str(err, "wrong\n", "what it says on stderr stays apart");
	free(out);
	free(err);
	sh_words[2] = (char *)":";
	is_int(tp_run_heard(&s, &out, &err), 0, "one that says nothing");
	ok(out && err && !*out && !*err, "two empty texts");
	free(out);
	free(err);
}

/* It is ready for SIGTERM, and what it is asked to end is what it looks at. */
static bool ready(void *ctx)
{
	return tp_exists(ctx);
}

static void test_grace(bool family)
{
	char *flag = tp_printf("%s/ready", dir), *mark = tp_printf("%s/mark", dir);
	char *polite = tp_printf("trap 'echo >%s; exit 0' TERM; : >%s; while :; do sleep 0.01; done",
				 mark, flag);
	char *stubborn = tp_printf("trap '' TERM; echo $$ >%s; while :; do sleep 0.01; done", flag);
	char *text = NULL;
	const struct tp_spawn s = { .argv = sh_words, .look = ready, .ctx = flag, .grace_s = 60,
				  .whole_family = family };
	const struct tp_spawn short_s = { .argv = sh_words, .look = ready, .ctx = flag, .grace_s = 1,
					.whole_family = family };

	sh_words[2] = polite;
	is_int(tp_run(&s), -ECANCELED, "what is not wanted any more ends");
	ok(tp_exists(mark), "and may put things in order before");
	unlink(flag);
	unlink(mark);
	sh_words[2] = stubborn;
	is_int(tp_run(&short_s), -ECANCELED, "what will not end is not waited for");
	ok(tp_read_file(flag, &text, NULL) == 0 && kill(atoi(text), 0) != 0, "but killed");
	free(text);
	unlink(flag);
	free(flag);
	free(mark);
	free(polite);
	free(stubborn);
}

/* The shell in front dies at once; what it has started has all of the time. */
static void test_family(void)
{
	char *flag = tp_printf("%s/ready", dir), *mark = tp_printf("%s/mark", dir);
	char *script = tp_printf("(trap 'sleep 0.3; echo >%s; exit 0' TERM; : >%s; "
				 "while :; do sleep 0.01; done) & wait", mark, flag);
	const struct tp_spawn s = { .argv = sh_words, .look = ready, .ctx = flag, .grace_s = 60,
				    .whole_family = true };

	sh_words[2] = script;
	is_int(tp_run(&s), -ECANCELED, "a family that is not wanted any more ends");
	ok(tp_exists(mark), "and all of it may put things in order before");
	unlink(flag);
	unlink(mark);
	free(flag);
	free(mark);
	free(script);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 99;
	test_numbers();
	test_words();
	test_buf();
	test_write_through();
	test_files();
	test_spawn();
	test_cpu();
	test_heard();
	test_grace(false);
	test_grace(true);
	test_family();
	tp_remove_tree(dir);
	return done();
}
