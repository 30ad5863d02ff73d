// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oracle.h - what each byte of a file may be now
 *
 * The state of one file is its size and a list of spans in order of offset;
 * where no span stands the byte is zero.  A span names the values that its
 * bytes may have: usually one, more where an operation may or may not have
 * taken effect.
 */
#ifndef TP_MODEL_ORACLE_H
#define TP_MODEL_ORACLE_H

#include "model/history.h"
#include "model/op.h"

#define TP_MAX_VALUES 8

/* One value of a byte: zero (op == TP_VALUE_ZERO), or what operation op wrote. */
#define TP_VALUE_ZERO 0xffff
struct tp_value {
	uint16_t op;
	int64_t shift;   /* the byte at x is op's pattern at x - shift (copies, collapse) */
};

struct tp_span {
	uint64_t start, end;  /* bytes [start, end) */
	uint8_t nr;           /* values; 0: any byte at all */
	struct tp_value value[TP_MAX_VALUES];
};

struct tp_slot {
	bool mapped, private_map;
};

struct tp_oracle {
	uint64_t size;
	uint64_t reach;         /* only while a block is followed (race.h): the pages below
				 * it may be mapped; more than size while a truncate is
				 * under way */
	bool size_uncertain;    /* an operation that may move it was not seen to end */
	struct tp_span *spans;
	size_t nr;
	struct tp_slot slots[TP_MAX_SLOTS];
};

void tp_oracle_init(struct tp_oracle *o);
void tp_oracle_free(struct tp_oracle *o);

/* It failed before it began: it changed nothing, whatever its kind. */
bool tp_event_refused(const struct tp_event *ev);

/*
 * Apply operation number index, which ended as ev says.  ev == NULL: it may
 * have begun but was not seen to end, so it may or may not have taken effect.
 */
void tp_oracle_apply(struct tp_oracle *o, const struct tp_op *op, uint16_t index,
		     const struct tp_event *ev);

/*
 * The span that governs offset off: a stored one, or a made-up span of zeros up
 * to the next stored one (or UINT64_MAX).  Written to *out.
 */
void tp_oracle_at(const struct tp_oracle *o, uint64_t off, struct tp_span *out);

#endif
