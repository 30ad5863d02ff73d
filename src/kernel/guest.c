// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.c - what every virtual machine needs: disks, a console, and their sorting
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "kernel/agentrun.h"
#include "kernel/guest.h"
#include "kernel/image.h"
#include "kernel/initramfs.h"
#include "kernel/split.h"

#define HISTORY_BASE (UINT64_C(16) << 20)
#define DISK_UNIT 4096
#define FIRST_IMAGE 2 /* behind plan and history */
#define BOOT_S 60 /* until the first mount, and for probes of a silent guest */
#define BUSY_S 10 /* what a busy machine may keep a guest from saying its words */
#define TURN_DEADLINES 10 /* a mount may take so many deadlines of an operation */

int tp_guest_prepare(const struct tp_target *t, const char *results, char **work)
{
	(void)results;
	return tp_work_make(t->image_dir ? t->image_dir : tp_work_place(), work);
}

static int make_history(const struct tp_guest *g)
{
	const char *path = g->disks[1];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err = 0;
	uint64_t bytes = 0;

	for (size_t i = 0; i < g->nr; i++)
		bytes += HISTORY_BASE + tp_mount_history(&g->turns[i]->job->plan.mounts[0]);
	if (fd < 0 || ftruncate(fd, (off_t)(bytes / DISK_UNIT * DISK_UNIT)) != 0)
		err = tp_error(errno, "cannot make the disk %s", path);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The guest's plan: all mounts, which stay the jobs'. */
static int write_plans(const struct tp_guest *g)
{
	struct tp_plan all = g->turns[0]->job->plan;
	int err = 0;

	all.mounts = tp_alloc(g->nr * sizeof(*all.mounts));
	all.nr_mounts = g->nr;
	for (size_t i = 0; i < g->nr && err == 0; i++) {
		const struct tp_turn *t = g->turns[i];
		char *own = tp_printf("%s/plan", t->folder);

		all.mounts[i] = t->job->plan.mounts[0];
		if (t->job->plan.seed != all.seed) { /* of another round */
			all.mounts[i].own_seed = true;
			all.mounts[i].seed = t->job->plan.seed;
		}
		err = tp_plan_write(&t->job->plan, own, 1);
		free(own);
	}
	if (err == 0)
		err = tp_plan_write(&all, g->disks[0], DISK_UNIT);
	free(all.mounts);
	return err;
}

static char *device_name(const struct tp_disks *disks, size_t index)
{
	return tp_printf("%s%c", disks->prefix, (char)('a' + index));
}

static void add_turn(struct tp_guest *g, const struct tp_disks *disks, struct tp_turn *t)
{
	struct tp_mount *m = &t->job->plan.mounts[0];

	free(m->device);
	free(m->mountpoint);
	m->device = device_name(disks, g->nr_disks);
	m->mountpoint = tp_strdup("/mnt");
	g->disks[g->nr_disks++] = tp_strdup(t->image);
	g->turns[g->nr++] = t;
}

static int make_images(struct tp_boot *b, const struct tp_disks *disks, struct tp_guest *g)
{
	int err = 0;

	for (size_t i = 0; i < b->nr && err == 0; i++) {
		struct tp_turn *t = &b->turns[i];

		if (t->state != TP_TURN_WAITING)
			continue;
		err = tp_turn_image(b, t);
		if (err == 0 && t->state == TP_TURN_WAITING)
			add_turn(g, disks, t);
	}
	return err;
}

static int make_guest(struct tp_boot *b, const struct tp_guest_kind *kind, struct tp_guest *g)
{
	const struct tp_disks *disks = kind->disks;

	int err;

	*g = (struct tp_guest){ .dir = tp_printf("%s/g%d", b->work, (int)getpid()) };
	g->initramfs = tp_printf("%s/initramfs", g->dir);
	g->console = tp_printf("%s/console", g->dir);
	g->plan_device = device_name(disks, 0);
	g->history_device = device_name(disks, 1);
	g->disks = tp_alloc((b->nr + FIRST_IMAGE) * sizeof(*g->disks));
	g->disks[g->nr_disks++] = tp_printf("%s/plan", g->dir);
	g->disks[g->nr_disks++] = tp_printf("%s/history", g->dir);
	g->turns = tp_alloc(b->nr * sizeof(struct tp_turn *));
	tp_remove_tree(g->dir); /* of this worker's last boot */
	err = tp_make_dirs(g->dir);
	if (err == 0)
		err = make_images(b, disks, g);
	if (err < 0 || g->nr == 0)
		return err;
	g->op_deadline_s = g->turns[0]->job->plan.op_deadline_s;
	err = tp_initramfs_make(b->agent, kind->modules, g->initramfs);
	if (err == 0)
		err = write_plans(g);
	return err ? err : make_history(g);
}

/* 0 when it ran at all, or a negative errno (reported). */
static int run_guest(const struct tp_guest *g, char **words, tp_probe_fn probe, unsigned cpu)
{
	struct tp_console c = { .path = g->console, .dir = g->dir, .probe = probe,
				.silent_s = g->op_deadline_s + BUSY_S };
	const struct tp_spawn s = {
		.argv = words, .output = g->console, .whole_family = true, .cpu = cpu,
		.look = tp_console_look, .ctx = &c,
		.deadline_s = (unsigned)g->nr * TURN_DEADLINES * g->op_deadline_s + BOOT_S,
	};
	int status, err;

	tp_console_begin(&c);
	status = tp_run(&s);
	if (status == 126 || status == 127)
		status = tp_error(0, "%s could not run (see %s)", words[0], g->console);
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	free(words);
	if (status < 0 && status != -ETIMEDOUT && status != -ECANCELED)
		return status;
	err = tp_console_end(&c, status == -ETIMEDOUT);
	return err;
}

/* What lies behind the guest's last write is a hole: not to be read. */
static int cut_history(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;
	off_t end = 0, data = 0;

	if (fd < 0)
		return tp_error(errno, "cannot open %s", path);
	while ((data = lseek(fd, end, SEEK_DATA)) >= 0)
		end = lseek(fd, data, SEEK_HOLE);
	if (ftruncate(fd, end) != 0)
		err = tp_error(errno, "cannot cut %s", path);
	close(fd);
	return err;
}

static void settle(struct tp_turn *t, const struct tp_part *part)
{
	t->state = part->done ? TP_TURN_DONE : part->begun ? TP_TURN_CUT : TP_TURN_WAITING;
	t->console = true;
}

static int collect(struct tp_guest *g)
{
	struct tp_part *parts = tp_alloc(g->nr * sizeof(*parts));
	int err = cut_history(g->disks[1]);

	for (size_t i = 0; i < g->nr; i++) {
		parts[i].history = tp_printf("%s/history", g->turns[i]->folder);
		parts[i].console = tp_printf("%s/console", g->turns[i]->folder);
	}
	if (err == 0)
		err = tp_split_history(g->disks[1], parts, g->nr);
	if (err == 0)
		err = tp_split_console(g->console, parts, g->nr);
	for (size_t i = 0; i < g->nr; i++) {
		if (err == 0)
			settle(g->turns[i], &parts[i]);
		free((char *)(uintptr_t)parts[i].history);
		free((char *)(uintptr_t)parts[i].console);
	}
	free(parts);
	return err;
}

static void free_guest(struct tp_guest *g)
{
	tp_remove_tree(g->dir);
	for (size_t i = 0; i < g->nr_disks; i++)
		free(g->disks[i]);
	free(g->disks);
	free(g->dir);
	free(g->initramfs);
	free(g->plan_device);
	free(g->history_device);
	free(g->console);
	free(g->turns);
	*g = (struct tp_guest){ 0 };
}

int tp_guest_boot(struct tp_boot *b, const struct tp_guest_kind *kind)
{
	struct tp_guest g;
	int err = make_guest(b, kind, &g);

	if (err == 0 && g.nr)
		err = run_guest(&g, kind->words(b, &g), kind->probe,
				kind->one_cpu ? b->cpu : 0);
	if (err == 0 && g.nr)
		err = collect(&g);
	free_guest(&g);
	return err;
}
