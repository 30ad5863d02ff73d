// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cut.h - verdicts of mounts in which a guest died
 */
#ifndef TP_CMD_CUT_H
#define TP_CMD_CUT_H

#include "model/record.h"

/* The guest died once and then came through: what ended it is added to the verdicts
 * of the second boot.  first is emptied. */
void tp_cut_once(struct tp_report *first, struct tp_report *second);

/* It died twice: cases that ended it both times are named, and those that it kept
 * from being judged say so.  first is emptied. */
void tp_cut_twice(struct tp_report *first, struct tp_report *second);

/* Why a guest never came to its first mount: the end of its console (to free). */
char *tp_cut_last_words(const char *console);

#endif
