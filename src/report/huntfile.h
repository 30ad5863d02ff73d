// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * huntfile.h - a hunt on disk: what is hunted, and the log of what was tested
 */
#ifndef TP_REPORT_HUNTFILE_H
#define TP_REPORT_HUNTFILE_H

#include "plan/hunt.h"

/* All return 0 or a negative errno (reported). */
int tp_hunt_save(const struct tp_hunt *h, const char *path);
int tp_hunt_load(const char *path, struct tp_hunt *h);

/* Do they ask the same?  The answers so far (kinds learnt, calibration) do not count. */
bool tp_hunt_same(const struct tp_hunt *a, const struct tp_hunt *b);

/* One line of the log: a commit that was built, run and judged. */
struct tp_tested {
	char *phase;   /* "calibrate", "good" (that end is checked), "step" */
	char *commit;  /* full name; "" outside of git */
	char *subject; /* of the commit */
	enum tp_tried verdict;
	struct tp_tally tally;
	double build_s, seconds; /* of the build, of all */
	char *why;               /* of a skip or a stop; or NULL */
};

struct tp_tested_list {
	struct tp_tested *t;
	size_t nr;
};

/* Append one line of JSON.  A line that could only be written in part is cut off by
 * the next reader. */
int tp_tested_append(const char *path, const struct tp_tested *t);
/* A file that is not there is an empty log. */
int tp_tested_load(const char *path, struct tp_tested_list *list);
/* The last line of this phase and commit that has a verdict other than stop; or NULL. */
const struct tp_tested *tp_tested_find(const struct tp_tested_list *list, const char *phase,
				       const char *commit);
void tp_tested_free(struct tp_tested *t);
void tp_tested_list_free(struct tp_tested_list *list);

#endif
