// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules.c - what a distribution's kernel has to load before it can mount ext4
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "kernel/modules.h"

#define MOST_DEPTH 32 /* of dependencies; a circle would be somebody's mistake */

/* ext4 asks for its checksum by name, which no dependency tells. */
static const char *const wanted[] = {
	"virtio_pci", "virtio_blk", "ata_piix", "ata_generic", "sd_mod",
	"crc32c_generic", "crc32c-cryptoapi", "crc32c", "libcrc32c", "ext4",
};

struct list {
	char **found;   /* every module of the folder */
	size_t nr_found;
	char **paths;   /* in the order of loading */
	size_t nr;
};

/* nftw(3) has no argument for the caller. */
static struct list *walking;

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type == FTW_F && strstr(path + ftw->base, ".ko")) {
		struct list *l = walking;

		l->found = tp_grow(l->found, l->nr_found, sizeof(*l->found));
		l->found[l->nr_found++] = tp_strdup(path);
	}
	return 0;
}

/* ".../ext4.ko.xz" is ext4; dashes and underscores are the same (modprobe(8)). */
static bool is_module(const char *path, const char *name, size_t len)
{
	const char *base = strrchr(path, '/') + 1;

	if (strcspn(base, ".") != len || strncmp(base + len, ".ko", 3) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((base[i] == '-' ? '_' : base[i]) != (name[i] == '-' ? '_' : name[i]))
			return false;
	return true;
}

static bool listed(const struct list *l, const char *path)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->paths[i] == path)
			return true;
	return false;
}

static int need(struct list *l, const char *name, size_t len, unsigned depth);

/* The names behind "depends=" in .modinfo (scripts/mod/modpost.c: add_depends()). */
static int need_depends(struct list *l, const char *path, unsigned depth)
{
	static const char lead[] = "depends=";
	const char *at;
	char *data;
	size_t bytes;
	int err = tp_module_read(path, &data, &bytes);

	at = err == 0 ? memmem(data, bytes, "\0depends=", sizeof(lead)) : NULL;
	for (at = at ? at + sizeof(lead) : ""; *at && err == 0;) {
		size_t len = strcspn(at, ",");

		err = need(l, at, len, depth + 1);
		at += len + (at[len] == ',');
	}
	free(data);
	return err;
}

/* What the folder has not is built in. */
static int need(struct list *l, const char *name, size_t len, unsigned depth)
{
	int err = 0;

	for (size_t i = 0; i < l->nr_found && err == 0; i++) {
		if (!is_module(l->found[i], name, len) || listed(l, l->found[i]))
			continue;
		if (depth < MOST_DEPTH)
			err = need_depends(l, l->found[i], depth);
		if (listed(l, l->found[i]))
			continue;
		l->paths = tp_grow(l->paths, l->nr, sizeof(*l->paths));
		l->paths[l->nr++] = l->found[i];
	}
	return err;
}

int tp_modules_find(const char *folder, char ***paths, size_t *nr)
{
	struct list l = { 0 };
	int err = 0;

	walking = &l;
	if (nftw(folder, take_file, 16, FTW_PHYS) != 0)
		err = tp_error(errno, "cannot look for modules in %s", folder);
	for (size_t i = 0; err == 0 && i < ARRAY_SIZE(wanted); i++)
		err = need(&l, wanted[i], strlen(wanted[i]), 0);
	for (size_t i = 0; i < l.nr_found; i++)
		if (!listed(&l, l.found[i]))
			free(l.found[i]);
	free(l.found);
	*paths = l.paths;
	*nr = l.nr;
	return err;
}

static int unpack(struct archive *a, const char *path, struct tp_buf *out)
{
	static char part[1 << 16];
	struct archive_entry *e;
	la_ssize_t got = -1;

	if (archive_read_open_filename(a, path, sizeof(part)) == ARCHIVE_OK &&
	    archive_read_next_header(a, &e) == ARCHIVE_OK)
		while ((got = archive_read_data(a, part, sizeof(part))) > 0)
			tp_buf_add(out, part, (size_t)got);
	if (got < 0)
		return tp_error(0, "cannot unpack %s: %s", path, archive_error_string(a));
	return 0;
}

int tp_module_read(const char *path, char **data, size_t *bytes)
{
	struct archive *a = archive_read_new();
	struct tp_buf out = { 0 };
	int err = a ? 0 : tp_error(ENOMEM, "cannot unpack %s", path);

	if (a) {
		archive_read_support_filter_all(a);
		archive_read_support_format_raw(a);
		err = unpack(a, path, &out);
		archive_read_free(a);
	}
	*bytes = out.len;
	*data = tp_buf_take(&out);
	return err;
}

/* Modules say for which kernel they are: "vermagic=6.1.0-9-amd64 SMP ..." in .modinfo. */
static int check_release(const char *path, const char *release)
{
	static const char lead[] = "vermagic=";
	char *data, *at;
	size_t bytes, len;
	int err = tp_module_read(path, &data, &bytes);

	at = err == 0 ? memmem(data, bytes, "\0vermagic=", sizeof(lead)) : NULL;
	if (at) {
		at += sizeof(lead);
		len = strcspn(at, " ");
		if (len != strlen(release) || strncmp(at, release, len) != 0)
			err = tp_error(0, "%s is for Linux %.*s, the kernel is %s", path, (int)len, at,
				       release);
	}
	free(data);
	return err;
}

int tp_modules_check(const char *folder, const char *release)
{
	char **paths;
	size_t nr;
	int err = tp_modules_find(folder, &paths, &nr);

	if (err == 0 && nr == 0)
		err = tp_error(0, "there is no module that a guest needs in %s", folder);
	if (err == 0)
		err = check_release(paths[nr - 1], release); /* ext4, or what there is */
	for (size_t i = 0; i < nr; i++)
		free(paths[i]);
	free(paths);
	return err;
}
