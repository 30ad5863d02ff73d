// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guest.c - what every virtual machine needs: disks for plan and history
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "kernel/guest.h"
#include "kernel/image.h"
#include "kernel/initramfs.h"

#define HISTORY_BASE (UINT64_C(16) << 20)
#define DISK_UNIT 4096

/* Room for every event of the plan, and for what its reads return. */
static uint64_t history_bytes(const struct tp_mount *m)
{
	uint64_t sum = HISTORY_BASE;

	for (size_t i = 0; i < m->nr_files; i++) {
		const struct tp_seq *s = &m->files[i].seq;

		sum += (s->nr + 2) * 128;
		for (size_t k = 0; k < s->nr; k++)
			if (tp_ops[s->ops[k].kind].effect == TP_EFFECT_READ)
				sum += s->ops[k].arg[1] + 64;
	}
	return sum / DISK_UNIT * DISK_UNIT;
}

static int make_sparse(const char *path, uint64_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err = 0;

	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0)
		err = tp_error(errno, "cannot make the disk %s", path);
	if (fd >= 0)
		close(fd);
	return err;
}

static int write_plan(const struct tp_boot *b, const char *path)
{
	struct tp_buf text = { 0 };
	int err;

	tp_plan_print(&b->job->plan, &text);
	while (text.len % DISK_UNIT)
		tp_buf_puts(&text, "\n");
	err = tp_write_file(path, text.text, text.len);
	tp_buf_free(&text);
	return err;
}

static int make_image(const struct tp_boot *b, struct tp_buf *why)
{
	char *log = tp_printf("%s/mkfs.log", b->folder);
	const struct tp_image img = {
		.path = b->image, .bytes = b->job->image_bytes,
		.inodes = b->job->plan.mounts[0].nr_files, .cell = b->job->cell, .log = log,
	};
	int err = tp_image_make(&img, why);

	free(log);
	return err;
}

int tp_guest_make(struct tp_boot *b, const char *device, struct tp_guest *g, struct tp_buf *why)
{
	struct tp_mount *m = &b->job->plan.mounts[0];
	int err;

	*g = (struct tp_guest){
		.initramfs = tp_printf("%s/%s.initramfs", b->work, m->name),
		.plan = tp_printf("%s/plan", b->folder),
		.history = tp_printf("%s/history", b->folder),
		.console = tp_printf("%s/console", b->folder),
	};
	b->image = tp_printf("%s/%s.img", b->work, m->name);
	m->device = tp_strdup(device);
	m->mountpoint = tp_strdup("/mnt");
	err = make_image(b, why);
	if (err == 0)
		err = tp_initramfs_make(b->agent, g->initramfs);
	if (err == 0)
		err = write_plan(b, g->plan);
	if (err == 0)
		err = make_sparse(g->history, history_bytes(m));
	return err;
}

int tp_guest_collect(const struct tp_guest *g)
{
	int fd = open(g->history, O_RDWR | O_CLOEXEC), err = 0;
	off_t end = 0, data = 0;

	if (fd < 0)
		return tp_error(errno, "cannot open %s", g->history);
	while ((data = lseek(fd, end, SEEK_DATA)) >= 0)
		end = lseek(fd, data, SEEK_HOLE);
	if (ftruncate(fd, end) != 0)
		err = tp_error(errno, "cannot cut %s", g->history);
	close(fd);
	return err;
}

void tp_guest_free(struct tp_guest *g)
{
	if (g->initramfs)
		unlink(g->initramfs);
	free(g->initramfs);
	free(g->plan);
	free(g->history);
	free(g->console);
	*g = (struct tp_guest){ 0 };
}
