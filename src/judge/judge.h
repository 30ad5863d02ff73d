// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge.h - verdicts from an unmounted image, its history and its console
 *
 * Needs no root and no kernel, and trusts nothing that the kernel under test
 * says about its own data.
 */
#ifndef TP_JUDGE_JUDGE_H
#define TP_JUDGE_JUDGE_H

#include "model/plan.h"
#include "model/record.h"
#include "plan/known.h"

/* What one mount left behind.  Paths; console may be NULL (not watched). */
struct tp_evidence {
	const struct tp_plan *plan;
	size_t mount;          /* index in the plan */
	const char *image;     /* the unmounted file system */
	const char *history;
	const char *console;   /* kernel messages since the run began, one a line */
	const char *fsck;      /* where the output of e2fsck -fn goes */
	const char *manifest;  /* where digests go: "FILE SIZE DIGEST" lines; if it exists
				  and check_manifest, the image must still have them */
	bool check_manifest;
	const struct tp_known *known; /* for findings of generated sequences; or NULL */
};

/*
 * Judge one mount: adds to (or merges into) out one record for every scenario
 * of the mount, one for the pseudo scenario TP_FILE_SYSTEM (fsck, kernel log,
 * umount, second look of the whole), one for TP_LOAD when the mount had a load,
 * the mode of the cell, and the kernel that the history names.  Returns 0, or a negative errno (reported) when not
 * even that could be done; a bad image or history is no error but a verdict.
 */
int tp_judge_mount(const struct tp_evidence *e, struct tp_report *out);

#define TP_LOAD "load"

#endif
