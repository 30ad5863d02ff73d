// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * worker.c - one job in a process of its own
 *
 * A crash of the judge or a hang of the agent costs this job's cases, not the
 * run: the parent counts what has no verdicts.json as BROKEN.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/session.h"
#include "judge/judge.h"

/* "KEY = VALUE" of a job file; false for what is no such line. */
static bool setting(char *line, char **key, char **value)
{
	*key = tp_trim(line);
	*value = strchr(*key, '=');
	if (**key == '#' || **key == ';' || !*value)
		return false;
	*(*value)++ = '\0';
	*key = tp_trim(*key);
	*value = tp_trim(*value);
	return true;
}

static bool one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

/*
 * One line of the job that verifies.  fio's own --verify_only opens for writing,
 * but the second look is at a read-only mount; reading in the same order checks
 * the same.  What may leave blocks unwritten cannot be told from a loss.
 */
static bool check_line(const char *line, struct tp_buf *out, bool *writes, bool *verifies)
{
	static const char *const modes[] = { "rw", "readwrite", NULL };
	static const char *const syncs[] = { "fsync", "fdatasync", "end_fsync", "fsync_on_close",
					     "sync_file_range", "do_verify", NULL };
	static const char *const partial[] = { "runtime", "time_based", "io_size", "number_ios",
					       "norandommap", "verify_backlog", NULL };
	char *copy = tp_strdup(line), *key, *value;
	bool ok = true;

	if (!setting(copy, &key, &value)) {
		ok = !one_of(key, partial);
		tp_buf_printf(out, "%s\n", line);
	} else if (one_of(key, modes)) {
		ok = strcmp(value, "write") == 0 || strcmp(value, "randwrite") == 0;
		*writes |= ok;
		tp_buf_printf(out, "rw=%s\n", *value == 'r' ? "randread" : "read");
	} else if (!one_of(key, syncs)) {
		ok = !one_of(key, partial) || strcmp(value, "0") == 0;
		*verifies |= strcmp(key, "verify") == 0;
		tp_buf_printf(out, "%s\n", line);
	}
	if (!ok)
		tp_error(0, "the load's line \"%s\": only rw=write and rw=randwrite of whole "
			    "files can be verified", line);
	free(copy);
	return ok;
}

/* The job that verifies what fio_job wrote, in the results folder. */
static int write_check(const char *fio_job, const char *path)
{
	bool writes = false, verifies = false, ok = true;
	struct tp_buf out = { 0 };
	char *text, *save = NULL;
	int err = tp_read_file(fio_job, &text, NULL);

	if (err < 0)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line && ok;
	     line = strtok_r(NULL, "\n", &save))
		ok = check_line(line, &out, &writes, &verifies);
	free(text);
	if (ok && !(writes && verifies))
		err = tp_error(0, "the load %s has no rw=write or no verify=", fio_job);
	else
		err = ok ? tp_write_file(path, out.text, out.len) : -EINVAL;
	tp_buf_free(&out);
	return err;
}

/* fio writes its data beside the sequences; it is verified after remount. */
static int add_load(struct tp_job *job, const char *fio_job, const char *folder)
{
	struct tp_mount *m = &job->plan.mounts[0];
	char *check = tp_printf("%s/check.fio", folder);
	int err = write_check(fio_job, check);

	m->load = tp_printf("fio --directory=%%m --do_verify=0 --verify_state_save=0 %s", fio_job);
	m->check = tp_printf("fio --directory=%%m --readonly %s", check);
	job->image_bytes += UINT64_C(256) << 20;
	free(check);
	return err;
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

static int judge(const struct tp_boot *b, struct tp_report *out)
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
	return count[TP_FAIL] + count[TP_BROKEN] == 0;
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
	int err = 0;

	tp_error_capture(reason, sizeof(reason));
	if (s->o->load)
		err = add_load(job, s->o->load, folder);
	if (err == 0)
		err = s->o->kernel->boot(&b, &why);
	if (err == 1)
		all_cases(job, TP_SKIP, why.text, &out);
	else if (err == 0)
		err = judge(&b, &out);
	if (err < 0)
		all_cases(job, TP_BROKEN, *reason ? reason : strerror(-err), &out);
	tp_apply_known(&s->known, s->o->strict, &out);
	keep_image(s, &b, &out);
	err = tp_report_save(&out, verdicts);
	tp_buf_free(&why);
	free(verdicts);
	free(b.image);
	tp_report_free(&out);
	return err < 0 ? 1 : 0;
}
