// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_world.h - an image, a plan and a history that fit, for tests of the judge
 *
 * Each case copies the image, plants one fault, and looks at kind, place and words.
 */
#ifndef TP_TESTS_UNIT_JUDGE_WORLD_H
#define TP_TESTS_UNIT_JUDGE_WORLD_H

#include "base/error.h"
#include "judge_history.h"
#include "judge_image.h"

/* Seven files of five scenarios. */
static const char five_scenarios[] =
	"tailpage-plan 1\nseed 7\nthreads 1\nop-deadline 60\nmount 1k-ordered-delalloc\n"
	"cell 1k-ordered-delalloc\ndevice /dev/loop3\nmountpoint /mnt\n"
	"options data=ordered,delalloc\n"
	"file 0 extend eof=1000 : pwrite 0 1000; map 0 4096; fsync; fallocate 1000 3096; "
	"store 3000 1\n"
	"file 1 extend eof=1024 : pwrite 0 1024; map 0 4096; fallocate 1024 3072; store 3000 1\n"
	"file 2 rewrite - : pwrite 0 4096; fsync; pwrite 1000 2000; read 0 4096; size\n"
	"file 3 rewrite - : pwrite 0 8192; truncate 5000\n"
	"file 4 sparse - : pwrite 100000 3000; truncate 120000; pwrite 40000 5000\n"
	"file 5 faults - : pwrite 0 100; map 0 8192; store 4096 1 fails SIGBUS; "
	"load 50 1000; dio-write 0 1024 may-fail EINVAL\n"
	"file 6 moved - : pwrite 0 9216; pwrite 9000 100; collapse 1024 1024; collapse 2048 1024\n"
	"end\n";

static inline void end(void)
{
	tp_report_free(&w.report);
	tp_plan_free(&w.plan);
	tp_buf_free(&w.frames);
	tp_remove_tree(w.dir);
	free(w.dir);
	free(w.base);
	free(w.image);
	free(w.history);
	free(w.console);
	free(w.fsck);
	free(w.manifest);
}

/*
 * plan: its text; all of its files belong to the first mount.  The test is skipped
 * where their image cannot be made.
 */
static inline void begin(const char *plan)
{
	const char *tmp = getenv("TMPDIR");
	struct tp_buf err = { 0 };

	w.dir = tp_printf("%s/tailpage-judge.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(w.dir))
		exit(99);
	w.base = tp_printf("%s/base", w.dir);
	w.image = tp_printf("%s/image", w.dir);
	w.history = tp_printf("%s/history", w.dir);
	w.console = tp_printf("%s/console", w.dir);
	w.fsck = tp_printf("%s/fsck", w.dir);
	w.manifest = tp_printf("%s/manifest", w.dir);
	if (tp_plan_parse(plan, &w.plan, &err) < 0) {
		diag("%s", err.text);
		exit(99);
	}
	w.mount = &w.plan.mounts[0];
	if (!make_image()) {
		end();
		exit(skip_all("mke2fs cannot make an image from a folder"));
	}
}

/*
 * One case: fresh() ... plant ... judge(), then the questions.
 */
static inline void fresh(void)
{
	unlink(w.image);
	unlink(w.manifest);
	unlink(w.console);
	if (tp_copy_sparse(w.base, w.image) < 0 || tp_write_file(w.console, "", 0) < 0)
		exit(99);
	make_history(&straight, true);
	w.evidence = (struct tp_evidence){
		.plan = &w.plan,
		.image = w.image,
		.history = w.history,
		.console = w.console,
		.fsck = w.fsck,
		.manifest = w.manifest,
	};
}

static inline void judge(void)
{
	tp_report_free(&w.report);
	if (tp_write_file(w.history, w.frames.text, w.frames.len) < 0 ||
	    tp_judge_mount(&w.evidence, &w.report) < 0)
		exit(99);
}

static inline const struct tp_record *record(const char *scenario)
{
	for (size_t i = 0; i < w.report.nr; i++)
		if (strcmp(w.report.records[i].scenario, scenario) == 0)
			return &w.report.records[i];
	return NULL;
}

static inline void verdict_is(const char *scenario, enum tp_verdict want, const char *name)
{
	const struct tp_record *r = record(scenario);

	if (!ok(r && r->verdict == want, "%s: %s is %s", name, scenario, tp_verdict_name(want)) &&
	    r)
		diag("it is %s (%s) with %zu findings: %s", tp_verdict_name(r->verdict),
		     r->reason ? r->reason : "", r->nr_findings,
		     r->nr_findings ? r->findings[0].text : "");
}

static inline void reason_has(const char *scenario, const char *part, const char *name)
{
	const struct tp_record *r = record(scenario);

	has_str(r ? r->reason : NULL, part, name);
}

static inline const struct tp_finding *finding(const char *scenario, enum tp_finding_kind kind)
{
	const struct tp_record *r = record(scenario);

	for (size_t i = 0; r && i < r->nr_findings; i++)
		if (r->findings[i].kind == kind)
			return &r->findings[i];
	return NULL;
}

/* There is such a finding, and its text has these words (separated by |). */
static inline void finds(const char *scenario, enum tp_finding_kind kind, uint64_t start,
			 uint64_t end, const char *words, const char *name)
{
	const struct tp_finding *f = finding(scenario, kind);
	char *copy = tp_strdup(words), *save = NULL;

	verdict_is(scenario, TP_FAIL, name);
	ok(f != NULL, "%s: a finding of the kind %s", name, tp_finding_name(kind));
	ok(f && f->start == start && f->end == end, "%s: bytes [%" PRIu64 ", %" PRIu64 ")", name,
	   start, end);
	for (char *word = strtok_r(copy, "|", &save); word; word = strtok_r(NULL, "|", &save))
		has_str(f ? f->text : NULL, word, name);
	free(copy);
}

/* All cases but this one pass. */
static inline void others_pass(const char *scenario, const char *name)
{
	static const char *const all[] = { "extend", "rewrite", "sparse", "faults",
					   TP_FILE_SYSTEM };
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct tp_record *r = record(all[i]);

		if (strcmp(all[i], scenario) != 0 && (!r || r->verdict != TP_PASS))
			wrong++;
	}
	is_int(wrong, 0, name);
}

#endif
