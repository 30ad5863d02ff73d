// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bzimage.c - what an x86 kernel image says of itself
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "kernel/bzimage.h"

#define SETUP_BYTES 0x8200 /* the setup part: at most 64 sectors and the boot sector */
#define AT_MAGIC    0x202
#define AT_VERSION  0x20e
#define VERSION_BASE 0x200
#define MOST_VERSION 256

static int bad(const char *path)
{
	return tp_error(EINVAL, "%s is no x86 kernel image (bzImage)", path);
}

int tp_bzimage_version(const char *path, char **version)
{
	unsigned char head[SETUP_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? pread(fd, head, sizeof(head), 0) : -1;
	size_t at, len = 0;

	if (fd < 0 || got < 0) {
		int err = tp_error(errno, "cannot read the kernel %s", path);

		if (fd >= 0)
			close(fd);
		return err;
	}
	close(fd);
	if (got < AT_VERSION + 2 || memcmp(head + AT_MAGIC, "HdrS", 4) != 0)
		return bad(path);
	at = VERSION_BASE + (head[AT_VERSION] | (size_t)head[AT_VERSION + 1] << 8);
	while (at + len < (size_t)got && len < MOST_VERSION && head[at + len] >= ' ' &&
	       head[at + len] < 0x7f)
		len++;
	if (at == VERSION_BASE || len == 0 || at + len >= (size_t)got || head[at + len] != '\0')
		return bad(path);
	*version = tp_strndup((const char *)head + at, len);
	return 0;
}
