// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * columns.c - short heads for the names of cells
 */
#include <stdlib.h>
#include <string.h>

#include "model/cell.h"
#include "report/grid.h"
#include "report/plain.h"

/* What follows the block size in a cell's name, and how its column is headed. */
static const struct {
	const char *name;
	unsigned section;
	const char *head;
	char letter;
} heads[] = {
	{ "ordered-delalloc", 0, "or", 'd' },
	{ "ordered-nodelalloc", 0, "or", 'n' },
	{ "writeback-delalloc", 0, "wb", 'd' },
	{ "writeback-nodelalloc", 0, "wb", 'n' },
	{ "journal-delalloc", 0, "jo", 'd' },
	{ "journal-nodelalloc", 0, "jo", 'n' },
	{ "dioread_nolock", 1, "dr", 'n' },
	{ "dioread_lock", 1, "dr", 'l' },
	{ "nojournal", 1, "nj", 'd' },
	{ "nojournal-nodelalloc", 1, "nj", 'n' },
	{ "ext3", 1, "e3", 'o' },
	{ "ext3-journal", 1, "e3", 'j' },
	{ "bigalloc", 1, "ba", 'd' },
	{ "bigalloc-nodelalloc", 1, "ba", 'n' },
	{ "inline", 1, "in", 'd' },
	{ "discard", 1, "di", 'd' },
};

static const struct {
	const char *head;
	const char *meaning;
} meanings[] = {
	{ "or", "or ordered" },   { "wb", "wb writeback" },
	{ "jo", "jo journal" },   { "dr", "dr dioread (n nolock, l lock)" },
	{ "nj", "nj nojournal" }, { "e3", "e3 ext3 (o ordered, j journal)" },
	{ "ba", "ba bigalloc" },  { "in", "in inline" },
	{ "di", "di discard" },
};

static struct tp_column column_of(const char *cell, unsigned *unknown)
{
	struct tp_column c = { .cell = cell, .section = 2, .letter = ' ' };
	size_t len = strcspn(cell, "-");

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (cell[len] && len < sizeof(c.block) &&
		    strcmp(cell + len + 1, heads[i].name) == 0) {
			c.section = heads[i].section;
			c.letter = heads[i].letter;
			memcpy(c.block, cell, len);
			strcpy(c.head, heads[i].head);
			return c;
		}
	/* Cells of another version: numbered, named in the legend. */
	snprintf(c.head, sizeof(c.head), "%02u", ++*unknown % 100);
	return c;
}

static bool holds(const struct tp_column *columns, size_t nr, const char *cell)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(columns[i].cell, cell) == 0)
			return true;
	return false;
}

/* The report's own text of a cell's name; NULL: it has no case there. */
static const char *find_cell(const struct tp_report *rep, const char *cell)
{
	for (size_t i = 0; i < rep->nr; i++)
		if (strcmp(rep->records[i].cell, cell) == 0)
			return rep->records[i].cell;
	return NULL;
}

struct tp_column *tp_columns(const struct tp_report *rep, size_t *nr)
{
	struct tp_column *columns = NULL;
	unsigned unknown = 0;
	size_t n = 0;

	for (unsigned section = 0; section < 3; section++) {
		for (const struct tp_cell *c = tp_cells(); c->name; c++) {
			const char *cell = find_cell(rep, c->name);

			if (!cell || holds(columns, n, cell) ||
			    column_of(cell, &(unsigned){ 0 }).section != section)
				continue;
			columns = tp_grow(columns, n, sizeof(*columns));
			columns[n++] = column_of(cell, &unknown);
		}
	}
	for (size_t i = 0; i < rep->nr; i++) {
		const char *cell = rep->records[i].cell;

		if (holds(columns, n, cell))
			continue;
		columns = tp_grow(columns, n, sizeof(*columns));
		columns[n] = column_of(cell, &unknown);
		columns[n++].section = 2;
	}
	*nr = n;
	return columns;
}

unsigned tp_columns_place(struct tp_column *columns, size_t nr)
{
	unsigned x = 0;

	for (size_t i = 0; i < nr; i++) {
		struct tp_column *c = &columns[i], *last = i ? c - 1 : c;
		bool same_block = c->section == last->section && !strcmp(c->block, last->block);
		bool same_head = i && same_block && !strcmp(c->head, last->head);

		/* Heads are two wide, whether one column stands below or two. */
		if (i && !same_head && x < last->head_x + 2)
			x = last->head_x + 2;
		if (i && !same_head)
			x += c->section != last->section ? 4 : !same_block ? 3 : 1;
		c->x = x++;
		c->head_x = same_head ? last->head_x : c->x;
		c->block_x = i && same_block ? last->block_x : c->x;
	}
	return nr && x < columns[nr - 1].head_x + 2 ? columns[nr - 1].head_x + 2 : x;
}

static void add_meaning(struct tp_buf *out, size_t *used, unsigned width, const char *text)
{
	size_t len = strlen(text);

	if (*used && *used + 2 + len > width) {
		tp_buf_puts(out, "\n");
		*used = 0;
	}
	tp_buf_printf(out, "%s%s", *used ? ", " : "", text);
	*used += len + (*used ? 2 : 0);
}

static bool has_head(const struct tp_column *columns, size_t nr, const char *head, char letter)
{
	for (size_t i = 0; i < nr; i++)
		if ((!head || strcmp(columns[i].head, head) == 0) &&
		    (!letter || columns[i].letter == letter))
			return true;
	return false;
}

void tp_columns_legend(struct tp_buf *out, const struct tp_column *columns, size_t nr,
		       unsigned width)
{
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (has_head(columns, nr, meanings[i].head, 0))
			add_meaning(out, &used, width, meanings[i].meaning);
	if (has_head(columns, nr, NULL, 'd'))
		add_meaning(out, &used, width, "d delalloc");
	if (has_head(columns, nr, NULL, 'n'))
		add_meaning(out, &used, width, "n nodelalloc");
	for (size_t i = 0; i < nr; i++)
		if (columns[i].section == 2) {
			char *name = tp_plain(columns[i].cell, TP_PLAIN_LINE);
			char *text = tp_printf("%s %s", columns[i].head, name);

			add_meaning(out, &used, width, text);
			free(text);
			free(name);
		}
	tp_buf_puts(out, used ? "\n" : "");
}
