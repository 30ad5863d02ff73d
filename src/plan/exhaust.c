// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exhaust.c - every sequence up to a length over a small alphabet
 *
 * A walk in depth over starts, lengths and letters.  A rule that rejects a
 * prefix rejects all that begins with it, and is credited with all of them, so
 * what is kept and what each rule removed always add up to all there are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/exhaust.h"
#include "plan/expr.h"
#include "plan/walk.h"

#define MAX_LETTERS 64

/* A letter in the sizes of the cell. */
struct letter {
	const struct tp_letter *from;
	struct tp_seq seq;
	char *text;      /* of seq: what the letter really says */
	bool useless;    /* no range in the pages, or the same as one before it */
	bool makes_start; /* on an empty file it makes one of the other starts */
};

/* The file behind a prefix. */
struct state {
	struct tp_walk walk;
	bool dirty;      /* pages changed since the last writeback */
	bool pending;    /* something changed since the last commit */
};

struct tp_exhaust {
	struct tp_exhaust_spec spec;
	struct letter letter[MAX_LETTERS], start[MAX_LETTERS];
	size_t nr_letters, nr_starts;
	bool commute[MAX_LETTERS][MAX_LETTERS]; /* [a][b]: b a is a b, which is kept */
	struct tp_exhaust_counts counts;
	unsigned length;                        /* of the sequences made now */
	size_t at_start;
	unsigned depth;
	size_t at[TP_EXHAUST_MAX_LENGTH];
	struct state state[TP_EXHAUST_MAX_LENGTH + 1];
	bool ended;
};

static const char *const rule_help[TP_NR_RULES] = {
	[TP_RULE_SAME] = "a letter that says nothing, or the same as another, at this block size",
	[TP_RULE_START] = "the first letter makes another start, which has the sequence too",
	[TP_RULE_FAULT] = "touches a page that the file does not have: SIGBUS, and no effect",
	[TP_RULE_REFUSED] = "the kernel must refuse it: no effect",
	[TP_RULE_EMPTY] = "reads or drops the pages of an empty file, which has none",
	[TP_RULE_CLEAN] = "writes back or commits when nothing changed since the last time",
	[TP_RULE_REPEAT] = "the same call again, which finds its work done",
	[TP_RULE_ORDER] = "neighbours that commute, in the other order",
	[TP_RULE_UNSEEN] = "ends with what only concerns operations behind it",
};

const char *tp_exhaust_rule_help(enum tp_exhaust_rule rule)
{
	return rule_help[rule];
}

static bool word_value(void *ctx, const char *word, size_t len, uint64_t *value)
{
	const struct tp_exhaust_spec *s = ctx;
	const struct {
		const char *name;
		uint64_t value;
	} words[] = { { "block", s->cell->block_bytes },
		      { "page", s->page_bytes },
		      { "end", (uint64_t)s->pages * s->page_bytes } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].name) == len && memcmp(words[i].name, word, len) == 0) {
			*value = words[i].value;
			return true;
		}
	return false;
}

static bool argument(void *ctx, const char *word, size_t len, uint64_t *value, struct tp_buf *err)
{
	return tp_expr(word, len, word_value, ctx, value, err);
}

/* Does any of its ranges have no bytes, or bytes outside of the mapped pages? */
static bool outside(const struct tp_exhaust *x, const struct tp_seq *seq)
{
	const uint64_t end = (uint64_t)x->spec.pages * x->spec.page_bytes;

	for (size_t i = 0; i < seq->nr; i++) {
		uint64_t from, to;

		if (strcmp(tp_ops[seq->ops[i].kind].args, "s") == 0)
			continue;
		if (tp_op_range(&seq->ops[i], &from, &to) && (to > end || from == to))
			return true;
	}
	return false;
}

static bool read_letter(struct tp_exhaust *x, const struct tp_letter *from, struct letter *out)
{
	struct tp_buf why = { 0 }, text = { 0 };

	*out = (struct letter){ .from = from };
	if (!tp_seq_parse(from->ops, argument, &x->spec, &out->seq, &why)) {
		tp_error(0, "the letter %s: %s", from->name, why.text);
		tp_buf_free(&why);
		return false;
	}
	tp_seq_print(&out->seq, &text);
	out->text = tp_buf_take(&text);
	return true;
}

