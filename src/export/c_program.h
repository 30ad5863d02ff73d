// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_program.h - a sequence while it becomes a program of C
 */
#ifndef TP_EXPORT_C_PROGRAM_H
#define TP_EXPORT_C_PROGRAM_H

#include "export/c_parts.h"
#include "export/export.h"

#define TP_MOST_PARTS 64

struct tp_program {
	const struct tp_export *e;
	struct tp_buf *out;
	bool used[TP_MOST_PARTS]; /* numbers of parts */
	bool plain;               /* nothing may fault */
	size_t at;                /* the operation that is written */
	unsigned actors, met;     /* of its block; how often its actor has met others */
};

bool tp_c_moves(const struct tp_program *p);
/* In any form. */
bool tp_c_uses(const struct tp_program *p, const char *name);

/* Is anything judged while the operations run? */
bool tp_c_judges(const struct tp_program *p);

/* What an operation that failed, as it may, leaves behind. */
const char *tp_c_unsure(const struct tp_program *p);

/* What else must hold before something is judged. */
const char *tp_c_if_sure(const struct tp_program *p);

/* c_head.c: what it is, headers, constants, variables, tables of what must be there. */
void tp_c_head(struct tp_program *p);

/* c_run.c: the actors, and the sequence. */
void tp_c_run(struct tp_program *p);

#endif
