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

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "kernel/initramfs.h"
#include "kernel/modules.h"

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

/* "modules/007.ko" */
static int put_module(struct archive *a, unsigned number, const char *path)
{
	char *name = tp_printf("modules/%03u.ko", number), *data = NULL;
	struct entry e = { .name = name, .mode = S_IFREG | 0644 };
	int err = tp_module_read(path, &data, &e.bytes);

	e.data = data;
	if (err == 0)
		err = put(a, &e);
	free(data);
	free(name);
	return err;
}

static int put_modules(struct archive *a, const char *folder)
{
	const struct entry dir = { "modules", S_IFDIR | 0755, 0, NULL, 0 };
	char **paths = NULL;
	size_t nr = 0;
	int err = folder ? tp_modules_find(folder, &paths, &nr) : 0;

	if (err == 0 && nr)
		err = put(a, &dir);
	for (size_t i = 0; i < nr; i++) {
		if (err == 0)
			err = put_module(a, (unsigned)i, paths[i]);
		free(paths[i]);
	}
	free(paths);
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

int tp_initramfs_make(const char *agent, const char *modules, const char *path)
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
	if (err == 0)
		err = put_modules(a, modules);
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
