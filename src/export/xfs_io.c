// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xfs_io.c - every operation as commands of xfs_io(8), or why it is none
 *
 * $o, $l ... stand for the argument of that letter in ops.def, $x for the letter as a
 * number, $F for the file, $A and $N for offset and length of the mapping.  pwrite is
 * told its own length as block size: xfs_io would make several calls else.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/c_parts.h"
#include "export/xfs_io.h"

#define NO_ENGINE  "xfs_io has no such way to write"
#define NO_COMMAND "xfs_io has no command for it"
#define NO_RACE    "xfs_io does one thing at a time"

const struct tp_xfs_io_op tp_xfs_io_ops[TP_NR_OP_KINDS] = {
#define ROW(id, commands) [TP_OP_KIND_##id] = { commands, NULL }
#define REFUSED(id, why)  [TP_OP_KIND_##id] = { NULL, why }
	ROW(NONE, ""),
	ROW(PWRITE, "pwrite -q -b $l -S $x $o $l"),
	ROW(DSYNC_WRITE, "pwrite -q -D -b $l -S $x $o $l"),
	REFUSED(SHORT_WRITE, NO_ENGINE),
	ROW(DIO_WRITE, "open -d $F\npwrite -q -b $l -S $x $o $l\nclose\nfile 0"),
	REFUSED(AIO_WRITE, NO_ENGINE),
	REFUSED(AIO_DIO_WRITE, NO_ENGINE),
	REFUSED(URING_WRITE, NO_ENGINE),
	REFUSED(URING_DIO, NO_ENGINE),
	ROW(COPY_RANGE, "copy_range -s $o -d $d -l $l $F"),
	ROW(TRUNCATE, "truncate $s"),
	ROW(FALLOCATE, "falloc $o $l"),
	ROW(FALLOCATE_KEEP, "falloc -k $o $l"),
	ROW(ZERO_RANGE, "fzero $o $l"),
	ROW(ZERO_KEEP, "fzero -k $o $l"),
	ROW(PUNCH, "fpunch $o $l"),
	ROW(COLLAPSE, "fcollapse $o $l"),
	ROW(INSERT, "finsert $o $l"),
	REFUSED(WRITE_ZEROES, NO_COMMAND),
	ROW(MAP, "mmap -rw $o $l"),
	REFUSED(MAP_PRIVATE, "xfs_io maps MAP_SHARED only"),
	ROW(REMAP, "mremap -m $l"),
	ROW(UNMAP, "munmap"),
	ROW(STORE, "mwrite -S $x $o $l"),
	ROW(LOAD, "mread $o $l"),
	ROW(TOUCH, "mread $o 1"),
	ROW(READ, "pread -q -b $l $o $l"),
	ROW(DIO_READ, "open -d $F\npread -q -b $l $o $l\nclose\nfile 0"),
	REFUSED(URING_READ, NO_COMMAND),
	REFUSED(URING_DIO_READ, NO_COMMAND),
	ROW(SIZE, "stat"),
	ROW(MSYNC, "msync -s"),
	ROW(MSYNC_ASYNC, "msync -a"),
	ROW(FSYNC, "fsync"),
	ROW(FDATASYNC, "fdatasync"),
	/* of its letters the last one counts */
	ROW(SYNC_RANGE, "sync_range -w 0 0\nsync_range -a 0 0"),
	ROW(START_WRITEBACK, "sync_range -w 0 0"),
	ROW(SYNCFS, "syncfs"),
	ROW(FSYNC_OTHER, "open -f $F.other\npwrite -q 0 6\nfsync\nclose\nfile 0"),
	ROW(FADVISE_DROP, "fadvise -d 0 0"),
	ROW(FADVISE_RANGE, "fadvise -d $o $l"),
	ROW(MADVISE_DROP, "madvise -d $A $N"),
	REFUSED(MADVISE_PAGEOUT, NO_COMMAND),
	REFUSED(MADVISE_REMOVE, NO_COMMAND),
	REFUSED(PROTECT, NO_COMMAND),
	REFUSED(PROTECT_READ, NO_COMMAND),
	REFUSED(PROTECT_WRITE, NO_COMMAND),
	REFUSED(DROP_CACHES, NO_COMMAND),
	REFUSED(FREEZE, NO_COMMAND),
	REFUSED(PRESSURE, NO_COMMAND),
	ROW(REOPEN, "close\nopen $F"),
	ROW(REMOUNT, ""), /* the script does it */
	REFUSED(MOVE_EXTENTS, NO_COMMAND),
	REFUSED(FILL_FS, NO_COMMAND),
	REFUSED(UNFILL_FS, NO_COMMAND),
	REFUSED(PROCESS, NO_RACE),
	REFUSED(MEET, NO_RACE),
	REFUSED(OFFSET, NO_RACE),
	REFUSED(WAIT_SIZE, NO_RACE),
	REFUSED(SPIN, NO_COMMAND),
#undef ROW
#undef REFUSED
};

