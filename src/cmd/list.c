// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list.c - tailpage list, tailpage show: no root, no kernel
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cmd/cmd.h"
#include "model/pattern.h"

static int list_scenarios(const struct tp_library *lib)
{
	for (size_t i = 0; i < lib->nr; i++)
		printf("%-32s %s\n", lib->scenarios[i].name, lib->scenarios[i].title);
	return 0;
}

static int list_cells(const struct tp_library *lib)
{
	(void)lib;
	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		printf("%-24s mke2fs -b %u %s%smount -o %s\n", c->name, c->block_bytes, c->mkfs,
		       *c->mkfs ? "  " : " ", c->mount);
	return 0;
}

static int list_operations(const struct tp_library *lib)
{
	static const char *const args[] = { ['o'] = " OFFSET", ['d'] = " TO", ['l'] = " LENGTH",
					    ['s'] = " SIZE", ['w'] = " SIZE", ['k'] = " K",
					    ['n'] = " N", ['t'] = " NANOSECONDS" };

	(void)lib;
	for (int k = 0; k < TP_NR_OP_KINDS; k++) {
		struct tp_buf form = { 0 };

		if (tp_ops[k].flags & TP_OP_TEST)
			continue;
		tp_buf_puts(&form, tp_ops[k].name);
		for (const char *a = tp_ops[k].args; *a; a++)
			tp_buf_puts(&form, args[(unsigned char)*a]);
		printf("%-32s %s\n", form.text, tp_ops[k].help);
		tp_buf_free(&form);
	}
	return 0;
}

static int list_kernels(const struct tp_library *lib)
{
	(void)lib;
	for (size_t i = 0; tp_kernels[i]; i++)
		printf("%-8s %s\n", tp_kernels[i]->name, tp_kernels[i]->help);
	return 0;
}

static int list_eras(const struct tp_library *lib)
{
	(void)lib;
	for (const struct tp_era *e = tp_eras; e->name; e++)
		printf("%-8s from Linux %u.%u.%u: %s%s\n", e->name, e->since.part[0],
		       e->since.part[1], e->since.part[2], *e->features ? "mke2fs -O " : "",
		       *e->features ? e->features : "whatever mke2fs is set up to make");
	return 0;
}

static int list_mixes(const struct tp_library *lib)
{
	(void)lib;
	for (const struct tp_mix *m = tp_mixes; m->name; m++)
		printf("%-8s %s\n", m->name, m->help);
	return 0;
}

static const struct {
	const char *word;
	int (*list)(const struct tp_library *lib);
} subjects[] = {
	{ "scenarios", list_scenarios },
	{ "cells", list_cells },
	{ "operations", list_operations },
	{ "kernels", list_kernels },
	{ "eras", list_eras },
	{ "mixes", list_mixes },
};

static int list_cases(const struct tp_library *lib, const struct tp_filter *f)
{
	struct tp_cases cases;
	int err = tp_select(lib, f, tp_page_bytes(), &cases);

	if (err < 0)
		return err == -ENOENT ? TP_EXIT_NOTHING : TP_EXIT_USAGE;
	for (size_t i = 0; i < cases.nr; i++)
		printf("%s/%s\n", cases.c[i].scenario->name, cases.c[i].cell->name);
	tp_cases_free(&cases);
	return TP_EXIT_PASS;
}

int tp_cmd_list(int argc, char **argv)
{
	struct tp_options o;
	struct tp_library lib;
	enum tp_exit outcome = TP_EXIT_PASS;
	bool done = false;

	if (!tp_options_read(argc, argv, &o))
		return tp_exit_status("plain", TP_EXIT_USAGE);
	if (tp_load_library(&lib) < 0)
		return tp_exit_status("plain", TP_EXIT_USAGE);
	for (size_t i = 0; i < ARRAY_SIZE(subjects) && o.filter.nr_words == 1; i++) {
		if (strcmp(subjects[i].word, o.filter.words[0]) != 0)
			continue;
		subjects[i].list(&lib);
		done = true;
	}
	if (!done)
		outcome = (enum tp_exit)list_cases(&lib, &o.filter);
	tp_library_free(&lib);
	return tp_exit_status("plain", outcome);
}

