// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manifest.c - size and digest of every file, so that a kept image can be judged again
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "judge/job.h"

#define LINE_BYTES 64

/* "f00231 4096 0123456789abcdef"; "f00231 - -" for what cannot be read. */
static void print_line(const struct tp_job *job, size_t file, char *line)
{
	const struct tp_content *c = &job->content[file];
	char name[TP_FILE_NAME];

	tp_file_name((uint32_t)file, name);
	if (c->known)
		snprintf(line, LINE_BYTES, "%s %" PRIu64 " %016" PRIx64, name, c->size, c->digest);
	else
		snprintf(line, LINE_BYTES, "%s - -", name);
}

static void changed(struct tp_job *job, size_t file)
{
	static const char why[] = "the image has changed since it was judged";
	char name[TP_FILE_NAME];

	tp_file_name((uint32_t)file, name);
	tp_case_broken(tp_case_of(job, (uint32_t)file), name, why);
	tp_case_broken(&job->whole, name, why);
	/* what was found in it is somebody's work, or the loss of another disk */
	tp_record_forget(&tp_case_of(job, (uint32_t)file)->record);
	tp_record_forget(&job->whole.record);
}

/* Line by line, in the order of the files. */
static void compare(struct tp_job *job, char *text)
{
	char *save = NULL, *old = strtok_r(text, "\n", &save);

	for (size_t i = 0; i < job->mount->nr_files; i++) {
		char line[LINE_BYTES];

		print_line(job, i, line);
		if (!old || strcmp(old, line) != 0)
			changed(job, i);
		if (old)
			old = strtok_r(NULL, "\n", &save);
	}
	if (old)
		tp_case_broken(&job->whole, NULL, "the manifest is of another plan");
}

void tp_judge_manifest(struct tp_job *job)
{
	const char *path = job->e->manifest;
	struct tp_buf text = { 0 };
	char *old = NULL;

	if (!path || !job->image)
		return;
	if (job->e->check_manifest && !tp_exists(path)) {
		tp_case_note(&job->whole,
			     "there is no manifest to tell whether the image has changed");
		return;
	}
	if (job->e->check_manifest) {
		if (tp_read_file(path, &old, NULL) < 0)
			tp_case_broken(&job->whole, NULL, "the manifest cannot be read");
		else
			compare(job, old);
		free(old);
		return;
	}
	for (size_t i = 0; i < job->mount->nr_files; i++) {
		char line[LINE_BYTES];

		print_line(job, i, line);
		tp_buf_printf(&text, "%s\n", line);
	}
	if (tp_write_file(path, text.text ? text.text : "", text.len) < 0)
		tp_case_broken(&job->whole, NULL, "the manifest cannot be written");
	tp_buf_free(&text);
}
