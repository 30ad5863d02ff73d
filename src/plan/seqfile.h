// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seqfile.h - one failing sequence as a file that explains itself: *.seq
 *
 *	tailpage-seq 1
 *	# comment lines tell the finding as the report does
 *	scenario extend-fallocate      where it comes from; or import, shrink ...
 *	params eof=1000,sync=fsync
 *	file f00231                    its name on the mount it failed on
 *	cell 1k-ordered-delalloc
 *	era linux-6.1                  what mke2fs made, when it is not as set up
 *	image 33554432                 an image of its own, so big
 *	memory 16777216                a memory cgroup of this limit
 *	seed 1
 *	threads 8                      of the mount
 *	kernel uml 6.1.176 #1 ...      it failed on this one
 *	fixed c7fc0366c656 6.13 "..."  may repeat
 *	issue fallocate-no-fault       the known issue that explains it there, or none
 *	finding lost 3000 3001 bytes 3000-3000 lost
 *	met 3 0 5120                   operation 3 of a block took from 0 to 5,120 ns
 *	main: pwrite 0 1000; map 0 4096; store 0 1; ...
 *	    indented lines go on
 *	end
 *
 * Only cell, main and end must be there: the rest may be unknown.
 */
#ifndef TP_PLAN_SEQFILE_H
#define TP_PLAN_SEQFILE_H

#include "model/op.h"

/* When an operation of a block was at work: ns since the first one of its block. */
struct tp_met {
	uint16_t op;
	uint64_t begin_ns, end_ns;
};

struct tp_seqfile {
	char *scenario, *params, *file, *cell, *era, *kernel; /* NULL: unknown; cell never is */
	char *fixed;          /* as a scenario's: one commit a line; or NULL */
	char *issue;          /* of the known ones; TP_NO_ISSUE; or NULL: not looked for */
	char *story;          /* lines separated by \n; or NULL */
	uint64_t seed;        /* 0: unknown */
	unsigned threads;     /* 0: unknown */
	uint64_t image_bytes; /* 0: no image of its own */
	uint64_t memory_bytes; /* 0: no memory cgroup */
	int kind;             /* enum tp_finding_kind of the failure, or -1 */
	uint64_t start, end;  /* its byte range [start, end); both 0 when there is none */
	char *title;          /* "bytes 3000-3000 lost", or NULL */
	struct tp_met *met;
	size_t nr_met;
	struct tp_seq seq;
};

#define TP_SEQFILE_SUFFIX ".seq"
#define TP_NO_ISSUE       "none"

/*
 * Read a file.  0, or a negative errno (reported with file and line): unreadable, cut
 * off, malformed, a cell or an operation that does not exist.  s is empty then.
 */
int tp_seqfile_read(const char *path, struct tp_seqfile *s);

/* Write it, atomically.  0 or a negative errno (reported). */
int tp_seqfile_write(const struct tp_seqfile *s, const char *path);

/*
 * aim.c: the sequence with an `offset` for every actor of a block that began at another
 * time than the first, so that they meet as they did then, in proportion to how long they
 * take now.  Returns false, and out is empty, when there is nothing to aim at.
 */
bool tp_seqfile_aim(const struct tp_seqfile *s, struct tp_seq *out);

/* The text of such a file. */
void tp_seqfile_print(const struct tp_seqfile *s, struct tp_buf *out);

void tp_seqfile_free(struct tp_seqfile *s);

#endif
