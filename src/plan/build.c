// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * build.c - the mounts that the cases need
 */
#include <stdlib.h>
#include <string.h>

#include "model/pattern.h"
#include "plan/select.h"

#define INODE_BYTES 1024  /* 256 on disk, with bitmaps, directory entry and slack */

static void add_file(struct tp_mount *m, const char *scenario, struct tp_variant *v)
{
	m->files = tp_grow(m->files, m->nr_files, sizeof(*m->files));
	m->files[m->nr_files++] = (struct tp_file){ .scenario = tp_strdup(scenario),
						    .params = v->params, .seq = v->seq };
	*v = (struct tp_variant){ 0 };
}

/* The variants of a case depend on nothing but seed, scenario and cell. */
static int add_case(struct tp_job *j, const struct tp_case *c, const struct tp_build *b)
{
	struct tp_variants all;
	char *name = tp_printf("%s/%s", c->scenario->name, c->cell->name);
	int err = tp_scenario_expand(c->scenario, c->cell, b->page_bytes, b->cover,
				     tp_pattern_key(b->seed, name), &all);

	free(name);
	if (err < 0)
		return err;
	for (size_t i = 0; i < all.nr; i++)
		tp_job_add(j, c->scenario->name, &all.v[i]);
	tp_variants_free(&all);
	return 0;
}

static void copy_file(struct tp_mount *m, size_t from)
{
	const struct tp_file *f = &m->files[from];
	struct tp_variant v = { .params = tp_strdup(f->params), .seq = { .nr = f->seq.nr } };
	char *scenario = tp_strdup(f->scenario); /* the array moves */

	v.seq.ops = tp_alloc(f->seq.nr * sizeof(*v.seq.ops));
	if (f->seq.nr)
		memcpy(v.seq.ops, f->seq.ops, f->seq.nr * sizeof(*v.seq.ops));
	add_file(m, scenario, &v);
	free(scenario);
}

/* Exactly `files` of them: repeat all in turn, or drop the last after shuffling. */
static void set_files(struct tp_mount *m, uint64_t files)
{
	size_t own = m->nr_files;

	for (size_t i = 0; m->nr_files < files; i++)
		copy_file(m, i % own);
	while (m->nr_files > files)
		tp_file_free(&m->files[--m->nr_files]);
}

uint64_t tp_file_room(const struct tp_seq *seq, const struct tp_cell *cell)
{
	/* bigalloc gives out clusters of 16 blocks, and page writeback rounds up */
	uint64_t unit = tp_cell_has(cell, 4096, "bigalloc") == 1 ? cell->block_bytes * 16 : 4096;

	return tp_seq_footprint(seq) + 2 * unit + INODE_BYTES;
}

static uint64_t image_bytes(const struct tp_mount *m, const struct tp_cell *cell)
{
	uint64_t sum = TP_IMAGE_BASE;

	for (size_t i = 0; i < m->nr_files; i++)
		sum += tp_file_room(&m->files[i].seq, cell);
	return (sum + (1u << 20) - 1) >> 20 << 20;
}

void tp_job_begin(struct tp_job *j, const struct tp_cell *cell, char *name,
		  const struct tp_build *b)
{
	struct tp_mount *m = tp_alloc(sizeof(*m));

	*m = (struct tp_mount){
		.name = name,
		.cell = tp_strdup(cell->name),
		.options = tp_strdup(cell->mount),
		.fallback = cell->fallback ? tp_strdup(cell->fallback) : NULL,
	};
	*j = (struct tp_job){
		.plan = { .seed = b->seed, .threads = b->threads,
			  .op_deadline_s = b->op_deadline_s, .page_bytes = b->page_bytes,
			  .mounts = m, .nr_mounts = 1 },
		.cell = cell,
	};
}

void tp_job_add(struct tp_job *j, const char *scenario, struct tp_variant *v)
{
	add_file(&j->plan.mounts[0], scenario, v);
}

void tp_job_finish(struct tp_job *j, const struct tp_build *b, uint64_t own_image)
{
	struct tp_mount *m = &j->plan.mounts[0];

	tp_order_files(m, b->seed);
	if (b->files && m->nr_files)
		set_files(m, b->files);
	for (size_t i = 0; i < m->nr_files; i++)
		m->files[i].id = (uint32_t)i;
	j->image_bytes = own_image ? own_image : image_bytes(m, j->cell);
}

void tp_job_free(struct tp_job *j)
{
	tp_plan_free(&j->plan);
	*j = (struct tp_job){ 0 };
}

static struct tp_job *new_job(struct tp_jobs *jobs, const struct tp_cell *cell, char *name,
			      const struct tp_build *b)
{
	jobs->j = tp_grow(jobs->j, jobs->nr, sizeof(*jobs->j));
	tp_job_begin(&jobs->j[jobs->nr], cell, name, b);
	return &jobs->j[jobs->nr++];
}

/* All cases [from, to) are of one cell. */
static int build_cell(const struct tp_cases *cases, size_t from, size_t to,
		      const struct tp_build *b, struct tp_jobs *out)
{
	const struct tp_cell *cell = cases->c[from].cell;
	struct tp_job *j = NULL;
	int err = 0;

	for (size_t i = from; i < to && err == 0; i++) {
		if (tp_scenario_alone(cases->c[i].scenario))
			continue;
		if (!j)
			j = new_job(out, cell, tp_strdup(cell->name), b);
		err = add_case(j, &cases->c[i], b);
		j->nr_cases++;
	}
	if (j)
		tp_job_finish(j, b, 0);
	for (size_t i = from; i < to && err == 0; i++) {
		const struct tp_scenario *s = cases->c[i].scenario;

		if (!tp_scenario_alone(s))
			continue;
		j = new_job(out, cell, tp_printf("%s+%s", cell->name, s->name), b);
		j->plan.mounts[0].threads = 1; /* its variants would disturb each other */
		j->plan.mounts[0].memory_bytes = s->memory_bytes;
		err = add_case(j, &cases->c[i], b);
		j->nr_cases = 1;
		tp_job_finish(j, b, s->image_bytes);
	}
	return err;
}

int tp_build_jobs(const struct tp_cases *cases, const struct tp_build *b, struct tp_jobs *out)
{
	int err = 0;

	*out = (struct tp_jobs){ 0 };
	for (size_t from = 0, to; from < cases->nr && err == 0; from = to) {
		for (to = from; to < cases->nr && cases->c[to].cell == cases->c[from].cell;)
			to++;
		err = build_cell(cases, from, to, b, out);
	}
	if (err < 0)
		tp_jobs_free(out);
	return err;
}

void tp_jobs_free(struct tp_jobs *jobs)
{
	for (size_t i = 0; i < jobs->nr; i++)
		tp_job_free(&jobs->j[i]);
	free(jobs->j);
	*jobs = (struct tp_jobs){ 0 };
}
