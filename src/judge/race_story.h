// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race_story.h - who was at work at the same time as whom
 */
#ifndef TP_JUDGE_RACE_STORY_H
#define TP_JUDGE_RACE_STORY_H

#include "judge/check.h"

/* " of actor 2" of an operation in a block; nothing for main's. */
void tp_race_story_actor(const struct tp_subject *s, size_t i, struct tp_buf *out);

/* " (38.0-38.1 us)": when it ran, from the begin of its block; nothing for main's. */
void tp_race_story_when(const struct tp_subject *s, size_t i, struct tp_buf *out);

/* Lines for all operations of the block that operation i belongs to. */
void tp_race_story_all(const struct tp_subject *s, size_t i, struct tp_buf *out);

/* Why no order of the racing operations leads to what the run found. */
void tp_race_story_reason(const struct tp_subject *s, const struct tp_run *run, struct tp_buf *out);

/* The same for a size: adds the block's operations to the finding's text. */
void tp_race_story_size(const struct tp_subject *s, struct tp_finding *f);

#endif
