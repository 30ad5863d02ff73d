// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * order.c - the order in which the files of a mount come
 *
 * Nobody knows which scenario shows a bug, and how few of its sequences do.  One sequence of
 * each scenario after the other, round by round, leaves the most of a large scenario for the
 * end; spread evenly, a small one is not through before the end.  In between: sequence i of n
 * has its place by i / sqrt(n).
 */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/pattern.h"
#include "plan/select.h"

/* A file, its place among those of its scenario, and how many these are. */
struct place {
	struct tp_file file;
	size_t count;    /* which count is its scenario's */
	size_t nth;
	size_t of;
	size_t index;
};

struct count {
	const char *scenario;
	size_t files;
};

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

/* Which count is the scenario's, found or begun: there are few. */
static size_t count_of(struct count **counts, size_t *nr, const char *scenario)
{
	for (size_t i = 0; i < *nr; i++)
		if (strcmp((*counts)[i].scenario, scenario) == 0)
			return i;
	*counts = tp_grow(*counts, *nr, sizeof(**counts));
	(*counts)[*nr] = (struct count){ .scenario = scenario };
	return (*nr)++;
}

/* By nth / sqrt(of), without rounding. */
static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	uint64_t left = x->nth, right = y->nth;

	if (x->of != y->of) {
		left *= left * y->of;
		right *= right * x->of;
	}
	if (left != right)
		return left < right ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

void tp_order_files(struct tp_mount *m, uint64_t seed)
{
	struct place *places = tp_alloc(m->nr_files * sizeof(*places));
	struct count *counts = NULL;
	size_t nr = 0;

	shuffle(m, seed);
	for (size_t i = 0; i < m->nr_files; i++) {
		size_t c = count_of(&counts, &nr, m->files[i].scenario);

		places[i] = (struct place){
			.file = m->files[i],
			.count = c,
			.nth = counts[c].files++,
			.index = i,
		};
	}
	for (size_t i = 0; i < m->nr_files; i++)
		places[i].of = counts[places[i].count].files;
	if (m->nr_files)
		qsort(places, m->nr_files, sizeof(*places), by_place);
	for (size_t i = 0; i < m->nr_files; i++)
		m->files[i] = places[i].file;
	free(counts);
	free(places);
}
