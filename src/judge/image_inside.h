// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_inside.h - what image.c and extents.c share: the border to libext2fs
 */
#ifndef TP_JUDGE_IMAGE_INSIDE_H
#define TP_JUDGE_IMAGE_INSIDE_H

#include <ext2fs/ext2fs.h>

#include "judge/image.h"

struct owner {
	uint32_t ino, file;
};

struct tp_image {
	ext2_filsys fs;
	int fd;
	size_t nr_files;
	uint32_t *ino;        /* of each file; 0: no entry */
	struct owner *owners; /* in order of ino */
	size_t nr_owners;
	uint64_t budget;      /* blocks that files may still map: no block has two owners */
};

/* Add "WHAT: MESSAGE" to why; returns -EUCLEAN. */
int tp_image_error(errcode_t err, const char *what, struct tp_buf *why);

#endif
