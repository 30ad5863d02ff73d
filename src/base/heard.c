// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * heard.c - run a program and keep what it says
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"

/* A file in memory takes what a stream says. */
static int hear(int fd, char **text)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return tp_read_file(path, text, NULL);
}

int tp_run_heard(const struct tp_spawn *s, char **out, char **err)
{
	int fds[2] = { memfd_create("stdout", MFD_CLOEXEC), memfd_create("stderr", MFD_CLOEXEC) };
	struct tp_spawn heard = *s;
	char paths[2][32];
	int status = -1, bad = 0;

	*out = *err = NULL;
	for (unsigned i = 0; i < 2; i++)
		snprintf(paths[i], sizeof(paths[i]), "/proc/self/fd/%d", fds[i]);
	heard.output = paths[0];
	heard.errors = paths[1];
	if (fds[0] < 0 || fds[1] < 0)
		status = tp_error(errno, "cannot listen to %s", s->argv[0]);
	else
		status = tp_run(&heard);
	if (fds[0] >= 0 && fds[1] >= 0)
		bad = hear(fds[0], out) < 0 || hear(fds[1], err) < 0;
	for (unsigned i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*out = *out ? *out : tp_strdup("");
	*err = *err ? *err : tp_strdup("");
	return bad && status >= 0 ? -EIO : status;
}
