// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dir.c - a folder of the running system: the control
 *
 * The same cases on a file system that is there already (tmpfs, XFS, ...), as
 * any user.  Nothing is mounted; when the sequences have ended, mke2fs -d packs
 * the folder into an image of the cell, so that the judge sees what it always
 * sees.  Mount options mean nothing here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/agentrun.h"
#include "kernel/image.h"

static const char *folder_of(const char *arg)
{
	const char *tmp = getenv("TMPDIR");

	if (arg)
		return arg;
	if (access("/dev/shm", W_OK) == 0)
		return "/dev/shm";
	return tmp ? tmp : "/tmp";
}

static int dir_check(const char *arg, struct tp_buf *why)
{
	(void)why;
	if (access(folder_of(arg), W_OK | X_OK) != 0)
		return tp_error(errno, "cannot write in the folder %s", folder_of(arg));
	return 0;
}

static int dir_prepare(const char *arg, const char *image_dir, const char *results, char **work)
{
	(void)results;
	return tp_work_make(image_dir ? image_dir : folder_of(arg), work);
}

static int pack(struct tp_boot *b, const char *from, struct tp_buf *why)
{
	const struct tp_mount *m = &b->job->plan.mounts[0];
	char *log = tp_printf("%s/mkfs.log", b->folder);
	const struct tp_image img = {
		.path = b->image, .bytes = b->job->image_bytes + b->job->image_bytes / 2,
		.inodes = m->nr_files, .cell = b->job->cell, .from = from, .log = log,
	};
	int err = tp_image_make(&img, why);

	free(log);
	return err;
}

static int dir_boot(struct tp_boot *b, struct tp_buf *why)
{
	struct tp_mount *m = &b->job->plan.mounts[0];
	int err;

	if (tp_cell_has(b->job->cell, 4096, "inline") == 1) {
		tp_buf_puts(why, "mke2fs -d gives small sparse files a wrong size with inline_data");
		return 1;
	}
	b->image = tp_printf("%s/%s.img", b->work, m->name);
	m->mountpoint = tp_printf("%s/%s.dir", b->work, m->name);
	free(m->device);
	m->device = NULL;
	err = tp_make_dirs(m->mountpoint);
	if (err == 0)
		err = tp_agent_run(b);
	if (err == 0)
		err = pack(b, m->mountpoint, why);
	tp_remove_tree(m->mountpoint);
	return err;
}

const struct tp_kernel tp_kernel_dir = {
	.name = "dir",
	.help = "a folder of a file system that is there already, as a control (dir:PATH)",
	.check = dir_check,
	.prepare = dir_prepare,
	.finish = tp_work_remove,
	.boot = dir_boot,
};
