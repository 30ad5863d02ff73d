// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * build.c - the mounts that the cases need
 */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/pattern.h"
#include "plan/select.h"

/* Room for journal, inode tables, directories and the file system's reserve. */
#define IMAGE_BASE (UINT64_C(24) << 20)
#define INODE_BYTES 1024  /* 256 on disk, with bitmaps, directory entry and slack */

static void add_file(struct tp_mount *m, const struct tp_scenario *s, const struct tp_variant *v)
{
	struct tp_file f = { .scenario = tp_strdup(s->name), .params = tp_strdup(v->params) };

	f.seq.ops = tp_alloc(v->seq.nr * sizeof(*f.seq.ops));
	f.seq.nr = v->seq.nr;
	if (f.seq.nr)
		memcpy(f.seq.ops, v->seq.ops, f.seq.nr * sizeof(*f.seq.ops));
	m->files = tp_grow(m->files, m->nr_files, sizeof(*m->files));
	m->files[m->nr_files++] = f;
}

/* The variants of a case depend on nothing but seed, scenario and cell. */
static int add_case(struct tp_mount *m, const struct tp_case *c, const struct tp_build *b)
{
	struct tp_variants all;
	char *name = tp_printf("%s/%s", c->scenario->name, c->cell->name);
	int err = tp_scenario_expand(c->scenario, c->cell, b->page_bytes, b->cover,
				     tp_pattern_key(b->seed, name), &all);

	free(name);
	if (err < 0)
		return err;
	for (size_t i = 0; i < all.nr; i++)
		add_file(m, c->scenario, &all.v[i]);
	tp_variants_free(&all);
	return 0;
}

static void shuffle(struct tp_mount *m, uint64_t seed)
{
	struct tp_prng r = { tp_pattern_key(seed, m->name) };

	for (size_t i = m->nr_files; i > 1; i--) {
		size_t k = tp_prng_below(&r, i);
		struct tp_file t = m->files[k];

		m->files[k] = m->files[i - 1];
		m->files[i - 1] = t;
	}
}

static void copy_file(struct tp_mount *m, size_t from)
{
	struct tp_scenario s = { .name = m->files[from].scenario };
	struct tp_variant v = { m->files[from].params, m->files[from].seq };

	add_file(m, &s, &v);
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

static uint64_t image_bytes(const struct tp_mount *m, const struct tp_cell *cell)
{
	uint64_t sum = IMAGE_BASE, unit = cell->block_bytes;

	/* bigalloc gives out clusters of 16 blocks, and page writeback rounds up */
	unit = tp_cell_has(cell, 4096, "bigalloc") == 1 ? unit * 16 : 4096;
	for (size_t i = 0; i < m->nr_files; i++)
		sum += tp_seq_footprint(&m->files[i].seq) + 2 * unit + INODE_BYTES;
	return (sum + (1u << 20) - 1) >> 20 << 20;
}

static struct tp_job *new_job(struct tp_jobs *jobs, const struct tp_cell *cell, char *name,
			      const struct tp_build *b)
{
	struct tp_job *j;
	struct tp_mount *m = tp_alloc(sizeof(*m));

	*m = (struct tp_mount){
		.name = name,
		.cell = tp_strdup(cell->name),
		.options = tp_strdup(cell->mount),
		.fallback = cell->fallback ? tp_strdup(cell->fallback) : NULL,
	};
	jobs->j = tp_grow(jobs->j, jobs->nr, sizeof(*jobs->j));
	j = &jobs->j[jobs->nr++];
	*j = (struct tp_job){
		.plan = { .seed = b->seed, .threads = b->threads,
			  .op_deadline_s = b->op_deadline_s, .mounts = m, .nr_mounts = 1 },
		.cell = cell,
	};
	return j;
}

static void finish_job(struct tp_job *j, const struct tp_build *b, uint64_t own_image)
{
	struct tp_mount *m = &j->plan.mounts[0];

	shuffle(m, b->seed);
	if (b->files && m->nr_files)
		set_files(m, b->files);
	for (size_t i = 0; i < m->nr_files; i++)
		m->files[i].id = (uint32_t)i;
	j->image_bytes = own_image ? own_image : image_bytes(m, j->cell);
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
		err = add_case(&j->plan.mounts[0], &cases->c[i], b);
		j->nr_cases++;
	}
	if (j)
		finish_job(j, b, 0);
	for (size_t i = from; i < to && err == 0; i++) {
		const struct tp_scenario *s = cases->c[i].scenario;

		if (!tp_scenario_alone(s))
			continue;
		j = new_job(out, cell, tp_printf("%s+%s", cell->name, s->name), b);
		j->plan.mounts[0].threads = 1; /* its variants would disturb each other */
		err = add_case(&j->plan.mounts[0], &cases->c[i], b);
		j->nr_cases = 1;
		finish_job(j, b, s->image_bytes);
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
		tp_plan_free(&jobs->j[i].plan);
	free(jobs->j);
	*jobs = (struct tp_jobs){ 0 };
}
