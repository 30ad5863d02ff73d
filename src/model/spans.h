// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spans.h - the oracle's list of spans: the steps that every effect is built from
 *
 * Where no span stands, the byte is zero.
 */
#ifndef TP_MODEL_SPANS_H
#define TP_MODEL_SPANS_H

#include "model/oracle.h"

/* nr of a span, only while a block is followed: no value explains what was read there. */
#define TP_SPAN_NONE 0xff

/* No file reaches here.  Spans behind it hold what copies under way have read. */
#define TP_SHADOW (UINT64_C(1) << 62)

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

/* The effects of copy_file_range, COLLAPSE_RANGE and INSERT_RANGE. */
void tp_spans_copy(struct tp_oracle *o, uint64_t from, uint64_t to, uint64_t len);
void tp_spans_collapse(struct tp_oracle *o, uint64_t off, uint64_t len);
void tp_spans_open(struct tp_oracle *o, uint64_t off, uint64_t len);

/*
 * unite.c: each byte may be what it may be in o or in other; sizes are left
 * alone.  Where that makes more than TP_MAX_VALUES values it is any byte, and
 * true is returned; or, with sample, the first of them are kept.
 */
bool tp_spans_unite(struct tp_oracle *o, const struct tp_oracle *other, bool sample);

/* A copy of all that the oracle holds; free it with tp_oracle_free. */
struct tp_oracle tp_oracle_clone(const struct tp_oracle *o);

#endif
