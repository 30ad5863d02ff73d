// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reader.h - what the parts of the scenario reader share
 */
#ifndef TP_PLAN_READER_H
#define TP_PLAN_READER_H

#include "plan/scenario.h"

/* The file "lists": named values. */
struct tp_lists {
	struct tp_param *lists;
	size_t nr;
};

struct tp_reader {
	struct tp_scenario *scenario;
	const struct tp_lists *lists;
	struct tp_buf story, ops, err;
	unsigned line;
};

/* Read one file; 0 or a negative errno (reported).  s is to be freed either way. */
int tp_scenario_read(const char *path, const char *name, const struct tp_lists *lists,
		     struct tp_scenario *s);
void tp_scenario_free(struct tp_scenario *s);

/* Read the file of lists; absent is fine. */
int tp_lists_read(const char *path, struct tp_lists *lists);
void tp_lists_free(struct tp_lists *lists);

/* "NAME = VALUE... [NAME = VALUE...]" into parameters of r->scenario. */
bool tp_read_values(struct tp_reader *r, const char *text, bool is_let);

#endif
