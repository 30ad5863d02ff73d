// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * events.h - a history sorted by file
 */
#ifndef TP_JUDGE_EVENTS_H
#define TP_JUDGE_EVENTS_H

#include "judge/facts.h"
#include "model/history.h"
#include "model/plan.h"

/* What the history says of one file.  Everything points into the history. */
struct tp_seen {
	const struct tp_event **ops;  /* per operation; NULL: not seen to end */
	const struct tp_frame **data; /* per operation: what it read; or NULL */
	const struct tp_event *close;
	const struct tp_look *look;
	bool hung;                    /* a text frame says so, ... */
	uint16_t hung_op;             /* ... in this operation, ... */
	uint64_t hung_s;              /* ... for so many seconds */
};

struct tp_events {
	char *text;            /* the history itself */
	size_t len;
	struct tp_seen *files; /* one per file of the mount */
	const struct tp_event **ops;
	const struct tp_frame **data;
	bool ended;            /* the agent came to its end */
	uint64_t skipped;      /* bytes in no sound frame */
	uint64_t nonsense;     /* records that name what the plan has not */
	bool no_space;         /* some operation met a full disk */
	uint64_t last_ns;      /* when the last operation ended */
};

/*
 * Read the history of one mount of the plan.  Returns 0 or a negative errno
 * with the reason in why (no history, not of this machine's byte order).
 */
int tp_events_read(const char *path, const struct tp_plan *plan, size_t mount,
		   struct tp_events *out, struct tp_facts *facts, struct tp_buf *why);
void tp_events_free(struct tp_events *ev);

/* The bytes that operation op read, and how many the history has. */
const unsigned char *tp_seen_data(const struct tp_seen *seen, size_t op, size_t *len);

#endif
