// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * select.c - which cases
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/select.h"

static bool block_size_listed(const char *list, const struct tp_cell *cell)
{
	char name[16];

	snprintf(name, sizeof(name), "%uk", cell->block_bytes / 1024);
	if (tp_match_list(list, name))
		return true;
	snprintf(name, sizeof(name), "%u", cell->block_bytes);
	return tp_match_list(list, name);
}

static bool cell_selected(const struct tp_filter *f, const struct tp_cell *cell)
{
	return (!f->cells || tp_match_list(f->cells, cell->name)) &&
	       (!f->data || tp_match_list(f->data, tp_data_name(cell->data))) &&
	       (!f->delalloc ||
		tp_match_list(f->delalloc, cell->delalloc ? "delalloc" : "nodelalloc")) &&
	       (!f->block_sizes || block_size_listed(f->block_sizes, cell));
}

/* Does the word take this case? */
static bool word_takes(const char *word, const struct tp_scenario *s, const struct tp_cell *cell)
{
	char *name;
	bool hit;

	if (!strchr(word, '/'))
		return fnmatch(word, s->name, 0) == 0 || fnmatch(word, cell->name, 0) == 0;
	name = tp_printf("%s/%s", s->name, cell->name);
	hit = fnmatch(word, name, 0) == 0;
	free(name);
	return hit;
}

static bool words_take(const struct tp_filter *f, const struct tp_scenario *s,
		       const struct tp_cell *cell)
{
	for (size_t i = 0; i < f->nr_words; i++)
		if (word_takes(f->words[i], s, cell))
			return true;
	return f->nr_words == 0;
}

enum subject { SCENARIOS, CELLS, DATA, DELALLOC, BLOCK_SIZES };

/* Does one member of a list name anything at all? */
static bool names_something(const struct tp_library *lib, enum subject subject, const char *one)
{
	struct tp_filter f = { 0 };

	if (subject == SCENARIOS) {
		for (size_t i = 0; i < lib->nr; i++)
			if (fnmatch(one, lib->scenarios[i].name, 0) == 0)
				return true;
		return false;
	}
	if (subject == CELLS)
		f.cells = one;
	if (subject == DATA)
		f.data = one;
	if (subject == DELALLOC)
		f.delalloc = one;
	if (subject == BLOCK_SIZES)
		f.block_sizes = one;
	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		if (cell_selected(&f, c))
			return true;
	return false;
}

static int check_list(const struct tp_library *lib, enum subject subject, const char *list)
{
	static const char *const what[] = {
		[SCENARIOS] = "scenario", [CELLS] = "cell", [DATA] = "data mode",
		[DELALLOC] = "allocation mode", [BLOCK_SIZES] = "block size",
	};
	char *copy, *save = NULL;
	int err = 0;

	if (!list)
		return 0;
	copy = tp_strdup(list);
	if (!*copy)
		err = tp_error(0, "an empty list of %ss selects nothing", what[subject]);
	for (char *one = strtok_r(copy, ",", &save); one && err == 0;
	     one = strtok_r(NULL, ",", &save))
		if (!names_something(lib, subject, one + (*one == '!')))
			err = tp_error(0, "there is no %s \"%s\" (see tailpage list)",
				       what[subject], one);
	free(copy);
	return err;
}

static int check_word(const struct tp_library *lib, const char *word)
{
	for (size_t i = 0; i < lib->nr; i++)
		for (const struct tp_cell *c = tp_cells(); c->name; c++)
			if (word_takes(word, &lib->scenarios[i], c))
				return 0;
	return tp_error(0, "\"%s\" is no scenario, cell or SCENARIO/CELL (see tailpage list)", word);
}

static int check_filter(const struct tp_library *lib, const struct tp_filter *f)
{
	int err = check_list(lib, SCENARIOS, f->scenarios);

	if (err == 0)
		err = check_list(lib, CELLS, f->cells);
	if (err == 0)
		err = check_list(lib, DATA, f->data);
	if (err == 0)
		err = check_list(lib, DELALLOC, f->delalloc);
	if (err == 0)
		err = check_list(lib, BLOCK_SIZES, f->block_sizes);
	for (size_t i = 0; err == 0 && i < f->nr_words; i++)
		err = check_word(lib, f->words[i]);
	return err;
}

static void take_cell(const struct tp_library *lib, const struct tp_filter *f,
		      uint32_t page_bytes, const struct tp_cell *cell, struct tp_cases *out)
{
	for (size_t i = 0; i < lib->nr; i++) {
		const struct tp_scenario *s = &lib->scenarios[i];

		if ((f->scenarios && !tp_match_list(f->scenarios, s->name)) ||
		    !words_take(f, s, cell) || !tp_scenario_applies(s, cell, page_bytes))
			continue;
		out->c = tp_grow(out->c, out->nr, sizeof(*out->c));
		out->c[out->nr++] = (struct tp_case){ s, cell };
	}
}

int tp_select(const struct tp_library *lib, const struct tp_filter *f, uint32_t page_bytes,
	      struct tp_cases *out)
{
	int err = check_filter(lib, f);

	*out = (struct tp_cases){ 0 };
	if (err < 0)
		return err;
	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		if (c->block_bytes <= page_bytes && cell_selected(f, c))
			take_cell(lib, f, page_bytes, c, out);
	if (out->nr)
		return 0;
	tp_error(0, "nothing is selected: no case passes all filters");
	return -ENOENT;
}

void tp_cases_free(struct tp_cases *c)
{
	free(c->c);
	*c = (struct tp_cases){ 0 };
}
