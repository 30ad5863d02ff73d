// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image.c - images with a fresh file system
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "kernel/image.h"
#include "model/pattern.h"

#define CHUNK (1u << 20)
#define MOST_BYTES (UINT64_C(16) << 30) /* images mostly lie in memory */
#define MAX_WORDS 32
#define MKFS_DEADLINE_S 300

static int poison(const struct tp_image *img)
{
	char *chunk = tp_alloc(CHUNK);
	int fd = open(img->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = 0;

	for (size_t i = 0; i < CHUNK; i += TP_POISON_BYTES)
		memcpy(chunk + i, TP_POISON, TP_POISON_BYTES);
	if (fd < 0)
		err = -errno;
	for (uint64_t off = 0; err == 0 && off < img->bytes; off += CHUNK)
		err = tp_pwrite_all(fd, chunk, CHUNK, off);
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = -errno;
	free(chunk);
	if (err < 0) {
		tp_error(-err, "cannot fill the image %s (%" PRIu64 " MiB)", img->path,
			 img->bytes >> 20);
		unlink(img->path);
	}
	return err;
}

/* The words of the cell, its features behind those of the era: mke2fs heeds only the
 * last -O, and in one list what comes later wins. */
static void feature_words(const struct tp_cell *cell, const struct tp_era *era, struct tp_buf *out)
{
	const char *own = strstr(cell->mkfs, "-O ");
	bool old = era && *era->features;

	if (old && own)
		tp_buf_printf(out, " %.*s-O %s,%s", (int)(own - cell->mkfs), cell->mkfs,
			      era->features, own + strlen("-O "));
	else if (old)
		tp_buf_printf(out, " -O %s", era->features);
	if (*cell->mkfs && !(old && own))
		tp_buf_printf(out, " %s", cell->mkfs);
}

void tp_image_options(const struct tp_cell *cell, const struct tp_era *era, struct tp_buf *out)
{
	tp_buf_printf(out, "-t ext4 -b %u -m 0 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0",
		      cell->block_bytes);
	feature_words(cell, era, out);
}

/* mke2fs and its words; more inodes than files, since it rounds by groups and
 * operations make files of their own (donors, other files, loads); those of the cell stay in *text. */
static void mkfs_words(const struct tp_image *img, struct tp_buf *text, char **argv)
{
	unsigned nr = 0;
	char *save = NULL;

	tp_buf_printf(text, "mke2fs -q -F -N %" PRIu64 " ", img->inodes + img->inodes / 16 + 256);
	tp_image_options(img->cell, img->era, text);
	for (char *w = strtok_r(text->text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[nr++] = w;
	if (img->from) {
		argv[nr++] = (char *)"-d";
		argv[nr++] = (char *)(uintptr_t)img->from;
	}
	argv[nr++] = (char *)(uintptr_t)img->path;
	argv[nr] = NULL;
}

/* The last line that mke2fs said. */
static void last_words(const char *log, struct tp_buf *why)
{
	char *text, *line;

	if (!tp_exists(log) || tp_read_file(log, &text, NULL) < 0)
		return;
	line = tp_trim(text);
	if (strrchr(line, '\n'))
		line = strrchr(line, '\n') + 1;
	tp_buf_puts(why, line);
	free(text);
}

int tp_image_make(const struct tp_image *img, struct tp_buf *why)
{
	char *argv[MAX_WORDS];
	struct tp_buf text = { 0 };
	struct tp_spawn mkfs = { .argv = argv, .output = img->log, .deadline_s = MKFS_DEADLINE_S };
	const char *lacks = img->era ? tp_era_lacks(img->era, img->cell) : NULL;
	int status;

	if (lacks) {
		tp_buf_printf(why, "there is no %s in the era %s: %s", img->cell->name,
			      img->era->name, lacks);
		return 1;
	}
	if (img->bytes > MOST_BYTES)
		return tp_error(EFBIG, "the files need an image of %" PRIu64 " GiB; the most is %" PRIu64,
				img->bytes >> 30, MOST_BYTES >> 30);
	status = poison(img);
	if (status < 0)
		return status;
	mkfs_words(img, &text, argv);
	status = tp_run(&mkfs);
	tp_buf_free(&text);
	if (status <= 0)
		return status;
	unlink(img->path);
	if (status >= 126)
		return tp_error(0, "mke2fs ended with status %d (see %s)", status, img->log);
	tp_buf_printf(why, "mke2fs cannot make %s: ", img->cell->name);
	last_words(img->log, why);
	return 1;
}

static int make(const struct tp_boot *b, struct tp_turn *t, const char *from)
{
	const struct tp_mount *m = &t->job->plan.mounts[0];
	char *log = tp_printf("%s/mkfs.log", t->folder);
	struct tp_image img = { .bytes = t->job->image_bytes, .inodes = m->nr_files,
				.cell = t->job->cell, .era = b->era, .from = from, .log = log };
	int err;

	free(t->image);
	/* Rounds of one boot have mounts of the same name. */
	t->image = tp_printf("%s/%s.%d.%zu.img", b->work, m->name, (int)getpid(),
			     (size_t)(t - b->turns));
	img.path = t->image;
	if (from) /* the folder may hold more than its files were to need */
		img.bytes += img.bytes / 2;
	err = tp_image_make(&img, &t->why);
	if (err == 1)
		t->state = TP_TURN_ABSENT;
	free(log);
	return err < 0 ? err : 0;
}

int tp_turn_image(const struct tp_boot *b, struct tp_turn *t)
{
	return make(b, t, NULL);
}

int tp_turn_pack(const struct tp_boot *b, struct tp_turn *t, const char *from)
{
	return make(b, t, from);
}
