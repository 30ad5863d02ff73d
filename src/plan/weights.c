// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * weights.c - how often random sequences have each operation
 *
 * Stores and what moves the end of file are what losses are made of; whatever
 * writes back, commits or drops pages comes between them.  Operations without a
 * weight are never drawn:
 *	none, spin		do nothing
 *	drop-caches		disturbs the whole machine; fadvise-drop, madvise-pageout
 *				and remount do it to one file or mount
 *	fill-fs, unfill-fs	need a mount of their own
 *	write-zeroes		refused by most devices and before 6.17, and then the
 *				rest of the sequence is not judged
 *	move-extents		refused for reasons of layout
 *	meet, offset, wait-size	belong to blocks, and are put there on purpose
 */
#include "plan/random.h"

const uint16_t tp_weights[TP_NR_OP_KINDS] = {
	[TP_OP_KIND_STORE] = 240,
	[TP_OP_KIND_TRUNCATE] = 120,
	[TP_OP_KIND_PWRITE] = 100,
	[TP_OP_KIND_FALLOCATE] = 60,
	[TP_OP_KIND_PUNCH] = 50,
	[TP_OP_KIND_ZERO_RANGE] = 40,
	[TP_OP_KIND_DIO_WRITE] = 40,
	[TP_OP_KIND_LOAD] = 40,
	[TP_OP_KIND_FALLOCATE_KEEP] = 30,
	[TP_OP_KIND_MAP] = 30,
	[TP_OP_KIND_MSYNC] = 30,
	[TP_OP_KIND_FSYNC] = 30,
	[TP_OP_KIND_SYNC_RANGE] = 30,
	[TP_OP_KIND_FSYNC_OTHER] = 30,
	[TP_OP_KIND_TOUCH] = 30,
	[TP_OP_KIND_READ] = 30,
	[TP_OP_KIND_ZERO_KEEP] = 20,
	[TP_OP_KIND_COPY_RANGE] = 20,
	[TP_OP_KIND_COLLAPSE] = 20,
	[TP_OP_KIND_INSERT] = 20,
	[TP_OP_KIND_AIO_WRITE] = 20,
	[TP_OP_KIND_AIO_DIO_WRITE] = 20,
	[TP_OP_KIND_URING_WRITE] = 20,
	[TP_OP_KIND_URING_DIO] = 20,
	[TP_OP_KIND_REMAP] = 20,
	[TP_OP_KIND_MSYNC_ASYNC] = 20,
	[TP_OP_KIND_FADVISE_DROP] = 20,
	[TP_OP_KIND_MADVISE_DROP] = 20,
	[TP_OP_KIND_MADVISE_PAGEOUT] = 20,
	[TP_OP_KIND_SIZE] = 20,
	[TP_OP_KIND_DSYNC_WRITE] = 10,
	[TP_OP_KIND_SHORT_WRITE] = 10,
	[TP_OP_KIND_MAP_PRIVATE] = 10,
	[TP_OP_KIND_UNMAP] = 10,
	[TP_OP_KIND_DIO_READ] = 10,
	[TP_OP_KIND_FDATASYNC] = 10,
	[TP_OP_KIND_SYNCFS] = 10,
	[TP_OP_KIND_PROTECT] = 10,
	[TP_OP_KIND_REOPEN] = 10,
	[TP_OP_KIND_REMOUNT] = 1, /* every file of the mount waits for it */
};
