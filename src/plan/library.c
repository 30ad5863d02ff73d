// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * library.c - all scenarios of a folder
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model/record.h"
#include "plan/reader.h"

#define SUFFIX ".tp"
#define MEMORY_OF_ONE (16u << 20)

static int is_scenario(const struct dirent *d)
{
	size_t len = strlen(d->d_name), suffix = strlen(SUFFIX);

	return len > suffix && d->d_name[0] != '.' &&
	       strcmp(d->d_name + len - suffix, SUFFIX) == 0;
}

/* Flags of all operations that any variant may use: every word that names one. */
static unsigned flags_of(const struct tp_scenario *s)
{
	struct tp_buf all = { 0 };
	static const char between[] = " ;{|}\t";
	unsigned flags = 0;
	char *save = NULL;

	tp_buf_puts(&all, s->text);
	for (size_t i = 0; i < s->nr_params; i++)
		for (unsigned k = 0; k < s->params[i].nr; k++)
			tp_buf_printf(&all, ";%s", s->params[i].choices[k].text);
	for (char *w = strtok_r(all.text, between, &save); w; w = strtok_r(NULL, between, &save)) {
		int kind = tp_op_find(w, strcspn(w, "@"));

		if (kind >= 0)
			flags |= tp_ops[kind].flags;
	}
	tp_buf_free(&all);
	return flags;
}

bool tp_scenario_alone(const struct tp_scenario *s)
{
	return s->image_bytes != 0 || s->memory_bytes != 0 || (flags_of(s) & TP_OP_ALONE);
}

static int load_one(const char *folder, const char *entry, const struct tp_lists *lists,
		    bool test_ops, struct tp_library *lib)
{
	char *path = tp_printf("%s/%s", folder, entry);
	char *name = tp_strndup(entry, strlen(entry) - strlen(SUFFIX));
	struct tp_scenario *s;
	int err;

	lib->scenarios = tp_grow(lib->scenarios, lib->nr, sizeof(*lib->scenarios));
	s = &lib->scenarios[lib->nr++];
	*s = (struct tp_scenario){ 0 };
	err = tp_scenario_read(path, name, lists, s);
	if (err == 0 && tp_generated(name))
		err = tp_error(0, "%s: names that begin like this are for generated sequences", path);
	if (err == 0 && !s->memory_bytes && (flags_of(s) & TP_OP_MEMORY))
		err = tp_error(0, "%s: pressure wants a line \"memory SIZE\"", path);
	if (err == 0 && !test_ops && (flags_of(s) & TP_OP_TEST))
		err = tp_error(0, "%s: uses an operation that is for tailpage's own tests", path);
	free(name);
	free(path);
	return err;
}

int tp_library_load(const char *folder, bool test_ops, struct tp_library *lib)
{
	char *lists_path = tp_printf("%s/lists", folder);
	struct tp_lists lists = { 0 };
	struct dirent **entries = NULL;
	int nr, err;

	*lib = (struct tp_library){ 0 };
	err = tp_lists_read(lists_path, &lists);
	free(lists_path);
	if (err < 0) {
		tp_lists_free(&lists);
		return err;
	}
	nr = scandir(folder, &entries, is_scenario, alphasort);
	if (nr < 0)
		err = tp_error(errno, "cannot read the scenario folder %s", folder);
	else if (nr == 0)
		err = tp_error(ENOENT, "no scenario (*%s) in %s", SUFFIX, folder);
	for (int i = 0; i < nr; i++) {
		if (err == 0)
			err = load_one(folder, entries[i]->d_name, &lists, test_ops, lib);
		free(entries[i]);
	}
	free(entries);
	tp_lists_free(&lists);
	if (err < 0)
		tp_library_free(lib);
	return err;
}

int tp_library_add(struct tp_library *lib, const char *name, const char *title, const char *text,
		   bool test_ops)
{
	struct tp_scenario *s;

	lib->scenarios = tp_grow(lib->scenarios, lib->nr, sizeof(*lib->scenarios));
	s = &lib->scenarios[lib->nr++];
	*s = (struct tp_scenario){ .name = tp_strdup(name), .title = tp_strdup(title),
				   .story = tp_strdup(""), .text = tp_strdup(text ? text : "") };
	if (!test_ops && (flags_of(s) & TP_OP_TEST))
		return tp_error(0, "%s: uses an operation that is for tailpage's own tests", name);
	return 0;
}

int tp_library_of_one(const char *name, const char *title, const char *text, bool test_ops,
		      struct tp_library *lib)
{
	int err;

	*lib = (struct tp_library){ 0 };
	err = tp_library_add(lib, name, title, text, test_ops);
	if (err == 0 && (flags_of(&lib->scenarios[0]) & TP_OP_MEMORY))
		lib->scenarios[0].memory_bytes = MEMORY_OF_ONE;
	return err;
}

void tp_library_free(struct tp_library *lib)
{
	for (size_t i = 0; i < lib->nr; i++)
		tp_scenario_free(&lib->scenarios[i]);
	free(lib->scenarios);
	*lib = (struct tp_library){ 0 };
}

const struct tp_scenario *tp_library_find(const struct tp_library *lib, const char *name)
{
	for (size_t i = 0; i < lib->nr; i++)
		if (strcmp(lib->scenarios[i].name, name) == 0)
			return &lib->scenarios[i];
	return NULL;
}
