// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.c - bytes against the oracle's state: runs of bytes that must not be there
 *
 * The common case is one memcmp per span.  Only where that fails are bytes
 * looked at one by one, and grouped by who wrote them.
 */
#include <string.h>

#include "judge/check.h"
#include "model/pattern.h"

/* Coincidence makes 1 of 128 wrong bytes look right: join what it tears apart. */
#define JOIN_BYTES 8

void tp_check_begin(struct tp_check *c, struct tp_subject *s)
{
	*c = (struct tp_check){
		.s = s,
		.block_bytes = s->job->image ? tp_image_block_bytes(s->job->image) : 4096,
	};
}

void tp_check_end(struct tp_check *c)
{
	if (c->last.end == 0)
		return;
	if (c->nr < TP_MAX_FILE_FINDINGS)
		c->runs[c->nr++] = c->last;
	c->nr_all++;
	c->last.end = 0;
}

static bool continues(const struct tp_run *last, const struct tp_run *run)
{
	const struct tp_source *a = &last->source, *b = &run->source;
	uint64_t gap = run->source.found == TP_FOUND_UNKNOWN ? JOIN_BYTES : 0;

	return last->end != 0 && run->start >= last->end && run->start - last->end <= gap &&
	       last->kind == run->kind && last->where == run->where &&
	       last->wanted.op == run->wanted.op && last->wanted.shift == run->wanted.shift &&
	       a->found == b->found && a->file == b->file && a->op == b->op && a->shift == b->shift;
}

static void add_run(struct tp_check *c, const struct tp_run *run)
{
	if (continues(&c->last, run)) {
		c->last.end = run->end;
		return;
	}
	tp_check_end(c);
	c->last = *run;
}

static bool may_be(const struct tp_span *span, uint16_t op)
{
	for (unsigned i = 0; i < span->nr; i++)
		if (span->value[i].op == op)
			return true;
	return span->nr == 0;
}

/* The value that a finding names: data rather than zero when either may be. */
static struct tp_value wanted_of(const struct tp_span *span)
{
	for (unsigned i = span->nr; i-- > 0;)
		if (span->value[i].op != TP_VALUE_ZERO)
			return span->value[i];
	return (struct tp_value){ .op = TP_VALUE_ZERO };
}

static void fill_value(const struct tp_check *c, struct tp_value v, uint64_t off,
		       unsigned char *out, size_t len)
{
	const struct tp_ident id = { c->s->job->key, c->s->file->id, v.op };

	if (v.op == TP_VALUE_ZERO)
		memset(out, 0, len);
	else
		tp_pattern_fill(&id, off - (uint64_t)v.shift, out, len);
}

static enum tp_finding_kind kind_of(const struct tp_source *source)
{
	switch (source->found) {
	case TP_FOUND_ZERO:
		return TP_LOST;
	case TP_FOUND_OWN:
	case TP_FOUND_POISON:
		return TP_STALE;
	default:
		return TP_FOREIGN;
	}
}

/* A piece of one span, at most TP_CHUNK bytes. */
struct piece {
	struct tp_check *c;
	const struct tp_span *span;
	uint64_t off;
	const unsigned char *got;
	const unsigned char *want[TP_MAX_VALUES];
	size_t len;
	enum tp_where where;
	bool beyond;
};

static bool right(const struct piece *p, size_t i)
{
	for (unsigned k = 0; k < p->span->nr; k++)
		if (p->got[i] == p->want[k][i])
			return true;
	return false;
}

/* Do bytes of the same write survive right beside, in the same block? */
static bool torn(const struct piece *p, size_t i, size_t n)
{
	uint32_t block = p->c->block_bytes;
	size_t end = i + n;

	if (p->span->nr != 1 || p->span->value[0].op == TP_VALUE_ZERO)
		return false;
	return (i > 0 && (p->off + i) % block != 0 && right(p, i - 1)) ||
	       (end < p->len && (p->off + end) % block != 0 && right(p, end));
}

static void take_sample(const struct piece *p, size_t i, size_t n, struct tp_run *run)
{
	run->nr_sample = n < TP_SAMPLE_BYTES ? n : TP_SAMPLE_BYTES;
	memcpy(run->sample, p->got + i, run->nr_sample);
	if (!p->beyond)
		fill_value(p->c, run->wanted, p->off + i, run->wanted_sample, run->nr_sample);
}

/* The wrong byte at i begins a run; returns where it ends. */
static size_t take_run(const struct piece *p, size_t i)
{
	struct tp_run run = { .start = p->off + i, .where = p->where };
	size_t stretch = 1, n;

	while (i + stretch < p->len && !right(p, i + stretch))
		stretch++;
	n = tp_identify(p->c, run.start, p->got + i, stretch, p->len - i, &run.source);
	run.end = run.start + n;
	run.wanted = p->beyond ? (struct tp_value){ .op = TP_VALUE_ZERO } : wanted_of(p->span);
	run.choice = p->span->nr > 1;
	run.values = *p->span;
	run.kind = p->beyond ? TP_BEYOND : kind_of(&run.source);
	if (run.kind == TP_STALE && torn(p, i, n))
		run.kind = TP_TORN;
	take_sample(p, i, n, &run);
	add_run(p->c, &run);
	return i + n;
}

static void check_piece(struct piece *p)
{
	unsigned char *room = p->c->s->job->wanted;

	for (unsigned k = 0; k < p->span->nr; k++) {
		fill_value(p->c, p->span->value[k], p->off, room + k * TP_CHUNK, p->len);
		p->want[k] = room + k * TP_CHUNK;
	}
	if (p->span->nr == 0 || memcmp(p->got, p->want[0], p->len) == 0)
		return;
	for (size_t i = 0; i < p->len;) {
		if (right(p, i))
			i++;
		else
			i = take_run(p, i);
	}
}

void tp_check_bytes(struct tp_check *c, uint64_t off, const unsigned char *got, size_t len,
		    enum tp_where where)
{
	while (len) {
		struct tp_span span;
		struct piece p = { .c = c, .span = &span, .off = off, .got = got, .where = where };

		tp_oracle_at(c->s->oracle, off, &span);
		p.len = span.end - off < len ? (size_t)(span.end - off) : len;
		check_piece(&p);
		off += p.len;
		got += p.len;
		len -= p.len;
	}
}

void tp_check_hole(struct tp_check *c, uint64_t start, uint64_t end, enum tp_where where)
{
	struct tp_span span;

	for (uint64_t x = start; x < end; x = span.end) {
		struct tp_run run = { .start = x, .kind = TP_LOST, .where = where };

		tp_oracle_at(c->s->oracle, x, &span);
		if (may_be(&span, TP_VALUE_ZERO))
			continue;
		run.end = span.end < end ? span.end : end;
		run.wanted = wanted_of(&span);
		run.choice = span.nr > 1;
		run.values = span;
		run.nr_sample =
			run.end - x < TP_SAMPLE_BYTES ? (size_t)(run.end - x) : TP_SAMPLE_BYTES;
		fill_value(c, run.wanted, x, run.wanted_sample, run.nr_sample);
		add_run(c, &run);
	}
}

void tp_check_beyond(struct tp_check *c, uint64_t off, const unsigned char *got, size_t len)
{
	struct tp_span zeros = {
		.start = off,
		.end = off + len,
		.nr = 1,
		.value = { { .op = TP_VALUE_ZERO } },
	};
	struct piece p = {
		.c = c,
		.span = &zeros,
		.off = off,
		.got = got,
		.len = len,
		.where = TP_IN_BLOCK,
		.beyond = true,
	};

	check_piece(&p);
}
