// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seqset.c - the *.seq files of a failure
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cmd/trial.h"

static int is_seqfile(const struct dirent *d)
{
	size_t len = strlen(d->d_name), suffix = strlen(TP_SEQFILE_SUFFIX);

	return d->d_name[0] != '.' && len > suffix &&
	       strcmp(d->d_name + len - suffix, TP_SEQFILE_SUFFIX) == 0 &&
	       !strstr(d->d_name, TP_SHRUNK_SUFFIX);
}

static int is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int read_one(struct tp_seqset *set, char *path)
{
	int err;

	set->paths = tp_grow(set->paths, set->nr, sizeof(*set->paths));
	set->files = tp_grow(set->files, set->nr, sizeof(*set->files));
	set->paths[set->nr] = path;
	err = tp_trial_read(path, &set->files[set->nr]);
	set->nr++;
	return err;
}

/* The *.seq files of a folder, and, when it has none, of its folders. */
static int read_folder(struct tp_seqset *set, const char *folder, bool below)
{
	struct dirent **entries;
	int err = 0, nr = scandir(folder, &entries, below ? is_shown : is_seqfile, alphasort);

	if (nr < 0)
		return tp_error(errno, "cannot read the folder %s", folder);
	for (int i = 0; i < nr; i++) {
		char *path = tp_printf("%s/%s", folder, entries[i]->d_name);
		struct stat st;

		if (err == 0 && !below)
			err = read_one(set, tp_strdup(path));
		else if (err == 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			err = read_folder(set, path, false);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return err;
}

int tp_seqset_read(const char *path, struct tp_seqset *set)
{
	struct stat st;
	int err;

	*set = (struct tp_seqset){ 0 };
	if (stat(path, &st) != 0)
		return tp_error(errno, "cannot find %s", path);
	if (!S_ISDIR(st.st_mode))
		return read_one(set, tp_strdup(path));
	err = read_folder(set, path, false);
	if (err == 0 && set->nr == 0)
		err = read_folder(set, path, true);
	if (err == 0 && set->nr == 0)
		err = tp_error(0, "no *" TP_SEQFILE_SUFFIX " file in %s", path);
	return err;
}

/* The file systems must be as they were, unless someone says otherwise. */
int tp_seqset_era(const struct tp_seqset *set, const struct tp_era **era)
{
	for (size_t i = 0; i < set->nr && !*era; i++) {
		if (!set->files[i].era)
			continue;
		*era = tp_era_find(set->files[i].era);
		if (!*era)
			return tp_error(0, "%s: there is no era \"%s\"", set->paths[i],
					set->files[i].era);
	}
	return 0;
}

void tp_seqset_free(struct tp_seqset *set)
{
	for (size_t i = 0; i < set->nr; i++) {
		tp_seqfile_free(&set->files[i]);
		free(set->paths[i]);
	}
	free(set->files);
	free(set->paths);
	*set = (struct tp_seqset){ 0 };
}
