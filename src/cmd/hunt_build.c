// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt_build.c - a kernel from the tree under test
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cmd/hunt.h"

#define GRACE_S   120 /* make removes what is half made, or it would count as made */
#define EXIT_TREE 1   /* of build-kernel: the tree gives no kernel */

/* The first line that build-kernel calls an error; or the last one. */
static char *reason_of(const char *said)
{
	static const char word[] = "build-kernel: error: ";
	const char *at = strstr(said, word), *end;

	if (at) {
		at += strlen(word);
	} else {
		end = said + strlen(said);
		while (end > said && end[-1] == '\n')
			end--;
		for (at = end; at > said && at[-1] != '\n'; at--)
			;
	}
	return tp_strndup(at, strcspn(at, "\n"));
}

static void keep_log(const char *results, const char *said)
{
	char *path = tp_printf("%s/build", results);

	if (tp_make_dirs(results) == 0)
		tp_write_file(path, said, strlen(said));
	free(path);
}

static enum tp_tried tell(int status, const char *results, char *out, const char *said,
			  char **kernel, char **why)
{
	if (status == 0) {
		*kernel = tp_strdup(tp_trim(out));
		return TP_TRIED_GOOD;
	}
	if (hunt_stopped()) {
		*why = tp_strdup("the build was interrupted");
		return TP_TRIED_STOP;
	}
	*why = status < 0 ? tp_strdup("build-kernel cannot be run") : reason_of(said);
	keep_log(results, said);
	return status == EXIT_TREE ? TP_TRIED_SKIP : TP_TRIED_STOP;
}

enum tp_tried hunt_build(const struct hunt *s, const char *results, char **kernel, char **why)
{
	char *program = tp_build_kernel_path(), *to = hunt_path(s, "build"), *out, *said;
	const char *kind = strcmp(s->h.kernel, "uml") == 0 ? "--uml" : "--x86";
	const char *words[] = { program, s->tree, kind, "--out", to, s->h.debug ? "--debug" : NULL,
				NULL };
	const struct tp_spawn spawn = { .argv = (char *const *)(uintptr_t)words,
					.look = hunt_look,
					.whole_family = true,
					.grace_s = GRACE_S };
	int status = tp_run_heard(&spawn, &out, &said);
	enum tp_tried built = tell(status, results, out, said, kernel, why);

	free(program);
	free(to);
	free(out);
	free(said);
	return built;
}
