// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * select.c - which cases are taken, and the mounts they become
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "plan/select.h"
#include "tap.h"

static char dir[] = "/tmp/tailpage-unit.XXXXXX";
static struct tp_library lib;

static void put(const char *name, const char *text)
{
	char *path = tp_printf("%s/%s", dir, name);

	tp_write_file(path, text, strlen(text));
	free(path);
}

static int take(const struct tp_filter *f, uint32_t page, size_t *nr)
{
	struct tp_cases cases;
	int err = tp_select(&lib, f, page, &cases);

	*nr = cases.nr;
	tp_cases_free(&cases);
	return err;
}

static size_t number(struct tp_filter f, const char *word)
{
	char *words[] = { (char *)(uintptr_t)word };
	size_t nr;

	if (word) {
		f.words = words;
		f.nr_words = 1;
	}
	return take(&f, 4096, &nr) == 0 ? nr : (size_t)-1;
}

#define IS(want, word, ...) \
	is_int((int64_t)number((struct tp_filter){ __VA_ARGS__ }, word), want, #word " " #__VA_ARGS__)

static void test_select(void)
{
	size_t nr, all = 0, small = 0;

	for (const struct tp_cell *c = tp_cells(); c->name; c++) {
		all++;
		small += c->block_bytes < 4096;
	}
	is_int((int64_t)number((struct tp_filter){ 0 }, NULL), (int64_t)(2 * all + small),
	       "without filters everything that applies");
	IS((int64_t)all, "wide", 0);
	IS(1, "wide/1k-ordered-delalloc", 0);
	IS(2, "4k-ordered-delalloc", 0);
	IS(3, "1k-ordered-delalloc", 0);
	IS(1, "sub", .cells = "1k-ordered-delalloc");
	IS(2, NULL, .cells = "1k-ordered-delalloc", .scenarios = "*,!sub");
	IS(6, "wide", .data = "journal", .cells = "?k-journal-*");
	IS(7, "wide", .delalloc = "nodelalloc", .cells = "*k-*-nodelalloc", .block_sizes = "1k,2k",
	   .data = "ordered,writeback,journal", .scenarios = "wide");
	ok(number((struct tp_filter){ .block_sizes = "1024" }, NULL) ==
	   number((struct tp_filter){ .block_sizes = "1k" }, NULL), "1024 is 1k");
	is_int(take(&(struct tp_filter){ .cells = "frob" }, 4096, &nr), -EINVAL, "an unknown cell");
	is_int(take(&(struct tp_filter){ .scenarios = "wide,frob" }, 4096, &nr), -EINVAL,
	       "an unknown scenario beside a known one");
	is_int(take(&(struct tp_filter){ .data = "frob" }, 4096, &nr), -EINVAL, "an unknown mode");
	is_int(take(&(struct tp_filter){ .delalloc = "x" }, 4096, &nr), -EINVAL, "nor allocation");
	is_int(take(&(struct tp_filter){ .block_sizes = "8k" }, 4096, &nr), -EINVAL, "nor size");
	is_int(take(&(struct tp_filter){ .cells = "" }, 4096, &nr), -EINVAL, "an empty list");
	is_int(take(&(struct tp_filter){ .cells = "1k-*", .block_sizes = "4k" }, 4096, &nr), -ENOENT,
	       "filters that leave nothing");
	is_int(take(&(struct tp_filter){ .cells = "4k-*" }, 1024, &nr), -ENOENT,
	       "no blocks larger than a page");
}

static void build(const struct tp_build *b, struct tp_jobs *jobs)
{
	struct tp_cases cases;

	if (tp_select(&lib, &(struct tp_filter){ .cells = "1k-ordered-delalloc,1k-bigalloc" }, 4096,
		      &cases) < 0 ||
	    tp_build_jobs(&cases, b, jobs) < 0)
		exit(99);
	tp_cases_free(&cases);
}

static char *order(const struct tp_job *j)
{
	struct tp_buf out = { 0 };

	for (size_t i = 0; i < j->plan.mounts[0].nr_files; i++)
		tp_buf_printf(&out, "%s(%s) ", j->plan.mounts[0].files[i].scenario,
			      j->plan.mounts[0].files[i].params);
	return tp_buf_take(&out);
}

/* Are the first two files of different scenarios?  There are 41, 40 of them of one. */
static bool both_first(const struct tp_job *j)
{
	const struct tp_file *f = j->plan.mounts[0].files;

	return strcmp(f[0].scenario, f[1].scenario) != 0;
}

static void test_build(void)
{
	struct tp_build b = { .seed = 1, .threads = 4, .op_deadline_s = 9, .cover = -1,
			      .page_bytes = 4096 };
	struct tp_jobs jobs, again, other;
	char *one, *two, *three;
	size_t ids = 0;

	build(&b, &jobs);
	is_int((int64_t)jobs.nr, 4, "two cells, each one mount to share and one alone");
	is_str(jobs.j[0].plan.mounts[0].name, "1k-ordered-delalloc", "the shared one");
	is_str(jobs.j[1].plan.mounts[0].name, "1k-ordered-delalloc+alone", "the other one");
	is_int((int64_t)jobs.j[0].plan.mounts[0].nr_files, 40 + 1, "a file for each variant");
	is_int((int64_t)jobs.j[0].nr_cases, 2, "of two cases");
	ok(jobs.j[0].plan.threads == 4 && jobs.j[1].plan.mounts[0].threads == 1, "alone: one thread");
	is_int((int64_t)jobs.j[1].image_bytes, 16 << 20, "an image of the size that is asked for");
	for (size_t i = 0; i < jobs.j[0].plan.mounts[0].nr_files; i++)
		ids += jobs.j[0].plan.mounts[0].files[i].id == i;
	is_int((int64_t)ids, 41, "files are numbered");
	ok(jobs.j[0].image_bytes % (1 << 20) == 0 && jobs.j[0].image_bytes >= 24 << 20,
	   "an image of whole MiB");
	ok(jobs.j[2].image_bytes > jobs.j[0].image_bytes, "clusters need more room");
	build(&b, &again);
	one = order(&jobs.j[0]);
	two = order(&again.j[0]);
	ok(strcmp(one, two) == 0, "the same seed, the same order");
	b.seed = 2;
	build(&b, &other);
	three = order(&other.j[0]);
	ok(strcmp(one, three) != 0, "another seed, another order");
	ok(strlen(one) == strlen(three), "of the same files");
	ok(both_first(&jobs.j[0]) && both_first(&other.j[0]),
	   "a sequence of each scenario before a second one of any");
	tp_jobs_free(&again);
	tp_jobs_free(&other);
	b.files = 1000;
	build(&b, &again);
	is_int((int64_t)again.j[0].plan.mounts[0].nr_files, 1000, "more files than variants");
	ok(again.j[0].image_bytes > jobs.j[0].image_bytes, "need a larger image");
	b.files = 7;
	build(&b, &other);
	is_int((int64_t)other.j[0].plan.mounts[0].nr_files, 7, "fewer files than variants");
	tp_jobs_free(&again);
	tp_jobs_free(&other);
	tp_jobs_free(&jobs);
	free(one);
	free(two);
	free(three);
}

/* How many of the first so many files of the mount are the scenario's? */
static unsigned among(const struct tp_mount *m, size_t first, const char *scenario)
{
	unsigned nr = 0;

	for (size_t i = 0; i < first; i++)
		nr += strcmp(m->files[i].scenario, scenario) == 0;
	return nr;
}

static void test_order(void)
{
	struct tp_build b = { .seed = 1 };
	struct tp_job j;

	tp_job_begin(&j, tp_cells(), tp_strdup("any"), &b);
	for (unsigned i = 0; i < 104; i++) {
		struct tp_variant v = { .params = tp_strdup("-") };

		tp_job_add(&j, i < 4 ? "small" : "large", &v);
	}
	tp_job_finish(&j, &b, 0);
	is_int(among(&j.plan.mounts[0], 2, "small"), 1, "one of each comes first");
	is_int(among(&j.plan.mounts[0], 25, "small"), 4, "a small scenario is soon through");
	ok(among(&j.plan.mounts[0], 15, "large") >= 10, "and a large one does not wait for it");
	tp_job_free(&j);
}

static void test_memory(void)
{
	struct tp_build b = { .seed = 1, .threads = 4, .op_deadline_s = 9, .cover = -1,
			      .page_bytes = 4096 };
	struct tp_filter f = { .cells = "1k-inline" };
	struct tp_library more;
	struct tp_cases cases;
	struct tp_jobs jobs;
	const struct tp_mount *m;

	put("small.tp", "# small: little memory\nmemory 16m\nmain: pwrite 0 10; pressure\n");
	if (tp_library_load(dir, false, &more) < 0 || tp_select(&more, &f, 4096, &cases) < 0 || tp_build_jobs(&cases, &b, &jobs) < 0)
		exit(99);
	m = &jobs.j[jobs.nr - 1].plan.mounts[0];
	is_str(m->name, "1k-inline+small", "little memory: a mount of its own");
	ok(m->memory_bytes == 16 << 20 && m->threads == 1, "with a limit, and one thread");
	is_int((int64_t)jobs.j[0].plan.mounts[0].memory_bytes, 0, "the others have all the memory");
	tp_jobs_free(&jobs);
	tp_cases_free(&cases);
	tp_library_free(&more);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 99;
	put("alone.tp", "# alone: its own mount\nimage 16m\nmain: pwrite 0 10\n");
	put("sub.tp", "# sub: only blocks below a page\nneeds block<page\nmain: pwrite 0 10\n");
	put("wide.tp", "# wide: everywhere\nvary a = 1 2 3 4 5 b = 11 12 13 14 15 16 17 18\n"
		       "main: pwrite $a $b\n");
	if (tp_library_load(dir, false, &lib) < 0)
		return 99;
	test_select();
	test_build();
	test_order();
	test_memory();
	tp_library_free(&lib);
	tp_remove_tree(dir);
	return done();
}
