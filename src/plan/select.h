// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * select.h - which cases, and the mounts they need
 */
#ifndef TP_PLAN_SELECT_H
#define TP_PLAN_SELECT_H

#include "model/plan.h"
#include "plan/scenario.h"

/* NULL or 0 means: all.  Lists are separated by commas and may hold patterns. */
struct tp_filter {
	const char *scenarios;
	const char *cells;
	const char *data;        /* "ordered,journal" */
	const char *delalloc;    /* "delalloc" or "nodelalloc" */
	const char *block_sizes; /* "1k,4k" */
	char *const *words;      /* each: SCENARIO/CELL, SCENARIO or CELL, patterns */
	size_t nr_words;
};

/* One case: a scenario in a cell. */
struct tp_case {
	const struct tp_scenario *scenario;
	const struct tp_cell *cell;
};

struct tp_cases {
	struct tp_case *c;   /* cell by cell, scenarios in order of name */
	size_t nr;
};

/*
 * Select cases.  Returns 0; -EINVAL (reported) for a word or list member that
 * names nothing; -ENOENT (reported) when nothing is left.
 */
int tp_select(const struct tp_library *lib, const struct tp_filter *f, uint32_t page_bytes,
	      struct tp_cases *out);
void tp_cases_free(struct tp_cases *c);

/* What a mount needs of its image, beside its plan of one mount. */
struct tp_job {
	struct tp_plan plan;
	const struct tp_cell *cell;
	uint64_t image_bytes;
	size_t nr_cases;
};

struct tp_build {
	uint64_t seed;
	unsigned threads;
	unsigned op_deadline_s;
	uint64_t files;      /* at least and at most so many files a mount; 0: one a variant */
	int cover;           /* < 0: each scenario's own */
	uint32_t page_bytes;
};

struct tp_jobs {
	struct tp_job *j;
	size_t nr;
};

/*
 * Make the mounts: for every cell one that all scenarios share, and one for
 * each scenario that needs its own.  Returns 0 or a negative errno (reported).
 */
int tp_build_jobs(const struct tp_cases *cases, const struct tp_build *b, struct tp_jobs *out);
void tp_jobs_free(struct tp_jobs *jobs);

/*
 * The same step by step: a mount of this name (taken over), a file for each
 * variant (taken over), and, behind the last, the image that they need
 * (own_image bytes when that is not 0).
 */
void tp_job_begin(struct tp_job *j, const struct tp_cell *cell, char *name,
		  const struct tp_build *b);
void tp_job_add(struct tp_job *j, const char *scenario, struct tp_variant *v);
void tp_job_finish(struct tp_job *j, const struct tp_build *b, uint64_t own_image);
void tp_job_free(struct tp_job *j);

/* order.c: one file of every scenario comes first, and none has most of its files at the end.
 * Within that the seed decides. */
void tp_order_files(struct tp_mount *m, uint64_t seed);

/* Bytes of an image: for journal, inode tables, directories and the file system's
 * reserve, and then for each file with this sequence. */
#define TP_IMAGE_BASE (UINT64_C(24) << 20)
uint64_t tp_file_room(const struct tp_seq *seq, const struct tp_cell *cell);

#endif
