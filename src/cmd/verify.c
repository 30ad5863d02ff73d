// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verify.c - tailpage verify: judge a results folder again, later, elsewhere
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "cmd/session.h"
#include "judge/judge.h"

static int read_plan(const char *path, struct tp_plan *plan)
{
	struct tp_buf why = { 0 };
	char *text;
	int err = tp_read_file(path, &text, NULL);

	*plan = (struct tp_plan){ 0 };
	if (err < 0)
		return err;
	err = tp_plan_parse(text, plan, &why);
	if (err < 0)
		tp_error(0, "%s: %s", path, why.text);
	tp_buf_free(&why);
	free(text);
	return err;
}

/* A new empty file: the output of e2fsck goes beside nothing that is evidence. */
static char *temporary_file(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = tp_printf("%s/tailpage-fsck-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int fd = mkstemp(path);

	if (fd >= 0)
		close(fd);
	return path; /* if it could not be made, e2fsck's output cannot be opened either */
}

static int judge_folder(const char *folder, struct tp_known *known, struct tp_report *out)
{
	char *plan_path = tp_printf("%s/plan", folder), *image = tp_printf("%s/image", folder);
	char *history = tp_printf("%s/history", folder);
	char *console = tp_printf("%s/console", folder);
	char *manifest = tp_printf("%s/manifest", folder);
	char *fsck = temporary_file();
	struct tp_plan plan;
	int err = read_plan(plan_path, &plan);
	const struct tp_evidence e = {
		.plan = &plan, .image = image, .history = history,
		.console = tp_exists(console) ? console : NULL, .fsck = fsck,
		.manifest = manifest, .check_manifest = true,
		.known = known,
	};

	for (size_t i = 0; err == 0 && i < plan.nr_mounts; i++) {
		struct tp_evidence one = e;

		one.mount = i;
		if (!plan.mounts[i].device) /* it was a folder, and the plan does not say of what */
			tp_known_only(known, "other");
		if (truncate(fsck, 0) != 0)
			err = tp_error(errno, "cannot write %s", fsck);
		err = err ? err : tp_judge_mount(&one, out);
	}
	unlink(fsck);
	tp_plan_free(&plan);
	free(plan_path);
	free(image);
	free(history);
	free(console);
	free(manifest);
	free(fsck);
	return err;
}

/* A folder that the run did not keep an image for cannot be judged. */
static int judge_entry(const char *results, const char *entry, struct tp_known *known,
		       struct tp_report *out, unsigned *judged)
{
	char *folder = tp_printf("%s/%s", results, entry);
	char *plan = tp_printf("%s/plan", folder), *image = tp_printf("%s/image", folder);
	struct tp_report part = { 0 };
	int err = 0;

	if (tp_exists(plan) && tp_exists(image)) {
		err = judge_folder(folder, known, &part);
		tp_merge_report(out, &part);
		++*judged;
	} else if (tp_exists(plan)) {
		tp_note("%s: its image was not kept (run with --keep)", folder);
	}
	free(plan);
	free(image);
	free(folder);
	return err;
}

static int judge_all(const char *results, struct tp_known *known, struct tp_report *out)
{
	struct dirent **entries;
	unsigned judged = 0;
	int err = 0, nr = scandir(results, &entries, NULL, alphasort);

	if (nr < 0)
		return tp_error(errno, "cannot read the results folder %s", results);
	for (int i = 0; i < nr; i++) {
		if (err == 0 && entries[i]->d_name[0] != '.')
			err = judge_entry(results, entries[i]->d_name, known, out, &judged);
		free(entries[i]);
	}
	free(entries);
	if (err == 0 && judged == 0)
		err = tp_error(0, "no kept image in %s", results);
	return err;
}

/* What the run found wrong and is not here to be judged again is not right by that. */
static void not_judged(const struct tp_report *run, struct tp_report *out)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct tp_record *r = &run->records[i];

		if ((r->verdict == TP_FAIL || r->verdict == TP_BROKEN) &&
		    !tp_report_find(out, r->scenario, r->cell))
			tp_record_raise(tp_report_case(out, r->scenario, r->cell), TP_BROKEN,
					"its evidence is not in the results folder");
	}
}

/* Kernel, seed, commits and re-run lines come from the run's own report. */
static void take_over(const char *results, struct tp_report *out)
{
	char *path = tp_printf("%s/report.json", results);
	struct tp_report run = { 0 };

	if (tp_exists(path) && tp_report_load(path, &run) == 0) {
		out->seed = run.seed;
		if (!out->kernel && run.kernel)
			out->kernel = tp_strdup(run.kernel);
		for (size_t i = 0; i < out->nr; i++) {
			struct tp_record *mine = &out->records[i];
			const struct tp_record *r = tp_report_find(&run, mine->scenario, mine->cell);

			mine->foretold = r && r->foretold && mine->verdict == TP_PASS ?
						 tp_strdup(r->foretold) :
						 NULL;
			mine->fixed = r && r->fixed ? tp_strdup(r->fixed) : NULL;
			mine->again = r && r->again ? tp_strdup(r->again) : NULL;
		}
		not_judged(&run, out);
	}
	tp_report_free(&run);
	free(path);
}

int tp_cmd_verify(int argc, char **argv)
{
	struct tp_options o;
	struct tp_report rep = { 0 };
	struct tp_known known;
	enum tp_exit outcome = TP_EXIT_NOTHING;
	double begun = (double)tp_now_ns() / 1e9;

	if (!tp_options_read(argc, argv, &o))
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	if (o.filter.nr_words != 1) {
		tp_error(0, "verify wants one results folder");
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	}
	if (tp_load_known(&known) < 0)
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	if (judge_all(o.filter.words[0], &known, &rep) == 0) {
		take_over(o.filter.words[0], &rep);
		tp_skip_idle(&rep);
		tp_apply_known(&known, o.strict, &rep);
		for (size_t i = 0; i < rep.nr; i++)
			tp_causes_show(&rep.records[i]);
		rep.version = tp_strdup(PACKAGE_VERSION);
		rep.results = tp_strdup(o.filter.words[0]);
		rep.seconds = (double)tp_now_ns() / 1e9 - begun;
		outcome = tp_outcome(&rep, o.strict);
		if (tp_print_report(&rep, &o) < 0)
			outcome = TP_EXIT_BROKEN;
	}
	tp_known_free(&known);
	tp_report_free(&rep);
	return tp_exit_status(o.exit_codes, outcome);
}
