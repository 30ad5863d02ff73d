// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cut.h - verdicts of mounts in which a guest died
 */
#ifndef TP_CMD_CUT_H
#define TP_CMD_CUT_H

#include <stdbool.h>

#include "model/record.h"

/* Is it known what was at work when the guest died? */
bool tp_cut_named(const struct tp_report *rep);

/* The guest died once and then came through: what ended it is added to the verdicts
 * of the second boot.  first is emptied. */
void tp_cut_once(struct tp_report *first, struct tp_report *second);

/*
 * It died twice: those that it kept from being judged say so.  first is emptied.
 * Returns the names of the scenarios that were at work when it died, separated by
 * commas (to free), or NULL when they are not known.
 */
char *tp_cut_twice(struct tp_report *first, struct tp_report *second);

/* A guest without that died too: what ended it is added to the verdicts.  again is
 * emptied.  Returns names as above. */
char *tp_cut_again(struct tp_report *again, struct tp_report *whole);

/* The verdicts of a boot without what had killed two: those cases are told now.  rest
 * is emptied. */
void tp_cut_rest(struct tp_report *rest, struct tp_report *whole);

/* Why a guest never came to its first mount: the end of its console (to free). */
char *tp_cut_last_words(const char *console);

#endif
