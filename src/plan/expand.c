// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expand.c - from a scenario to its sequences in one cell
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "plan/expr.h"
#include "plan/reader.h"
#include "plan/repeat.h"

#define MAX_DEPTH 8  /* of $names within $names */

/* One row of the product, being turned into operations. */
struct expansion {
	const struct tp_scenario *s;
	const struct tp_cell *cell;
	uint32_t page_bytes;
	const struct tp_choice *chosen[TP_MAX_PARAMS]; /* for each of s->params */
	struct tp_buf err;
};

static bool word_value(void *ctx, const char *word, size_t len, uint64_t *value)
{
	const struct expansion *x = ctx;

	if (len == 5 && memcmp(word, "block", 5) == 0)
		*value = x->cell->block_bytes;
	else if (len == 4 && memcmp(word, "page", 4) == 0)
		*value = x->page_bytes;
	else
		return false;
	return true;
}

/* The choice that $name (len bytes, behind the dollar) stands for. */
static const struct tp_choice *find(const struct expansion *x, const char *name, size_t len)
{
	for (size_t i = 0; i < x->s->nr_params; i++)
		if (strlen(x->s->params[i].name) == len &&
		    memcmp(x->s->params[i].name, name, len) == 0)
			return x->chosen[i];
	return NULL;
}

