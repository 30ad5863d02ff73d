// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known_list.h - lists of known issues in a file, for tests of what they foretell
 */
#ifndef TP_TESTS_UNIT_KNOWN_LIST_H
#define TP_TESTS_UNIT_KNOWN_LIST_H

#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "plan/known.h"
#include "tap.h"

/* What an issue must have. */
#define BODY "scenarios *\ncells *\nfindings lost\nfixed 1\n"

static char *path;
static char said[1024];

static inline void begin(void)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	path = tp_printf("%s/tailpage-unit.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	fd = mkstemp(path);
	if (fd < 0)
		exit(99);
	close(fd);
}

static inline int end(void)
{
	unlink(path);
	free(path);
	return done();
}

static inline int load(const char *text, struct tp_known *known)
{
	int err;

	tp_write_file(path, text, strlen(text));
	said[0] = '\0';
	tp_error_capture(said, sizeof(said));
	err = tp_known_load(path, known);
	tp_error_capture(NULL, 0);
	return err;
}

static inline void refused(const char *text, unsigned line, const char *why)
{
	char *want = tp_printf("%s:%u: %s", path, line, why);
	struct tp_known known;

	ok(load(text, &known) < 0, "refused: %s", why);
	is_str(said, want, "in these words");
	ok(known.nr == 0 && known.issues == NULL, "and nothing is half read");
	tp_known_free(&known);
	free(want);
}

static inline bool foretold(const struct tp_known *known, const char *release,
			    const char *scenario, const char *cell, uint32_t kinds)
{
	struct tp_record r = { .scenario = (char *)(uintptr_t)scenario,
			       .cell = (char *)(uintptr_t)cell, .kinds = kinds, .files = 100,
			       .nr_findings_all = 1, .verdict = TP_FAIL };

	return tp_known_find(known, release, &r, NULL);
}

#endif
