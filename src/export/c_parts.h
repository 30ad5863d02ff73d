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

/* Ends with a NULL name. */
extern const struct tp_c_part tp_c_parts[];

/* c_ops.c: an operation as an expression of C, and the parts that it needs. */
struct tp_c_op {
	const char *expr;    /* NULL: has none */
	const char *parts;   /* names separated by commas, or NULL */
	const char *refused; /* why it has none, or NULL */
};

extern const struct tp_c_op tp_c_ops[TP_NR_OP_KINDS];

#endif
