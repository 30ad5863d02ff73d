// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look.c - the second look: does a fresh mount show what the image holds?
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/job.h"

static void disagree(struct tp_subject *s, char *title, const char *more)
{
	struct tp_finding f = { .kind = TP_DISAGREE, .title = title };

	f.text = tp_printf("file %s (%s): %s%s", s->name, s->file->params, title, more);
	tp_subject_finding(s, &f);
}

/* Errors with which the kernel says that the file itself is damaged. */
static bool means_damage(int err)
{
	return err == EUCLEAN || err == EBADMSG || err == ENOENT;
}

static void judge_look(struct tp_subject *s, const struct tp_look *look)
{
	const struct tp_content *content = &s->job->content[s->file->id];

	if (look->err && !means_damage(look->err)) {
		tp_subject_broken(s, "the fresh mount could not read it: %s", strerror(look->err));
	} else if (look->err) {
		if (content->known)
			disagree(s,
				 tp_printf("a fresh mount cannot read the file (%s)",
					   strerror(look->err)),
				 ", but the image can be read");
	} else if (!content->known) {
		return; /* that it cannot be read is a reason or a finding already */
	} else if (look->size != content->size) {
		disagree(s, tp_printf("a fresh mount shows size %" PRIu64, look->size),
			 ", the image has another one");
	} else if (look->digest != content->digest) {
		disagree(s, tp_strdup("a fresh mount shows other content than the image"),
			 ": the digests differ, the sizes are the same");
	}
}

void tp_judge_look(struct tp_job *job)
{
	size_t looks = 0;

	for (size_t i = 0; i < job->mount->nr_files; i++)
		looks += job->events.files[i].look != NULL;
	if (!job->facts.second_look && looks == 0) {
		tp_case_note(&job->whole, "no second look through a fresh mount was taken");
		return;
	}
	for (size_t i = 0; i < job->mount->nr_files; i++) {
		struct tp_subject s = {
			.job = job,
			.file = &job->mount->files[i],
			.seen = &job->events.files[i],
			.kase = tp_case_of(job, (uint32_t)i),
		};

		tp_file_name((uint32_t)i, s.name);
		if (s.seen->look)
			judge_look(&s, s.seen->look);
		else if (job->content[i].known)
			tp_subject_broken(&s, "the second look has not seen it");
	}
}
