// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.c - verdicts from an unmounted image, its history and its console
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "judge/job.h"
#include "judge/weigh.h"
#include "model/pattern.h"

/* Wrong words that are traced to their writer in one mount: less than a second. */
#define IDENTIFY_BUDGET 200000

static const char *cell_of(const struct tp_mount *m)
{
	return m->cell ? m->cell : m->name;
}

/* One case per scenario; files of a scenario mostly stand together. */
static void make_cases(struct tp_job *job)
{
	const struct tp_mount *m = job->mount;
	uint32_t at = 0;

	job->case_of = tp_alloc(m->nr_files * sizeof(*job->case_of));
	for (size_t i = 0; i < m->nr_files; i++) {
		const char *scenario = m->files[i].scenario;

		if (job->nr_cases == 0 || strcmp(job->cases[at].record.scenario, scenario) != 0)
			for (at = 0; at < job->nr_cases; at++)
				if (strcmp(job->cases[at].record.scenario, scenario) == 0)
					break;
		if (at == job->nr_cases) {
			job->cases = tp_grow(job->cases, job->nr_cases, sizeof(*job->cases));
			tp_case_init(&job->cases[job->nr_cases++], scenario, cell_of(m));
		}
		job->case_of[i] = at;
		job->cases[at].planned++;
	}
}

static void begin(struct tp_job *job, const struct tp_evidence *e)
{
	*job = (struct tp_job){
		.e = e,
		.plan = e->plan,
		.mount = &e->plan->mounts[e->mount],
	};
	job->key = tp_pattern_key(tp_mount_seed(e->plan, job->mount), job->mount->name);
	tp_facts_init(&job->facts);
	tp_case_init(&job->whole, TP_FILE_SYSTEM, cell_of(job->mount));
	tp_case_init(&job->load, TP_LOAD, cell_of(job->mount));
	make_cases(job);
	job->content = tp_alloc(job->mount->nr_files * sizeof(*job->content));
	job->unit = tp_alloc(TP_CHUNK);
	job->wanted = tp_alloc((size_t)TP_CHUNK * TP_MAX_VALUES);
	job->digest = tp_digest_new();
	job->budget = IDENTIFY_BUDGET;
}

static void end(struct tp_job *job)
{
	for (size_t i = 0; i < job->nr_cases; i++)
		tp_case_free(&job->cases[i]);
	tp_case_free(&job->whole);
	tp_case_free(&job->load);
	tp_events_free(&job->events);
	tp_facts_free(&job->facts);
	tp_image_close(job->image);
	tp_digest_free(job->digest);
	free(job->cases);
	free(job->case_of);
	free(job->content);
	free(job->unit);
	free(job->wanted);
	free(job->no_content);
}

static void all_skipped(struct tp_job *job, const char *reason)
{
	for (size_t i = 0; i < job->nr_cases; i++)
		for (uint64_t k = 0; k < job->cases[i].planned; k++)
			tp_case_skip(&job->cases[i], NULL, reason);
	tp_case_skip(&job->whole, NULL, reason);
	tp_case_skip(&job->load, NULL, reason);
}

static void open_image(struct tp_job *job)
{
	struct tp_buf why = { 0 };

	if (tp_image_open(job->e->image, job->mount->nr_files, &job->image, &why) < 0 ||
	    tp_image_dirty(job->image, &why))
		tp_all_broken(job, why.text, false);
	tp_buf_free(&why);
}

static void judge_marks(struct tp_job *job)
{
	struct tp_finding f = { .kind = TP_FSCK };
	struct tp_buf why = { 0 };

	if (job->image && !job->no_content && tp_image_marked(job->image, &why)) {
		f.title = tp_strdup("the super block is marked as faulty");
		f.text = tp_strdup(why.text);
		tp_record_add(&job->whole.record, &f);
	}
	tp_buf_free(&why);
}

static void judge_load(struct tp_job *job)
{
	const struct tp_facts *facts = &job->facts;
	struct tp_finding f = { .kind = TP_RESULT };
	char *reason = NULL;

	if (!job->mount->load)
		return;
	job->load.record.files = 1;
	if (facts->load_exit != 0)
		reason = facts->load_exit < 0
				 ? tp_strdup("the load did not end")
				 : tp_printf("the load ended with %d", facts->load_exit);
	else if (job->mount->check && facts->check_exit < 0)
		reason = tp_strdup("the check of the load did not end");
	if (reason)
		tp_case_broken(&job->load, NULL, reason);
	free(reason);
	if (!job->mount->check || facts->check_exit <= 0)
		return;
	f.title = tp_printf("the check of the load ended with %d", facts->check_exit);
	f.text = tp_printf("after remount \"%s\" ended with %d; its output says what it missed",
			   job->mount->check, facts->check_exit);
	tp_record_add(&job->load.record, &f);
}

static void add_mode(struct tp_job *job, struct tp_report *out)
{
	struct tp_mode mode;
	char *silent = NULL;

	mode = tp_facts_mode(&job->facts, job->mount, &silent);
	if (silent)
		tp_case_note(&job->whole, silent);
	free(silent);
	out->modes = tp_grow(out->modes, out->nr_modes, sizeof(mode));
	out->modes[out->nr_modes++] = mode;
}

static void judge_image(struct tp_job *job)
{
	int fsck;

	tp_judge_console(job);
	open_image(job);
	judge_marks(job);
	fsck = tp_fsck_start(job);
	for (size_t i = 0; i < job->mount->nr_files; i++)
		tp_judge_file(job, (uint32_t)i);
	tp_fsck_judge(job, fsck);
	if (!job->no_content)
		tp_judge_look(job);
	tp_judge_manifest(job);
	judge_load(job);
}

int tp_judge_mount(const struct tp_evidence *e, struct tp_report *out)
{
	struct tp_buf why = { 0 };
	struct tp_job job;
	char *reason;

	if (e->mount >= e->plan->nr_mounts)
		return tp_error(EINVAL, "the plan has no mount %zu", e->mount);
	begin(&job, e);
	if (tp_events_read(e->history, e->plan, e->mount, &job.events, &job.facts, &why) < 0)
		tp_all_broken(&job, why.text, false);
	reason = job.events.ended ? tp_facts_unsupported(&job.facts, job.mount) : NULL;
	add_mode(&job, out);
	if (!out->kernel && job.facts.kernel)
		out->kernel = tp_strdup(job.facts.kernel);
	if (reason) {
		all_skipped(&job, reason);
	} else {
		tp_weigh_history(&job);
		judge_image(&job);
	}
	free(reason);
	for (size_t i = 0; i < job.nr_cases; i++)
		tp_case_close(&job.cases[i], out);
	if (job.whole.record.nr_findings_all) /* known no earlier than behind the last operation */
		tp_record_when(&job.whole.record, job.events.last_ns);
	tp_case_close_whole(&job.whole, out);
	if (job.mount->load)
		tp_case_close_whole(&job.load, out);
	end(&job);
	tp_buf_free(&why);
	return 0;
}
