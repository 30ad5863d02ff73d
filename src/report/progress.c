// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * progress.c - one line that says how far the run is
 */
#include "report/plain.h"
#include "report/report.h"

#define DEFAULT_WIDTH 80

/* A mount costs as much as so many files: mkfs, mount, umount, fsck. */
#define MOUNT_FILES 300

/* Seconds to go, by the files of mounts that have ended; of rounds by the clock. */
static double seconds_left(const struct tp_progress *p, double elapsed_s)
{
	double done = (double)p->planned_done + MOUNT_FILES * (double)p->cells_done;
	double all = (double)p->planned_all + MOUNT_FILES * (double)p->cells_all;

	if (elapsed_s < 1)
		return 0;
	if (p->limit_s > elapsed_s)
		return p->limit_s - elapsed_s;
	return p->cells_done == 0 || done >= all ? 0 : elapsed_s * (all - done) / done;
}

static void add_seconds(struct tp_buf *out, double seconds)
{
	unsigned long s = (unsigned long)(seconds + 0.5);

	if (s < 120)
		tp_buf_printf(out, "%lu s", s);
	else if (s < 7200)
		tp_buf_printf(out, "%lu min", (s + 30) / 60);
	else
		tp_buf_printf(out, "%lu h %lu min", s / 3600, s % 3600 / 60);
}

static void add_state(struct tp_buf *out, const struct tp_progress *p, double now_s)
{
	double elapsed_s = now_s > p->started_s ? now_s - p->started_s : 0;
	double left_s = seconds_left(p, elapsed_s);

	tp_buf_printf(out, "[%lu/%lu mounts] ", p->cells_done, p->cells_all);
	if (p->round > 1)
		tp_buf_printf(out, "round %u, ", p->round);
	else if (p->cases_all)
		tp_buf_printf(out, "%lu/%lu cases, ", p->cases_done, p->cases_all);
	tp_plain_many(out, p->files_done, "file");
	tp_buf_puts(out, ", ");
	tp_plain_many(out, p->findings, "finding");
	tp_buf_puts(out, ", ");
	add_seconds(out, elapsed_s);
	if (left_s > 0) {
		tp_buf_puts(out, ", about ");
		add_seconds(out, left_s);
		tp_buf_puts(out, " to go");
	}
}

void tp_progress_show(struct tp_progress *p, const char *name, double now_s)
{
	unsigned width = p->width ? p->width : DEFAULT_WIDTH;
	struct tp_buf line = { 0 };

	if (!p->out)
		return;
	add_state(&line, p, now_s);
	if (name && *name) {
		tp_buf_puts(&line, "  ");
		tp_plain_add(&line, name, TP_PLAIN_LINE);
	}
	/* A line that wraps cannot be rewritten. */
	if (p->live && line.len >= width)
		line.text[line.len = width - 1] = '\0';
	fprintf(p->out, p->live ? "\r%s\033[K" : "%s\n", line.text);
	fflush(p->out);
	p->shown = p->live;
	tp_buf_free(&line);
}

void tp_progress_clear(struct tp_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", p->out);
	p->shown = false;
	fflush(p->out);
}
