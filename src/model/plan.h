// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan.h - what one boot of a kernel is to run, and its text form
 *
 * A plan is all that the agent is told.  It is a text of lines, so that it can
 * be read, kept beside a failure and run again by hand:
 *
 *	tailpage-plan 1
 *	seed 7
 *	threads 4
 *	op-deadline 60
 *	page 4096                    (bytes of a page, for which the sequences were made)
 *	mount 1k-ordered-delalloc
 *	threads 1                    (for this mount)
 *	seed 8                       (for this mount: rounds of one boot differ in it)
 *	announce                     (say in the kernel's log which file is worked on)
 *	memory 16777216              (in a memory cgroup of this limit)
 *	device /dev/loop3            (without: the mountpoint is used as it is)
 *	mountpoint /mnt
 *	options data=ordered,delalloc
 *	fallback data=ordered
 *	load /usr/bin/fio ...        (runs beside the sequences, then "check")
 *	check /usr/bin/fio --verify_only ...
 *	file 0 extend-fallocate eof=1000,sync=fsync : pwrite 0 1000; ...
 *	end
 */
#ifndef TP_MODEL_PLAN_H
#define TP_MODEL_PLAN_H

#include "model/op.h"

/* One file and what happens to it. */
struct tp_file {
	uint32_t id;       /* its index in the mount; the file is called f%05u */
	char *scenario;
	char *params;      /* "eof=1000,sync=fsync", "-" when there are none */
	struct tp_seq seq;
};

/* One file system, mounted once (and once more for the second look). */
struct tp_mount {
	char *name;        /* unique in the plan: the cell's, or CELL+SCENARIO */
	char *cell;        /* name of the cell */
	char *device;      /* block device, or NULL: folder is used as it is */
	char *mountpoint;  /* or the folder */
	char *options;     /* mount options asked for */
	char *fallback;    /* tried when the kernel refuses options; or NULL */
	char *load;        /* command line that runs beside the sequences; or NULL */
	char *check;       /* command line that judges the load after remount */
	unsigned threads;  /* 0: the plan's */
	bool own_seed;     /* seed is this mount's, not the plan's */
	uint64_t seed;
	bool announce;     /* say in the kernel's log which file is worked on */
	uint64_t memory_bytes; /* limit of the memory cgroup it runs in; 0: none */
	struct tp_file *files;
	size_t nr_files;
};

struct tp_plan {
	uint64_t seed;
	unsigned threads;
	unsigned op_deadline_s; /* an operation that takes longer is a hang */
	uint32_t page_bytes;    /* of the kernel that the sequences were made for */
	struct tp_mount *mounts;
	size_t nr_mounts;
};

/* The folder entry of a file; out holds at least TP_FILE_NAME bytes. */
#define TP_FILE_NAME 16
void tp_file_name(uint32_t id, char *out);

/* The seed of the mount's patterns: its own, or the plan's. */
uint64_t tp_mount_seed(const struct tp_plan *plan, const struct tp_mount *m);

/*
 * Read a plan's text.  Returns 0 or -EINVAL with the line number and reason in
 * err.  The plan holds copies; free it with tp_plan_free, also after an error.
 */
int tp_plan_parse(const char *text, struct tp_plan *plan, struct tp_buf *err);

void tp_plan_print(const struct tp_plan *plan, struct tp_buf *out);
void tp_file_free(struct tp_file *f); /* what it holds */

/* Bytes of history that the mount's files make: every event, and what reads return. */
uint64_t tp_mount_history(const struct tp_mount *m);

void tp_mount_free(struct tp_mount *m);
void tp_plan_free(struct tp_plan *plan);

#endif
