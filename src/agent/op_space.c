// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_space.c - size and allocation: truncate, fallocate, moved extents
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/agent.h"

#ifndef FALLOC_FL_WRITE_ZEROES
#define FALLOC_FL_WRITE_ZEROES 0x80 /* include/uapi/linux/falloc.h, since 6.17 */
#endif

void do_truncate(struct task *t, struct tp_event *ev)
{
	set_result(ev, ftruncate(t->fd, (off_t)t->op->arg[0]));
}

/*
 * Before 2.6.38 fallocate(2) looked at FALLOC_FL_KEEP_SIZE only: with it, a punch
 * was a preallocation and a success.  A flag that nobody knows tells: it is refused
 * before the descriptor is found to be for reading (fs/open.c).
 */
static bool flags_are_heeded(const struct task *t)
{
	return fallocate(t->w->run->dir, FALLOC_FL_KEEP_SIZE | 1 << 30, 0, 4096) == 0 ||
	       errno != EBADF;
}

static void allocate(struct task *t, struct tp_event *ev, int mode)
{
	if (mode & ~FALLOC_FL_KEEP_SIZE && mode & FALLOC_FL_KEEP_SIZE && !flags_are_heeded(t)) {
		set_error(ev, EOPNOTSUPP);
		return;
	}
	set_result(ev, fallocate(t->fd, mode, (off_t)t->op->arg[0], (off_t)t->op->arg[1]));
}

void do_fallocate(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, 0);
}

void do_fallocate_keep(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_KEEP_SIZE);
}

void do_zero_range(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_ZERO_RANGE);
}

void do_zero_keep(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE);
}

void do_punch(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
}

void do_collapse(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_COLLAPSE_RANGE);
}

void do_insert(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_INSERT_RANGE);
}

void do_write_zeroes(struct task *t, struct tp_event *ev)
{
	allocate(t, ev, FALLOC_FL_WRITE_ZEROES);
}

/* fs/ext4/ext4.h: struct move_extent, EXT4_IOC_MOVE_EXT; offsets in blocks. */
struct move_extent {
	uint32_t reserved;
	uint32_t donor_fd;
	uint64_t orig_start;
	uint64_t donor_start;
	uint64_t len;
	uint64_t moved_len;
};
#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)

/* The donor gets bytes that no operation of the file would write there. */
static int fill_donor(struct task *t, int donor, uint64_t end)
{
	unsigned char *buffer = worker_buffer(t->w, 65536);

	if (!buffer)
		return ENOMEM;
	memset(buffer, 'd', 65536);
	for (uint64_t off = 0; off < end;) {
		size_t len = end - off < 65536 ? end - off : 65536;
		ssize_t n = pwrite(donor, buffer, len, (off_t)off);

		if (n <= 0)
			return n < 0 ? errno : EIO;
		off += (uint64_t)n;
	}
	return fsync(donor) == 0 ? 0 : errno;
}

void do_move_extents(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	char name[TP_FILE_NAME + 8];
	struct move_extent move = { 0 };
	struct stat st;
	int donor, err;

	snprintf(name, sizeof(name), "donor-%s", t->name);
	donor = openat(t->w->run->dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (donor < 0 || fstat(t->fd, &st) != 0) {
		set_error(ev, errno);
		return;
	}
	err = fill_donor(t, donor, a[0] + a[1]);
	move.donor_fd = (uint32_t)donor;
	move.orig_start = move.donor_start = a[0] / (uint64_t)st.st_blksize;
	move.len = a[1] / (uint64_t)st.st_blksize;
	if (err)
		set_error(ev, err);
	else
		set_result(ev, ioctl(t->fd, EXT4_IOC_MOVE_EXT, &move));
	close(donor);
	unlinkat(t->w->run->dir, name, 0);
}

#define FILLER "filler"

/* Grow the filler by step bytes; unwritten blocks, or zeros where there are none. */
static int grow_filler(struct task *t, int fd, uint64_t step)
{
	unsigned char *zeros;
	uint64_t size;

	if (size_of(fd, &size) != 0)
		return errno;
	if (fallocate(fd, 0, (off_t)size, (off_t)step) == 0)
		return 0;
	if (errno != EOPNOTSUPP || step > (1u << 20))
		return errno == EOPNOTSUPP ? ENOSPC : errno; /* smaller steps follow */
	zeros = worker_buffer(t->w, step);
	if (!zeros)
		return ENOMEM;
	memset(zeros, 0, step);
	return pwrite(fd, zeros, step, (off_t)size) == (ssize_t)step ? 0 : ENOSPC;
}

/* One big file takes all space but arg[0] bytes.  Never of a file system that we
 * did not make: a folder's belongs to others, or is the machine's memory. */
void do_fill_fs(struct task *t, struct tp_event *ev)
{
	int fd = -1, err = 0;
	struct statvfs v;

	if (!t->w->run->mount->device) {
		set_error(ev, EOPNOTSUPP);
		return;
	}
	fd = openat(t->w->run->dir, FILLER, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fstatvfs(fd, &v) != 0) {
		set_error(ev, errno);
		return;
	}
	for (uint64_t step = UINT64_C(1) << 30; step >= v.f_frsize && !err; step /= 2) {
		while (!err && fstatvfs(fd, &v) == 0 &&
		       (uint64_t)v.f_bavail * v.f_frsize >= t->op->arg[0] + step)
			err = grow_filler(t, fd, step);
		if (err == ENOSPC)
			err = 0; /* what counts as free is not all to be had */
	}
	close(fd);
	if (err)
		set_error(ev, err);
}

void do_unfill_fs(struct task *t, struct tp_event *ev)
{
	set_result(ev, unlinkat(t->w->run->dir, FILLER, 0));
}
