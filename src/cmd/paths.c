// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * paths.c - where agent, scenarios and loads are; what commands share
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "cmd/cmd.h"

/* A file beside the program, as it is in a build tree; NULL when it is not. */
static char *beside(const char *name)
{
	char self[PATH_MAX], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	*slash = '\0';
	path = tp_printf("%s/%s", self, name);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *find(const char *variable, const char *name, const char *installed)
{
	const char *given = getenv(variable);
	char *path;

	if (given && *given)
		return tp_strdup(given);
	path = beside(name);
	return path ? path : tp_strdup(installed);
}

char *tp_agent_path(void)
{
	return find("TAILPAGE_AGENT", "tailpage-agent", TP_PKGLIBEXECDIR "/tailpage-agent");
}

char *tp_scenario_folder(void)
{
	return find("TAILPAGE_SCENARIOS", "scenarios", TP_PKGDATADIR "/scenarios");
}

char *tp_known_path(void)
{
	return find("TAILPAGE_KNOWN", "known-issues", TP_PKGDATADIR "/known-issues");
}

char *tp_build_kernel_path(void)
{
	return find("TAILPAGE_BUILD_KERNEL", "build-kernel", TP_PKGDATADIR "/build-kernel");
}

/* A path, or the name of a shipped job. */
char *tp_load_path(const char *name)
{
	char *folder, *path;

	if (access(name, R_OK) == 0)
		return realpath(name, NULL);
	folder = find("TAILPAGE_LOADS", "loads", TP_PKGDATADIR "/loads");
	path = tp_printf("%s/%s.fio", folder, name);
	free(folder);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

int tp_load_library(struct tp_library *lib)
{
	char *folder = tp_scenario_folder();
	const char *test = getenv("TAILPAGE_TEST_OPS");
	int err = tp_library_load(folder, test && *test, lib);

	free(folder);
	return err;
}

/* It is read for one cell now, so that a mistake in it is one in the command line. */
int tp_load_sequence(const char *text, struct tp_library *lib)
{
	const char *test = getenv("TAILPAGE_TEST_OPS");
	struct tp_variants all;
	int err = tp_library_of_one("sequence", "given on the command line", text, test && *test,
				    lib);

	if (err == 0)
		err = tp_scenario_expand(&lib->scenarios[0], tp_cells(), tp_page_bytes(), -1, 0, &all);
	if (err == 0 && all.v[0].seq.nr == 0)
		err = tp_error(0, "--sequence \"%s\" has no operation", text);
	if (err == 0)
		tp_variants_free(&all);
	return err;
}

int tp_load_known(struct tp_known *known)
{
	char *path = tp_known_path();
	int err = tp_known_load(path, known);

	free(path);
	return err;
}

uint32_t tp_page_bytes(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}
