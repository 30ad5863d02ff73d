// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exhaust.c - every sequence, each once: against a count made the simple way
 */
#include "base/buf.h"
#include "base/digest.h"
#include "plan/exhaust.h"
#include "plan/expr.h"
#include "tap.h"

static struct tp_exhaust_spec spec(const char *cell, unsigned pages, unsigned length)
{
	return (struct tp_exhaust_spec){ tp_cell_find(cell), 4096, pages, length };
}

static uint64_t removed(const struct tp_exhaust_counts *n)
{
	uint64_t sum = 0;

	for (int i = 0; i < TP_NR_RULES; i++)
		sum += n->removed[i];
	return sum;
}

static void test_sums(void)
{
	static const char *const cells[] = { "1k-ordered-delalloc", "2k-ordered-delalloc",
					     "4k-ordered-delalloc", "1k-ext3", "1k-bigalloc" };

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		for (unsigned pages = 1; pages <= 2; pages++) {
			struct tp_exhaust_spec s = spec(cells[i], pages, 3);
			struct tp_exhaust_counts n = { 0 };

			ok(tp_exhaust_count(&s, &n) && n.all == removed(&n) + n.kept,
			   "%s, %u pages: kept and left out are all", cells[i], pages);
			ok(n.all == n.starts * (n.letters + n.letters * n.letters +
						n.letters * n.letters * n.letters),
			   "and all are starts times letters to the length");
			ok(n.kept > n.all / 10, "most of the rules leave something");
		}
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t digest_of(const struct tp_seq *seq)
{
	struct tp_buf text = { 0 };
	uint64_t digest;

	tp_seq_print(seq, &text);
	digest = tp_digest_of(text.text, text.len);
	tp_buf_free(&text);
	return digest;
}

/* No two have the same operations, names differ, and a second walk gives the same. */
static void test_distinct(void)
{
	struct tp_exhaust_spec s = spec("1k-ordered-delalloc", 2, 2);
	struct tp_exhaust *x = tp_exhaust_new(&s), *y = tp_exhaust_new(&s);
	uint64_t *seen = NULL, twice = 0;
	struct tp_variant v, w;
	size_t nr = 0, other = 0;

	while (tp_exhaust_next(x, &v)) {
		other += !tp_exhaust_next(y, &w) || strcmp(v.params, w.params) != 0 ||
			 digest_of(&v.seq) != digest_of(&w.seq);
		seen = tp_grow(seen, nr, sizeof(*seen));
		seen[nr++] = digest_of(&v.seq);
		free(v.params);
		free(w.params);
		tp_seq_free(&v.seq);
		tp_seq_free(&w.seq);
	}
	qsort(seen, nr, sizeof(*seen), by_value);
	for (size_t i = 1; i < nr; i++)
		twice += seen[i] == seen[i - 1];
	is_int((int64_t)twice, 0, "no sequence comes twice");
	is_int((int64_t)other, 0, "the same walk gives the same sequences");
	ok(!tp_exhaust_next(y, &w), "and ends at the same place");
	is_int((int64_t)tp_exhaust_counts(x)->kept, (int64_t)nr, "as many as were counted");
	free(seen);
	tp_exhaust_free(x);
	tp_exhaust_free(y);
}

/*
 * The simple way, for sequences of two letters on one page of 1k blocks: a file
 * model of four lines, and the rules as the manual has them.
 */
struct file {
	int64_t size;
	bool dirty, pending;
};

static bool word(void *ctx, const char *text, size_t len, uint64_t *value)
{
	(void)ctx;
	*value = len == 5 && memcmp(text, "block", 5) == 0 ? 1024 : 4096;
	return true;
}

static bool argument(void *ctx, const char *text, size_t len, uint64_t *value, struct tp_buf *err)
{
	return tp_expr(text, len, word, ctx, value, err);
}

/* The size behind one operation; -1 when it faults or is refused. */
static int64_t size_behind(const struct tp_op *op, int64_t size)
{
	int64_t a = (int64_t)op->arg[0], b = (int64_t)op->arg[1], end = a + b;

	switch (op->kind) {
	case TP_OP_KIND_STORE:
	case TP_OP_KIND_TOUCH:
		return size > 0 ? size : -1; /* one page: it is there, or it is not */
	case TP_OP_KIND_PWRITE:
	case TP_OP_KIND_DIO_WRITE:
	case TP_OP_KIND_FALLOCATE:
	case TP_OP_KIND_ZERO_RANGE:
		return end > size ? end : size;
	case TP_OP_KIND_TRUNCATE:
		return a;
	case TP_OP_KIND_COLLAPSE:
		return end < size ? size - b : -1;
	case TP_OP_KIND_COPY_RANGE:
		if (size == 0)
			return -1;
		end = b + (size < (int64_t)op->arg[2] ? size : (int64_t)op->arg[2]);
		return end > size ? end : size;
	default:
		return size;
	}
}

static bool do_letter(const struct tp_letter *l, struct file *f)
{
	struct tp_buf why = { 0 };
	struct tp_seq seq;

	if (!tp_seq_parse(l->ops, argument, NULL, &seq, &why))
		return false;
	for (size_t i = 0; i < seq.nr && f->size >= 0; i++)
		f->size = size_behind(&seq.ops[i], f->size);
	tp_seq_free(&seq);
	if (l->flags & TP_LETTER_WRITES_BACK)
		f->dirty = false;
	if (l->flags & TP_LETTER_COMMITS)
		f->pending = false;
	if (!(l->flags & (TP_LETTER_WRITES_BACK | TP_LETTER_COMMITS | TP_LETTER_READS)))
		f->dirty = f->pending = true;
	return f->size >= 0;
}

static bool useful(const struct tp_letter *l, const struct file *f)
{
	bool evict = strcmp(l->name, "evict") == 0;
	bool back = (l->flags & TP_LETTER_WRITES_BACK) && f->dirty;
	bool commit = (l->flags & TP_LETTER_COMMITS) && f->pending;

	if ((l->flags & TP_LETTER_READS) && f->size == 0)
		return false;
	return !(l->flags & (TP_LETTER_WRITES_BACK | TP_LETTER_COMMITS)) || evict || back || commit;
}

static bool commute(const struct tp_letter *first, const struct tp_letter *second)
{
	for (size_t i = 0; tp_commuting[i][0]; i++)
		if (strcmp(tp_commuting[i][0], second->name) == 0 &&
		    strcmp(tp_commuting[i][1], first->name) == 0)
			return true;
	return false;
}

/* "map 0 end; LETTER" is how the other starts are written. */
static bool is_a_start(const struct tp_letter *l)
{
	for (const struct tp_letter *s = tp_starts_of_files; s->name; s++)
		if (strstr(s->ops, "; ") && strcmp(strstr(s->ops, "; ") + 2, l->ops) == 0)
			return true;
	return false;
}

static bool kept(const struct tp_letter *start, const struct tp_letter *a, const struct tp_letter *b)
{
	struct file f = { 0 };

	if ((a->flags | b->flags) & TP_LETTER_TWO_PAGES)
		return false;
	do_letter(start, &f);
	f.dirty = f.pending = strcmp(start->name, "empty") != 0;
	if (!f.dirty && is_a_start(a))
		return false;
	if (!useful(a, &f) || !do_letter(a, &f) || !useful(b, &f) || !do_letter(b, &f))
		return false;
	return !(a == b && (a->flags & TP_LETTER_ONCE)) && !commute(a, b) &&
	       !(b->flags & TP_LETTER_UNSEEN);
}

static void test_simple_way(void)
{
	struct tp_exhaust_spec s = spec("1k-ordered-delalloc", 1, 2);
	struct tp_exhaust *x = tp_exhaust_new(&s);
	struct tp_variant v = { 0 };
	unsigned wrong = 0;

	while (tp_exhaust_next(x, &v) && !strchr(strchr(v.params, '.') + 1, '.')) {
		free(v.params);
		tp_seq_free(&v.seq);
	}
	for (const struct tp_letter *st = tp_starts_of_files; st->name; st++)
		for (const struct tp_letter *a = tp_letters; a->name; a++)
			for (const struct tp_letter *b = tp_letters; b->name; b++) {
				char *name = tp_printf("%s.%s.%s", st->name, a->name, b->name);
				bool same = v.params && strcmp(v.params, name) == 0;

				if (same != kept(st, a, b) && wrong++ < 5)
					diag("%s: %s", name, same ? "made" : "not made");
				free(name);
				if (!same)
					continue;
				free(v.params);
				tp_seq_free(&v.seq);
				v.params = NULL;
				tp_exhaust_next(x, &v);
			}
	is_int(wrong, 0, "two letters, one page: those that the rules leave, in their order");
	ok(v.params == NULL, "and no more");
	tp_exhaust_free(x);
}

static void test_nonsense(void)
{
	struct tp_exhaust_spec s = spec("1k-ordered-delalloc", 3, 2);

	ok(!tp_exhaust_new(&s), "three pages are refused");
	s = spec("1k-ordered-delalloc", 1, 0);
	ok(!tp_exhaust_new(&s), "no letters are refused");
	s = spec("1k-ordered-delalloc", 1, TP_EXHAUST_MAX_LENGTH + 1);
	ok(!tp_exhaust_new(&s), "too many letters are refused");
}

int main(void)
{
	test_sums();
	test_distinct();
	test_simple_way();
	test_nonsense();
	return done();
}