/* "map...; OPS" is a start that the letter OPS makes of an empty file. */
static bool makes_start(const struct tp_exhaust *x, const struct letter *l)
{
	for (size_t i = 0; i < x->nr_starts; i++) {
		const char *rest = strstr(x->start[i].text, "; ");

		if (rest && strcmp(rest + 2, l->text) == 0)
			return true;
	}
	return false;
}

static bool read_tables(struct tp_exhaust *x)
{
	for (const struct tp_letter *l = tp_starts_of_files; l->name; l++)
		if (!read_letter(x, l, &x->start[x->nr_starts++]))
			return false;
	for (const struct tp_letter *l = tp_letters; l->name; l++) {
		struct letter *mine = &x->letter[x->nr_letters];

		if ((l->flags & TP_LETTER_TWO_PAGES) && x->spec.pages < 2)
			continue;
		x->nr_letters++;
		if (!read_letter(x, l, mine))
			return false;
		mine->useless = outside(x, &mine->seq);
		mine->makes_start = makes_start(x, mine);
		for (size_t i = 0; i + 1 < x->nr_letters && !mine->useless; i++)
			mine->useless = strcmp(x->letter[i].text, mine->text) == 0;
	}
	return true;
}

static size_t letter_number(const struct tp_exhaust *x, const char *name)
{
	for (size_t i = 0; i < x->nr_letters; i++)
		if (strcmp(x->letter[i].from->name, name) == 0)
			return i;
	return SIZE_MAX;
}

static void read_commuting(struct tp_exhaust *x)
{
	for (size_t i = 0; tp_commuting[i][0]; i++) {
		size_t a = letter_number(x, tp_commuting[i][0]);
		size_t b = letter_number(x, tp_commuting[i][1]);

		if (a != SIZE_MAX && b != SIZE_MAX)
			x->commute[a][b] = true;
	}
}

static uint64_t power(uint64_t base, unsigned exponent)
{
	uint64_t product = 1;

	while (exponent--)
		product *= base;
	return product;
}

static void enter_start(struct tp_exhaust *x)
{
	struct state *s = &x->state[0];
	const struct tp_seq *seq = &x->start[x->at_start].seq;

	*s = (struct state){ 0 };
	tp_walk_begin(&s->walk, x->spec.cell, x->spec.page_bytes);
	for (size_t i = 0; i < seq->nr; i++)
		tp_walk_apply(&s->walk, &seq->ops[i]);
	s->dirty = s->pending = seq->nr > 1;
	x->depth = 0;
	x->at[0] = 0;
}

struct tp_exhaust *tp_exhaust_new(const struct tp_exhaust_spec *spec)
{
	struct tp_exhaust *x;

	if (spec->length < 1 || spec->length > TP_EXHAUST_MAX_LENGTH || spec->pages < 1 ||
	    spec->pages > 2) {
		tp_error(0, "exhaustive sequences have 1 to %d letters on 1 or 2 pages",
			 TP_EXHAUST_MAX_LENGTH);
		return NULL;
	}
	x = tp_alloc(sizeof(*x));
	x->spec = *spec;
	x->length = 1;
	if (!read_tables(x)) {
		tp_exhaust_free(x);
		return NULL;
	}
	read_commuting(x);
	x->counts.letters = x->nr_letters;
	x->counts.starts = x->nr_starts;
	for (unsigned i = 1; i <= spec->length; i++)
		x->counts.all += x->nr_starts * power(x->nr_letters, i);
	enter_start(x);
	return x;
}

void tp_exhaust_free(struct tp_exhaust *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->nr_letters; i++) {
		tp_seq_free(&x->letter[i].seq);
		free(x->letter[i].text);
	}
	for (size_t i = 0; i < x->nr_starts; i++) {
		tp_seq_free(&x->start[i].seq);
		free(x->start[i].text);
	}
	free(x);
}

/* Can its operations run?  Leaves the state behind them in s. */
static enum tp_fit walk_letter(struct state *s, const struct letter *l)
{
	for (size_t i = 0; i < l->seq.nr; i++) {
		enum tp_fit fit = tp_walk_fit(&s->walk, &l->seq.ops[i]);

		if (fit != TP_FIT_YES)
			return fit;
		tp_walk_apply(&s->walk, &l->seq.ops[i]);
	}
	return TP_FIT_YES;
}

/* Nothing that it could write back or commit has changed. */
static bool idle(const struct state *s, unsigned flags)
{
	if (!(flags & (TP_LETTER_WRITES_BACK | TP_LETTER_COMMITS)) || (flags & TP_LETTER_UNSEEN))
		return false;
	return !((flags & TP_LETTER_WRITES_BACK) && s->dirty) &&
	       !((flags & TP_LETTER_COMMITS) && s->pending);
}

