// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * result.h - how operations ended
 */
#ifndef TP_JUDGE_RESULT_H
#define TP_JUDGE_RESULT_H

#include "judge/job.h"

/*
 * Judge how an operation ended: a finding, a skip, or a reason why the file
 * cannot be judged.  Called before the oracle is told.  Returns false when it
 * ended so that the agent does not go on with the file.
 */
bool tp_judge_result(struct tp_subject *s, uint16_t index, const struct tp_event *e);

/* Can SIGBUS only mean a page behind the end of file?  (Not on a disk that may be full.) */
bool tp_faults_prove(const struct tp_subject *s);

#endif
