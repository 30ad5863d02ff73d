// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trial.c - sequences that are run to see whether they fail in one way
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "cmd/trial.h"
#include "judge/judge.h"

#define COPIES       200  /* in a mount */
#define COPIES_RACE  1000 /* the same, of what may meet or not */
#define COPIES_ALONE 8    /* of what needs the file system for itself: one after another */
#define MOST_BYTES   (UINT64_C(512) << 20)

int tp_trial_read(const char *path, struct tp_seqfile *s)
{
	const char *test = getenv("TAILPAGE_TEST_OPS");
	int err = tp_seqfile_read(path, s);

	if (err < 0 || (test && *test))
		return err;
	for (size_t i = 0; i < s->seq.nr && err == 0; i++)
		if (tp_ops[s->seq.ops[i].kind].flags & TP_OP_TEST)
			err = tp_error(0, "%s: uses an operation that is for tailpage's own tests",
				       path);
	if (err < 0)
		tp_seqfile_free(s);
	return err;
}

char *tp_trial_name(const char *path)
{
	const char *base = tp_base_name(path);
	size_t len = strlen(base), suffix = strlen(TP_SEQFILE_SUFFIX);
	char *name;

	if (len > suffix && strcmp(base + len - suffix, TP_SEQFILE_SUFFIX) == 0)
		len -= suffix;
	name = tp_printf("sequence-%.*s", (int)len, base);
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '_')
			*c = '-';
	return name;
}

static bool races(const struct tp_seq *seq)
{
	for (size_t i = 0; i < seq->nr; i++)
		if (seq->ops[i].actor)
			return true;
	return false;
}

uint64_t tp_trial_copies(const struct session *s, const struct tp_seqfile *of)
{
	uint64_t bytes = tp_seq_footprint(&of->seq) + 8192;
	uint64_t copies = races(&of->seq) ? COPIES_RACE : COPIES;

	if (s->o->files)
		return s->o->files;
	if (of->image_bytes)
		return COPIES_ALONE;
	if (copies * bytes > MOST_BYTES)
		copies = MOST_BYTES / bytes;
	return copies ? copies : 1;
}

static struct tp_build build_of(const struct session *s, const struct tp_seqfile *of,
				unsigned round)
{
	struct tp_build b = tp_build_for(s->o, round);

	if (of->seed && !s->o->seed_given)
		b.seed = of->seed + round;
	if (of->threads && !s->o->threads_given)
		b.threads = of->threads;
	b.files = 0; /* counted by who adds them */
	return b;
}

void tp_trial_begin(const struct session *s, const struct tp_seqfile *of,
		    const struct tp_cell *cell, char *name, unsigned round, struct tp_job *job)
{
	const struct tp_build b = build_of(s, of, round);

	tp_job_begin(job, cell, name, &b);
	if (of->image_bytes || of->memory_bytes)
		job->plan.mounts[0].threads = 1; /* they would disturb each other */
	job->plan.mounts[0].memory_bytes = of->memory_bytes;
}

void tp_trial_add(struct tp_job *job, const char *scenario, const char *params,
		  const struct tp_seq *seq, uint64_t copies)
{
	for (uint64_t i = 0; i < copies; i++) {
		struct tp_variant v = { tp_strdup(params), { .nr = seq->nr } };

		v.seq.ops = tp_alloc(seq->nr * sizeof(*seq->ops));
		memcpy(v.seq.ops, seq->ops, seq->nr * sizeof(*seq->ops));
		tp_job_add(job, scenario, &v);
	}
	job->nr_cases++;
}

void tp_trial_end(const struct session *s, const struct tp_seqfile *of, struct tp_job *job)
{
	struct tp_build b = build_of(s, of, 0);

	b.seed = job->plan.seed;
	tp_job_finish(job, &b, of->image_bytes);
}

/* What is said of the whole file system may name a file, but is not counted by file. */
static bool whole_has(const struct tp_report *rep, const char *cell, int kind)
{
	const struct tp_record *r = tp_report_find(rep, TP_FILE_SYSTEM, cell);

	return r && kind >= 0 && (r->kinds & 1u << kind);
}

bool tp_sought_is(const struct tp_sought *sought, const struct tp_cause *c)
{
	if (sought->kind >= 0 && !(c->kinds & 1u << sought->kind))
		return false;
	return !sought->issue || strcmp(sought->issue, c->issue ? c->issue : TP_NO_ISSUE) == 0;
}

struct tp_trials tp_trials_of(const struct tp_report *rep, const char *scenario, const char *cell,
			      const struct tp_sought *sought)
{
	const struct tp_record *r = tp_report_find(rep, scenario, cell);
	struct tp_trials t = { 0 };

	if (!r)
		return t;
	t.files = r->files;
	for (size_t i = 0; i < r->nr_causes; i++) {
		const struct tp_cause *c = &r->causes[i];

		if (tp_sought_is(sought, c) && c->files > t.hits)
			t.hits = c->files;
		if (sought->kind >= 0)
			t.others |= c->kinds & ~(1u << sought->kind);
	}
	if (t.hits == 0)
		t.hits = whole_has(rep, cell, sought->kind);
	if (t.files < t.hits) /* a file that hung or ended the kernel is not judged */
		t.files = t.hits;
	return t;
}
