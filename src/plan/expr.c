// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expr.c - arithmetic in scenario files
 *
 * Recursive descent over signed 64-bit values, so that eof-page+page is fine;
 * only the whole must not be negative.
 */
#include <ctype.h>
#include <string.h>

#include "plan/expr.h"

#define MOST (INT64_C(1) << 62)
#define MAX_DEPTH 64

struct parser {
	const char *at, *end;
	tp_word_fn word;
	void *ctx;
	const char *fault; /* the first thing that went wrong */
	unsigned depth;
};

static int64_t sum(struct parser *p);

static int64_t fail(struct parser *p, const char *why)
{
	if (!p->fault)
		p->fault = why;
	return 0;
}

static bool accept(struct parser *p, char c)
{
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static int64_t bounded(struct parser *p, __int128 v)
{
	if (v > MOST || v < -MOST)
		return fail(p, "is too large");
	return (int64_t)v;
}

/* Digits and perhaps a suffix k, m or g. */
static int64_t number(struct parser *p)
{
	static const char units[] = "kmg";
	__int128 v = 0;

	while (p->at < p->end && isdigit((unsigned char)*p->at))
		v = bounded(p, v * 10 + (*p->at++ - '0'));
	for (unsigned i = 0; i < sizeof(units) - 1; i++)
		if (accept(p, units[i]))
			return bounded(p, v << (10 * (i + 1)));
	return (int64_t)v;
}

/* up(a,b), down(a,b): a to the next multiple of b; min, max. */
static int64_t call(struct parser *p, const char *name, size_t len)
{
	int64_t a = sum(p), b;

	if (!accept(p, ','))
		return fail(p, "wants two arguments in a function");
	b = sum(p);
	if (!accept(p, ')'))
		return fail(p, "has an open parenthesis");
	if (len == 3 && memcmp(name, "min", 3) == 0)
		return a < b ? a : b;
	if (len == 3 && memcmp(name, "max", 3) == 0)
		return a > b ? a : b;
	if (b <= 0 || a < 0)
		return fail(p, "rounds to a number that is not positive");
	if (len == 2 && memcmp(name, "up", 2) == 0)
		return bounded(p, ((__int128)a + b - 1) / b * b);
	if (len == 4 && memcmp(name, "down", 4) == 0)
		return a / b * b;
	return fail(p, "uses an unknown function");
}

static int64_t atom(struct parser *p)
{
	const char *start = p->at;
	uint64_t value;
	int64_t v;

	if (accept(p, '(')) {
		if (++p->depth > MAX_DEPTH)
			return fail(p, "is nested too deeply");
		v = sum(p);
		p->depth--;
		return accept(p, ')') ? v : fail(p, "has an open parenthesis");
	}
	if (p->at < p->end && isdigit((unsigned char)*p->at))
		return number(p);
	while (p->at < p->end && (isalnum((unsigned char)*p->at) || *p->at == '_'))
		p->at++;
	if (p->at == start)
		return fail(p, "is no expression");
	if (accept(p, '('))
		return call(p, start, (size_t)(p->at - 1 - start));
	if (!p->word(p->ctx, start, (size_t)(p->at - start), &value))
		return fail(p, "has an unknown word");
	return bounded(p, value);
}

static int64_t product(struct parser *p)
{
	int64_t v = atom(p);

	while (!p->fault) {
		if (accept(p, '*')) {
			v = bounded(p, (__int128)v * atom(p));
		} else if (accept(p, '/')) {
			int64_t by = atom(p);

			v = by ? v / by : fail(p, "divides by zero");
		} else {
			break;
		}
	}
	return v;
}

static int64_t sum(struct parser *p)
{
	int64_t v = product(p);

	while (!p->fault) {
		if (accept(p, '+'))
			v = bounded(p, (__int128)v + product(p));
		else if (accept(p, '-'))
			v = bounded(p, (__int128)v - product(p));
		else
			break;
	}
	return v;
}

bool tp_expr(const char *text, size_t len, tp_word_fn word, void *ctx, uint64_t *value,
	     struct tp_buf *err)
{
	struct parser p = { .at = text, .end = text + len, .word = word, .ctx = ctx };
	int64_t v = sum(&p);

	if (!p.fault && p.at != p.end)
		p.fault = "has something behind its end";
	if (!p.fault && v < 0)
		p.fault = "is below zero";
	if (p.fault) {
		tp_buf_printf(err, "\"%.*s\" %s", (int)len, text, p.fault);
		return false;
	}
	*value = (uint64_t)v;
	return true;
}