/* The scenario's header: story, commits, parameters. */
static void show_story(const struct tp_scenario *s)
{
	printf("%s: %s\n", s->name, s->title);
	if (*s->story)
		printf("\n%s\n", s->story);
	if (s->fixed)
		printf("\nfixed by:\n%s\n", s->fixed);
	for (size_t i = 0; i < s->nr_needs; i++)
		printf("%s%s%s", i ? " " : "\nneeds: ", s->needs[i],
		       i + 1 == s->nr_needs ? "\n" : "");
	if (s->memory_bytes)
		printf("\nmemory: %" PRIu64 " bytes\n", s->memory_bytes);
	for (size_t i = 0; i < s->nr_params; i++) {
		const struct tp_param *p = &s->params[i];

		printf("%s%s =", i ? "" : "\n", p->name);
		for (unsigned k = 0; k < p->nr; k++)
			printf(" %s", p->choices[k].label);
		printf("\n");
	}
	if (s->cover)
		printf("(a subset in which every %s of values occurs)\n",
		       s->cover == 2 ? "pair" : s->cover == 3 ? "triple" : "one");
}

static int show_sequences(const struct tp_scenario *s, const struct tp_cell *cell,
			  const struct tp_options *o)
{
	struct tp_variants all;
	char *name = tp_printf("%s/%s", s->name, cell->name);
	int err = tp_scenario_expand(s, cell, tp_page_bytes(), o->cover,
				     tp_pattern_key(o->seed, name), &all);

	free(name);
	if (err < 0)
		return err;
	printf("\n%zu sequences in %s with seed %" PRIu64 ":\n", all.nr, cell->name, o->seed);
	for (size_t i = 0; i < all.nr; i++) {
		struct tp_buf text = { 0 };

		tp_seq_print(&all.v[i].seq, &text);
		printf("%s\n    %s\n", all.v[i].params, text.text);
		tp_buf_free(&text);
	}
	tp_variants_free(&all);
	return 0;
}

/* SCENARIO shows itself in the first cell that it applies to. */
static int show(const struct tp_library *lib, const char *word, const struct tp_options *o)
{
	char *name = tp_strndup(word, strcspn(word, "/"));
	const char *slash = strchr(word, '/');
	const struct tp_scenario *s = tp_library_find(lib, name);
	const struct tp_cell *cell = slash ? tp_cell_find(slash + 1) : tp_cells();
	int err = 0;

	if (!s)
		err = tp_error(0, "there is no scenario \"%s\" (see tailpage list scenarios)", name);
	else if (!cell)
		err = tp_error(0, "there is no cell \"%s\" (see tailpage list cells)", slash + 1);
	while (err == 0 && !slash && cell->name && !tp_scenario_applies(s, cell, tp_page_bytes()))
		cell++;
	if (err == 0 && (!cell->name || !tp_scenario_applies(s, cell, tp_page_bytes())))
		err = tp_error(0, "%s does not apply to %s", name,
			       cell->name ? cell->name : "any cell");
	free(name);
	if (err < 0)
		return err;
	show_story(s);
	return show_sequences(s, cell, o);
}

int tp_cmd_show(int argc, char **argv)
{
	struct tp_options o;
	struct tp_library lib;
	int err;

	if (!tp_options_read(argc, argv, &o))
		return tp_exit_status("plain", TP_EXIT_USAGE);
	if (o.filter.nr_words != 1) {
		tp_error(0, "show wants one SCENARIO or SCENARIO/CELL");
		return tp_exit_status("plain", TP_EXIT_USAGE);
	}
	if (tp_load_library(&lib) < 0)
		return tp_exit_status("plain", TP_EXIT_USAGE);
	err = show(&lib, o.filter.words[0], &o);
	tp_library_free(&lib);
	return tp_exit_status("plain", err < 0 ? TP_EXIT_USAGE : TP_EXIT_PASS);
}
