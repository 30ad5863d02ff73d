// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * overlap.h - did the actors of a block really race?
 */
#ifndef TP_JUDGE_OVERLAP_H
#define TP_JUDGE_OVERLAP_H

#include "judge/events.h"
#include "model/record.h"

/* Count the blocks of one file into the case's record. */
void tp_overlap_count(const struct tp_file *file, const struct tp_seen *seen,
		      struct tp_overlap *out);

#endif
