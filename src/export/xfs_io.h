// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xfs_io.h - operations as commands of xfs_io(8)
 */
#ifndef TP_EXPORT_XFS_IO_H
#define TP_EXPORT_XFS_IO_H

#include "export/export.h"

/* A row holds one of the two. */
struct tp_xfs_io_op {
	const char *commands; /* separated by \n; see xfs_io.c */
	const char *refused;  /* why xfs_io cannot do it */
};

extern const struct tp_xfs_io_op tp_xfs_io_ops[TP_NR_OP_KINDS];

/* How a script calls xfs_io, its file, and what unmounts and mounts again. */
struct tp_xfs_io_style {
	const char *xfs_io, *file, *failed, *remount;
};

/* May all operations be commands?  0, or a negative errno (reported, with the name). */
int tp_xfs_io_check(const struct tp_export *e);

/* The calls of xfs_io, one for each stretch between remounts. */
void tp_xfs_io_calls(const struct tp_export *e, const struct tp_xfs_io_style *style,
		     struct tp_buf *out);

/* The one letter of each byte at the end, span by span; 0, or a negative errno (reported)
 * when a byte may have several values. */
int tp_xfs_io_end(const struct tp_export *e,
		  void (*span)(void *ctx, char letter, uint64_t start, uint64_t end), void *ctx);

#endif
