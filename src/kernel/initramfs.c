// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * initramfs.c - the guest's whole user space: the agent
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/initramfs.h"

struct entry {
	const char *name;
	mode_t mode;
	dev_t device;
	const char *data;
	size_t bytes;
};

static int put(struct archive *a, const struct entry *e)
{
	struct archive_entry *ae = archive_entry_new();
	int err = 0;

	if (!ae)
		return -ENOMEM;
	archive_entry_set_pathname(ae, e->name);
	archive_entry_set_mode(ae, e->mode);
	archive_entry_set_nlink(ae, 1);
	archive_entry_set_rdev(ae, e->device);
	archive_entry_set_size(ae, (la_int64_t)e->bytes);
	if (archive_write_header(a, ae) != ARCHIVE_OK ||
	    (e->bytes && archive_write_data(a, e->data, e->bytes) != (la_ssize_t)e->bytes))
		err = -EIO;
	archive_entry_free(ae);
	return err;
}

static int put_all(struct archive *a, const char *agent, size_t bytes)
{
	const struct entry entries[] = {
		{ "dev", S_IFDIR | 0755, 0, NULL, 0 },
		{ "dev/console", S_IFCHR | 0600, makedev(5, 1), NULL, 0 },
		{ "init", S_IFREG | 0755, 0, agent, bytes },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]) && err == 0; i++)
		err = put(a, &entries[i]);
	return err;
}

int tp_initramfs_make(const char *agent, const char *path)
{
	struct archive *a = archive_write_new();
	char *text = NULL;
	size_t bytes;
	int err = a ? tp_read_file(agent, &text, &bytes) : -ENOMEM;

	if (err == 0 && (archive_write_set_format_cpio_newc(a) != ARCHIVE_OK ||
			 archive_write_open_filename(a, path) != ARCHIVE_OK))
		err = -EIO;
	if (err == 0)
		err = put_all(a, text, bytes);
	if (err == 0 && archive_write_close(a) != ARCHIVE_OK)
		err = -EIO;
	if (err < 0)
		tp_error(-err, "cannot make the initramfs %s%s%s", path,
			 a && archive_error_string(a) ? ": " : "",
			 a && archive_error_string(a) ? archive_error_string(a) : "");
	if (a)
		archive_write_free(a);
	free(text);
	return err;
}
