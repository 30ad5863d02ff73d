// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * story.h - which operations had to do with some bytes
 */
#ifndef TP_JUDGE_STORY_H
#define TP_JUDGE_STORY_H

#include "judge/check.h"

/* Add lines, each after a newline, about the first nr operations. */
void tp_story_add(const struct tp_subject *s, const struct tp_run *run, size_t nr,
		  struct tp_buf *out);

#endif
