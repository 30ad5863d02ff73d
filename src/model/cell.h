// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cell.h - ways to make and mount a file system
 */
#ifndef TP_MODEL_CELL_H
#define TP_MODEL_CELL_H

#include <stdbool.h>
#include <stdint.h>

enum tp_data { TP_DATA_ORDERED, TP_DATA_WRITEBACK, TP_DATA_JOURNAL, TP_DATA_NONE };

struct tp_cell {
	const char *name;        /* "1k-ordered-delalloc" */
	uint32_t block_bytes;
	enum tp_data data;       /* NONE: no journal */
	bool delalloc;
	const char *flavour;     /* "" for the main matrix, else "ext3", "bigalloc", ... */
	const char *mkfs;        /* mke2fs options beside -b, words separated by blanks */
	const char *mount;       /* mount options asked for */
	const char *fallback;    /* asked for when the kernel refuses mount; or NULL */
};

/* The table of all cells, in the order of reports; ends with a NULL name. */
const struct tp_cell *tp_cells(void);

/* The cell with this name, or NULL. */
const struct tp_cell *tp_cell_find(const char *name);

/* "ordered", "writeback", "journal", "none". */
const char *tp_data_name(enum tp_data data);

/*
 * Does the property hold for the cell?  Properties: "block<page", "journal"
 * (has one), "extents", "delalloc", "data=journal", "inline", "bigalloc" ... and
 * each with a leading "!".  Returns 1, 0, or -1 for an unknown property.
 */
int tp_cell_has(const struct tp_cell *cell, uint32_t page_bytes, const char *property);

#endif
