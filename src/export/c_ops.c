// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_ops.c - every operation as an expression of C
 *
 * $o, $l ... stand for the argument of that letter in ops.def, $m for the mapping,
 * $c for the operation's letter and $B for a buffer full of it.  The expression is a
 * number of bytes or 0, or -1 with errno; errno EFAULT is a SIGBUS.
 */
#include "export/c_parts.h"

#define SYNC_RANGE                                                                            \
	"sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | "    \
	"SYNC_FILE_RANGE_WAIT_AFTER)"

const struct tp_c_op tp_c_ops[TP_NR_OP_KINDS] = {
#define ROW(id, expr, parts) [TP_OP_KIND_##id] = { expr, parts, NULL }
#define REFUSED(id, why)     [TP_OP_KIND_##id] = { NULL, NULL, why }
	ROW(NONE, "0", NULL),
	ROW(PWRITE, "pwrite(fd, $B, $l, $o)", "LETTERS"),
	ROW(DSYNC_WRITE, "dsync_write($B, $l, $o)", "LETTERS,DSYNC"),
	ROW(SHORT_WRITE, "short_write($B, $l, $o)", "LETTERS,SHORT"),
	ROW(DIO_WRITE, "pwrite(direct(), $B, $l, $o)", "LETTERS,DIRECT"),
	ROW(AIO_WRITE, "aio_write(fd, $B, $l, $o)", "LETTERS,AIO"),
	ROW(AIO_DIO_WRITE, "aio_write(direct(), $B, $l, $o)", "LETTERS,AIO,DIRECT"),
	ROW(URING_WRITE, "uring(IORING_OP_WRITE, fd, $B, $l, $o)", "LETTERS,URING"),
	ROW(URING_DIO, "uring(IORING_OP_WRITE, direct(), $B, $l, $o)", "LETTERS,URING,DIRECT"),
	ROW(COPY_RANGE, "copy_range($o, $d, $l)", "COPY_RANGE"),
	ROW(TRUNCATE, "ftruncate(fd, $s)", NULL),
	ROW(FALLOCATE, "fallocate(fd, 0, $o, $l)", NULL),
	ROW(FALLOCATE_KEEP, "fallocate(fd, FALLOC_FL_KEEP_SIZE, $o, $l)", NULL),
	ROW(ZERO_RANGE, "fallocate(fd, FALLOC_FL_ZERO_RANGE, $o, $l)", NULL),
	ROW(ZERO_KEEP, "fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, $o, $l)", NULL),
	ROW(PUNCH, "fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, $o, $l)", NULL),
	ROW(COLLAPSE, "fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, $o, $l)", NULL),
	ROW(INSERT, "fallocate(fd, FALLOC_FL_INSERT_RANGE, $o, $l)", NULL),
	ROW(WRITE_ZEROES, "fallocate(fd, 0x80 /* FALLOC_FL_WRITE_ZEROES */, $o, $l)", NULL),
	ROW(MAP, "map_it($m, $o, $l, PROT_READ | PROT_WRITE, MAP_SHARED)", "MAP"),
	ROW(MAP_PRIVATE, "map_it($m, $o, $l, PROT_READ, MAP_PRIVATE)", "MAP"),
	ROW(REMAP, "remap($m, $l)", "REMAP"),
	ROW(UNMAP, "unmap($m)", "UNMAP"),
	ROW(STORE, "store($m, $o, $l, $c)", "STORE"),
	ROW(LOAD, "load($m, $o, $l)", "LOAD"),
	ROW(TOUCH, "touch($m, $o)", "TOUCH"),
	ROW(READ, "pread(fd, bytes, $l, $o)", NULL),
	ROW(DIO_READ, "pread(direct(), bytes, $l, $o)", "DIRECT"),
	ROW(URING_READ, "uring(IORING_OP_READ, fd, bytes, $l, $o)", "URING"),
	ROW(URING_DIO_READ, "uring(IORING_OP_READ, direct(), bytes, $l, $o)", "URING,DIRECT"),
	ROW(SIZE, "size_of()", "SIZE"),
	ROW(MSYNC, "msync(map[$m].at, map[$m].len, MS_SYNC)", "MAP"),
	ROW(MSYNC_ASYNC, "msync(map[$m].at, map[$m].len, MS_ASYNC)", "MAP"),
	ROW(FSYNC, "fsync(fd)", NULL),
	ROW(FDATASYNC, "fdatasync(fd)", NULL),
	ROW(SYNC_RANGE, SYNC_RANGE, NULL),
	ROW(START_WRITEBACK, "sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE)", NULL),
	ROW(SYNCFS, "syncfs(fd)", NULL),
	ROW(FSYNC_OTHER, "fsync_other()", "FSYNC_OTHER"),
	ROW(FADVISE_DROP, "fadvise_drop(0, 0)", "FADVISE"),
	ROW(FADVISE_RANGE, "fadvise_drop($o, $l)", "FADVISE"),
	ROW(MADVISE_DROP, "madvise(map[$m].at, map[$m].len, MADV_DONTNEED)", "MAP"),
	ROW(MADVISE_PAGEOUT, "madvise(map[$m].at, map[$m].len, 21 /* MADV_PAGEOUT */)", "MAP"),
	ROW(MADVISE_REMOVE, "madvise(map[$m].at + ($o - map[$m].off), $l, MADV_REMOVE)", "MAP"),
	ROW(PROTECT, "protect($m)", "PROTECT"),
	ROW(PROTECT_READ, "mprotect(map[$m].at, map[$m].len, PROT_READ)", "MAP"),
	ROW(PROTECT_WRITE, "mprotect(map[$m].at, map[$m].len, PROT_READ | PROT_WRITE)", "MAP"),
	ROW(DROP_CACHES, "drop_caches()", "DROP_CACHES"),
	ROW(FREEZE, "freeze($t)", "FREEZE"),
	REFUSED(PRESSURE, "it needs a memory cgroup of its own"),
	ROW(REOPEN, "reopen()", "REOPEN"),
	ROW(REMOUNT, "remount()", NULL),
	ROW(MOVE_EXTENTS, "move_extents($o, $l)", "MOVE_EXTENTS"),
	ROW(FILL_FS, "fill_fs($l)", "FILL"),
	ROW(UNFILL_FS, "unlink(MNT \"/filler\")", NULL),
	REFUSED(PROCESS, "its actors are threads, which share their page tables"),
	ROW(MEET, "meet($M)", "RACE"),
	ROW(OFFSET, "0", "SWEEP"),
	ROW(WAIT_SIZE, "wait_size($w)", "WAIT_SIZE"),
	ROW(SPIN, "spin($t)", "SPIN"),
#undef ROW
#undef REFUSED
};
