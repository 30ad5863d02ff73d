// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * look.c - the second look: what a fresh mount says of each file
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/digest.h"

#define WORTH_ASKING (UINT64_C(1) << 20) /* reading less than this is no work */

/*
 * Where the next extent is at or behind off; the end of the file when there is
 * none, off when the kernel does not tell.  Blocks never written count as data.
 * The question is not for a length: 2.6.31 cuts it to whole blocks and forgets the
 * last one (fs/ext4/extents.c, ext4_fiemap).
 */
static uint64_t next_extent(int fd, uint64_t off, uint64_t size)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	} u = { .map = { .fm_start = off, .fm_length = FIEMAP_MAX_OFFSET - off,
			 .fm_extent_count = 1 } };
	const struct fiemap_extent *e = u.map.fm_extents;

	if (size - off < WORTH_ASKING || ioctl(fd, FS_IOC_FIEMAP, &u.map) != 0)
		return off;
	if (u.map.fm_mapped_extents == 0)
		return size;
	if (e->fe_logical <= off)
		return off;
	return e->fe_logical < size ? e->fe_logical : size;
}

/*
 * Where the next data is at or behind off; the end of the file when there is
 * none.  Before 3.1 there is no SEEK_DATA, and before 3.8 ext4's calls
 * everything data (fs/ext4/file.c): a hole of 4 GiB would be read for minutes.
 */
static uint64_t next_data(int fd, uint64_t off, uint64_t size)
{
#ifdef SEEK_DATA
	off_t data = lseek(fd, (off_t)off, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		return size;
	if (data >= 0 && (uint64_t)data > off)
		return (uint64_t)data;
#endif
	return next_extent(fd, off, size);
}

static int read_unit(int fd, unsigned char *buffer, size_t len, uint64_t off)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, buffer + got, len - got, (off_t)(off + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			return EIO; /* shorter than its size says */
		got += (size_t)n;
	}
	return 0;
}

static int digest_file(struct worker *w, int fd, uint64_t size, uint64_t *digest)
{
	unsigned char *buffer = worker_buffer(w, TP_DIGEST_UNIT);
	struct tp_digest *d = tp_digest_new();
	uint64_t data;
	int err = 0;

	for (uint64_t off = 0, len; off < size && !err; off += len) {
		len = size - off < TP_DIGEST_UNIT ? size - off : TP_DIGEST_UNIT;
		data = next_data(fd, off, size);
		if (data >= off + len) {
			/* the hole: whole units before the one that holds data */
			len = data == size ? size - off :
					     data / TP_DIGEST_UNIT * TP_DIGEST_UNIT - off;
			tp_digest_unit(d, NULL, len);
			continue;
		}
		err = read_unit(fd, buffer, len, off);
		if (!err)
			tp_digest_unit(d, buffer, len);
	}
	*digest = tp_digest_value(d);
	tp_digest_free(d);
	return err;
}

void look_file(struct worker *w, const struct tp_file *f, struct tp_look *out)
{
	char name[TP_FILE_NAME];
	int fd;

	*out = (struct tp_look){ .file = f->id };
	tp_file_name(f->id, name);
	fd = openat(w->run->dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || size_of(fd, &out->size) != 0) {
		out->err = errno;
	} else {
		out->err = digest_file(w, fd, out->size, &out->digest);
	}
	if (fd >= 0)
		close(fd);
}
