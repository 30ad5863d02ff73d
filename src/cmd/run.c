// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - tailpage run
 */
#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memcg.h"
#include "base/text.h"
#include "cmd/session.h"
#include "kernel/agentrun.h"

static double now_s(void)
{
	return (double)tp_now_ns() / 1e9;
}

struct tp_style tp_style_for(const struct tp_options *o, int fd)
{
	const char *no_color = getenv("NO_COLOR");
	struct tp_style style = { .strict = o->strict };
	struct winsize ws;

	if (isatty(fd))
		style.width = ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col : 80;
	style.color = strcmp(o->color, "always") == 0 ||
		      (strcmp(o->color, "auto") == 0 && style.width && !(no_color && *no_color));
	return style;
}

int tp_print_report(const struct tp_report *rep, const struct tp_options *o)
{
	struct tp_style style = tp_style_for(o, STDOUT_FILENO);

	o->format->write(rep, &style, stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		return tp_error(errno, "cannot write the report");
	return 0;
}

/* RESULTS/ must be new: results of another run are never overwritten. */
static int make_results(struct session *s)
{
	char stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (s->o->results) {
		s->results = tp_strdup(s->o->results);
		if (tp_exists(s->results) && rmdir(s->results) != 0)
			return tp_error(errno, "the results folder %s exists and is not empty",
					s->results);
	} else {
		localtime_r(&now, &tm);
		strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
		s->results = tp_printf("tailpage-results/%s-%d", stamp, (int)getpid());
	}
	if (tp_make_dirs(s->results) < 0)
		return -EACCES;
	if (*s->results != '/') {
		char *absolute = realpath(s->results, NULL);

		if (absolute) {
			free(s->results);
			s->results = absolute;
		}
	}
	return 0;
}

static void describe(struct session *s)
{
	const char *version;

	ext2fs_get_library_version(&version, NULL);
	s->report.version = tp_strdup(PACKAGE_VERSION);
	s->report.e2fsprogs = tp_strdup(version);
	s->report.seed = s->o->seed;
	s->report.results = tp_strdup(s->results);
}

/* Everything is skipped for one reason. */
static void skip_all(struct session *s, const char *why)
{
	for (size_t i = 0; i < s->cases.nr; i++)
		tp_record_raise(tp_report_case(&s->report, s->cases.c[i].scenario->name,
					       s->cases.c[i].cell->name),
				TP_SKIP, why);
}

static int run_jobs(struct session *s)
{
	const struct tp_kernel *k = s->o->kernel;
	int err;

	tp_work_sweep();
	err = k->prepare(&s->o->target, s->results, &s->work);
	if (err == 0)
		err = s->feed.begin(s);
	if (err == 0)
		err = tp_schedule(s);
	if (s->feed.check && !s->interrupted)
		s->feed.check(s);
	s->feed.end(s);
	tp_progress_clear(&s->progress);
	if (s->work)
		k->finish(s->work);
	if (s->interrupted)
		tp_memcg_sweep_killed();
	return err;
}

/* The era that was asked for, or the newest that the kernel can write to.  What is
 * not as mke2fs is set up is said in the report. */
static void choose_era(struct session *s)
{
	const struct tp_kernel *k = s->o->kernel;
	char *release = !s->o->era && k->release ? k->release(&s->o->target) : NULL;
	char *version = s->report.e2fsprogs;
	struct tp_release kernel;

	s->era = s->o->era;
	if (release && tp_release_parse(release, &kernel))
		s->era = tp_era_for(&kernel);
	free(release);
	if (!s->era || !*s->era->features)
		return;
	s->report.e2fsprogs = tp_printf("%s (era %s)", version, s->era->name);
	free(version);
}

static int run_cases(struct session *s)
{
	struct tp_buf why = { 0 };
	int err;

	tp_error_capture(s->fault, sizeof(s->fault));
	err = s->o->kernel->check(&s->o->target, &why);
	s->started_s = now_s();
	s->progress = (struct tp_progress){ .out = stderr,
					    .live = isatty(STDERR_FILENO),
					    .started_s = s->started_s,
					    .limit_s = (double)s->o->time_s };
	if (err == 1) {
		skip_all(s, why.text);
		err = 0;
	} else if (err == 0) {
		choose_era(s);
		err = run_jobs(s);
	}
	tp_error_capture(NULL, 0);
	if (err == 0)
		s->fault[0] = '\0';
	else if (!s->fault[0])
		snprintf(s->fault, sizeof(s->fault), "it was not run: %s", strerror(-err));
	tp_buf_free(&why);
	tp_complete(s);
	if (s->dropped) {
		char *note = tp_printf("the images of %u failing mounts were not kept (--keep "
				       "keeps all)",
				       s->dropped);

		tp_report_note(&s->report, note);
		free(note);
	}
	s->report.seconds = now_s() - s->started_s;
	return err;
}

static void release(struct session *s)
{
	tp_cases_free(&s->cases);
	tp_library_free(&s->lib);
	tp_known_free(&s->known);
	tp_report_free(&s->report);
	free(s->agent);
	free(s->results);
}

static bool have_agent(struct session *s)
{
	s->agent = tp_agent_path();
	if (access(s->agent, X_OK) == 0)
		return true;
	tp_error(errno, "cannot run the agent %s", s->agent);
	return false;
}

/* Of the known issues those of the kernel's file system. */
static void choose_issues(struct session *s)
{
	const struct tp_kernel *k = s->o->kernel;

	tp_known_only(&s->known, k->filesystem ? k->filesystem(&s->o->target) : "ext4");
}

int tp_session_open(struct session *s)
{
	const struct tp_kernel *k = s->o->kernel;
	struct tp_buf why = { 0 };
	int err;

	choose_issues(s);
	if (!have_agent(s) || make_results(s) < 0)
		return -EINVAL;
	err = k->check(&s->o->target, &why);
	if (err == 1)
		tp_error(0, "%s cannot run here: %s", s->o->kernel_text, why.text);
	tp_buf_free(&why);
	if (err)
		return err;
	s->started_s = now_s();
	choose_era(s);
	return k->prepare(&s->o->target, s->results, &s->work);
}

int tp_session_again(struct session *s)
{
	tp_report_free(&s->report);
	s->failed = false;
	return tp_schedule(s);
}

void tp_session_close(struct session *s)
{
	if (s->work)
		s->o->kernel->finish(s->work);
	if (s->results && s->scratch)
		rmdir(s->results);
	release(s);
}

/* What cannot be written is said in the report that is printed. */
static int save_report(struct session *s)
{
	char *path = tp_printf("%s/report.json", s->results), reason[512] = "";
	int err;

	tp_error_capture(reason, sizeof(reason));
	err = tp_report_save(&s->report, path);
	tp_error_capture(NULL, 0);
	if (err < 0)
		tp_not_saved(&s->report, reason);
	free(path);
	return err;
}

/* Nothing but report.json is left of a run without failures; keep it anyway: it
 * says what was run and that it passed. */
static enum tp_exit run_selected(struct session *s)
{
	enum tp_exit outcome = TP_EXIT_BROKEN;

	if (!have_agent(s) || make_results(s) < 0)
		return TP_EXIT_NOTHING;
	describe(s);
	if (run_cases(s) == 0)
		outcome = tp_outcome(&s->report, s->o->strict);
	if (outcome == TP_EXIT_FAIL && s->other)
		outcome = TP_EXIT_OTHER;
	if (save_report(s) < 0)
		outcome = TP_EXIT_BROKEN;
	if (tp_print_report(&s->report, s->o) < 0)
		outcome = TP_EXIT_BROKEN;
	return outcome;
}

/* Does the pattern take any of the selected cases? */
static bool takes_any(const struct tp_cases *cases, const char *pattern)
{
	bool hit = false;

	for (size_t i = 0; i < cases->nr && !hit; i++) {
		const struct tp_case *c = &cases->c[i];
		char *name = tp_printf("%s/%s", c->scenario->name, c->cell->name);

		hit = tp_match_list(pattern, name);
		free(name);
	}
	return hit;
}

/* A word of --require that names nothing would require nothing. */
static bool check_required(const struct session *s)
{
	char *copy = s->o->require ? tp_strdup(s->o->require) : NULL, *save = NULL;
	bool ok = true;

	for (char *one = copy ? strtok_r(copy, ",", &save) : NULL; one && ok;
	     one = strtok_r(NULL, ",", &save)) {
		ok = takes_any(&s->cases, one + (*one == '!'));
		if (!ok)
			tp_error(0,
				 "--require %s: no selected case (SCENARIO/CELL) has such a name",
				 one);
	}
	free(copy);
	return ok;
}

int tp_session_run(struct session *s)
{
	enum tp_exit outcome = TP_EXIT_USAGE;
	int err = s->cases.nr ? 0 : tp_select(&s->lib, &s->o->filter, tp_page_bytes(), &s->cases);

	choose_issues(s);
	if (err == -ENOENT)
		outcome = TP_EXIT_NOTHING;
	else if (err == 0 && check_required(s) && s->o->kernel->sound(&s->o->target))
		outcome = run_selected(s);
	release(s);
	return tp_exit_status(s->o->exit_codes, outcome);
}

static bool no_generator(const struct tp_options *o)
{
	if (!o->length.most && !o->actors && !o->mix && !o->pages && !o->dry_run)
		return true;
	tp_error(0, "--length, --actors, --mix, --pages and --dry-run are for generated sequences");
	return false;
}

int tp_cmd_run(int argc, char **argv)
{
	struct tp_options o;
	struct tp_rounds rounds = { 0 };
	struct session s = { .o = &o, .command = "run", .feed = tp_feed_rounds(&rounds) };

	if (!tp_options_read(argc, argv, &o) || !no_generator(&o) || !tp_no_replay_options(&o) ||
	    tp_load_known(&s.known) < 0 ||
	    (o.sequence ? tp_load_sequence(o.sequence, &s.lib) : tp_load_library(&s.lib)) < 0)
		return tp_exit_status(o.exit_codes, TP_EXIT_USAGE);
	return tp_session_run(&s);
}
