// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.c - an unmounted ext4 image: super block, root directory, blocks
 *
 * libext2fs finds the places; the blocks themselves are read with pread.  Its
 * errcode_t is turned into words and an errno here and in extents.c only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "judge/image_inside.h"
#include "model/plan.h"

int tp_image_error(errcode_t err, const char *what, struct tp_buf *why)
{
	tp_buf_printf(why, "%s: %s", what, error_message(err));
	return -EUCLEAN;
}

/* "f00231" to 231: the canonical spelling only. */
static bool file_of_name(const char *name, size_t len, size_t nr_files, uint32_t *file)
{
	char text[TP_FILE_NAME], canonical[TP_FILE_NAME];
	uint32_t number;

	if (len < 2 || len >= sizeof(text) || name[0] != 'f')
		return false;
	memcpy(text, name, len);
	text[len] = '\0';
	if (strspn(text + 1, "0123456789") != len - 1 || len > 8)
		return false;
	number = (uint32_t)strtoul(text + 1, NULL, 10);
	if (number >= nr_files)
		return false;
	tp_file_name(number, canonical);
	*file = number;
	return strcmp(canonical, text) == 0;
}

static int take_entry(struct ext2_dir_entry *entry, int offset, int block_bytes, char *buf,
		      void *ctx)
{
	struct tp_image *img = ctx;
	uint32_t file;

	(void)offset;
	(void)block_bytes;
	(void)buf;
	if (file_of_name(entry->name, (size_t)ext2fs_dirent_name_len(entry), img->nr_files,
			 &file) &&
	    img->ino[file] == 0)
		img->ino[file] = entry->inode;
	return 0;
}

static int order_of_owners(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static void index_owners(struct tp_image *img)
{
	img->owners = tp_alloc(img->nr_files * sizeof(*img->owners));
	for (size_t i = 0; i < img->nr_files; i++)
		if (img->ino[i])
			img->owners[img->nr_owners++] =
				(struct owner){ .ino = img->ino[i], .file = (uint32_t)i };
	if (img->nr_owners)
		qsort(img->owners, img->nr_owners, sizeof(*img->owners), order_of_owners);
}

int tp_image_open(const char *path, size_t nr_files, struct tp_image **out, struct tp_buf *why)
{
	/* e2fsck speaks about checksums; here content is wanted all the same. */
	const int flags = EXT2_FLAG_64BITS | EXT2_FLAG_IGNORE_CSUM_ERRORS;
	struct tp_image *img = tp_alloc(sizeof(*img));
	errcode_t err;

	*out = NULL;
	img->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (img->fd < 0) {
		int saved = errno;

		tp_buf_printf(why, "cannot open the image %s: %s", path, strerror(saved));
		free(img);
		return -saved;
	}
	err = ext2fs_open2(path, NULL, flags, 0, 0, unix_io_manager, &img->fs);
	if (err) {
		img->fs = NULL;
		tp_image_close(img);
		return tp_image_error(err, "the image is no readable ext4", why);
	}
	img->nr_files = nr_files;
	img->budget = ext2fs_blocks_count(img->fs->super);
	img->ino = tp_alloc(nr_files * sizeof(*img->ino));
	err = ext2fs_dir_iterate(img->fs, EXT2_ROOT_INO, 0, NULL, take_entry, img);
	if (err) {
		tp_image_close(img);
		return tp_image_error(err, "cannot read the root directory of the image", why);
	}
	index_owners(img);
	*out = img;
	return 0;
}

void tp_image_close(struct tp_image *img)
{
	if (!img)
		return;
	if (img->fs)
		ext2fs_free(img->fs); /* not ext2fs_close: nothing may be written */
	if (img->fd >= 0)
		close(img->fd);
	free(img->ino);
	free(img->owners);
	free(img);
}

uint32_t tp_image_block_bytes(const struct tp_image *img)
{
	return img->fs->blocksize;
}

uint64_t tp_image_blocks(const struct tp_image *img)
{
	return ext2fs_blocks_count(img->fs->super);
}

bool tp_image_full(const struct tp_image *img)
{
	return ext2fs_free_blocks_count(img->fs->super) < tp_image_blocks(img) / 50;
}

bool tp_image_dirty(const struct tp_image *img, struct tp_buf *why)
{
	const struct ext2_super_block *sb = img->fs->super;

	if (ext2fs_has_feature_journal_needs_recovery(img->fs->super))
		tp_buf_puts(why, "the image's journal needs recovery: it was not unmounted");
	else if (!(sb->s_state & (EXT2_VALID_FS | EXT2_ERROR_FS)))
		tp_buf_puts(why, "the image is marked as in use: it was not unmounted");
	return why->len > 0;
}

bool tp_image_marked(const struct tp_image *img, struct tp_buf *why)
{
	const struct ext2_super_block *sb = img->fs->super;

	if (!(sb->s_state & EXT2_ERROR_FS) && sb->s_error_count == 0)
		return false;
	tp_buf_puts(why, "the kernel marked the file system as faulty");
	if (sb->s_error_count)
		tp_buf_printf(why, ": %u errors, the first in %.*s:%u", sb->s_error_count,
			      (int)sizeof(sb->s_first_error_func),
			      (const char *)sb->s_first_error_func, sb->s_first_error_line);
	return true;
}

uint32_t tp_image_ino(const struct tp_image *img, uint32_t file)
{
	return file < img->nr_files ? img->ino[file] : 0;
}

int64_t tp_image_file(const struct tp_image *img, uint32_t ino)
{
	struct owner key = { .ino = ino };
	const struct owner *hit;

	if (img->nr_owners == 0)
		return -1;
	hit = bsearch(&key, img->owners, img->nr_owners, sizeof(key), order_of_owners);
	return hit ? (int64_t)hit->file : -1;
}

int tp_image_read(const struct tp_image *img, uint64_t physical, void *out, size_t bytes)
{
	if (physical >= tp_image_blocks(img) ||
	    bytes > (tp_image_blocks(img) - physical) * img->fs->blocksize)
		return -EUCLEAN;
	return tp_pread_all(img->fd, out, bytes, physical * img->fs->blocksize);
}
