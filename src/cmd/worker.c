// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * worker.c - one job in a process of its own
 *
 * A crash of the judge or a hang of the agent costs this job's cases, not the
 * run: the parent counts what has no verdicts.json as BROKEN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "cmd/session.h"
#include "judge/judge.h"

/* fio writes its data beside the sequences, and verifies it after remount. */
static void add_load(struct tp_job *job, const char *fio_job)
{
	struct tp_mount *m = &job->plan.mounts[0];

	m->load = tp_printf("fio --directory=%%m --do_verify=0 %s", fio_job);
	m->check = tp_printf("fio --directory=%%m --verify_only=1 --readonly %s", fio_job);
	job->image_bytes += UINT64_C(256) << 20;
}

/* The same verdict for every case of the job. */
static void all_cases(const struct tp_job *job, enum tp_verdict v, const char *reason,
		      struct tp_report *out)
{
	const struct tp_mount *m = &job->plan.mounts[0];

	for (size_t i = 0; i < m->nr_files; i++)
		tp_record_raise(tp_report_case(out, m->files[i].scenario, m->cell), v, reason);
	tp_record_raise(tp_report_case(out, TP_FILE_SYSTEM, m->cell), v, reason);
}

static int judge(const struct session *s, const struct tp_boot *b, struct tp_report *out)
{
	char *history = tp_printf("%s/history", b->folder);
	char *console = tp_printf("%s/console", b->folder);
	char *fsck = tp_printf("%s/fsck", b->folder);
	char *manifest = tp_printf("%s/manifest", b->folder);
	const struct tp_evidence e = {
		.plan = &b->job->plan, .mount = 0, .image = b->image, .history = history,
		.console = b->console ? console : NULL, .fsck = fsck, .manifest = manifest,
	};
	int err = tp_judge_mount(&e, out);

	(void)s;
	free(history);
	free(console);
	free(fsck);
	free(manifest);
	return err;
}

static bool all_well(const struct tp_report *rep)
{
	uint64_t count[TP_NR_VERDICTS];

	tp_report_count(rep, count);
	return count[TP_FAIL] + count[TP_BROKEN] + count[TP_KNOWN] == 0;
}

/* The image is evidence of a failure; a full disk then costs the image only. */
static void keep_image(const struct session *s, const struct tp_boot *b,
		       const struct tp_report *out)
{
	char *to = tp_printf("%s/image", b->folder);

	if (b->image && tp_exists(b->image) && (s->o->keep || !all_well(out)))
		tp_copy_sparse(b->image, to);
	if (b->image)
		unlink(b->image);
	free(to);
}

int tp_work(const struct session *s, struct tp_job *job, const char *folder)
{
	struct tp_boot b = { .job = job, .arg = s->o->kernel_arg, .agent = s->agent,
			     .work = s->work, .folder = folder };
	struct tp_report out = { .seed = job->plan.seed };
	char *verdicts = tp_printf("%s/verdicts.json", folder);
	struct tp_buf why = { 0 };
	char reason[512] = "";
	int err;

	tp_error_capture(reason, sizeof(reason));
	if (s->o->load)
		add_load(job, s->o->load);
	err = s->o->kernel->boot(&b, &why);
	if (err == 1)
		all_cases(job, TP_SKIP, why.text, &out);
	else if (err == 0)
		err = judge(s, &b, &out);
	if (err < 0)
		all_cases(job, TP_BROKEN, *reason ? reason : strerror(-err), &out);
	keep_image(s, &b, &out);
	err = tp_report_save(&out, verdicts);
	tp_buf_free(&why);
	free(verdicts);
	free(b.image);
	tp_report_free(&out);
	return err < 0 ? 1 : 0;
}
