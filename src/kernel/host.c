// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host.c - the running kernel
 *
 * Everything is mounted in a private mount namespace and the images lie on a
 * tmpfs that only this namespace has (or in a work folder on disk), so that
 * killing all processes leaves nothing behind.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "kernel/agentrun.h"
#include "kernel/image.h"
#include "kernel/kmsg.h"
#include "kernel/loop.h"

static bool kernel_has(const char *fs)
{
	char line[256], name[64];
	FILE *f = fopen("/proc/filesystems", "re");
	bool found = false;

	snprintf(name, sizeof(name), "\t%s\n", fs);
	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, name) != NULL;
	if (f)
		fclose(f);
	return found;
}

/* A module may still have to be loaded; failure shows in what follows. */
static void load_module(const char *name)
{
	char *argv[] = { (char *)"modprobe", (char *)"-q", (char *)(uintptr_t)name, NULL };
	struct tp_spawn s = { .argv = argv, .output = "/dev/null", .deadline_s = 30 };

	if (access("/sbin/modprobe", X_OK) == 0)
		tp_run(&s);
}

static bool host_sound(const struct tp_target *t)
{
	if (t->arg)
		tp_error(0, "the kernel \"host\" takes no argument");
	return !t->arg;
}

static int host_check(const struct tp_target *t, struct tp_buf *why)
{
	(void)t;
	if (geteuid() != 0) {
		tp_buf_puts(why, "mounting on the running kernel needs root");
		return 1;
	}
	if (!kernel_has("ext4"))
		load_module("ext4");
	if (!kernel_has("ext4")) {
		tp_buf_puts(why, "the running kernel has no ext4");
		return 1;
	}
	if (!tp_exists("/dev/loop-control"))
		load_module("loop");
	if (!tp_exists("/dev/loop-control")) {
		tp_buf_puts(why, "there is no loop device (/dev/loop-control)");
		return 1;
	}
	return 0;
}

static char *host_release(const struct tp_target *t)
{
	struct utsname u;

	(void)t;
	return uname(&u) == 0 ? tp_strdup(u.release) : NULL;
}

static int private_namespace(void)
{
	if (unshare(CLONE_NEWNS) != 0)
		return tp_error(errno, "cannot make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return tp_error(errno, "cannot make the mount namespace private");
	return 0;
}

static int host_prepare(const struct tp_target *t, const char *results, char **work)
{
	int err = private_namespace();

	if (err < 0)
		return err;
	if (t->image_dir)
		return tp_work_make(t->image_dir, work);
	*work = tp_printf("%s/work", results);
	err = tp_make_dirs(*work);
	if (err == 0 && mount("tailpage", *work, "tmpfs", 0, "mode=0700,size=90%") != 0)
		err = tp_error(errno, "cannot mount a tmpfs on %s", *work);
	return err;
}

static void host_finish(char *work)
{
	umount2(work, MNT_DETACH); /* EINVAL when it lies on disk */
	tp_work_remove(work);
}

/* Kernel messages are taken from before the mount to after the last umount. */
static int run_watched(struct tp_boot *b, struct tp_turn *t)
{
	char *console = tp_printf("%s/console", t->folder);
	int kmsg = tp_kmsg_begin(), err = tp_agent_run(b, t);

	if (kmsg >= 0) {
		int console_err = tp_kmsg_end(kmsg, console);

		t->console = console_err == 0;
		err = err ? err : console_err;
	}
	free(console);
	return err;
}

static int run_on_loop(struct tp_boot *b, struct tp_turn *t)
{
	struct tp_mount *m = &t->job->plan.mounts[0];
	struct tp_loop loop;
	int err = tp_loop_attach(t->image, &loop), last;

	if (err < 0)
		return err;
	m->device = tp_strdup(loop.path);
	err = run_watched(b, t);
	if (err < 0) /* of an agent that was killed it is still mounted */
		umount2(m->mountpoint, MNT_DETACH);
	last = tp_loop_detach(&loop);
	t->state = TP_TURN_DONE;
	return err ? err : last;
}

static int host_boot(struct tp_boot *b)
{
	struct tp_turn *t = b->turns;
	struct tp_mount *m = &t->job->plan.mounts[0];
	int err;

	/* the folder's name: two rounds of a mount may overlap */
	m->mountpoint = tp_printf("%s/%s.mnt", b->work, tp_base_name(t->folder));
	err = tp_make_dirs(m->mountpoint);
	if (err == 0)
		err = tp_turn_image(b, t);
	if (err == 0 && t->state == TP_TURN_WAITING)
		err = run_on_loop(b, t);
	rmdir(m->mountpoint);
	return err;
}

const struct tp_kernel tp_kernel_host = {
	.name = "host",
	.help = "the running kernel, through a loop device (needs root)",
	.max_turns = tp_one_turn,
	.sound = host_sound,
	.check = host_check,
	.release = host_release,
	.prepare = host_prepare,
	.finish = host_finish,
	.boot = host_boot,
};
