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
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/agentrun.h"
#include "kernel/image.h"

static const char *folder_of(const char *arg)
{
	return arg ? arg : tp_work_place();
}

static bool dir_sound(const struct tp_target *t)
{
	if (access(folder_of(t->arg), W_OK | X_OK) == 0)
		return true;
	tp_error(errno, "cannot write in the folder %s", folder_of(t->arg));
	return false;
}

static int dir_check(const struct tp_target *t, struct tp_buf *why)
{
	(void)t;
	(void)why;
	return 0;
}

static const char *dir_filesystem(const struct tp_target *t)
{
	struct statfs st;

	if (statfs(t->image_dir ? t->image_dir : folder_of(t->arg), &st) != 0)
		return "other";
	return st.f_type == EXT4_SUPER_MAGIC ? "ext4" : st.f_type == TMPFS_MAGIC ? "tmpfs" : "other";
}

static int dir_prepare(const struct tp_target *t, const char *results, char **work)
{
	(void)results;
	return tp_work_make(t->image_dir ? t->image_dir : folder_of(t->arg), work);
}

static int dir_boot(struct tp_boot *b)
{
	struct tp_turn *t = b->turns;
	struct tp_mount *m = &t->job->plan.mounts[0];
	int err;

	if (tp_cell_has(t->job->cell, 4096, "inline") == 1) {
		tp_buf_puts(&t->why, "mke2fs -d gives small sparse files a wrong size with inline_data");
		t->state = TP_TURN_ABSENT;
		return 0;
	}
	m->mountpoint = tp_printf("%s/%s.dir", b->work, tp_base_name(t->folder));
	free(m->device);
	m->device = NULL;
	err = tp_make_dirs(m->mountpoint);
	if (err == 0)
		err = tp_agent_run(b, t);
	if (err == 0)
		err = tp_turn_pack(b, t, m->mountpoint);
	if (err == 0 && t->state == TP_TURN_WAITING)
		t->state = TP_TURN_DONE;
	tp_remove_tree(m->mountpoint);
	return err;
}

const struct tp_kernel tp_kernel_dir = {
	.name = "dir",
	.help = "a folder of a file system that is there already, as a control (dir:PATH)",
	.max_turns = tp_one_turn,
	.sound = dir_sound,
	.check = dir_check,
	.filesystem = dir_filesystem,
	.prepare = dir_prepare,
	.finish = tp_work_remove,
	.boot = dir_boot,
};
