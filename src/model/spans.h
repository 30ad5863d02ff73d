// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spans.h - the oracle's list of spans, for oracle.c
 *
 * Where no span stands, the byte is zero.
 */
#ifndef TP_MODEL_SPANS_H
#define TP_MODEL_SPANS_H

#include "model/oracle.h"

/* Index of the first span that ends behind x; o->nr when there is none. */
size_t tp_spans_find(const struct tp_oracle *o, uint64_t x);
void tp_spans_insert(struct tp_oracle *o, size_t i, const struct tp_span *s);

/* Make x a border: no span lies on both sides of it. */
void tp_spans_cut(struct tp_oracle *o, uint64_t x);

/* Forget what stands in [start, end). */
void tp_spans_drop(struct tp_oracle *o, uint64_t start, uint64_t end);

/* [start, end) has the value v; or, in the second form, v or what it had. */
void tp_spans_put(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v);
void tp_spans_put_maybe(struct tp_oracle *o, uint64_t start, uint64_t end, struct tp_value v);

/* Move all spans from offset from on by delta bytes, with the values they hold. */
void tp_spans_shift(struct tp_oracle *o, uint64_t from, int64_t delta);
void tp_span_move(struct tp_span *s, int64_t delta);

#endif