static size_t name_len(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/*
 * Replace every $name inside a statement: the value is an expression and goes
 * in parentheses.
 */
static bool substitute(struct expansion *x, const char *text, unsigned depth,
		       struct tp_buf *out)
{
	if (depth > MAX_DEPTH) {
		tp_buf_puts(&x->err, "$names contain each other");
		return false;
	}
	while (*text) {
		const struct tp_choice *c;
		size_t len = strcspn(text, "$");

		tp_buf_add(out, text, len);
		text += len;
		if (*text == '\0')
			break;
		len = name_len(++text);
		c = find(x, text, len);
		if (!c) {
			tp_buf_printf(&x->err, "$%.*s is not defined", (int)len, text);
			return false;
		}
		text += len;
		tp_buf_puts(out, "(");
		if (!substitute(x, c->text, depth + 1, out))
			return false;
		tp_buf_puts(out, ")");
	}
	return true;
}

/* One operation with its values, as often as it is wanted. */
static bool repeated(struct expansion *x, const char *one, unsigned depth, struct tp_buf *out)
{
	struct tp_buf text = { 0 };
	bool ok = substitute(x, one, depth, &text) &&
		  tp_repeat(text.text, word_value, x, out, &x->err);

	tp_buf_free(&text);
	return ok;
}

static bool statements(struct expansion *x, const char *text, unsigned depth, struct tp_buf *out);

/* A statement that is nothing but $name becomes that value's operations. */
static bool statement(struct expansion *x, char *one, unsigned depth, struct tp_buf *out)
{
	const struct tp_choice *c;
	size_t len;

	one = tp_trim(one);
	if (*one == '\0')
		return true;
	len = *one == '$' ? name_len(one + 1) : 0;
	if (len && one[1 + len] == '\0') {
		c = find(x, one + 1, len);
		if (!c) {
			tp_buf_printf(&x->err, "%s is not defined", one);
			return false;
		}
		return statements(x, c->text, depth + 1, out);
	}
	return repeated(x, one, depth, out);
}

/* Statements end at ';' and at the borders of a block's actors, which stay. */
static bool statements(struct expansion *x, const char *text, unsigned depth, struct tp_buf *out)
{
	if (depth > MAX_DEPTH) {
		tp_buf_puts(&x->err, "$names contain each other");
		return false;
	}
	while (*text) {
		size_t len = strcspn(text, ";{|}");
		char *one = tp_strndup(text, len);
		bool ok = statement(x, one, depth, out);

		free(one);
		if (!ok)
			return false;
		text += len;
		if (*text && *text != ';')
			tp_buf_printf(out, *text == '}' ? "%c;" : "%c", *text);
		text += *text != '\0';
	}
	return true;
}

static bool argument(void *ctx, const char *word, size_t len, uint64_t *value, struct tp_buf *err)
{
	return tp_expr(word, len, word_value, ctx, value, err);
}

/* Choose the row's values; gives the text "eof=1000,sync=fsync" or "-". */
static char *choose(struct expansion *x, const uint8_t *row)
{
	struct tp_buf out = { 0 };
	unsigned varied = 0;

	for (size_t i = 0; i < x->s->nr_params; i++) {
		const struct tp_param *p = &x->s->params[i];
		const struct tp_choice *c = &p->choices[p->is_let ? 0 : row[varied]];

		x->chosen[i] = c;
		if (p->is_let)
			continue;
		varied++;
		tp_buf_printf(&out, "%s%s=%s", out.len ? "," : "", p->name, c->label);
	}
	if (!out.len)
		tp_buf_puts(&out, "-");
	for (char *s = out.text; *s; s++)
		if (*s == ' ')
			*s = '_';
	return tp_buf_take(&out);
}

/* The agent's buffers lie in the memory cgroup too, and nothing of it is swapped out. */
#define MEMORY_SHARE 16

static bool fits_memory(const struct tp_scenario *s, const struct tp_seq *seq, struct tp_buf *err)
{
	for (size_t i = 0; i < seq->nr && s->memory_bytes; i++) {
		enum tp_effect effect = tp_ops[seq->ops[i].kind].effect;
		uint64_t start, end;

		if (effect != TP_EFFECT_WRITE && effect != TP_EFFECT_STORE &&
		    effect != TP_EFFECT_READ)
			continue;
		if (!tp_op_range(&seq->ops[i], &start, &end) ||
		    end - start <= s->memory_bytes / MEMORY_SHARE)
			continue;
		tp_buf_printf(err, "operation %zu: %" PRIu64 " bytes are more than 1/%d of the memory",
			      i + 1, end - start, MEMORY_SHARE);
		return false;
	}
	return true;
}

static int expand_row(struct expansion *x, const uint8_t *row, struct tp_variant *v)
{
	struct tp_buf text = { 0 };
	int err = 0;

	v->params = choose(x, row);
	tp_buf_free(&x->err);
	if (!statements(x, x->s->text, 0, &text) ||
	    !tp_seq_parse(text.text ? text.text : "", argument, x, &v->seq, &x->err) ||
	    !fits_memory(x->s, &v->seq, &x->err))
		err = tp_error(0, "scenario %s (%s) in %s: %s", x->s->name, v->params,
			       x->cell->name, x->err.text);
	tp_buf_free(&text);
	return err;
}

static bool row_allowed(void *ctx, const uint8_t *row)
{
	const struct tp_scenario *s = ctx;

	for (size_t i = 0; i < s->nr_excepts; i++) {
		const struct tp_except *e = &s->excepts[i];
		unsigned same = 0;

		while (same < e->nr && row[e->param[same]] == e->choice[same])
			same++;
		if (same == e->nr)
			return false;
	}
	return true;
}

/* Has a variant before this one the same operations? */
static bool seen_before(const struct tp_variants *out, uint64_t *digests)
{
	struct tp_buf text = { 0 };
	size_t last = out->nr - 1;

	tp_seq_print(&out->v[last].seq, &text);
	digests[last] = tp_digest_of(text.text ? text.text : "", text.len);
	tp_buf_free(&text);
	for (size_t i = 0; i < last; i++)
		if (digests[i] == digests[last])
			return true;
	return false;
}

static void variant_free(struct tp_variant *v)
{
	free(v->params);
	tp_seq_free(&v->seq);
}

static int expand_rows(struct expansion *x, const uint8_t *rows, size_t nr, unsigned width,
		       struct tp_variants *out)
{
	uint64_t *digests = tp_alloc((nr ? nr : 1) * sizeof(*digests));
	int err = 0;

	for (size_t i = 0; i < nr && err == 0; i++) {
		out->v = tp_grow(out->v, out->nr, sizeof(*out->v));
		out->v[out->nr] = (struct tp_variant){ 0 };
		err = expand_row(x, rows + i * width, &out->v[out->nr++]);
		if (err == 0 && seen_before(out, digests))
			variant_free(&out->v[--out->nr]);
	}
	free(digests);
	return err;
}

int tp_scenario_expand(const struct tp_scenario *s, const struct tp_cell *cell,
		       uint32_t page_bytes, int cover, uint64_t seed, struct tp_variants *out)
{
	struct expansion x = { .s = s, .cell = cell, .page_bytes = page_bytes };
	struct tp_cover_in in = {
		.strength = cover < 0 ? s->cover : (unsigned)cover,
		.seed = seed,
		.allowed = row_allowed,
		.ctx = (void *)(uintptr_t)s,
	};
	uint8_t *rows = NULL;
	size_t nr;
	int err;

	*out = (struct tp_variants){ 0 };
	for (size_t i = 0; i < s->nr_params; i++)
		if (!s->params[i].is_let)
			in.counts[in.nr++] = s->params[i].nr;
	nr = tp_cover(&in, &rows);
	if (nr == (size_t)-1)
		return tp_error(0, "scenario %s: its product has more than %d variants (use cover)",
				s->name, TP_MAX_ROWS);
	err = expand_rows(&x, rows, nr, in.nr, out);
	tp_buf_free(&x.err);
	free(rows);
	if (err < 0)
		tp_variants_free(out);
	return err;
}

void tp_variants_free(struct tp_variants *v)
{
	for (size_t i = 0; i < v->nr; i++)
		variant_free(&v->v[i]);
	free(v->v);
	*v = (struct tp_variants){ 0 };
}

bool tp_scenario_applies(const struct tp_scenario *s, const struct tp_cell *cell,
			 uint32_t page_bytes)
{
	for (size_t i = 0; i < s->nr_needs; i++)
		if (tp_cell_has(cell, page_bytes, s->needs[i]) != 1)
			return false;
	return true;
}
