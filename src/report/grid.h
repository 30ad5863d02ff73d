// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grid.h - scenario x cell, one letter a case
 *
 * columns.c decides what stands where, grid.c draws it.
 */
#ifndef TP_REPORT_GRID_H
#define TP_REPORT_GRID_H

#include "report/report.h"

struct tp_buf;

/*
 * One cell.  Columns of one block size and section stand together, those of
 * one head closer still:
 *
 *	1k          2k
 *	or wb jo    or wb jo
 *	dn dn dn    dn dn dn
 */
struct tp_column {
	const char *cell; /* points into the report */
	unsigned section; /* 0 main matrix, 1 further cells, 2 cells without a name here */
	char block[8];    /* "1k", or "" */
	char head[4];     /* "or" */
	char letter;      /* "d", or a blank */
	unsigned x;       /* where it stands behind the names */
	unsigned head_x;  /* where its head stands */
	unsigned block_x; /* where its block size stands */
};

/* The columns of all cells that have a case, in order; the caller's to free. */
struct tp_column *tp_columns(const struct tp_report *rep, size_t *nr);

/* Give places to nr columns; returns their width. */
unsigned tp_columns_place(struct tp_column *columns, size_t nr);

/* What the heads of these columns mean, in lines of at most width characters. */
void tp_columns_legend(struct tp_buf *out, const struct tp_column *columns, size_t nr,
		       unsigned width);

/* The whole grid with its legend; nothing when there are no cases. */
void tp_grid_add(struct tp_buf *out, const struct tp_report *rep, const struct tp_style *style);

/* The look of a verdict: its letter, its escape sequence. */
char tp_verdict_letter(enum tp_verdict v);
const char *tp_verdict_color(enum tp_verdict v);
#define TP_COLOR_OFF "\033[0m"

#endif
