// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * weigh.h - what can be proven with this history and this image at all
 */
#ifndef TP_JUDGE_WEIGH_H
#define TP_JUDGE_WEIGH_H

#include "judge/job.h"

/* No case of this mount can pass, and why.  content false: the image's content
 * proves nothing either, so that nothing of it is a finding. */
void tp_all_broken(struct tp_job *job, const char *reason, bool content);

/* Judge the history as a whole: damage, missing end, trouble around mounts. */
void tp_weigh_history(struct tp_job *job);

#endif
