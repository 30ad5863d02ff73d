// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - tailpage shrink: the smallest sequence that fails in the same way
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cmd/shrinking.h"

/* Kinds whose findings belong to one file: among hundreds of others it can be blamed. */
static bool of_one_file(int kind)
{
	return kind < 0 ||
	       (!tp_finding_said((enum tp_finding_kind)kind) && kind != TP_HANG && kind != TP_PANIC);
}

static int shrink(struct tp_shrinking *x, const char *from)
{
	int err = tp_session_open(x->s);

	if (err == 0)
		err = tp_shrink_look(x);
	if (err == 0)
		tp_shrink_say(x, false);
	if (err == 0)
		err = tp_shrink_search(x);
	if (err == 0)
		err = tp_shrink_end(x, from);
	else
		tp_shrink_say(x, true);
	return err;
}

/* Its own cell, or the one of --cells. */
static bool choose_cell(struct tp_shrinking *x)
{
	const char *wanted = x->s->o->filter.cells;

	x->cell = tp_cell_find(wanted ? wanted : x->seq->cell);
	if (!x->cell)
		tp_error(0, "--cells %s: shrink wants one cell", wanted);
	else if (!of_one_file(x->seq->kind))
		tp_error(0,
			 "a finding of the kind %s is of the whole file system: none of many "
			 "candidates in one mount could be blamed for it (replay runs it again)",
			 tp_finding_name((enum tp_finding_kind)x->seq->kind));
	if (!x->cell || !of_one_file(x->seq->kind))
		return false;
	free(x->seq->cell);
	x->seq->cell = tp_strdup(x->cell->name);
	return true;
}

/* FILE.min.seq beside it, or what --output says. */
static char *output_of(const struct tp_options *o, const char *path)
{
	size_t len = strlen(path), suffix = strlen(TP_SEQFILE_SUFFIX);

	if (o->output)
		return tp_strdup(o->output);
	if (len > suffix && strcmp(path + len - suffix, TP_SEQFILE_SUFFIX) == 0)
		len -= suffix;
	return tp_printf("%.*s" TP_SHRUNK_SUFFIX, (int)len, path);
}

static bool usable(const struct tp_options *o)
{
	if (o->filter.nr_words != 1)
		tp_error(0, "shrink wants one folder of a failure, or one *" TP_SEQFILE_SUFFIX
			    " file");
	else if (o->length.most || o->actors || o->pages || o->dry_run || o->sequence || o->load ||
		 o->require || o->cover >= 0 || o->rate || o->until_fail || o->time_s ||
		 o->repeat > 1 || o->keep)
		tp_error(0, "shrink takes no --length, --actors, --pages, --dry-run, --sequence, "
			    "--load, --require, --cover, --rate, --until-fail, --time, --repeat or "
			    "--keep");
	else
		return true;
	return false;
}

static bool read_one(const struct tp_options *o, struct tp_seqset *set)
{
	if (tp_seqset_read(o->filter.words[0], set) < 0)
		return false;
	if (set->nr == 1)
		return true;
	tp_error(0, "%s has %zu *" TP_SEQFILE_SUFFIX " files, %s is the first: shrink wants one",
		 o->filter.words[0], set->nr, set->paths[0]);
	return false;
}

int tp_cmd_shrink(int argc, char **argv)
{
	struct tp_options o;
	struct tp_seqset set = { 0 };
	struct tp_shrinking x = { .live = isatty(STDERR_FILENO) };
	struct session s = {
		.o = &o, .command = "shrink", .scratch = true, .feed = tp_batch_feed(&x.batch)
	};
	enum tp_exit outcome = TP_EXIT_USAGE;

	x.s = &s;
	if (tp_options_read(argc, argv, &o) && usable(&o) && read_one(&o, &set) &&
	    tp_load_known(&s.known) == 0) {
		x.seq = &set.files[0];
		x.began_with = x.seq->seq.nr;
		x.output = output_of(&o, set.paths[0]);
		if (choose_cell(&x) && tp_seqset_era(&set, &o.era) == 0)
			outcome = shrink(&x, set.paths[0]) == 0 ? TP_EXIT_PASS : TP_EXIT_BROKEN;
		tp_session_close(&s);
	}
	free(x.output);
	tp_seqset_free(&set);
	return tp_exit_status(o.exit_codes, outcome);
}
