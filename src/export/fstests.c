// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fstests.c - a sequence as a test of xfstests, and its golden output
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export/xfs_io.h"
#include "kernel/image.h"

#define ROW_BYTES 16

/* 'COMMIT VERSION "title"', one a line. */
static void put_fixed(const char *fixed, struct tp_buf *out)
{
	while (fixed && *fixed) {
		size_t len = strcspn(fixed, "\n"), word = strcspn(fixed, " \n");
		char *line = tp_strndup(fixed, len), *title = strchr(line, '"');

		for (char *p = title ? title + 1 : NULL; p && *p; p++)
			if (strchr("`$\\", *p))
				*p = ' ';
		tp_buf_printf(out, "_fixed_by_kernel_commit %.*s", (int)word, line);
		tp_buf_printf(out, title ? " \\\n\t%s\n" : "%s\n", title ? title : "");
		free(line);
		fixed += len + (fixed[len] == '\n');
	}
}

/* _require_xfs_io_command for each command, once. */
static void put_requires(const struct tp_export *e, struct tp_buf *out)
{
	static const char *const asked[] = { "falloc",  "fzero",      "fpunch", "fcollapse",
					     "finsert", "copy_range", "syncfs", "sync_range" };

	for (size_t k = 0; k < ARRAY_SIZE(asked); k++)
		for (size_t i = 0; i < e->s->seq.nr; i++)
			if (tp_starts(tp_xfs_io_ops[e->s->seq.ops[i].kind].commands, asked[k])) {
				tp_buf_printf(out, "_require_xfs_io_command \"%s\"\n", asked[k]);
				break;
			}
}

/* od -Ax -t x1z, which is what _hexdump is: rows like the one before are a "*". */
struct dump {
	struct tp_buf *out;
	unsigned char row[ROW_BYTES], last[ROW_BYTES];
	uint64_t at;
	bool any, starred;
};

static void put_row(struct dump *d, size_t len)
{
	uint64_t start = d->at - len;

	if (d->any && len == ROW_BYTES && memcmp(d->row, d->last, ROW_BYTES) == 0) {
		if (!d->starred)
			tp_buf_puts(d->out, "*\n");
		d->starred = true;
		return;
	}
	tp_buf_printf(d->out, "%06" PRIx64, start);
	for (size_t i = 0; i < ROW_BYTES; i++)
		if (i < len)
			tp_buf_printf(d->out, " %02x", d->row[i]);
		else
			tp_buf_puts(d->out, "   ");
	tp_buf_puts(d->out, "  >");
	for (size_t i = 0; i < len; i++)
		tp_buf_printf(d->out, "%c", d->row[i] ? d->row[i] : '.');
	tp_buf_puts(d->out, "<\n");
	memcpy(d->last, d->row, ROW_BYTES);
	d->any = true;
	d->starred = false;
}

static void put_bytes(void *ctx, char letter, uint64_t start, uint64_t end)
{
	struct dump *d = ctx;

	for (uint64_t x = start; x < end; x++) {
		d->row[d->at++ % ROW_BYTES] = letter == TP_ZERO_LETTER ? 0 : (unsigned char)letter;
		if (d->at % ROW_BYTES == 0)
			put_row(d, ROW_BYTES);
	}
}

static int put_golden(const struct tp_export *e, struct tp_buf *out)
{
	struct dump d = { .out = out };
	int err;

	tp_buf_puts(out, "QA output created by " TP_EXPORT_NUMBER "\n");
	err = tp_xfs_io_end(e, put_bytes, &d);
	if (err < 0)
		return err;
	if (d.at % ROW_BYTES)
		put_row(&d, (size_t)(d.at % ROW_BYTES));
	tp_buf_printf(out, "%06" PRIx64 "\n", d.at);
	return 0;
}

int tp_export_fstests(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second)
{
	static const struct tp_xfs_io_style style = {
		.xfs_io = "$XFS_IO_PROG",
		.file = "$file",
		.failed = " >> $seqres.full",
		.remount = "_scratch_cycle_mount",
	};
	int err = tp_xfs_io_check(e);

	if (err < 0)
		return err;
	tp_buf_puts(out, "#! /bin/bash\n# SPDX-License-Identifier: GPL-2.0\n#\n"
			 "# FS QA Test " TP_EXPORT_NUMBER "\n#\n");
	tp_export_story(e, "# ", out);
	tp_buf_puts(out, "#\n. ./common/preamble\n_begin_fstest auto quick rw mmap\n\n");
	put_fixed(e->s->fixed, out);
	tp_buf_puts(out, "_exclude_fs ext2\n_exclude_fs ext3\n_require_scratch\n");
	put_requires(e, out);
	tp_buf_puts(out, "\n_scratch_mkfs \"");
	tp_image_options(e->cell, e->era, out);
	tp_buf_printf(out,
		      "\" >> $seqres.full 2>&1 || _notrun \"mke2fs cannot make %s\"\n"
		      "export MOUNT_OPTIONS=\"-o %s\"\n_scratch_mount\n"
		      "file=$SCRATCH_MNT/f\n\n",
		      e->cell->name, e->cell->fallback ? e->cell->fallback : e->cell->mount);
	tp_xfs_io_calls(e, &style, out);
	tp_buf_puts(out, "_scratch_cycle_mount\n_hexdump $file\n\nstatus=0\nexit\n");
	return put_golden(e, second);
}
