// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import.h - sequences that others have written down
 *
 * fsx --record-ops writes .fsxops: "write 0x137dd 0xdc69 0x0 keep_size *".  xfs_io(8)
 * has commands, in a list or behind -c in a shell script.  Both become operations of
 * main, and what cannot be one is told with its line.
 */
#ifndef TP_PLAN_IMPORT_H
#define TP_PLAN_IMPORT_H

#include "base/buf.h"
#include "model/op.h"
#include "plan/seqfile.h"

struct tp_import_options {
	const char *cell;   /* that the sequence is to run in */
	const char *target; /* of several files in a script: the one whose word has this; or NULL */
	bool skip_unknown;  /* leave out what cannot be expressed, and say so in the story */
};

/* What a reader of one form works on. */
struct tp_import {
	const struct tp_import_options *o;
	const char *path;
	unsigned line;
	struct tp_buf ops;   /* "pwrite 0 10; ..." */
	struct tp_buf story; /* what was left out */
	uint64_t size;       /* of the file, as far as it went */
	size_t nr;           /* operations */
	unsigned left_out;
};

/* 0, or a negative errno (reported with file and line); s is empty then. */
int tp_import_read(const char *path, const struct tp_import_options *o, struct tp_seqfile *s);

/* Add an operation: "pwrite 0 10".  0, or a negative errno (reported) when it is none. */
int tp_import_add(struct tp_import *im, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* This line cannot be expressed: 0 when it may be left out, else a negative errno
 * (reported). */
int tp_import_unknown(struct tp_import *im, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* This line is malformed: a negative errno (reported). */
int tp_import_bad(const struct tp_import *im, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* import_fsx.c, import_xfs_io.c: is the text of this form, and read all of it.  The text
 * is changed.  0 or a negative errno (reported). */
bool tp_import_is_fsx(const char *text);
int tp_import_fsx(struct tp_import *im, char *text);
int tp_import_xfs_io(struct tp_import *im, char *text);

/* Cut the next line off *text; NULL when none is left. */
char *tp_import_line(struct tp_import *im, char **text);

#endif
