// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * git.h - what is asked of git(1)
 */
#ifndef TP_CMD_GIT_H
#define TP_CMD_GIT_H

#include <stdbool.h>
#include <stdint.h>

/* What a caller's environment says about repositories does not count here.  Returns
 * false (reported) when there is no git. */
bool tp_git_begin(void);

/*
 * git -C TREE WORD... NULL.  Returns the exit status or a negative errno (reported);
 * *out, when out is not NULL, is what it printed, without the newline at the end, to be
 * freed.
 */
int tp_git_ask(const char *tree, char **out, ...) __attribute__((sentinel));

/* The same where nothing but success will do: 0, or a negative errno (reported with
 * git's own words). */
int tp_git(const char *tree, char **out, ...) __attribute__((sentinel));

/* A commit's full name, to be freed; NULL (reported): there is no such commit. */
char *tp_git_commit(const char *tree, const char *name);

/* The first line of its message, to be freed; NULL (reported). */
char *tp_git_subject(const char *tree, const char *commit);

/* A folder checked out at this commit, made or put in order again, whatever became of
 * it; and its end.  0 or a negative errno (reported). */
int tp_git_checkout(const char *tree, const char *folder, const char *commit);
int tp_git_remove_checkout(const char *tree, const char *folder);

#endif
