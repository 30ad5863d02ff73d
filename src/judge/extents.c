// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * extents.c - where the bytes of one inode are
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/image_inside.h"

/* More than any sequence makes; a tree that shares nodes could have 2^40. */
#define MAX_STEPS  (1u << 20)
#define MAX_INLINE 65536

struct walk {
	struct tp_image *img;
	struct tp_inode *inode;
	const char *fault; /* why the walk ended early */
};

/* Add one extent behind the others, joined to the last when it continues it. */
static bool add_extent(struct walk *w, const struct tp_extent *e)
{
	struct tp_inode *inode = w->inode;
	struct tp_extent *last = inode->nr ? &inode->extents[inode->nr - 1] : NULL;
	uint64_t all = tp_image_blocks(w->img);

	if (e->blocks == 0 || e->physical == 0 || e->physical >= all ||
	    e->blocks > all - e->physical)
		w->fault = "an extent lies outside of the image";
	else if (last && e->logical < last->logical + last->blocks)
		w->fault = "extents overlap";
	else if (e->blocks > w->img->budget)
		w->fault = "the files map more blocks than the image has";
	if (w->fault)
		return false;
	w->img->budget -= e->blocks;
	if (last && e->unwritten == last->unwritten && e->logical == last->logical + last->blocks &&
	    e->physical == last->physical + last->blocks) {
		last->blocks += e->blocks;
		return true;
	}
	inode->extents = tp_grow(inode->extents, inode->nr, sizeof(*e));
	inode->extents[inode->nr++] = *e;
	return true;
}

static int walk_extents(struct walk *w, struct ext2_inode *raw, struct tp_buf *why)
{
	ext2_extent_handle_t handle;
	struct ext2fs_extent got;
	errcode_t err = ext2fs_extent_open2(w->img->fs, w->inode->ino, raw, &handle);

	if (err)
		return tp_image_error(err, "extent tree", why);
	err = ext2fs_extent_get(handle, EXT2_EXTENT_ROOT, &got);
	for (unsigned step = 0; !err && !w->fault; step++) {
		const struct tp_extent e = {
			.logical = got.e_lblk,
			.physical = got.e_pblk,
			.blocks = got.e_len,
			.unwritten = got.e_flags & EXT2_EXTENT_FLAGS_UNINIT,
		};

		if (step == MAX_STEPS)
			w->fault = "the extent tree has no end";
		else if ((got.e_flags & EXT2_EXTENT_FLAGS_LEAF) && !add_extent(w, &e))
			break;
		else
			err = ext2fs_extent_get(handle, EXT2_EXTENT_NEXT, &got);
	}
	ext2fs_extent_free(handle);
	if (err && err != EXT2_ET_EXTENT_NO_NEXT && err != EXT2_ET_NO_CURRENT_NODE)
		return tp_image_error(err, "extent tree", why);
	return 0;
}

static int take_block(ext2_filsys fs, blk64_t *block, e2_blkcnt_t count, blk64_t ref_block,
		      int ref_offset, void *ctx)
{
	struct walk *w = ctx;
	const struct tp_extent e = { .logical = (uint64_t)count, .physical = *block, .blocks = 1 };

	(void)fs;
	(void)ref_block;
	(void)ref_offset;
	return count < 0 || add_extent(w, &e) ? 0 : BLOCK_ABORT;
}

static int walk_blocks(struct walk *w, struct tp_buf *why)
{
	errcode_t err = ext2fs_block_iterate3(w->img->fs, w->inode->ino,
					      BLOCK_FLAG_DATA_ONLY | BLOCK_FLAG_READ_ONLY, NULL,
					      take_block, w);

	return err ? tp_image_error(err, "block map", why) : 0;
}

static int read_inline(struct walk *w, struct tp_buf *why)
{
	struct tp_inode *inode = w->inode;
	errcode_t err = ext2fs_inline_data_size(w->img->fs, inode->ino, &inode->inline_bytes);

	if (err)
		return tp_image_error(err, "inline data", why);
	if (inode->inline_bytes > MAX_INLINE) {
		w->fault = "inline data is larger than an inode can hold";
		return 0;
	}
	/* libext2fs copies at least the 60 bytes of i_block, whatever it said. */
	inode->inline_data = tp_alloc(inode->inline_bytes + 64);
	err = ext2fs_inline_data_get(w->img->fs, inode->ino, NULL, inode->inline_data,
				     &inode->inline_bytes);
	return err ? tp_image_error(err, "inline data", why) : 0;
}

int tp_image_inode(struct tp_image *img, uint32_t file, struct tp_inode *out, struct tp_buf *why)
{
	struct walk w = { .img = img, .inode = out };
	struct ext2_inode raw;
	errcode_t err;
	int ret;

	*out = (struct tp_inode){ .ino = tp_image_ino(img, file) };
	if (!out->ino)
		return -ENOENT;
	err = ext2fs_read_inode(img->fs, out->ino, &raw);
	if (err)
		return tp_image_error(err, "inode", why);
	if (!LINUX_S_ISREG(raw.i_mode)) {
		tp_buf_printf(why, "inode %" PRIu32 " is no regular file (mode 0%o)", out->ino,
			      raw.i_mode);
		return -EUCLEAN;
	}
	out->size = EXT2_I_SIZE(&raw);
	if (raw.i_flags & EXT4_INLINE_DATA_FL)
		ret = read_inline(&w, why);
	else if (raw.i_flags & EXT4_EXTENTS_FL)
		ret = walk_extents(&w, &raw, why);
	else
		ret = walk_blocks(&w, why);
	if (ret == 0 && w.fault) {
		tp_buf_puts(why, w.fault);
		ret = -EUCLEAN;
	}
	return ret;
}

void tp_inode_free(struct tp_inode *inode)
{
	free(inode->extents);
	free(inode->inline_data);
	*inode = (struct tp_inode){ 0 };
}

enum tp_where tp_inode_where(const struct tp_inode *inode, uint32_t block_bytes, uint64_t off,
			     uint64_t *physical)
{
	uint64_t block = off / block_bytes;

	*physical = 0;
	if (inode->inline_data)
		return TP_IN_INODE;
	for (size_t i = 0; i < inode->nr; i++) {
		const struct tp_extent *e = &inode->extents[i];

		if (block < e->logical || block - e->logical >= e->blocks)
			continue;
		*physical = e->physical + (block - e->logical);
		return e->unwritten ? TP_IN_UNWRITTEN : TP_IN_BLOCK;
	}
	return TP_IN_HOLE;
}
