// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grid.c - scenario x cell, one letter a case
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "report/grid.h"
#include "report/plain.h"

#define LOG_WIDTH 100 /* of a log file, which has no width of its own */
#define NAME_MAX  40
#define GAP       2

static const struct {
	char letter;
	const char *color;
} looks[TP_NR_VERDICTS] = {
	[TP_PASS] = { '.', "\033[32m" },   [TP_SKIP] = { 's', "\033[36m" },
	[TP_KNOWN] = { 'k', "\033[33m" },  [TP_BROKEN] = { 'B', "\033[1;35m" },
	[TP_FAIL] = { 'F', "\033[1;31m" },
};

struct grid {
	const char **rows; /* names of scenarios */
	size_t nr_rows;
	struct tp_column *columns;
	size_t nr_columns;
	int *verdicts; /* rows x columns; -1: no such case */
	unsigned name_width;
	bool color;
};

char tp_verdict_letter(enum tp_verdict v)
{
	return looks[v].letter;
}

const char *tp_verdict_color(enum tp_verdict v)
{
	return looks[v].color;
}

/* What is no scenario (the file system as a whole, the load) stands last. */
static int rank(const char *scenario)
{
	return strcmp(scenario, TP_FILE_SYSTEM) == 0 ? 1 : strcmp(scenario, TP_LOAD) == 0 ? 2 : 0;
}

static int by_name(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return rank(x) != rank(y) ? rank(x) - rank(y) : strcmp(x, y);
}

static void find_rows(struct grid *g, const struct tp_report *rep)
{
	size_t kept = 0;

	g->rows = tp_alloc(rep->nr * sizeof(*g->rows));
	for (size_t i = 0; i < rep->nr; i++)
		g->rows[i] = rep->records[i].scenario;
	qsort(g->rows, rep->nr, sizeof(*g->rows), by_name);
	for (size_t i = 0; i < rep->nr; i++)
		if (kept == 0 || strcmp(g->rows[kept - 1], g->rows[i]) != 0)
			g->rows[kept++] = g->rows[i];
	g->nr_rows = kept;
}

static size_t find_column(const struct grid *g, const char *cell)
{
	size_t i = 0;

	while (strcmp(g->columns[i].cell, cell) != 0)
		i++;
	return i;
}

static void find_verdicts(struct grid *g, const struct tp_report *rep)
{
	size_t nr = g->nr_rows * g->nr_columns;

	g->verdicts = tp_alloc(nr * sizeof(*g->verdicts));
	for (size_t i = 0; i < nr; i++)
		g->verdicts[i] = -1;
	for (size_t i = 0; i < rep->nr; i++) {
		const struct tp_record *r = &rep->records[i];
		const char **row =
			bsearch(&r->scenario, g->rows, g->nr_rows, sizeof(*g->rows), by_name);

		g->verdicts[(size_t)(row - g->rows) * g->nr_columns + find_column(g, r->cell)] =
			(int)r->verdict;
	}
}

/* Blanks up to column x; nothing can stand behind a text at its own place. */
static void go_to(struct tp_buf *out, size_t line, unsigned x)
{
	while (out->len - line < x)
		tp_buf_puts(out, " ");
}

static void add_heads(struct tp_buf *out, const struct grid *g, size_t from, size_t to)
{
	for (int row = 0; row < 3; row++) {
		size_t line = out->len;

		for (size_t i = from; i < to; i++) {
			const struct tp_column *c = &g->columns[i];
			unsigned left = g->name_width + GAP;

			if (row == 0 && c->x == c->block_x && *c->block) {
				go_to(out, line, left + c->x);
				tp_buf_puts(out, c->block);
			} else if (row == 1 && c->x == c->head_x) {
				go_to(out, line, left + c->x);
				tp_buf_puts(out, c->head);
			} else if (row == 2 && c->letter != ' ') {
				go_to(out, line, left + c->x);
				tp_buf_add(out, &c->letter, 1);
			}
		}
		if (out->len > line)
			tp_buf_puts(out, "\n");
	}
}

