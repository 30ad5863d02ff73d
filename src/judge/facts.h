// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * facts.h - what the history tells about a mount as a whole
 */
#ifndef TP_JUDGE_FACTS_H
#define TP_JUDGE_FACTS_H

#include <stdbool.h>

#include "model/history.h"
#include "model/plan.h"
#include "model/record.h"

struct tp_facts {
	char *kernel;          /* "6.18.44 #1 ..." */
	uint64_t page_bytes;   /* of that kernel; 0: not said */
	char *options;         /* of /proc/mounts, where defaults are not shown */
	char *proc_options;    /* of /proc/fs/ext4/DEV/options, or NULL */
	char *refused;         /* name of the errno, ... */
	char *refused_options; /* ... and what was refused */
	char *cannot_mount;    /* name of the errno of the first mount, or NULL */
	char *absent;          /* why it was not even mounted: what it needs is not there; or NULL */
	char *not_again;       /* the same of a later mount: what was unmounted is settled */
	char *device;          /* as the kernel calls it, or NULL */
	char *hang;            /* "SECONDS umount": what hung beside operations, or NULL */
	bool alone;            /* the kernel ran no other agent */
	bool mounted_once;
	bool mounted;          /* and not unmounted since */
	char *trouble;         /* why nothing of this mount can be trusted, or NULL */
	bool second_look;      /* was begun */
	struct tp_buf tasks;   /* " 17 18 ": the agent's, as the kernel log names them; or empty */
	int load_exit, check_exit; /* -1: not seen to end */
};

void tp_facts_init(struct tp_facts *facts);
void tp_facts_free(struct tp_facts *facts);

/* Take one text frame over.  Returns false when its first word is unknown. */
bool tp_facts_take(struct tp_facts *facts, const struct tp_frame *frame);

/* Can this kernel not mount such a file system at all?  Gives the reason (to free). */
char *tp_facts_unsupported(const struct tp_facts *facts, const struct tp_mount *mount);

/* How the cell was mounted.  *silent: the kernel changed an option and said nothing (to free). */
struct tp_mode tp_facts_mode(const struct tp_facts *facts, const struct tp_mount *mount,
			     char **silent);

/* "EINVAL" of "22" or "EINVAL" (to free). */
char *tp_errno_text(const char *word, size_t len);

#endif
