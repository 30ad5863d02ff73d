// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * case.h - one case while it is judged: failed to be proven until it is proven
 */
#ifndef TP_JUDGE_CASE_H
#define TP_JUDGE_CASE_H

#include "model/plan.h"
#include "model/record.h"

struct tp_case {
	struct tp_record record;
	uint64_t planned;   /* files of the plan */
	char *broken;       /* the first reason why it cannot be told, or NULL */
	char *skip;         /* the first reason why a file was skipped, or NULL */
	char *note;         /* the first remark on a pass, or NULL */
	uint64_t pressed, dropped; /* memory ran out, and of that: the file's pages went */
};

void tp_case_init(struct tp_case *c, const char *scenario, const char *cell);
void tp_case_free(struct tp_case *c);

/* The first text of each kind stays; file may be NULL. */
void tp_case_broken(struct tp_case *c, const char *file, const char *reason);
void tp_case_skip(struct tp_case *c, const char *file, const char *reason);
void tp_case_note(struct tp_case *c, const char *text);

/* Give the verdict and merge the record into the report; the case is empty then. */
void tp_case_close(struct tp_case *c, struct tp_report *out);

/* The same for a record without files of its own: proven when nothing spoke against it. */
void tp_case_close_whole(struct tp_case *c, struct tp_report *out);

#endif
