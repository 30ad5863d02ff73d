// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export.h - a failing sequence for people who do not have tailpage
 */
#ifndef TP_EXPORT_EXPORT_H
#define TP_EXPORT_EXPORT_H

#include "export/expect.h"
#include "kernel/era.h"
#include "plan/seqfile.h"

/* What every format is made from. */
struct tp_export {
	const struct tp_seqfile *s;
	const struct tp_cell *cell;
	const struct tp_era *era; /* NULL: as mke2fs is set up */
	uint32_t page_bytes;      /* of the machine that it is to run on */
	struct tp_foresight expect;
	uint64_t base_bytes; /* of the image: for the file system, ... */
	uint64_t file_bytes; /* ... and for each file */
};

struct tp_export_format {
	const char *name;
	const char *help;
	bool folder; /* makes two files, NNN and NNN.out, in a folder */
	/* Put the text into out, and that of NNN.out into second.  0 or a negative errno
	 * (reported): an operation that the format cannot express, by name. */
	int (*make)(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second);
};

/* The one list of formats; ends with a NULL name. */
extern const struct tp_export_format tp_export_formats[];
const struct tp_export_format *tp_export_find(const char *name);

/* Stands for the number of a test, which is known when its files are written. */
#define TP_EXPORT_NUMBER "@NUMBER@"

int tp_export_c(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second);
int tp_export_sh(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second);
int tp_export_fstests(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second);
int tp_export_text(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second);

/* Make ready: the sequence's cell, era and what it must end with.  page_bytes: of the
 * machine that it is to run on.  0 or a negative errno (reported).  s must outlive e. */
int tp_export_begin(const struct tp_seqfile *s, uint32_t page_bytes, struct tp_export *e);
void tp_export_end(struct tp_export *e);

/* What the sequence lost and where, one line: "lost: bytes 3000-3000 lost". */
void tp_export_title(const struct tp_export *e, struct tp_buf *out);

/* Lines of a comment, each behind prefix: title, kernel, operations, commits. */
void tp_export_story(const struct tp_export *e, const char *prefix, struct tp_buf *out);

/* The operation's words between quotes of C and of the shell. */
char *tp_export_words(const struct tp_op *op);

/* An operation's template with its arguments: $o, $l ... as in ops.def, $m the mapping. */
void tp_export_expand(const char *text, const struct tp_op *op,
		      bool (*more)(void *ctx, char what, struct tp_buf *out), void *ctx,
		      struct tp_buf *out);

#endif
