// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_image.h - images for tests of the judge, and faults to plant in them
 *
 * An image is made by mke2fs -d from files that the test fills itself; no root, no
 * kernel.  A fault is planted through the block map.
 */
#ifndef TP_TESTS_UNIT_JUDGE_IMAGE_H
#define TP_TESTS_UNIT_JUDGE_IMAGE_H

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"
#include "judge/image.h"
#include "judge_model.h"

static inline void write_sparse(const char *path, const struct model *m)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)m->size) != 0)
		exit(99);
	for (uint64_t x = 0; x < m->size; x += 1024) {
		size_t n = m->size - x < 1024 ? (size_t)(m->size - x) : 1024;
		static const unsigned char zero[1024];

		if (memcmp(m->bytes + x, zero, n) != 0 && tp_pwrite_all(fd, m->bytes + x, n, x) < 0)
			exit(99);
	}
	close(fd);
}

static inline int run(const char *const *argv)
{
	char *output = tp_printf("%s/output", w.dir);
	const struct tp_spawn s = { .argv = (char *const *)argv,
				    .output = output,
				    .deadline_s = 60 };
	int status = tp_run(&s);

	free(output);
	return status;
}

static inline bool make_image(void)
{
	static struct model m;
	char *folder = tp_printf("%s/files", w.dir);
	const char *argv[] = { "mke2fs", "-q", "-F",   "-t",   "ext4", "-b",
			       "1024",   "-d", folder, w.base, "4M",   NULL };
	int status;

	if (mkdir(folder, 0755) != 0)
		exit(99);
	for (size_t i = 0; i < w.mount->nr_files; i++) {
		char *path = tp_printf("%s/f%05zu", folder, i);

		perform_all(&m, &w.mount->files[i]);
		write_sparse(path, &m);
		free(path);
	}
	status = run(argv);
	free(folder);
	return status == 0;
}

static inline int debugfs(const char *command)
{
	const char *argv[] = { "debugfs", "-w", "-R", command, w.image, NULL };

	return run(argv);
}

/* Write into a file of the image, at the block that stands there. */
static inline void plant(uint32_t file, uint64_t off, const void *bytes, size_t len)
{
	struct tp_buf why = { 0 };
	struct tp_image *img;
	struct tp_inode inode;
	int fd = open(w.image, O_RDWR);

	if (fd < 0 || tp_image_open(w.image, w.mount->nr_files, &img, &why) < 0 ||
	    tp_image_inode(img, file, &inode, &why) < 0) {
		diag("cannot plant: %s", why.text ? why.text : strerror(errno));
		exit(99);
	}
	for (size_t i = 0; i < len; i++) {
		uint32_t block = tp_image_block_bytes(img);
		uint64_t physical;

		if (tp_inode_where(&inode, block, off + i, &physical) != TP_IN_BLOCK ||
		    tp_pwrite_all(fd, (const char *)bytes + i, 1,
				  physical * block + (off + i) % block) < 0) {
			diag("no block at %" PRIu64 " of file %u", off + i, file);
			exit(99);
		}
	}
	tp_inode_free(&inode);
	tp_image_close(img);
	close(fd);
}

static inline void plant_op(uint32_t file, uint64_t off, size_t len, uint32_t of_file,
			    uint16_t of_op, uint64_t made)
{
	const struct tp_ident id = { tp_pattern_key(w.plan.seed, w.mount->name), of_file, of_op };
	unsigned char bytes[4096];

	tp_pattern_fill(&id, made, bytes, len);
	plant(file, off, bytes, len);
}

#endif
