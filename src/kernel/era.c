// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * era.c - file systems as the mke2fs of earlier years made them
 *
 * The lists are those of [fs_types] ext4 and base_features in mke2fs.conf of
 * e2fsprogs 1.41 to 1.42 (the first two rows) and 1.43 to 1.46 (4.x).  Tried with
 * e2fsprogs 1.47: 2.6.31 refuses to write with metadata_csum (RO_COMPAT 0x400),
 * bigalloc (0x200) and inline_data (INCOMPAT 0x8000); it would take 64bit.
 */
#include <string.h>

#include "kernel/era.h"

#define OF_2008                                                                               \
	"none,has_journal,ext_attr,resize_inode,dir_index,filetype,sparse_super,large_file,"  \
	"extent,flex_bg,uninit_bg,huge_file,dir_nlink,extra_isize"
#define OF_2016                                                                               \
	"none,has_journal,ext_attr,resize_inode,dir_index,filetype,sparse_super,large_file,"  \
	"extent,flex_bg,64bit,metadata_csum,huge_file,dir_nlink,extra_isize"

/* bigalloc: fs/ext4 of 3.2; inline_data: of 3.8; metadata_csum: of 3.5, and mke2fs
 * made it by default when 4.x was current; orphan_file: of 5.15. */
const struct tp_era tp_eras[] = {
	{ "2.6", { { 2, 6, 28 } }, OF_2008,
	  { { "bigalloc", "bigalloc came with Linux 3.2" },
	    { "inline", "inline_data came with Linux 3.8" },
	    { NULL, NULL } } },
	{ "3.x", { { 3, 8, 0 } }, OF_2008, { { NULL, NULL } } },
	{ "4.x", { { 4, 0, 0 } }, OF_2016, { { NULL, NULL } } },
	{ "current", { { 5, 15, 0 } }, "", { { NULL, NULL } } },
	{ .name = NULL },
};

const struct tp_era *tp_era_find(const char *name)
{
	for (const struct tp_era *e = tp_eras; e->name; e++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

const struct tp_era *tp_era_for(const struct tp_release *kernel)
{
	const struct tp_era *found = tp_eras;

	for (const struct tp_era *e = tp_eras; e->name; e++)
		if (tp_release_compare(kernel, &e->since) >= 0)
			found = e;
	return found;
}

const char *tp_era_lacks(const struct tp_era *era, const struct tp_cell *cell)
{
	for (const struct tp_era_gap *g = era->gaps; g->flavour; g++)
		if (strcmp(g->flavour, cell->flavour) == 0)
			return g->why;
	return NULL;
}
