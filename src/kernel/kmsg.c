// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmsg.c - messages of the running kernel since a moment
 *
 * Documentation/ABI/testing/dev-kmsg: each read gives one record,
 * "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT\n", perhaps more lines that begin
 * with a blank; EPIPE says that records were overwritten before they were read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "kernel/kmsg.h"
#include "model/message.h"

int tp_kmsg_begin(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void add_record(struct tp_buf *all, char *record)
{
	char *text = strchr(record, ';');
	size_t len;

	/* the facility stands above the three bits of the level: 0 is the kernel's */
	if (!text || strtoul(record, NULL, 10) >> 3 != 0)
		return;
	len = strcspn(++text, "\n");
	tp_buf_add(all, text, len);
	tp_buf_puts(all, "\n");
}

int tp_kmsg_end(int fd, const char *path)
{
	struct tp_buf all = { 0 };
	char record[8192];
	int err;

	for (;;) {
		ssize_t n = read(fd, record, sizeof(record) - 1);

		if (n < 0 && errno == EPIPE) {
			tp_buf_puts(&all, TP_SAYS_LOST "\n");
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		record[n] = '\0';
		add_record(&all, record);
	}
	close(fd);
	err = tp_write_file(path, all.text ? all.text : "", all.len);
	tp_buf_free(&all);
	return err;
}
