// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memcg.h - a memory cgroup of tailpage's own, of either version
 *
 * It lies at the top of the hierarchy that has the memory controller and is called
 * tailpage-PID.  Nothing else of the hierarchy is changed.
 */
#ifndef TP_BASE_MEMCG_H
#define TP_BASE_MEMCG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct tp_memcg {
	char *top;      /* where the hierarchy is mounted */
	bool unified;   /* cgroup v2 */
	char *folder;   /* of the cgroup; NULL: there is none */
	char *before;   /* of the cgroup that this process was in */
	uint64_t bytes; /* the limit */
};

/* Find the hierarchy among the mounts in a file of this form; false: there is none. */
#define TP_MEMCG_MOUNTS "/proc/self/mounts"
bool tp_memcg_find(const char *mounts, struct tp_memcg *g);

/* Give the cgroups below the top of a hierarchy of version 2 the memory controller; false:
 * it has none. */
bool tp_memcg_enable(const char *top);

/*
 * Make a cgroup that may have so many bytes, and take the calling thread into it with all
 * that it starts later; what the process allocates from now on is charged to it.  0 or a
 * negative errno, and why; nothing is left behind then.
 */
int tp_memcg_enter(struct tp_memcg *g, uint64_t bytes, struct tp_buf *why);

/*
 * Reclaim what can be reclaimed now: page cache is written back and dropped as it is
 * when memory runs out, but nobody is killed for what remains.  0 or a negative errno.
 */
int tp_memcg_reclaim(const struct tp_memcg *g);

/* Go back and remove the cgroup; it stays when others are in it.  Frees what g holds, also
 * when nothing was found or entered. */
void tp_memcg_leave(struct tp_memcg *g);

/* Remove the cgroups of runs that were killed: those that nobody is in.  Returns whether
 * somebody is in one that stays. */
bool tp_memcg_sweep(void);

/* The same behind a run whose agents were killed just now: they may take a moment to die. */
void tp_memcg_sweep_killed(void);

#endif
