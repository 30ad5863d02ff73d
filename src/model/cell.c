// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cell.c - ways to make and mount a file system
 *
 * The main matrix is data mode x allocation x block size.  The other cells
 * bear the names that ext4's own test appliance gives them (xfstests-bld,
 * fs/ext4/cfg): dioread_nolock, nojournal, ext3, bigalloc, inline.
 */
#include <string.h>

#include "base/buf.h"
#include "model/cell.h"

/* data=journal forces delalloc off.  Asked for by name the kernel refuses the
 * mount (fs/ext4/super.c, "can't mount with both data=journal and delalloc");
 * as the default it falls back silently.  So the row asks first, then falls. */
#define MAIN(bs, bytes)                                                                       \
	{ bs "-ordered-delalloc", bytes, TP_DATA_ORDERED, true, "", "",                       \
	  "data=ordered,delalloc", NULL },                                                    \
	{ bs "-ordered-nodelalloc", bytes, TP_DATA_ORDERED, false, "", "",                    \
	  "data=ordered,nodelalloc", NULL },                                                  \
	{ bs "-writeback-delalloc", bytes, TP_DATA_WRITEBACK, true, "", "",                   \
	  "data=writeback,delalloc", NULL },                                                  \
	{ bs "-writeback-nodelalloc", bytes, TP_DATA_WRITEBACK, false, "", "",                \
	  "data=writeback,nodelalloc", NULL },                                                \
	{ bs "-journal-delalloc", bytes, TP_DATA_JOURNAL, true, "", "",                       \
	  "data=journal,delalloc", "data=journal" },                                          \
	{ bs "-journal-nodelalloc", bytes, TP_DATA_JOURNAL, false, "", "",                    \
	  "data=journal,nodelalloc", NULL }

#define EXT3 "-O ^extents,^64bit,^flex_bg,^metadata_csum,^uninit_bg,^huge_file,^dir_nlink,^extra_isize"

#define FLAVOURS(bs, bytes, cluster)                                                          \
	{ bs "-dioread_nolock", bytes, TP_DATA_ORDERED, true, "dioread_nolock", "",           \
	  "data=ordered,delalloc,dioread_nolock", NULL },                                     \
	{ bs "-dioread_lock", bytes, TP_DATA_ORDERED, true, "dioread_lock", "",               \
	  "data=ordered,delalloc,dioread_lock", NULL },                                       \
	{ bs "-nojournal", bytes, TP_DATA_NONE, true, "nojournal", "-O ^has_journal",         \
	  "delalloc", NULL },                                                                 \
	{ bs "-nojournal-nodelalloc", bytes, TP_DATA_NONE, false, "nojournal",                \
	  "-O ^has_journal", "nodelalloc", NULL },                                            \
	{ bs "-ext3", bytes, TP_DATA_ORDERED, false, "ext3", EXT3,                            \
	  "data=ordered,nodelalloc", NULL },                                                  \
	{ bs "-ext3-journal", bytes, TP_DATA_JOURNAL, false, "ext3", EXT3,                    \
	  "data=journal,nodelalloc", NULL },                                                  \
	{ bs "-bigalloc", bytes, TP_DATA_ORDERED, true, "bigalloc",                           \
	  "-O bigalloc -C " cluster, "data=ordered,delalloc", NULL },                         \
	{ bs "-bigalloc-nodelalloc", bytes, TP_DATA_ORDERED, false, "bigalloc",               \
	  "-O bigalloc -C " cluster, "data=ordered,nodelalloc", NULL },                       \
	{ bs "-discard", bytes, TP_DATA_ORDERED, true, "discard", "",                         \
	  "data=ordered,delalloc,discard", NULL },                                            \
	{ bs "-inline", bytes, TP_DATA_ORDERED, true, "inline", "-O inline_data -I 256",      \
	  "data=ordered,delalloc", NULL }

static const struct tp_cell cells[] = {
	MAIN("1k", 1024),
	MAIN("2k", 2048),
	MAIN("4k", 4096),
	FLAVOURS("1k", 1024, "16384"),
	FLAVOURS("4k", 4096, "65536"),
	{ .name = NULL },
};

const struct tp_cell *tp_cells(void)
{
	return cells;
}

const struct tp_cell *tp_cell_find(const char *name)
{
	for (const struct tp_cell *c = cells; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

const char *tp_data_name(enum tp_data data)
{
	static const char *const names[] = {
		[TP_DATA_ORDERED] = "ordered",
		[TP_DATA_WRITEBACK] = "writeback",
		[TP_DATA_JOURNAL] = "journal",
		[TP_DATA_NONE] = "none",
	};

	return names[data];
}

int tp_cell_has(const struct tp_cell *cell, uint32_t page_bytes, const char *property)
{
	bool negate = *property == '!';
	const struct {
		const char *name;
		bool holds;
	} properties[] = {
		{ "block<page", cell->block_bytes < page_bytes },
		{ "block=page", cell->block_bytes == page_bytes },
		{ "journal", cell->data != TP_DATA_NONE },
		{ "data=journal", cell->data == TP_DATA_JOURNAL },
		{ "data=ordered", cell->data == TP_DATA_ORDERED },
		{ "data=writeback", cell->data == TP_DATA_WRITEBACK },
		{ "delalloc", cell->delalloc && cell->data != TP_DATA_JOURNAL },
		{ "extents", strcmp(cell->flavour, "ext3") != 0 },
		{ "inline", strcmp(cell->flavour, "inline") == 0 },
		{ "bigalloc", strcmp(cell->flavour, "bigalloc") == 0 },
		{ "main", *cell->flavour == '\0' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (strcmp(properties[i].name, property + negate) == 0)
			return properties[i].holds != negate;
	return -1;
}
