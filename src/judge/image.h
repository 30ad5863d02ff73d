// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.h - the files of an unmounted ext4 image, read without a kernel
 *
 * Every number that comes from the image is checked before it is used: a
 * hostile one gives a reason, never a crash or a huge allocation.
 */
#ifndef TP_JUDGE_IMAGE_H
#define TP_JUDGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Where bytes of a file were found. */
enum tp_where {
	TP_IN_BLOCK,     /* in a written block of the disk */
	TP_IN_HOLE,      /* no block stands there: zeros */
	TP_IN_UNWRITTEN, /* a block that counts as zeros */
	TP_IN_INODE,     /* inline data */
	TP_IN_MEMORY,    /* not on the disk: what an operation saw */
};

/* In blocks of the file system. */
struct tp_extent {
	uint64_t logical, physical, blocks;
	bool unwritten;
};

struct tp_inode {
	uint32_t ino;
	uint64_t size; /* bytes */
	struct tp_extent *extents; /* in order of logical, none overlaps another */
	size_t nr;
	unsigned char *inline_data; /* NULL: the content is in extents */
	size_t inline_bytes;
};

struct tp_image;

/*
 * Open an image and read its root directory, where files 0 to nr_files - 1 may
 * stand.  Returns 0 or a negative errno with the reason in why.
 */
int tp_image_open(const char *path, size_t nr_files, struct tp_image **out, struct tp_buf *why);
void tp_image_close(struct tp_image *img);

uint32_t tp_image_block_bytes(const struct tp_image *img);
uint64_t tp_image_blocks(const struct tp_image *img);

/* Is hardly anything free?  Then a fault may be a full disk's. */
bool tp_image_full(const struct tp_image *img);

/* Says in why that it was not unmounted, or returns false. */
bool tp_image_dirty(const struct tp_image *img, struct tp_buf *why);

/* Says in why that the kernel marked it as faulty, or returns false. */
bool tp_image_marked(const struct tp_image *img, struct tp_buf *why);

/* Number of the inode of a file, 0 when the root directory has no such entry. */
uint32_t tp_image_ino(const struct tp_image *img, uint32_t file);

/* The file with this inode number, or -1. */
int64_t tp_image_file(const struct tp_image *img, uint32_t ino);

/*
 * Read a file's inode and map.  Returns 0, -ENOENT (no such entry), or
 * -EUCLEAN with the reason in why.  Free it with tp_inode_free in any case.
 */
int tp_image_inode(struct tp_image *img, uint32_t file, struct tp_inode *out, struct tp_buf *why);
void tp_inode_free(struct tp_inode *inode);

/* Read bytes at the beginning of a block and on.  Returns 0 or a negative errno. */
int tp_image_read(const struct tp_image *img, uint64_t physical, void *out, size_t bytes);

/* How the byte at off is mapped; *physical is its block, where it has one. */
enum tp_where tp_inode_where(const struct tp_inode *inode, uint32_t block_bytes, uint64_t off,
			     uint64_t *physical);

#endif
