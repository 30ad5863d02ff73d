// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts.h - what an exported C program is put together from
 */
#ifndef TP_EXPORT_C_PARTS_H
#define TP_EXPORT_C_PARTS_H

#include "model/op.h"

/* A piece of program text, with the parts and the headers that it needs. */
struct tp_c_part {
	const char *name;
	const char *needs;    /* names separated by commas, or NULL */
	const char *includes; /* likewise */
	const char *text;
};

/* c_parts_*.c: each ends with a NULL name. */
extern const struct tp_c_part tp_c_parts_check[], tp_c_parts_map[], tp_c_parts_io[],
	tp_c_parts_fs[], tp_c_parts_race[], tp_c_parts_disk[], tp_c_parts_file[];

/* By its place in a program; NULL behind the last.  The place of a name; SIZE_MAX: none. */
const struct tp_c_part *tp_c_part(size_t number);
size_t tp_c_part_find(const char *name);

/* c_ops.c: an operation as an expression of C, and the parts that it needs. */
struct tp_c_op {
	const char *expr;    /* NULL: has none */
	const char *parts;   /* names separated by commas, or NULL */
	const char *refused; /* why it has none, or NULL */
};

extern const struct tp_c_op tp_c_ops[TP_NR_OP_KINDS];

#endif
