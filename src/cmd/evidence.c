// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * evidence.c - a *.seq file for each finding that a kept folder shows
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cmd/session.h"
#include "judge/events.h"
#include "plan/seqfile.h"

/* What the files of a folder have in common. */
struct evidence {
	const struct session *s;
	const struct tp_job *job;
	const char *folder;
	const char *kernel; /* as the history names it, or NULL */
	struct tp_events events;
	struct tp_facts facts;
	bool told; /* events were read */
};

/* The file of the plan that did this; NULL: the plan has changed since. */
static const struct tp_file *file_of(const struct evidence *e, const struct tp_finding *f)
{
	const struct tp_mount *m = &e->job->plan.mounts[0];

	for (size_t i = 0; i < m->nr_files; i++) {
		struct tp_buf seq = { 0 };
		char name[TP_FILE_NAME];
		bool same;

		tp_file_name(m->files[i].id, name);
		if (strcmp(name, f->file) != 0)
			continue;
		tp_seq_print(&m->files[i].seq, &seq);
		same = strcmp(seq.text ? seq.text : "", f->sequence) == 0;
		tp_buf_free(&seq);
		return same ? &m->files[i] : NULL;
	}
	return NULL;
}

static void add_met(struct tp_seqfile *out, size_t op, uint64_t begin_ns, const struct tp_event *ev)
{
	out->met = tp_grow(out->met, out->nr_met, sizeof(*out->met));
	out->met[out->nr_met++] =
		(struct tp_met){ (uint16_t)op, ev->begin_ns - begin_ns, ev->end_ns - begin_ns };
}

/* How the actors of its blocks met. */
static void add_meetings(const struct evidence *e, const struct tp_file *file,
			 struct tp_seqfile *out)
{
	const struct tp_event *const *ops = e->events.files[file->id].ops;

	for (size_t i = 0, end; i < file->seq.nr; i = end) {
		uint64_t begin_ns = UINT64_MAX;

		if (!tp_seq_block(&file->seq, i, &end))
			continue;
		for (size_t k = i; k < end; k++)
			if (ops[k] && ops[k]->begin_ns < begin_ns)
				begin_ns = ops[k]->begin_ns;
		for (size_t k = i; k < end; k++)
			if (ops[k] && ops[k]->end_ns >= ops[k]->begin_ns)
				add_met(out, k, begin_ns, ops[k]);
	}
}

static char *text_or_null(const char *text)
{
	return text ? tp_strdup(text) : NULL;
}

/* An image of its own is part of what happens; one for all is only big enough. */
static uint64_t own_image(const struct tp_job *job, const struct tp_scenario *sc)
{
	bool own = sc && !tp_generated(sc->name) && tp_scenario_alone(sc);

	return own && (sc->image_bytes || !sc->memory_bytes) ? job->image_bytes : 0;
}

/* Returns false when the finding's sequence is none. */
static bool fill(const struct evidence *e, const struct tp_record *r, const struct tp_finding *f,
		 const char *issue, struct tp_seqfile *out)
{
	const struct tp_scenario *sc = tp_library_find(&e->s->lib, r->scenario);
	const struct tp_plan *plan = &e->job->plan;
	const struct tp_file *file = file_of(e, f);
	struct tp_buf why = { 0 };

	*out = (struct tp_seqfile){ .kind = (int)f->kind, .start = f->start, .end = f->end };
	if (!tp_seq_parse(f->sequence, NULL, NULL, &out->seq, &why)) {
		tp_buf_free(&why);
		return false;
	}
	out->scenario = tp_strdup(file ? file->scenario : r->scenario);
	out->params = text_or_null(f->params);
	out->file = tp_strdup(f->file);
	out->cell = tp_strdup(r->cell);
	out->era = e->s->era && *e->s->era->features ? tp_strdup(e->s->era->name) : NULL;
	out->kernel = tp_printf("%s%s%s", e->s->o->kernel_text, e->kernel ? " " : "",
				e->kernel ? e->kernel : "");
	out->fixed = sc ? text_or_null(sc->fixed) : NULL;
	out->issue = text_or_null(issue);
	out->title = text_or_null(f->title);
	out->story = text_or_null(f->text);
	out->seed = plan->seed;
	out->threads = plan->mounts[0].threads ? plan->mounts[0].threads : plan->threads;
	out->image_bytes = own_image(e->job, sc);
	out->memory_bytes = plan->mounts[0].memory_bytes;
	if (file && e->told)
		add_meetings(e, file, out);
	return true;
}

/* FILE.seq; FILE-KIND.seq when another finding of the file has that name. */
static char *new_path(const struct evidence *e, const struct tp_finding *f)
{
	char *path = tp_printf("%s/%s" TP_SEQFILE_SUFFIX, e->folder, f->file);

	if (!tp_exists(path))
		return path;
	free(path);
	return tp_printf("%s/%s-%s" TP_SEQFILE_SUFFIX, e->folder, f->file,
			 tp_finding_name(f->kind));
}

static char *replay_line(const struct session *s, const char *path)
{
	if (strcmp(s->o->kernel_text, "host") == 0)
		return tp_printf("tailpage replay %s", path);
	return tp_printf("tailpage replay %s --kernel %s", path, s->o->kernel_text);
}

static int leave_one(const struct evidence *e, const struct tp_record *r, struct tp_finding *f,
		     const char *issue)
{
	struct tp_seqfile seq;
	char *path;
	int err;

	if (!f->file || !f->sequence || !fill(e, r, f, issue, &seq))
		return 0;
	path = new_path(e, f);
	err = tp_seqfile_write(&seq, path);
	if (err == 0)
		f->replay = replay_line(e->s, path);
	tp_seqfile_free(&seq);
	free(path);
	return err;
}

static int leave_record(const struct evidence *e, struct tp_record *r)
{
	int err = 0;

	for (size_t i = 0; i < r->nr_causes && err == 0; i++)
		err = leave_one(e, r, &r->causes[i].first,
				r->causes[i].issue ? r->causes[i].issue : TP_NO_ISSUE);
	for (size_t i = 0; i < r->nr_findings && err == 0; i++)
		err = leave_one(e, r, &r->findings[i], NULL);
	return err;
}

int tp_leave_seqfiles(const struct session *s, const struct tp_job *job, const char *folder,
		      struct tp_report *rep)
{
	struct evidence e = { .s = s, .job = job, .folder = folder, .kernel = rep->kernel };
	char *history = tp_printf("%s/history", folder);
	struct tp_buf why = { 0 };
	int err = 0;

	tp_facts_init(&e.facts);
	e.told = tp_exists(history) &&
		 tp_events_read(history, &job->plan, 0, &e.events, &e.facts, &why) == 0;
	for (size_t i = 0; i < rep->nr && err == 0; i++)
		err = leave_record(&e, &rep->records[i]);
	tp_events_free(&e.events);
	tp_facts_free(&e.facts);
	tp_buf_free(&why);
	free(history);
	return err;
}
