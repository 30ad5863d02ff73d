// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * split.h - one boot's history and console become those of its mounts
 */
#ifndef TP_KERNEL_SPLIT_H
#define TP_KERNEL_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

/* One mount's part. */
struct tp_part {
	const char *history;  /* path to write */
	const char *console;  /* path to write */
	bool begun;           /* out: the guest came to it */
	bool done;            /* out: and through it */
};

/*
 * Write each part's history: the frames of its mount, numbered as the only one.
 * Bytes that belong to no sound frame could be anybody's and go to all parts, so
 * that no part looks whole that may not be; a part that is done gets an END frame.
 * 0 or a negative errno (reported); a history that cannot be read is one.
 */
int tp_split_history(const char *path, struct tp_part *parts, size_t nr);

/*
 * Write each part's console: what was said from the line that began its mount on
 * (what came before the first mount belongs to the first).  0 or a negative errno
 * (reported).
 */
int tp_split_console(const char *path, const struct tp_part *parts, size_t nr);

#endif
