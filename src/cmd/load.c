// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load.c - a fio job beside the sequences, and the job that verifies it
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/session.h"

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

int tp_add_load(struct tp_job *job, const char *fio_job, const char *folder)
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
