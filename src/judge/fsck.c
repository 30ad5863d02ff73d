// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsck.c - what e2fsck -fn says, each line with the file that it is about
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "judge/job.h"

#define DEADLINE_S 600
#define MAX_TEXT   2000 /* bytes of output in one finding */

/* Exit status of e2fsck is a sum of bits; from this one on it could not do its work. */
#define E2FSCK_OPERATIONAL 8

int tp_fsck_start(struct tp_job *job)
{
	/* kernels before 3.13 do not shorten the extent tree: no fault, but an offer of e2fsck's */
	char *argv[] = { "e2fsck", "-fn", "-E", "no_optimize_extents", (char *)job->e->image,
			 NULL };
	const struct tp_spawn s = { .argv = argv, .output = job->e->fsck };

	if (!job->e->fsck)
		return -EINVAL;
	if (unlink(job->e->fsck) != 0 && errno != ENOENT)
		return -errno; /* its output would be taken for this run's */
	return tp_start(&s);
}

/* The number behind "inode 12", "Inode #12" or "inodes 12"; 0 when there is none. */
static uint32_t inode_behind(const char *text)
{
	while (*text == 's' || *text == ' ' || *text == '#' || *text == '(')
		text++;
	return (uint32_t)strtoul(text, NULL, 10);
}

/* The file whose inode the line names, or -1. */
static int64_t file_of_line(const struct tp_job *job, const char *line)
{
	if (!job->image)
		return -1;
	for (const char *p = strstr(line, "node"); p; p = strstr(p + 4, "node")) {
		uint32_t ino = inode_behind(p + 4);
		int64_t file = ino ? tp_image_file(job->image, ino) : -1;

		if (file >= 0)
			return file;
	}
	return -1;
}

/* Lines that every run prints. */
static bool harmless(const struct tp_job *job, const char *line)
{
	static const char *const begins[] = {
		"e2fsck ", "Pass ", "Fix? ", "Clear? ", "Warning!  ", "Continue? ", "IGNORED",
	};

	if (*line == '\0' || tp_starts(line, job->e->image))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (tp_starts(line, begins[i]))
			return true;
	return false;
}

static void add_line(struct tp_buf *text, const char *line)
{
	if (text->len > MAX_TEXT)
		return;
	tp_buf_printf(text, "%s%s", text->len ? "\n" : "", line);
}

static void file_finding(struct tp_job *job, uint32_t file, struct tp_buf *lines)
{
	const struct tp_file *f = &job->mount->files[file];
	struct tp_subject s = { .job = job, .file = f, .kase = tp_case_of(job, file) };
	struct tp_finding finding = { .kind = TP_FSCK };

	tp_file_name(file, s.name);
	finding.title =
		tp_printf("e2fsck: inode %" PRIu32 " is faulty", tp_image_ino(job->image, file));
	finding.text = tp_printf("file %s (%s), inode %" PRIu32 "; e2fsck -fn says:\n%s", s.name,
				 f->params, tp_image_ino(job->image, file), lines->text);
	tp_subject_finding(&s, &finding);
	tp_buf_free(lines);
}

static void whole_finding(struct tp_job *job, struct tp_buf *lines, const char *title)
{
	struct tp_finding f = { .kind = TP_FSCK };

	f.title = tp_strdup(title);
	f.text = tp_printf("e2fsck -fn says:\n%s", lines->len ? lines->text : "(nothing)");
	tp_record_add(&job->whole.record, &f);
	tp_buf_free(lines);
}

/* Lines of one inode stand together; the first of the other lines speak for all. */
static void take_lines(struct tp_job *job, char *text)
{
	struct tp_buf own = { 0 }, rest = { 0 };
	int64_t current = -1;
	unsigned nr = 0; /* findings about files */
	char *save = NULL;

	for (char *raw = strtok_r(text, "\n", &save); raw; raw = strtok_r(NULL, "\n", &save)) {
		char *line = tp_trim(raw);
		int64_t file;

		if (harmless(job, line))
			continue;
		file = file_of_line(job, line);
		if (file != current && current >= 0) {
			file_finding(job, (uint32_t)current, &own);
			nr++;
		}
		add_line(file >= 0 ? &own : &rest, line);
		current = file;
	}
	if (current >= 0) {
		file_finding(job, (uint32_t)current, &own);
		nr++;
	}
	if (rest.len || nr == 0)
		whole_finding(job, &rest, "e2fsck finds faults");
}

/* The last thing that was said, for the reason. */
static char *last_line(const char *text)
{
	char *copy = tp_strdup(text), *save = NULL, *last = "";

	for (char *one = strtok_r(copy, "\n", &save); one; one = strtok_r(NULL, "\n", &save))
		if (*tp_trim(one))
			last = tp_trim(one);
	last = tp_strdup(last);
	free(copy);
	return last;
}

static void cannot_tell(struct tp_job *job, int status, const char *text)
{
	char *last = last_line(text);
	char *reason = tp_printf("e2fsck ended with %d: %s", status, *last ? last : "no output");

	tp_case_broken(&job->whole, NULL, reason);
	free(reason);
	free(last);
}

void tp_fsck_judge(struct tp_job *job, int pid)
{
	char *text = NULL;
	int status;

	if (pid < 0) {
		char *reason = tp_printf("e2fsck could not be run: %s", strerror(-pid));

		tp_case_broken(&job->whole, NULL, reason);
		free(reason);
		return;
	}
	status = tp_wait(pid, "e2fsck", DEADLINE_S);
	if (status < 0 || tp_read_file(job->e->fsck, &text, NULL) < 0) {
		tp_case_broken(&job->whole, NULL,
			       status < 0 ? "e2fsck did not end"
					  : "the output of e2fsck is missing");
		return;
	}
	if (status >= E2FSCK_OPERATIONAL)
		cannot_tell(job, status, text);
	else if (job->no_content && status != 0)
		tp_case_broken(&job->whole, NULL, job->no_content);
	else if (status != 0)
		take_lines(job, text);
	free(text);
}
