// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * order.c - the order in which the files of a mount come
 */
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "model/pattern.h"
#include "plan/select.h"

/* A file, and how many of its scenario come before it. */
struct place {
	struct tp_file file;
	size_t round;
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

/* The count of a scenario, found or begun: there are few. */
static struct count *count_of(struct count **counts, size_t *nr, const char *scenario)
{
	for (size_t i = 0; i < *nr; i++)
		if (strcmp((*counts)[i].scenario, scenario) == 0)
			return &(*counts)[i];
	*counts = tp_grow(*counts, *nr, sizeof(**counts));
	(*counts)[*nr] = (struct count){ .scenario = scenario };
	return &(*counts)[(*nr)++];
}

static int by_round(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

void tp_order_files(struct tp_mount *m, uint64_t seed)
{
	struct place *places = tp_alloc(m->nr_files * sizeof(*places));
	struct count *counts = NULL;
	size_t nr = 0;

	shuffle(m, seed);
	for (size_t i = 0; i < m->nr_files; i++)
		places[i] = (struct place){
			.file = m->files[i],
			.round = count_of(&counts, &nr, m->files[i].scenario)->files++,
			.index = i,
		};
	if (m->nr_files)
		qsort(places, m->nr_files, sizeof(*places), by_round);
	for (size_t i = 0; i < m->nr_files; i++)
		m->files[i] = places[i].file;
	free(counts);
	free(places);
}
