// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * edit.h - small changes that make a sequence simpler
 */
#ifndef TP_PLAN_EDIT_H
#define TP_PLAN_EDIT_H

#include "model/cell.h"
#include "model/op.h"

enum tp_edit_what {
	TP_EDIT_DROP,    /* operation op goes */
	TP_EDIT_ARG,     /* its argument number arg becomes value */
	TP_EDIT_KIND,    /* it becomes one of kind value */
	TP_EDIT_EXPECT,  /* it must succeed, not only may */
	TP_EDIT_SLOT,    /* mapping value of all operations becomes mapping 0 */
	TP_EDIT_SHIFT,   /* all places move down by value bytes */
	TP_EDIT_FLATTEN, /* the actors of the block that holds op act one after another */
};

struct tp_edit {
	enum tp_edit_what what;
	size_t op;
	unsigned arg;
	uint64_t value;
};

struct tp_edits {
	struct tp_edit *e;
	size_t nr;
};

void tp_edits_add(struct tp_edits *edits, struct tp_edit e);
void tp_edits_free(struct tp_edits *edits);

/* What edits are made for. */
struct tp_edit_for {
	const struct tp_cell *cell;
	uint32_t page_bytes;
	bool loose[TP_NR_OP_KINDS]; /* kinds that do what walk.h does not foresee */
};

/* Of the sequence that is to become simpler: what it does now may stay. */
void tp_edit_begin(struct tp_edit_for *f, const struct tp_seq *seq, const struct tp_cell *cell,
		   uint32_t page_bytes);

/*
 * The sequence with these edits (the first one of an argument counts).  What can no
 * longer end as it must without what was dropped is dropped too: a store without its
 * mapping.  Returns false, and out is empty, when nothing is left of it or its blocks
 * make no sense.
 */
bool tp_edit_apply(const struct tp_edit_for *f, const struct tp_seq *seq,
		   const struct tp_edit *const *edits, size_t nr, struct tp_seq *out);

/*
 * How complicated it is: fewer operations before fewer actors before rounder arguments.
 * Less than 0 when a is simpler than b, 0 when they are as simple, more than 0 otherwise.
 */
int tp_edit_compare(const struct tp_edit_for *f, const struct tp_seq *a, const struct tp_seq *b);

/* All edits, beside dropping, that make one operation or all of them simpler. */
void tp_edit_suggest(const struct tp_edit_for *f, const struct tp_seq *seq, struct tp_edits *out);

#endif
