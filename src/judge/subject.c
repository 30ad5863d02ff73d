// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * subject.c - all of one file: its operations, then what the image holds
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/job.h"
#include "judge/overlap.h"

void tp_name_issue(struct tp_job *job, const struct tp_file *file, const struct tp_step *steps,
		   struct tp_finding *f)
{
	const struct tp_scene scene = { &file->seq, steps, job->plan->page_bytes };
	const struct tp_issue *issue = NULL;

	f->ops = tp_op_set_of(&file->seq);
	if (job->e->known && job->facts.kernel)
		issue = tp_known_finding(job->e->known, job->facts.kernel,
					 tp_case_of(job, file->id)->record.cell, f, &scene);
	f->issue = issue ? tp_strdup(issue->name) : NULL;
}

uint64_t tp_file_end(const struct tp_job *job, const struct tp_file *file)
{
	const struct tp_seen *seen = &job->events.files[file->id];
	uint64_t last = seen->close ? seen->close->end_ns : 0;

	for (size_t i = 0; i < file->seq.nr; i++)
		if (seen->ops[i] && seen->ops[i]->end_ns > last)
			last = seen->ops[i]->end_ns;
	return last;
}

void tp_subject_finding(struct tp_subject *s, struct tp_finding *f)
{
	struct tp_buf sequence = { 0 };

	s->nr_findings++;
	tp_seq_print(&s->file->seq, &sequence);
	f->file = tp_strdup(s->name);
	f->params = tp_strdup(s->file->params);
	f->sequence = tp_buf_take(&sequence);
	tp_name_issue(s->job, s->file, s->steps, f);
	tp_record_add(&s->kase->record, f);
	tp_record_when(&s->kase->record, tp_file_end(s->job, s->file));
}

void tp_subject_broken(struct tp_subject *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->broken = true;
	tp_case_broken(s->kase, s->name, text);
}

void tp_subject_view(struct tp_subject *s)
{
	tp_oracle_free(&s->united);
	s->oracle = &s->states.alt[0];
	if (s->states.nr == 1)
		return;
	s->united = tp_states_united(&s->states);
	s->oracle = &s->united;
}

char *tp_subject_sizes(const struct tp_subject *s)
{
	struct tp_buf out = { 0 };

	for (size_t i = 0; i < s->states.nr; i++)
		tp_buf_printf(&out, "%s%" PRIu64, i ? " or " : "", s->states.alt[i].size);
	return tp_buf_take(&out);
}

bool tp_subject_unsure(const struct tp_subject *s)
{
	for (size_t i = 0; i < s->states.nr; i++)
		if (s->states.alt[i].size_uncertain)
			return true;
	return false;
}

/* The file was made and its operations ran, but the image has no such entry. */
static void gone(struct tp_subject *s)
{
	struct tp_finding f = { .kind = TP_LOST, .end = s->oracle->size };

	if (!s->seen->close || s->seen->close->err || s->job->no_content)
		return;
	f.title = tp_strdup("the whole file lost");
	f.text = tp_printf("file %s (%s): the root directory of the image has no such entry, "
			   "though all of its operations ran",
			   s->name, s->file->params);
	tp_subject_finding(s, &f);
}

static void judge_image(struct tp_subject *s)
{
	struct tp_buf why = { 0 };
	int ret = tp_image_inode(s->job->image, s->file->id, &s->inode, &why);

	s->have_inode = ret == 0;
	if (ret == 0)
		tp_judge_content(s);
	else if (ret == -ENOENT)
		gone(s);
	else
		tp_subject_broken(s, "%s", why.text);
	tp_buf_free(&why);
	if (ret == -ENOENT && s->nr_findings == 0 && !s->skipped)
		tp_subject_broken(s, "the image has no such file");
}

static void count_pressure(const struct tp_subject *s)
{
	for (size_t i = 0; i < s->file->seq.nr; i++) {
		const struct tp_event *e = s->seen->ops[i];

		if (s->file->seq.ops[i].kind != TP_OP_KIND_PRESSURE || !e || e->err)
			continue;
		s->kase->pressed++;
		s->kase->dropped += e->result == 0;
	}
}

void tp_judge_file(struct tp_job *job, uint32_t file)
{
	struct tp_subject s = {
		.job = job,
		.file = &job->mount->files[file],
		.seen = &job->events.files[file],
		.kase = tp_case_of(job, file),
	};

	tp_file_name(file, s.name);
	tp_states_init(&s.states);
	tp_subject_view(&s);
	s.steps = tp_alloc(s.file->seq.nr * sizeof(*s.steps));
	tp_replay(&s);
	count_pressure(&s);
	tp_overlap_count(s.file, s.seen, &s.kase->record.overlap);
	if (job->image)
		judge_image(&s);
	if (!job->image || job->no_content)
		tp_subject_broken(&s, "%s",
				  job->no_content ? job->no_content : "the image cannot be read");
	if (!s.skipped && !s.broken)
		s.kase->record.files++;
	tp_inode_free(&s.inode);
	tp_states_free(&s.states);
	tp_oracle_free(&s.united);
	free(s.steps);
}