static void add_name(struct tp_buf *out, const struct grid *g, const char *scenario)
{
	size_t line = out->len;
	char *name = tp_plain(scenario, TP_PLAIN_LINE);

	if (strlen(name) > g->name_width)
		tp_buf_printf(out, "%.*s~", (int)g->name_width - 1, name);
	else
		tp_buf_puts(out, name);
	free(name);
	go_to(out, line, g->name_width + GAP);
}

/* One line; without a case in these columns, none. */
static void add_row(struct tp_buf *out, const struct grid *g, size_t row, size_t from, size_t to)
{
	const int *verdicts = &g->verdicts[row * g->nr_columns];
	unsigned x = 0;
	size_t i = from;

	while (i < to && verdicts[i] < 0)
		i++;
	if (i == to)
		return;
	add_name(out, g, g->rows[row]);
	for (; i < to; i++) {
		if (verdicts[i] < 0)
			continue;
		tp_buf_printf(out, "%*s", (int)(g->columns[i].x - x), "");
		tp_buf_printf(out, "%s%c%s", g->color ? looks[verdicts[i]].color : "",
			      looks[verdicts[i]].letter, g->color ? TP_COLOR_OFF : "");
		x = g->columns[i].x + 1;
	}
	tp_buf_puts(out, "\n");
}

static void add_table(struct tp_buf *out, struct grid *g, size_t from, size_t to)
{
	if (from == to)
		return;
	tp_columns_place(g->columns + from, to - from);
	add_heads(out, g, from, to);
	for (size_t row = 0; row < g->nr_rows; row++)
		add_row(out, g, row, from, to);
	tp_buf_puts(out, "\n");
}

/* All in one table when it is not too wide, else one table a section. */
static void add_tables(struct tp_buf *out, struct grid *g, unsigned width)
{
	if (g->name_width + GAP + tp_columns_place(g->columns, g->nr_columns) <= width) {
		add_table(out, g, 0, g->nr_columns);
		return;
	}
	for (size_t from = 0, to; from < g->nr_columns; from = to) {
		for (to = from + 1; to < g->nr_columns; to++)
			if (g->columns[to].section != g->columns[from].section)
				break;
		add_table(out, g, from, to);
	}
}

static void add_letters(struct tp_buf *out, const struct grid *g)
{
	static const struct {
		enum tp_verdict v;
		const char *name;
	} letters[] = { { TP_PASS, "pass" },
			{ TP_FAIL, "FAIL" },
			{ TP_KNOWN, "known" },
			{ TP_SKIP, "skip" },
			{ TP_BROKEN, "BROKEN" } };

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		tp_buf_printf(out, "%s%c%s %s, ", g->color ? looks[letters[i].v].color : "",
			      looks[letters[i].v].letter, g->color ? TP_COLOR_OFF : "",
			      letters[i].name);
	tp_buf_puts(out, "blank: no such case\n");
}

void tp_grid_add(struct tp_buf *out, const struct tp_report *rep, const struct tp_style *style)
{
	unsigned width = style->width && style->width < LOG_WIDTH ? style->width : LOG_WIDTH;
	struct grid g = { .color = style->color };

	if (rep->nr == 0)
		return;
	g.columns = tp_columns(rep, &g.nr_columns);
	find_rows(&g, rep);
	find_verdicts(&g, rep);
	for (size_t i = 0; i < g.nr_rows; i++) {
		size_t len = strlen(g.rows[i]);

		if (len > g.name_width)
			g.name_width = len < NAME_MAX ? (unsigned)len : NAME_MAX;
	}
	add_tables(out, &g, width);
	tp_columns_legend(out, g.columns, g.nr_columns, width);
	add_letters(out, &g);
	free(g.verdicts);
	free(g.rows);
	free(g.columns);
}
