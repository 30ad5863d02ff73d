// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.h - the parts of replay.c: what one operation saw, and blocks of actors
 */
#ifndef TP_JUDGE_REPLAY_H
#define TP_JUDGE_REPLAY_H

#include "judge/check.h"

/* seen.c: a size that someone saw (who: for the text), the bytes that a read
 * returned, and writes that were shorter than asked. */
void tp_seen_size(struct tp_subject *s, const struct tp_event *e, const char *who);
void tp_seen_read(struct tp_subject *s, uint16_t index, const struct tp_event *e);
void tp_seen_short(struct tp_subject *s, uint16_t index, const struct tp_event *e);

/* Bytes that operation index saw at off, against s->oracle. */
void tp_seen_bytes(struct tp_subject *s, uint16_t index, uint64_t off, const unsigned char *data,
		   uint64_t len);

/* The history has no event of this operation, though it must have begun. */
void tp_seen_missing(struct tp_subject *s, size_t index);

/*
 * block.c: the block of operations [start, end).  Sets *stopped when one of them
 * ended so that main does not go on; returns false when the history has not all.
 */
bool tp_replay_block(struct tp_subject *s, size_t start, size_t end, bool *stopped);

#endif
