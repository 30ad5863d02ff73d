// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mixes.c - how often random sequences have each operation, and where
 *
 * "tail": stores and what moves the end of file are what losses are made of; whatever
 * writes back, commits or drops pages comes between them, the rarer the longer it takes:
 * a commit takes the time of fifty stores and, oftener than once or twice in a sequence,
 * mends what would have been lost (6.1.176: 65 % more findings in as many sequences than
 * with five commits in each).  Operations without a weight are never drawn:
 *	none, spin		do nothing
 *	drop-caches		disturbs the whole machine; fadvise-drop, madvise-pageout
 *				and remount do it to one file or mount
 *	fill-fs, unfill-fs	need a mount of their own
 *	freeze			done in guests only
 *	pressure		needs a memory cgroup
 *	write-zeroes		refused by most devices and before 6.17, and then the
 *				rest of the sequence is not judged
 *	move-extents		refused for reasons of layout
 *	process, meet, offset,	belong to blocks, and are put there on purpose
 *	wait-size
 *
 * "fsx": the operations of xfstests' fsx without options, which its test() draws with
 * equal chance, on a file of its size: what two of them share the work of, a cached and
 * an uncached read or write, counts double; a fallocate or zero-range keeps the size
 * every other time; clone, dedupe, exchange and atomic writes it skips on ext4.  fsx
 * maps the file anew for each access and follows a store by msync.
 */
#include <string.h>

#include "plan/random.h"

const struct tp_mix tp_mixes[] = {
	{
		.name = "tail",
		.help = "what moves the end of file, stores, write-back: small files, places at borders",
		.weight = {
			[TP_OP_KIND_STORE] = 240,
			[TP_OP_KIND_TRUNCATE] = 120,
			[TP_OP_KIND_PWRITE] = 100,
			[TP_OP_KIND_FALLOCATE] = 60,
			[TP_OP_KIND_PUNCH] = 50,
			[TP_OP_KIND_ZERO_RANGE] = 40,
			[TP_OP_KIND_DIO_WRITE] = 20,
			[TP_OP_KIND_LOAD] = 40,
			[TP_OP_KIND_FALLOCATE_KEEP] = 30,
			[TP_OP_KIND_MAP] = 30,
			[TP_OP_KIND_MSYNC] = 12,
			[TP_OP_KIND_FSYNC] = 8,
			[TP_OP_KIND_SYNC_RANGE] = 40,
			[TP_OP_KIND_START_WRITEBACK] = 20,
			[TP_OP_KIND_FSYNC_OTHER] = 6,
			[TP_OP_KIND_TOUCH] = 30,
			[TP_OP_KIND_READ] = 30,
			[TP_OP_KIND_ZERO_KEEP] = 20,
			[TP_OP_KIND_COPY_RANGE] = 20,
			[TP_OP_KIND_COLLAPSE] = 12,
			[TP_OP_KIND_INSERT] = 12,
			[TP_OP_KIND_AIO_WRITE] = 20,
			[TP_OP_KIND_AIO_DIO_WRITE] = 8,
			[TP_OP_KIND_URING_WRITE] = 10,
			[TP_OP_KIND_URING_DIO] = 8,
			[TP_OP_KIND_REMAP] = 20,
			[TP_OP_KIND_MSYNC_ASYNC] = 20,
			[TP_OP_KIND_FADVISE_DROP] = 4,
			[TP_OP_KIND_FADVISE_RANGE] = 6,
			[TP_OP_KIND_MADVISE_DROP] = 20,
			[TP_OP_KIND_MADVISE_PAGEOUT] = 20,
			[TP_OP_KIND_MADVISE_REMOVE] = 20,
			[TP_OP_KIND_SIZE] = 20,
			[TP_OP_KIND_DSYNC_WRITE] = 3,
			[TP_OP_KIND_SHORT_WRITE] = 10,
			[TP_OP_KIND_MAP_PRIVATE] = 10,
			[TP_OP_KIND_UNMAP] = 10,
			[TP_OP_KIND_DIO_READ] = 5,
			[TP_OP_KIND_URING_READ] = 5,
			[TP_OP_KIND_URING_DIO_READ] = 3,
			[TP_OP_KIND_FDATASYNC] = 3,
			[TP_OP_KIND_SYNCFS] = 2,
			[TP_OP_KIND_PROTECT] = 10,
			[TP_OP_KIND_PROTECT_READ] = 4, /* no stores until it ends */
			[TP_OP_KIND_PROTECT_WRITE] = 20,
			[TP_OP_KIND_REOPEN] = 10,
			[TP_OP_KIND_REMOUNT] = 1, /* every file of the mount waits for it */
		},
	},
	{
		.name = "fsx",
		.help = "as fsx without options: a file of 256 KiB, any place, up to 64 KiB",
		.pages = 64,
		.most_bytes = 65536,
		.weight = {
			[TP_OP_KIND_READ] = 4,
			[TP_OP_KIND_PWRITE] = 4,
			[TP_OP_KIND_LOAD] = 2,
			[TP_OP_KIND_STORE] = 2,
			[TP_OP_KIND_MSYNC] = 2,
			[TP_OP_KIND_MAP] = 4,
			[TP_OP_KIND_TRUNCATE] = 2,
			[TP_OP_KIND_FALLOCATE] = 1,
			[TP_OP_KIND_FALLOCATE_KEEP] = 1,
			[TP_OP_KIND_PUNCH] = 2,
			[TP_OP_KIND_ZERO_RANGE] = 1,
			[TP_OP_KIND_ZERO_KEEP] = 1,
			[TP_OP_KIND_COLLAPSE] = 2,
			[TP_OP_KIND_INSERT] = 2,
			[TP_OP_KIND_COPY_RANGE] = 2,
		},
	},
	{ 0 },
};

const struct tp_mix *tp_mix_find(const char *name)
{
	for (const struct tp_mix *m = tp_mixes; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}