static int refuse(const struct tp_op *op, const char *why)
{
	char *words = tp_export_words(op);
	int err = tp_error(EOPNOTSUPP, "\"%s\" cannot be exported so: %s%s", words, why,
			   tp_c_ops[op->kind].expr ? "; --as c can" : "");

	free(words);
	return err;
}

int tp_xfs_io_check(const struct tp_export *e)
{
	for (size_t i = 0; i < e->s->seq.nr; i++) {
		const struct tp_op *op = &e->s->seq.ops[i];

		if (op->actor)
			return refuse(op, NO_RACE);
		if (op->slot)
			return refuse(op, "the script has one mapping");
		if (op->expect != TP_EXPECT_OK)
			return refuse(
				op, "it may fail, which a script cannot tell from other failures");
		if (!tp_xfs_io_ops[op->kind].commands)
			return refuse(op, tp_xfs_io_ops[op->kind].refused);
	}
	return 0;
}

struct call {
	const struct tp_export *e;
	const struct tp_xfs_io_style *style;
	size_t at;
	uint64_t map_off, map_len;
};

static bool more(void *ctx, char what, struct tp_buf *out)
{
	const struct call *c = ctx;

	switch (what) {
	case 'x':
		tp_buf_printf(out, "0x%02x", (unsigned)c->e->expect.letter[c->at]);
		return true;
	case 'F':
		tp_buf_puts(out, c->style->file);
		return true;
	case 'A':
		tp_buf_printf(out, "%" PRIu64, c->map_off);
		return true;
	case 'N':
		tp_buf_printf(out, "%" PRIu64, c->map_len);
		return true;
	default:
		return false;
	}
}

static void note_mapping(struct call *c, const struct tp_op *op)
{
	if (op->kind == TP_OP_KIND_MAP) {
		c->map_off = op->arg[0];
		c->map_len = op->arg[1];
	} else if (op->kind == TP_OP_KIND_REMAP) {
		c->map_len = op->arg[0];
	}
}

/* One operation's commands, each as a -C of its own: -c does it on every open file. */
static void commands(struct call *c, const struct tp_op *op, struct tp_buf *out)
{
	const char *line = tp_xfs_io_ops[op->kind].commands;

	note_mapping(c, op);
	while (*line) {
		size_t len = strcspn(line, "\n");
		char *one = tp_strndup(line, len);

		tp_buf_puts(out, " \\\n\t-C \"");
		tp_export_expand(one, op, more, c, out);
		tp_buf_puts(out, "\"");
		free(one);
		line += len + (line[len] == '\n');
	}
}

void tp_xfs_io_calls(const struct tp_export *e, const struct tp_xfs_io_style *style,
		     struct tp_buf *out)
{
	struct call c = { .e = e, .style = style };

	tp_buf_printf(out, "%s -f", style->xfs_io);
	for (; c.at < e->s->seq.nr; c.at++) {
		const struct tp_op *op = &e->s->seq.ops[c.at];

		if (op->kind == TP_OP_KIND_REMOUNT)
			tp_buf_printf(out, " \\\n\t\"%s\"%s\n%s\n%s", style->file, style->failed,
				      style->remount, style->xfs_io);
		else
			commands(&c, op, out);
	}
	tp_buf_printf(out, " \\\n\t\"%s\"%s\n", style->file, style->failed);
}

int tp_xfs_io_end(const struct tp_export *e,
		  void (*span)(void *ctx, char letter, uint64_t start, uint64_t end), void *ctx)
{
	const struct tp_oracle *o = &e->expect.end;
	char letters[TP_MAX_VALUES + 1];
	uint64_t at = 0, reached = 0;
	struct tp_span s;

	if (e->expect.nr_sizes != 1)
		return tp_error(EOPNOTSUPP, "the size is not known before it runs: --as c can");
	if (o->size > TP_EXPORT_MOST)
		return tp_error(EFBIG,
				"the file has %" PRIu64 " MiB, too many for a script: --as c can",
				o->size >> 20);
	while (tp_expect_next(o, &at, o->size, &s)) {
		tp_expect_letters(&e->expect, &s, letters);
		if (s.start != reached || letters[1])
			break;
		reached = s.end;
		span(ctx, letters[0], s.start, s.end);
	}
	if (reached != o->size)
		return tp_error(EOPNOTSUPP,
				"bytes from %" PRIu64 " on may have several values: "
				"--as c can",
				reached);
	return 0;
}
