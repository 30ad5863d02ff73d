// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_xfs_io.h - while commands of xfs_io(8) are read
 */
#ifndef TP_PLAN_IMPORT_XFS_IO_H
#define TP_PLAN_IMPORT_XFS_IO_H

#include "plan/import.h"

struct tp_xfs_io {
	struct tp_import *im;
	char *target; /* the file of the calls; NULL: not known yet */
	bool called;  /* xfs_io was called before */
	bool mapped;
	bool direct; /* the call has -d */
	uint64_t map_off, map_len;
};

/* import_xfs_io_ops.c: a command, "pwrite 0 1k"; the text is changed.  0 or a negative
 * errno (reported). */
int tp_xfs_io_command(struct tp_xfs_io *s, char *text);

/* What is mapped is mapped no more.  0 or a negative errno (reported). */
int tp_xfs_io_unmap(struct tp_xfs_io *s);

#endif
