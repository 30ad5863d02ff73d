// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.h - images with a fresh file system
 */
#ifndef TP_KERNEL_IMAGE_H
#define TP_KERNEL_IMAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "model/cell.h"

struct tp_image {
	const char *path;
	uint64_t bytes;
	uint64_t inodes;          /* files it must hold */
	const struct tp_cell *cell;
	const char *from;         /* folder to fill it from, or NULL */
	const char *log;          /* takes the output of mke2fs */
};

/*
 * Fill the image with poison and make the cell's file system on it with mke2fs,
 * which is told neither to discard nor to zero free blocks.  Returns 0; 1 when
 * this mke2fs cannot make such a file system (its words in why); a negative
 * errno (reported).
 */
int tp_image_make(const struct tp_image *img, struct tp_buf *why);

#endif
