// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.h - images with a fresh file system
 */
#ifndef TP_KERNEL_IMAGE_H
#define TP_KERNEL_IMAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "kernel/kernel.h"
#include "model/cell.h"

struct tp_image {
	const char *path;
	uint64_t bytes;
	uint64_t inodes;          /* files it must hold */
	const struct tp_cell *cell;
	const struct tp_era *era; /* NULL: as mke2fs is set up */
	const char *from;         /* folder to fill it from, or NULL */
	const char *log;          /* takes the output of mke2fs */
};

/*
 * Fill the image with poison and make the cell's file system on it with mke2fs,
 * which is told neither to discard nor to zero free blocks.  Returns 0; 1 when
 * this mke2fs cannot make such a file system, or the era has none (why says it);
 * a negative errno (reported).
 */
int tp_image_make(const struct tp_image *img, struct tp_buf *why);

/* What mke2fs is told to make the cell's file system in this era (NULL: as it is set
 * up): its options, words between blanks. */
void tp_image_options(const struct tp_cell *cell, const struct tp_era *era, struct tp_buf *out);

/*
 * Make the image of a turn, named in t->image: empty, or packed from a folder.
 * A cell that mke2fs cannot make leaves the turn ABSENT.  0 or a negative errno
 * (reported).
 */
int tp_turn_image(const struct tp_boot *b, struct tp_turn *t);
int tp_turn_pack(const struct tp_boot *b, struct tp_turn *t, const char *from);

#endif
