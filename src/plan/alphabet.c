// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * alphabet.c - the letters of exhaustive sequences, and why each is one
 *
 * A letter stands at a border: 1000 lies inside the first block whatever its
 * size (a ragged end), `block` ends it, `end` ends the last page.
 *
 * Left out, because another letter does the same to the one page there is:
 * msync and fdatasync (fsync of a whole file that is mapped), syncfs
 * (fsync and sync-range), protect and a second mapping (drop-ptes: the page table
 * entry goes, the page stays), aio and io_uring (the same ext4 path as pwrite and
 * dio-write), write-zeroes (zero-range; and not before 6.17), remount and
 * drop-caches (they concern every file of the mount; evict does it to one).
 */
#include <stddef.h>

#include "plan/exhaust.h"

#define TWO TP_LETTER_TWO_PAGES
#define READS TP_LETTER_READS
#define BACK TP_LETTER_WRITES_BACK
#define COMMIT TP_LETTER_COMMITS
#define ONCE TP_LETTER_ONCE
#define UNSEEN TP_LETTER_UNSEEN

const struct tp_letter tp_starts_of_files[] = {
	{ "empty", "map 0 end", 0, "nothing" },
	{ "block", "map 0 end; pwrite 0 block", 0, "a file that ends at a block border" },
	{ "ragged", "map 0 end; pwrite 0 1000", 0, "a file that ends inside a block" },
	{ "hole", "map 0 end; truncate 1000", 0, "a size without a block" },
	{ "unwritten", "map 0 end; fallocate 0 block", 0, "a block that was never written" },
	{ NULL, NULL, 0, NULL },
};

const struct tp_letter tp_letters[] = {
	/* Stores through the mapping: first, ragged, second block, last byte, everything. */
	{ "store-first", "store 0 1", 0, "dirties the page far from the end of file" },
	{ "store-ragged", "store 1000 1", 0, "inside, or right behind a ragged end" },
	{ "store-block", "store block 1", 0, "inside, or in the first block behind the end" },
	{ "store-last", "store end-1 1", 0, "the last block, which an extension must have made real" },
	{ "store-all", "store 0 end", 0, "every block of the page at once" },
	{ "store-next", "store page 1", TWO, "the second page" },
	{ "store-across", "store page-1 2", TWO, "both pages in one copy" },
	/* write(2). */
	{ "write-ragged", "pwrite 0 1000", 0, "ends inside a block" },
	{ "write-rest", "pwrite 1000 block-1000", 0, "continues a ragged end up to the border" },
	{ "write-block", "pwrite 0 block", 0, "ends at a block border" },
	{ "write-last", "pwrite end-1 1", 0, "extends over holes, or overwrites the last block" },
	{ "write-all", "pwrite 0 end", 0, "every block of the page" },
	{ "write-across", "pwrite page-1 2", TWO, "both pages in one call" },
	{ "copy", "copy-range 0 block block", 0, "the kernel's own way to write" },
	/* O_DIRECT: goes behind the page cache, extends without it. */
	{ "dio-block", "dio-write block block", 0, "appends to the first block, or fills the second" },
	{ "dio-last", "dio-write end-block block", 0, "extends over holes to the end of the page" },
	{ "dio-all", "dio-write 0 end", 0, "all of it, over what the cache holds" },
	/* Sizes. */
	{ "cut-0", "truncate 0", ONCE, "everything goes" },
	{ "cut-ragged", "truncate 1000", ONCE, "into a block: its rest must be zero" },
	{ "cut-block", "truncate block", ONCE, "to a border: blocks behind it go" },
	{ "size-end", "truncate end", ONCE, "extends, or the same size again" },
	{ "cut-page", "truncate page", TWO | ONCE, "the second page goes" },
	{ "cut-next", "truncate page+1000", TWO | ONCE, "into the second page" },
	/* Blocks without bytes, zeros, holes. */
	{ "alloc-all", "fallocate 0 end", ONCE, "extends by fallocate(2), over what is there" },
	{ "alloc-tail", "fallocate block end-block", ONCE, "extends without touching the first block" },
	{ "alloc-keep", "fallocate-keep 0 end", ONCE, "blocks behind the end of file" },
	{ "zero-block", "zero-range 0 block", ONCE, "a whole block to unwritten" },
	{ "zero-tail", "zero-range 1000 end-1000", ONCE, "a part of a block, and extends" },
	{ "zero-keep", "zero-range-keep 0 end", ONCE, "the page goes, the size stays" },
	{ "punch-block", "punch 0 block", ONCE, "a block under a mapped page" },
	{ "punch-tail", "punch 1000 end-1000", ONCE, "a part of a block, and those behind it" },
	{ "punch-all", "punch 0 end", ONCE, "the whole page" },
	{ "collapse", "collapse 0 block", 0, "blocks move inside the page" },
	{ "insert", "insert 0 block", TWO, "blocks move, and the file grows" },
	/* Writeback and commit, apart and together. */
	{ "fsync", "fsync", BACK | COMMIT, "writeback and commit" },
	{ "writeback", "sync-range", BACK, "the pages are written, nothing is committed" },
	{ "commit", "fsync-other", COMMIT, "the journal is committed, the pages stay dirty" },
	/* The page cache and the page table. */
	{ "evict", "fsync; unmap; fadvise-drop; map 0 end", BACK | COMMIT | UNSEEN,
	  "the page is read again from the disk" },
	{ "drop-ptes", "madvise-drop", READS | ONCE | UNSEEN,
	  "the next store faults, on a page that is still dirty" },
	{ "touch", "touch 0", READS | ONCE | UNSEEN, "mapped for reading: the next store only makes it writable" },
	{ "read", "read 0 end", READS | ONCE, "fills the page cache, and is judged" },
	{ "touch-next", "touch page", TWO | READS | ONCE | UNSEEN, "the second page mapped for reading" },
	{ "remap", "remap page; remap end", TWO | READS | ONCE | UNSEEN, "the mapping shrinks and grows" },
	{ NULL, NULL, 0, NULL },
};

/* Reads through the file and through the mapping leave the same page behind them,
 * and a commit for another file is not a concern of what only reads. */
const char *const tp_commuting[][2] = {
	{ "touch", "read" },	  { "commit", "touch" },      { "commit", "read" },
	{ "commit", "drop-ptes" }, { "touch", "touch-next" }, { "touch-next", "read" },
	{ "commit", "touch-next" }, { "commit", "remap" },    { NULL, NULL },
};
