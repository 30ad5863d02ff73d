// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.c - whole files and folders
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"

/* All that is left of the file; it may be longer than its size says (/proc). */
static ssize_t read_rest(int fd, size_t room, char **text)
{
	char *buf = tp_realloc(NULL, room);
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, buf + len, room - len - 1)) > 0) {
		len += (size_t)n;
		if (len + 1 == room)
			buf = tp_realloc(buf, room *= 2);
	}
	buf[len] = '\0';
	*text = buf;
	return n < 0 ? -errno : (ssize_t)len;
}

int tp_read_file(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	ssize_t n;

	*text = NULL;
	if (fd < 0)
		return tp_error(errno, "cannot open %s", path);
	if (fstat(fd, &st) != 0)
		st.st_size = 0; /* kernels before 2.6.39 refuse a newer libc: size_of() of the agent */
	n = read_rest(fd, (size_t)st.st_size + 4096, text);
	close(fd);
	if (n < 0) {
		free(*text);
		*text = NULL;
		return tp_error((int)-n, "cannot read %s", path);
	}
	if (len)
		*len = (size_t)n;
	return 0;
}

int tp_read_text(const char *path, char **text)
{
	size_t len;
	int err = tp_read_file(path, text, &len);

	if (err == 0 && strlen(*text) != len) {
		free(*text);
		*text = NULL;
		err = tp_error(0, "%s: it is no text file", path);
	}
	return err;
}

int tp_pwrite_all(int fd, const void *data, size_t len, uint64_t off)
{
	const char *p = data;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int tp_pread_all(int fd, void *data, size_t len, uint64_t off)
{
	char *p = data;

	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_into(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = fd < 0 ? -errno : 0;

	while (err == 0 && len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			err = -errno;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	return err ? tp_error(-err, "cannot write %s", path) : 0;
}

static int replace(const char *path, const char *text, size_t len)
{
	char *tmp = tp_printf("%s.tmp", path);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int err;

	if (fd < 0) {
		err = tp_error(errno, "cannot create %s", tmp);
		goto out;
	}
	err = tp_pwrite_all(fd, text, len, 0);
	if (close(fd) != 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(tmp, path) != 0)
		err = -errno;
	if (err < 0) {
		tp_error(-err, "cannot write %s", path);
		unlink(tmp);
	}
out:
	free(tmp);
	return err;
}

int tp_write_file(const char *path, const char *text, size_t len)
{
	struct stat st;
	char *real;
	int err;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_into(path, text, len);
	real = realpath(path, NULL);
	err = replace(real ? real : path, text, len);
	free(real);
	return err;
}

int tp_make_dirs(const char *path)
{
	char *copy = tp_strdup(path);
	int err = 0;

	for (char *p = copy + 1; err == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST)
			err = tp_error(errno, "cannot create folder %s", copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return err;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) == 0 || errno == ENOENT ? 0 : -errno;
}

int tp_remove_tree(const char *path)
{
	if (!tp_exists(path))
		return 0;
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		return tp_error(errno, "cannot remove %s", path);
	return 0;
}

static int copy_range(int in, int out, off_t from, off_t to)
{
	static char part[1 << 16];

	while (from < to) {
		size_t n = (size_t)(to - from) < sizeof(part) ? (size_t)(to - from) : sizeof(part);
		int err = tp_pread_all(in, part, n, (uint64_t)from);

		if (err == 0)
			err = tp_pwrite_all(out, part, n, (uint64_t)from);
		if (err < 0)
			return err;
		from += (off_t)n;
	}
	return 0;
}

static int copy_data(int in, int out)
{
	off_t size = lseek(in, 0, SEEK_END), data = 0;
	int err = 0;

	while (err == 0 && data < size) {
		off_t hole;

		data = lseek(in, data, SEEK_DATA);
		if (data < 0)
			break; /* ENXIO: only holes from here on */
		hole = lseek(in, data, SEEK_HOLE);
		err = copy_range(in, out, data, hole);
		data = hole;
	}
	if (err == 0 && ftruncate(out, size) != 0)
		err = -errno;
	return err;
}

int tp_copy_sparse(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, err;

	if (in < 0)
		return tp_error(errno, "cannot open %s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0) {
		err = tp_error(errno, "cannot create %s", to);
		close(in);
		return err;
	}
	err = copy_data(in, out);
	if (close(out) != 0 && err == 0)
		err = -errno;
	close(in);
	if (err < 0) {
		tp_error(-err, "cannot copy %s to %s", from, to);
		unlink(to);
	}
	return err;
}

bool tp_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

const char *tp_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
