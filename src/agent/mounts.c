// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mounts.c - one mount of the plan, from mount to second look
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/load.h"
#include "agent/memory.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#define GHOST_S 10        /* how long a file system may outlive umount */
#define BUSY_S 5          /* how long umount may be refused */

struct state {
	struct run run;
	struct load load;
	bool mounted;
};

static const char *err_name(int err, char *buf, size_t bytes)
{
	const char *name = tp_errno_name(err);

	if (name)
		return name;
	snprintf(buf, bytes, "%d", err);
	return buf;
}

static void say_err(struct state *s, const char *word, int err, const char *more)
{
	char buf[16];

	history_text(s->run.history, s->run.index, "%s %s%s%s", word,
		     err_name(err, buf, sizeof(buf)), more ? " " : "", more ? more : "");
}

/* The options that the kernel shows for the mountpoint. */
static void say_options(struct state *s)
{
	const struct tp_mount *m = s->run.mount;
	char line[4096], path[1024], *text, *word[4];
	FILE *f = fopen("/proc/self/mounts", "re");

	while (f && fgets(line, sizeof(line), f)) {
		char *save = NULL;

		for (unsigned i = 0; i < 4; i++)
			word[i] = strtok_r(i ? NULL : line, " ", &save);
		if (word[3] && strcmp(word[1], m->mountpoint) == 0)
			history_text(s->run.history, s->run.index, "options %s", word[3]);
	}
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/fs/ext4/%s/options",
		 strrchr(m->device, '/') ? strrchr(m->device, '/') + 1 : m->device);
	if (!tp_exists(path) || tp_read_file(path, &text, NULL) < 0)
		return;
	text = tp_trim(text);
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ',';
	history_text(s->run.history, s->run.index, "proc-options %s", text);
	free(text);
}

static int mount_once(const struct tp_mount *m, unsigned long flags, const char *options)
{
	return mount(m->device, m->mountpoint, "ext4", flags, options) == 0 ? 0 : -errno;
}

static int mounted_now(struct state *s)
{
	s->mounted = true;
	s->run.dir = open(s->run.mount->mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->run.dir < 0 ? -errno : 0;
}

/* Mount as asked, or with the fallback when the kernel refuses the options. */
static int mount_to_write(struct state *s)
{
	const struct tp_mount *m = s->run.mount;
	int err = mount_once(m, 0, m->options);

	if (err == -EINVAL && m->fallback) {
		if (s->run.stage == 0)
			say_err(s, "refused", EINVAL, m->options);
		err = mount_once(m, 0, m->fallback);
	}
	if (err < 0) {
		say_err(s, "cannot-mount", -err, NULL);
		return err;
	}
	return mounted_now(s);
}

/*
 * For the second look.  noload: even if the journal were not clean, nothing is
 * replayed onto the image that the judge will read (e2fsck sees such a journal).
 * No other option is needed to read, and some are refused without a journal.
 */
static int mount_to_look(struct state *s)
{
	int err = mount_once(s->run.mount, MS_RDONLY, "noload");

	if (err < 0) {
		say_err(s, "cannot-mount", -err, "read-only");
		return err;
	}
	return mounted_now(s);
}

static int umount_patiently(const char *mountpoint)
{
	uint64_t end = tp_now_ns() + BUSY_S * UINT64_C(1000000000);

	for (;;) {
		if (umount2(mountpoint, 0) == 0)
			return 0;
		if (errno != EBUSY || tp_now_ns() > end)
			return -errno;
		usleep(20000);
	}
}

/*
 * umount(2) returns 0 while another mount namespace still pins the file system,
 * whose data is then not on the device yet.  A mounted block device refuses to
 * be opened exclusively (fs/super.c claims it), on every kernel.
 */
static bool gone(const char *device)
{
	int fd = open(device, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return errno != EBUSY;
	close(fd);
	return true;
}

static int umount_it(struct state *s)
{
	const struct tp_mount *m = s->run.mount;
	uint64_t end;
	int err;

	if (s->run.dir >= 0)
		close(s->run.dir);
	s->run.dir = -1;
	watch_phase("umount");
	err = umount_patiently(m->mountpoint);
	watch_phase(NULL);
	if (err < 0) {
		say_err(s, "busy", -err, NULL);
		return err;
	}
	s->mounted = false;
	end = tp_now_ns() + GHOST_S * UINT64_C(1000000000);
	while (!gone(m->device)) {
		if (tp_now_ns() > end) {
			history_text(s->run.history, s->run.index, "ghost %d", GHOST_S);
			return -EBUSY;
		}
		usleep(5000);
	}
	return 0;
}

static int remount(void *ctx)
{
	struct state *s = ctx;
	int err = load_wait(&s->load, &s->run);

	if (!s->run.mount->device)
		return err; /* a folder cannot be mounted again: the stage just goes on */
	if (err == 0)
		err = umount_it(s);
	return err < 0 ? err : mount_to_write(s);
}

/* Sequences and the load beside them, up to the last umount. */
static int first_part(struct state *s)
{
	int err = load_start(&s->load, &s->run);

	if (err == 0)
		err = run_stages(&s->run, remount, s);
	if (err == 0)
		err = load_wait(&s->load, &s->run);
	if (s->run.mount->device && s->mounted) {
		int last = umount_it(s);

		err = err ? err : last;
	}
	if (err == 0)
		history_text(s->run.history, s->run.index, "unmounted");
	return err;
}

static int second_look(struct state *s)
{
	int err = 0;

	if (s->run.mount->device)
		err = mount_to_look(s);
	if (err < 0)
		return err;
	history_text(s->run.history, s->run.index, "second-look");
	err = run_look(&s->run);
	if (err == 0)
		err = load_check(&s->load, &s->run);
	if (s->run.mount->device) {
		int last = umount_it(s);

		err = err ? err : last;
	}
	return err;
}

static int open_folder(struct state *s)
{
	s->run.dir = open(s->run.mount->mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->run.dir < 0)
		say_err(s, "cannot-mount", errno, NULL);
	return s->run.dir < 0 ? -errno : 0;
}

int run_mount(const struct tp_plan *plan, unsigned index, struct history_file *h)
{
	struct state s = {
		.run = { .plan = plan, .mount = &plan->mounts[index], .index = index,
			 .history = h, .dir = -1 },
	};
	bool device = s.run.mount->device != NULL;
	int err = run_setup(&s.run);

	say_task(&s.run);
	if (device)
		history_text(h, index, "device %s", s.run.mount->device);
	if (err == 0)
		err = memory_enter(&s.run);
	if (err == 0)
		err = device ? mount_to_write(&s) : open_folder(&s);
	if (err == 0) {
		history_text(h, index, "mounted");
		if (device)
			say_options(&s);
		err = first_part(&s);
	}
	memory_leave(&s.run);
	if (err == 0 && !agent_floor)
		err = second_look(&s);
	load_kill(&s.load);
	if (s.run.dir >= 0)
		close(s.run.dir);
	run_release(&s.run);
	return err;
}