/* The state behind the letter, or the rule (below TP_NR_RULES) that rejects it. */
static unsigned follow(const struct tp_exhaust *x, const struct letter *l, struct state *s)
{
	size_t last = x->depth ? x->at[x->depth - 1] : 0, self = (size_t)(l - x->letter);
	unsigned flags = l->from->flags;
	enum tp_fit fit;

	if (l->useless)
		return TP_RULE_SAME;
	if (x->depth == 0 && x->at_start == 0 && x->length > 1 && l->makes_start)
		return TP_RULE_START;
	if ((flags & TP_LETTER_READS) && s->walk.size == 0)
		return TP_RULE_EMPTY;
	if (idle(s, flags))
		return TP_RULE_CLEAN;
	if (x->depth && last == self && (flags & TP_LETTER_ONCE))
		return TP_RULE_REPEAT;
	if (x->depth && x->commute[self][last])
		return TP_RULE_ORDER;
	fit = walk_letter(s, l);
	if (fit != TP_FIT_YES)
		return fit == TP_FIT_FAULTS ? TP_RULE_FAULT : TP_RULE_REFUSED;
	if (flags & TP_LETTER_WRITES_BACK)
		s->dirty = false;
	if (flags & TP_LETTER_COMMITS)
		s->pending = false;
	if (!(flags & (TP_LETTER_WRITES_BACK | TP_LETTER_COMMITS | TP_LETTER_READS)))
		s->dirty = s->pending = true;
	return TP_NR_RULES;
}

/* Behind the last letter of this prefix: the next one of a shorter prefix, the next
 * start, the next length. */
static void climb(struct tp_exhaust *x)
{
	if (x->depth) {
		x->at[--x->depth]++;
		return;
	}
	if (++x->at_start == x->nr_starts) {
		x->at_start = 0;
		x->ended = ++x->length > x->spec.length;
	}
	if (!x->ended)
		enter_start(x);
}

static void append(struct tp_seq *to, const struct tp_seq *from)
{
	for (size_t i = 0; i < from->nr; i++) {
		to->ops = tp_grow(to->ops, to->nr, sizeof(*to->ops));
		to->ops[to->nr++] = from->ops[i];
	}
}

static void make(const struct tp_exhaust *x, struct tp_variant *out)
{
	const struct letter *start = &x->start[x->at_start];
	struct tp_buf name = { 0 };

	*out = (struct tp_variant){ 0 };
	tp_buf_puts(&name, start->from->name);
	append(&out->seq, &start->seq);
	for (unsigned i = 0; i < x->length; i++) {
		tp_buf_printf(&name, ".%s", x->letter[x->at[i]].from->name);
		append(&out->seq, &x->letter[x->at[i]].seq);
	}
	out->params = tp_buf_take(&name);
}

bool tp_exhaust_next(struct tp_exhaust *x, struct tp_variant *out)
{
	while (!x->ended) {
		const struct letter *l = &x->letter[x->at[x->depth]];
		unsigned rule;

		if (x->at[x->depth] == x->nr_letters) {
			climb(x);
			continue;
		}
		x->state[x->depth + 1] = x->state[x->depth];
		rule = follow(x, l, &x->state[x->depth + 1]);
		if (rule == TP_NR_RULES && x->depth + 1 < x->length) {
			x->at[++x->depth] = 0;
			continue;
		}
		if (rule == TP_NR_RULES && (l->from->flags & TP_LETTER_UNSEEN))
			rule = TP_RULE_UNSEEN;
		if (rule != TP_NR_RULES) {
			x->counts.removed[rule] += power(x->nr_letters, x->length - x->depth - 1);
			x->at[x->depth]++;
			continue;
		}
		if (out)
			make(x, out);
		x->counts.kept++;
		x->at[x->depth]++;
		return true;
	}
	return false;
}

const struct tp_exhaust_counts *tp_exhaust_counts(const struct tp_exhaust *x)
{
	return &x->counts;
}

bool tp_exhaust_count(const struct tp_exhaust_spec *spec, struct tp_exhaust_counts *out)
{
	struct tp_exhaust *x = tp_exhaust_new(spec);

	if (!x)
		return false;
	while (tp_exhaust_next(x, NULL))
		;
	*out = x->counts;
	tp_exhaust_free(x);
	return true;
}
