// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_fsx.c - the logs of fsx --record-ops (xfstests, ltp/fsx.c, read_op)
 *
 * A line is [skip] NAME ARG... [keep_size] [close_open] [unshare] [*], with three
 * arguments or, for those with two ranges, four; the last of three is the size before.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plan/import.h"

#define MOST_ARGS 4
#define PAGE      UINT64_C(4096)

struct entry {
	uint64_t arg[MOST_ARGS];
	bool keep_size, close_open, unshare;
};

/* What fsx calls them, and what we do. */
static const struct row {
	const char *name;
	unsigned nr_args;
	const char *op;      /* NULL: cannot be expressed */
	const char *keep_op; /* with keep_size */
} rows[] = {
	{ "read", 3, "read", NULL },
	{ "read_dontcache", 3, NULL, NULL },
	{ "write", 3, "pwrite", NULL },
	{ "write_dontcache", 3, NULL, NULL },
	{ "write_atomic", 3, NULL, NULL },
	{ "mapread", 3, "load", NULL },
	{ "mapwrite", 3, "store", NULL },
	{ "truncate", 3, "truncate", NULL },
	{ "fallocate", 3, "fallocate", "fallocate-keep" },
	{ "punch_hole", 3, "punch", "punch" },
	{ "zero_range", 3, "zero-range", "zero-range-keep" },
	{ "collapse_range", 3, "collapse", NULL },
	{ "insert_range", 3, "insert", NULL },
	{ "clone_range", 4, NULL, NULL },
	{ "dedupe_range", 4, NULL, NULL },
	{ "copy_range", 4, "copy-range", NULL },
	{ "fsync", 3, "fsync", NULL },
	{ "exchange_range", 4, NULL, NULL },
};

static const struct row *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

bool tp_import_is_fsx(const char *text)
{
	char *first;
	size_t len;
	bool is;

	for (;;) {
		text += strspn(text, " \t\n");
		if (*text != '#')
			break;
		text += strcspn(text, "\n");
	}
	if (strncmp(text, "skip ", 5) == 0)
		text += 5;
	len = strcspn(text, " \t\n");
	first = tp_strndup(text, len);
	/* truncate and fsync are commands of xfs_io as well, with fewer words. */
	is = find(first) && strncmp(text + len + strspn(text + len, " \t"), "0x", 2) == 0;
	free(first);
	return is;
}

static int read_args(struct tp_import *im, unsigned nr, char **save, struct entry *e)
{
	for (unsigned i = 0; i < nr; i++) {
		char *word = strtok_r(NULL, " \t", save), *end;

		if (!word)
			return tp_import_bad(im, "wants %u numbers", nr);
		errno = 0;
		e->arg[i] = strtoull(word, &end, 0);
		if (*end || end == word || *word == '-' || errno)
			return tp_import_bad(im, "\"%s\" is not a number", word);
	}
	for (char *word; (word = strtok_r(NULL, " \t", save));) {
		if (strcmp(word, "keep_size") == 0)
			e->keep_size = true;
		else if (strcmp(word, "close_open") == 0)
			e->close_open = true;
		else if (strcmp(word, "unshare") == 0)
			e->unshare = true;
		else if (strcmp(word, "*") != 0)
			return tp_import_bad(im, "\"%s\" is no word of fsx", word);
	}
	return 0;
}

/* fsx makes the file as long as it needs, maps the pages, and syncs what it stored. */
static int mapped(struct tp_import *im, const char *op, const struct entry *e)
{
	uint64_t start = e->arg[0] / PAGE * PAGE, end = e->arg[0] + e->arg[1];
	bool store = strcmp(op, "store") == 0;
	int err = 0;

	if (store && end > im->size)
		err = tp_import_add(im, "truncate %" PRIu64, end);
	if (err == 0)
		err = tp_import_add(im, "map %" PRIu64 " %" PRIu64, start, end - start);
	if (err == 0)
		err = tp_import_add(im, "%s %" PRIu64 " %" PRIu64, op, e->arg[0], e->arg[1]);
	if (err == 0 && store)
		err = tp_import_add(im, "msync");
	return err < 0 ? err : tp_import_add(im, "unmap");
}

static int add(struct tp_import *im, const struct row *r, const struct entry *e)
{
	const char *op = e->keep_size && r->keep_op ? r->keep_op : r->op;

	if (!op || e->unshare)
		return tp_import_unknown(im, "%s%s cannot be expressed", r->name,
					 e->unshare ? " with unshare" : "");
	if (strcmp(op, "load") == 0 || strcmp(op, "store") == 0)
		return mapped(im, op, e);
	if (strcmp(op, "fsync") == 0)
		return tp_import_add(im, "fsync");
	if (strcmp(op, "truncate") == 0)
		return tp_import_add(im, "truncate %" PRIu64, e->arg[1]);
	if (strcmp(op, "copy-range") == 0)
		return tp_import_add(im, "copy-range %" PRIu64 " %" PRIu64 " %" PRIu64, e->arg[0],
				     e->arg[2], e->arg[1]);
	return tp_import_add(im, "%s %" PRIu64 " %" PRIu64, op, e->arg[0], e->arg[1]);
}

static int entry(struct tp_import *im, char *line)
{
	char *save = NULL, *word = strtok_r(line, " \t", &save);
	bool skipped = word && strcmp(word, "skip") == 0;
	struct entry e = { .keep_size = false };
	const struct row *r;
	int err;

	if (!word || *word == '#')
		return 0;
	if (skipped)
		word = strtok_r(NULL, " \t", &save);
	r = word ? find(word) : NULL;
	if (!r)
		return tp_import_bad(im, "\"%s\" is no operation of fsx", word ? word : "");
	err = read_args(im, r->nr_args, &save, &e);
	if (err < 0 || skipped)
		return err;
	err = add(im, r, &e);
	if (err < 0 || !e.close_open)
		return err;
	err = tp_import_add(im, "reopen");
	return err < 0 ? err : tp_import_add(im, "drop-caches");
}

int tp_import_fsx(struct tp_import *im, char *text)
{
	char *line;
	int err = 0;

	while (err == 0 && (line = tp_import_line(im, &text)))
		err = entry(im, line);
	return err;
}
