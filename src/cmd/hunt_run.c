// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt_run.c - one run of a kernel under test
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cmd/hunt.h"

#define GRACE_S 20

/* The last line of a file; "" when there is none. */
static char *last_line(const char *path)
{
	char *text = NULL, *line = NULL;

	if (tp_exists(path) && tp_read_file(path, &text, NULL) == 0) {
		char *trimmed = tp_trim(text), *end = strrchr(trimmed, '\n');

		line = tp_strdup(end ? end + 1 : trimmed);
	}
	free(text);
	return line ? line : tp_strdup("");
}

static struct hunt_run stop(const char *what, const char *log)
{
	char *last = last_line(log);
	struct hunt_run run = { .outcome = TP_RUN_STOP, .why = tp_printf("%s: %s", what, last) };

	free(last);
	return run;
}

/* Why it could not be told: the first reason that a record gives. */
static char *reason_of(const struct tp_report *rep)
{
	for (size_t i = 0; i < rep->nr; i++)
		if (rep->records[i].verdict == TP_BROKEN && rep->records[i].reason)
			return tp_strdup(rep->records[i].reason);
	return tp_strdup("nothing was judged");
}

static struct hunt_run judge(const struct hunt *s, const char *results, const char *log)
{
	char *path = tp_printf("%s/report.json", results);
	struct hunt_run run = { .outcome = TP_RUN_STOP };
	struct tp_report rep;

	if (!tp_exists(path) || tp_report_load(path, &rep) < 0) {
		free(path);
		return stop("tailpage made no report", log);
	}
	run.outcome = tp_hunt_outcome(&s->h, &rep);
	run.kinds = tp_hunt_learn(&rep);
	if (run.outcome == TP_RUN_UNTOLD)
		run.why = reason_of(&rep);
	else if (run.outcome == TP_RUN_STOP)
		run.why = tp_strdup(rep.interrupted);
	tp_report_free(&rep);
	free(path);
	return run;
}

/* tailpage itself, in a process that may die alone. */
static int run_case(const struct hunt *s, const char *kernel, const char *results, uint64_t seed,
		    const char *log)
{
	const struct tp_hunt *h = &s->h;
	char *target = tp_printf("%s:%s", h->kernel, kernel), *number = tp_printf("%" PRIu64, seed);
	const char *tail[] = { "--kernel", target, "--seed",  number,  "--results",    results,
			       "--format", "json", "--color", "never", "--exit-codes", "plain" };
	const char **words = tp_alloc((4 + h->nr_words + ARRAY_SIZE(tail)) * sizeof(*words));
	struct tp_spawn spawn = { .argv = (char *const *)(uintptr_t)words,
				  .output = log,
				  .look = hunt_look,
				  .grace_s = GRACE_S };
	size_t nr = 0;
	int status;

	words[nr++] = "/proc/self/exe";
	words[nr++] = h->seq ? "replay" : "run";
	words[nr++] = h->seq ? h->seq : h->case_name;
	for (size_t i = 0; i < h->nr_words; i++)
		words[nr++] = h->words[i];
	memcpy(words + nr, tail, sizeof(tail));
	status = tp_run(&spawn);
	free(words);
	free(target);
	free(number);
	return status;
}

/* It is told where it is in its environment. */
static struct hunt_run run_detector(const struct hunt *s, const char *kernel, uint64_t seed,
				    const char *log)
{
	const char *words[] = { "sh",       "-c",    "cd -- \"$1\" || exit 128; eval \"$2\"",
				"detector", s->tree, s->h.detector,
				NULL };
	const struct tp_spawn spawn = { .argv = (char *const *)(uintptr_t)words,
					.output = log,
					.look = hunt_look,
					.whole_family = true,
					.grace_s = GRACE_S };
	char *number = tp_printf("%" PRIu64, seed), what[64];
	struct hunt_run run = { 0 };
	int status;

	setenv("TAILPAGE_KERNEL", kernel, 1);
	setenv("TAILPAGE_SEED", number, 1);
	free(number);
	status = tp_run(&spawn);
	snprintf(what, sizeof(what), "the detector ended with status %d", status);
	run.outcome = tp_hunt_detected(status);
	return run.outcome == TP_RUN_STOP ? stop(what, log) : run;
}

struct hunt_run hunt_run(const struct hunt *s, const char *kernel, const char *results,
			 uint64_t seed)
{
	char *log = hunt_path(s, "run.log"), *own = hunt_path(s, "run");
	struct hunt_run run = { .outcome = TP_RUN_STOP };
	int status;

	unlink(log);
	if (tp_remove_tree(own) < 0) {
		run.why = tp_printf("cannot remove %s", own);
	} else if (s->h.detector) {
		run = run_detector(s, kernel, seed, log);
	} else {
		status = run_case(s, kernel, own, seed, log);
		run = status < 0 ? stop("tailpage could not run", log) : judge(s, own, log);
	}
	if (tp_exists(own) && run.outcome != TP_RUN_CLEAN && !tp_exists(results))
		rename(own, results); /* evidence: the verdict does not hang on it */
	tp_remove_tree(own);
	free(own);
	free(log);
	return run;
}
