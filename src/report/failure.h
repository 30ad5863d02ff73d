// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * failure.h - one failed case, told to people
 */
#ifndef TP_REPORT_FAILURE_H
#define TP_REPORT_FAILURE_H

#include "base/buf.h"
#include "model/record.h"

/*
 * Append the story of a record that did not pass: its reason, the first
 * findings (at most max, the others are counted), the commits that fixed it and
 * the command that runs it again.  Every line stands behind the prefix.
 */
void tp_failure_add(struct tp_buf *out, const char *prefix, const struct tp_record *r, size_t max);

#endif
