// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * git.c - what is asked of git(1)
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "cmd/git.h"

#define MOST_WORDS 24

bool tp_git_begin(void)
{
	static const char *const local[] = { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
					     "GIT_COMMON_DIR", "GIT_PREFIX" };

	for (size_t i = 0; i < ARRAY_SIZE(local); i++)
		unsetenv(local[i]);
	if (tp_program_exists("git"))
		return true;
	tp_error(0, "there is no git (package git)");
	return false;
}

static int ask(const char *tree, char **out, char **err, va_list more)
{
	/* The user's hooks are for the user's work. */
	const char *words[MOST_WORDS] = { "git", "-C", tree, "-c", "core.hooksPath=/dev/null" };
	const struct tp_spawn s = { .argv = (char *const *)(uintptr_t)words };
	size_t nr = 5;
	int status;

	while (nr < MOST_WORDS - 1 && (words[nr] = va_arg(more, const char *)))
		nr++;
	status = tp_run_heard(&s, out, err);
	tp_trim(*out);
	return status;
}

int tp_git_ask(const char *tree, char **out, ...)
{
	char *said, *err;
	va_list more;
	int status;

	va_start(more, out);
	status = ask(tree, &said, &err, more);
	va_end(more);
	free(err);
	if (out)
		*out = said;
	else
		free(said);
	return status;
}

int tp_git(const char *tree, char **out, ...)
{
	char *said, *err;
	va_list more;
	int status;

	va_start(more, out);
	status = ask(tree, &said, &err, more);
	va_end(more);
	if (status > 0) {
		va_start(more, out);
		status = tp_error(0, "git %s in %s: %s", va_arg(more, const char *), tree,
				  tp_trim(err));
		va_end(more);
	}
	free(err);
	if (out && status == 0) {
		*out = said;
		return 0;
	}
	free(said);
	return status;
}

char *tp_git_commit(const char *tree, const char *name)
{
	char *commit, *out = NULL;

	commit = tp_printf("%s^{commit}", name);
	if (tp_git_ask(tree, &out, "rev-parse", "--verify", "--quiet", "--end-of-options", commit,
		       NULL) != 0) {
		tp_error(0, "there is no commit %s in %s", name, tree);
		free(out);
		out = NULL;
	}
	free(commit);
	return out;
}

char *tp_git_subject(const char *tree, const char *commit)
{
	char *out = NULL;

	tp_git(tree, &out, "log", "-1", "--no-show-signature", "--format=%s", commit, NULL);
	return out;
}

/* Whoever was killed in git left its locks, and the folder is nobody's but ours. */
static void break_locks(const char *folder)
{
	static const char *const names[] = { "index.lock", "HEAD.lock" };
	char *dir = NULL;

	if (tp_git_ask(folder, &dir, "rev-parse", "--absolute-git-dir", NULL) == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			char *path = tp_printf("%s/%s", dir, names[i]);

			unlink(path);
			free(path);
		}
	}
	free(dir);
}

int tp_git_remove_checkout(const char *tree, const char *folder)
{
	int err;

	tp_git_ask(tree, NULL, "worktree", "remove", "--force", "--force", folder, NULL);
	err = tp_remove_tree(folder);
	if (err == 0)
		err = tp_git(tree, NULL, "worktree", "prune", NULL);
	return err;
}

/* Does the folder have a .git of its own?  Without it git would look further up. */
static bool is_checkout(const char *folder)
{
	char *path = tp_printf("%s/.git", folder);
	bool is = tp_exists(path);

	free(path);
	return is;
}

int tp_git_checkout(const char *tree, const char *folder, const char *commit)
{
	if (is_checkout(folder)) {
		break_locks(folder);
		if (tp_git_ask(folder, NULL, "bisect", "reset", commit, NULL) == 0 &&
		    tp_git_ask(folder, NULL, "checkout", "--quiet", "--force", "--detach", commit,
			       NULL) == 0 &&
		    tp_git_ask(folder, NULL, "clean", "-ffdqx", NULL) == 0)
			return 0;
	}
	if (tp_git_remove_checkout(tree, folder) < 0)
		return -EIO;
	return tp_git(tree, NULL, "worktree", "add", "--quiet", "--force", "--force", "--detach",
		      folder, commit, NULL);
}
