// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race_orders.c - small blocks, every order one by one
 *
 * A second, simpler way to what race.c does: worlds of single bytes, and every
 * order of the operations' steps written out.  What a byte may be at the end
 * must be the same, no less and no more.
 */
#include "base/buf.h"
#include "base/prng.h"
#include "model/race.h"
#include "tap.h"

#define PAGE   64
#define BYTES  320
#define MOST   10 /* steps of a block */
#define SIZES  48
#define VALUES 8

/* What an operation does at one moment. */
enum step_kind {
	BYTES_IN,
	GROW,
	STORE_PAGE,
	CUT,
	CUT_DONE,
	ZERO,
	ZERO_PERHAPS,
	EXPOSE,
	SHUT,
	OPEN,
	SEEN
};

struct step {
	enum step_kind kind;
	size_t op;
	unsigned start, end;
	bool last; /* of its operation */
	bool locks;
	unsigned unit; /* GROW: sizes on the way are multiples of it */
};

struct world {
	unsigned size, reach;
	uint16_t op[BYTES * 2];
	int made[BYTES * 2];
};

/* The operations in question, and what the orders led to. */
static struct {
	struct tp_seq seq;
	struct tp_event events[16];
	const struct tp_event *seen[16];
	size_t first;
	struct step steps[MOST + 8];
	size_t nr;
	bool done[MOST + 8];
	unsigned sizes[SIZES];
	size_t nr_sizes;
	struct {
		uint16_t op;
		int made;
	} value[SIZES][BYTES * 2][VALUES];
	unsigned nr_values[SIZES][BYTES * 2];
	uint64_t orders;
	bool too_many;
} t;

static void put(struct world *w, unsigned from, unsigned to, uint16_t op)
{
	for (unsigned x = from; x < to; x++) {
		w->op[x] = op;
		w->made[x] = op == TP_VALUE_ZERO ? 0 : (int)x;
	}
}

static void move(struct world *w, unsigned from, unsigned to, unsigned len)
{
	memmove(&w->op[to], &w->op[from], len * sizeof(w->op[0]));
	memmove(&w->made[to], &w->made[from], len * sizeof(w->made[0]));
}

static void note_value(size_t k, unsigned x, uint16_t op, int made)
{
	unsigned *nr = &t.nr_values[k][x];

	for (unsigned i = 0; i < *nr; i++)
		if (t.value[k][x][i].op == op && t.value[k][x][i].made == made)
			return;
	if (*nr == VALUES) {
		t.too_many = true;
		return;
	}
	t.value[k][x][*nr].op = op;
	t.value[k][x][(*nr)++].made = made;
}

static void note(const struct world *w)
{
	size_t k = 0;

	t.orders++;
	while (k < t.nr_sizes && t.sizes[k] != w->size)
		k++;
	if (k == SIZES) {
		t.too_many = true;
		return;
	}
	if (k == t.nr_sizes)
		t.sizes[t.nr_sizes++] = w->size;
	for (unsigned x = 0; x < w->size; x++)
		note_value(k, x, w->op[x], w->made[x]);
}

/* Somebody is between its bytes and its size: it may have come as far as low. */
static void come_to(struct world *w, unsigned low)
{
	unsigned target = 0, unit = 0;

	for (size_t i = 0; i < t.nr; i++) {
		const struct step *s = &t.steps[i];

		if (s->kind != GROW || t.done[i] || !t.done[i - 1])
			continue;
		target = s->end > target ? s->end : target;
		unit = unit == 0 || s->unit < unit ? s->unit : unit;
	}
	if (low > target || w->size >= target)
		return;
	low = (low + unit - 1) / unit * unit;
	w->size = low < target ? low : target;
	w->reach = w->reach > w->size ? w->reach : w->size;
}

static void go(const struct world *w);

static void on(struct world *w)
{
	go(w);
}

static void expose(struct world *w, unsigned end)
{
	if (end > w->size)
		put(w, w->size, end, TP_VALUE_ZERO);
}

static void store_rest(struct world *w, const struct step *s, unsigned x)
{
	/* Behind the size each byte lasts or not; that of another is its own affair. */
	struct world gone;

	for (; x < s->end && w->op[x] != TP_VALUE_ZERO; x++)
		put(w, x, x + 1, (uint16_t)(t.first + s->op));
	if (x >= s->end) {
		on(w);
		return;
	}
	gone = *w;
	put(w, x, s->end, (uint16_t)(t.first + s->op));
	on(w);
	for (unsigned k = x; k < s->end; k++)
		if (gone.op[k] != TP_VALUE_ZERO)
			put(&gone, k, k + 1, (uint16_t)(t.first + s->op));
	on(&gone);
}

static void store(struct world *w, const struct step *s)
{
	unsigned page = s->start / PAGE * PAGE, inside;

	if (w->reach <= page)
		come_to(w, page + 1);
	if (w->reach <= page)
		return; /* it would have faulted */
	inside = w->size < s->end ? w->size : s->end;
	if (s->start < inside)
		put(w, s->start, inside, (uint16_t)(t.first + s->op));
	store_rest(w, s, s->start > w->size ? s->start : w->size);
}

static void seen(struct world *w, const struct step *s)
{
	if (w->size < s->start)
		come_to(w, s->start);
	if (w->size == s->start)
		on(w);
}

static void shift(struct world *w, const struct step *s)
{
	unsigned len = s->end - s->start, most = s->kind == SHUT ? s->end : s->start;

	if (w->size <= most)
		come_to(w, most + 1);
	if (w->size <= most || (s->kind == OPEN && w->size + len > BYTES))
		return;
	put(w, w->size, BYTES * 2, TP_VALUE_ZERO);
	if (s->kind == SHUT) {
		move(w, s->end, s->start, BYTES * 2 - s->end);
		w->size -= len;
	} else {
		move(w, s->start, s->end, BYTES * 2 - s->end);
		put(w, s->start, s->end, TP_VALUE_ZERO);
		w->size += len;
	}
	w->reach = w->size;
	on(w);
}

static void take(struct world *w, const struct step *s)
{
	unsigned behind;

	switch (s->kind) {
	case BYTES_IN:
		expose(w, s->start);
		put(w, s->start, s->end, (uint16_t)(t.first + s->op));
		break;
	case EXPOSE:
		expose(w, s->end);
		break;
	case GROW:
		w->size = s->end > w->size ? s->end : w->size;
		w->reach = w->reach > w->size ? w->reach : w->size;
		break;
	case CUT:
		if (s->end > w->size) {
			expose(w, s->end);
			break;
		}
		behind = w->size;
		w->size = s->end;
		go(w);
		put(w, s->end, behind, TP_VALUE_ZERO); /* writeback came first */
		break;
	case CUT_DONE:
		if (w->size == s->end) {
			put(w, s->end, BYTES * 2, TP_VALUE_ZERO);
			w->reach = w->size;
		} else if (w->size < s->end) {
			w->size = s->end;
			w->reach = w->reach > w->size ? w->reach : w->size;
		}
		break;
	case ZERO_PERHAPS:
		go(w);
		/* fall through */
	case ZERO:
		if (s->start < w->size)
			put(w, s->start, s->end < w->size ? s->end : w->size, TP_VALUE_ZERO);
		break;
	case STORE_PAGE:
		store(w, s);
		return;
	case SEEN:
		seen(w, s);
		return;
	case SHUT:
	case OPEN:
		shift(w, s);
		return;
	}
	on(w);
}

static bool before(size_t a, size_t b)
{
	const struct tp_event *x = t.seen[t.first + a], *y = t.seen[t.first + b];

	if (t.seq.ops[t.first + a].actor == t.seq.ops[t.first + b].actor)
		return a < b;
	return x->end_ns < y->begin_ns;
}

/* Is there a step that must come first, or somebody who holds the lock? */
static bool may_come(size_t i)
{
	for (size_t k = 0; k < t.nr; k++) {
		const struct step *s = &t.steps[k];

		if (s->op == t.steps[i].op) {
			if (k < i && !t.done[k])
				return false;
			continue;
		}
		if (!t.done[k] && before(s->op, t.steps[i].op))
			return false;
		if (t.steps[i].locks && s->locks && t.done[k] && !s->last && !t.done[k + 1])
			return false;
	}
	return true;
}

static void go(const struct world *w)
{
	bool some = false;

	for (size_t i = 0; i < t.nr; i++) {
		struct world next;

		some |= !t.done[i];
		if (t.done[i] || !may_come(i))
			continue;
		t.done[i] = true;
		next = *w;
		take(&next, &t.steps[i]);
		t.done[i] = false;
	}
	if (!some)
		note(w);
}

/*
 * A block and its steps.
 */
static void add(enum step_kind kind, size_t op, uint64_t start, uint64_t end, bool locks)
{
	if (t.nr && t.steps[t.nr - 1].op == op)
		t.steps[t.nr - 1].last = false;
	t.steps[t.nr++] = (struct step){ kind, op, (unsigned)start, (unsigned)end, true, locks, 1 };
}

static void make_steps(size_t op)
{
	const struct tp_op *o = &t.seq.ops[t.first + op];
	uint64_t a = o->arg[0], b = a + o->arg[1];

	switch (o->kind) {
	case TP_OP_KIND_PWRITE:
		add(BYTES_IN, op, a, b, true);
		add(GROW, op, 0, b, true);
		t.steps[t.nr - 1].unit = PAGE;
		break;
	case TP_OP_KIND_STORE:
		for (uint64_t x = a, next; x < b; x = next) {
			next = (x / PAGE + 1) * PAGE;
			next = next < b ? next : b;
			add(STORE_PAGE, op, x, next, false);
		}
		break;
	case TP_OP_KIND_TRUNCATE:
		add(CUT, op, 0, a, true);
		add(CUT_DONE, op, 0, a, true);
		break;
	case TP_OP_KIND_PUNCH:
		add(ZERO, op, a, b, true);
		add(ZERO_PERHAPS, op, a, b, true);
		break;
	case TP_OP_KIND_FALLOCATE:
		add(EXPOSE, op, 0, b, true);
		add(GROW, op, 0, b, true);
		break;
	case TP_OP_KIND_COLLAPSE:
		add(SHUT, op, a, b, true);
		break;
	case TP_OP_KIND_INSERT:
		add(OPEN, op, a, b, true);
		break;
	default:
		add(SEEN, op, t.seen[t.first + op]->size, 0, false);
		break;
	}
}

static void random_op(struct tp_prng *r, struct tp_op *op, bool moving)
{
	static const enum tp_op_kind still[] = {
		TP_OP_KIND_PWRITE, TP_OP_KIND_STORE,     TP_OP_KIND_TRUNCATE, TP_OP_KIND_PUNCH,
		TP_OP_KIND_SIZE,   TP_OP_KIND_FALLOCATE, TP_OP_KIND_STORE,
	};
	static const enum tp_op_kind moves[] = {
		TP_OP_KIND_PWRITE,   TP_OP_KIND_TRUNCATE, TP_OP_KIND_PUNCH,
		TP_OP_KIND_COLLAPSE, TP_OP_KIND_INSERT,   TP_OP_KIND_SIZE,
	};

	op->kind = moving ? moves[tp_prng_below(r, ARRAY_SIZE(moves))]
			  : still[tp_prng_below(r, ARRAY_SIZE(still))];
	op->arg[0] = 8 * tp_prng_below(r, 16);
	op->arg[1] = 8 * (1 + tp_prng_below(r, 8));
	if (op->kind == TP_OP_KIND_TRUNCATE)
		op->arg[1] = 0;
	if (op->kind == TP_OP_KIND_SIZE)
		op->arg[0] = op->arg[1] = 0;
}

/* One write, then a block of up to six operations of two or three actors. */
static void random_block(struct tp_prng *r)
{
	unsigned actors = 2 + (unsigned)tp_prng_below(r, 2);
	bool moving = tp_prng_below(r, 3) == 0;
	uint64_t now;

	t.seq = (struct tp_seq){ .ops = tp_alloc(16 * sizeof(struct tp_op)), .nr = 1 };
	t.first = 1;
	t.seq.ops[0] = (struct tp_op){ .kind = TP_OP_KIND_PWRITE,
				       .arg = { 0, 20 + 4 * tp_prng_below(r, 30) } };
	for (unsigned a = 1; a <= actors; a++) {
		uint64_t nr = 1 + (a == 1 || tp_prng_below(r, 2));

		for (uint64_t i = 0; i < nr; i++) {
			struct tp_op *op = &t.seq.ops[t.seq.nr++];

			*op = (struct tp_op){ .actor = (uint8_t)a };
			random_op(r, op, moving);
		}
	}
	for (size_t i = 0; i < t.seq.nr; i++) {
		struct tp_event *e = &t.events[i];

		now = i && t.seq.ops[i].actor == t.seq.ops[i - 1].actor ? e[-1].end_ns
									: 100 * (i > 0);
		*e = (struct tp_event){ .op = (uint16_t)i, .begin_ns = now + tp_prng_below(r, 30) };
		e->end_ns = e->begin_ns + tp_prng_below(r, 120);
		e->result = (int64_t)t.seq.ops[i].arg[1];
		e->size = t.seq.ops[0].arg[1];
		if (t.seq.ops[i].kind == TP_OP_KIND_SIZE && tp_prng_below(r, 2))
			e->size = 8 * tp_prng_below(r, 24);
		t.seen[i] = e;
	}
}

static bool same_values(const struct tp_span *s, size_t k, unsigned x)
{
	if (s->nr == 0 || s->nr != t.nr_values[k][x])
		return false;
	for (unsigned i = 0; i < s->nr; i++) {
		bool found = false;

		for (unsigned v = 0; v < t.nr_values[k][x]; v++)
			found |= t.value[k][x][v].op == s->value[i].op &&
				 (s->value[i].op == TP_VALUE_ZERO ||
				  t.value[k][x][v].made == (int)x - (int)s->value[i].shift);
		if (!found)
			return false;
	}
	return true;
}

static bool refuted(const struct tp_race *r)
{
	for (size_t i = 0; i < r->nr; i++)
		if (r->ops[i].refuted)
			return true;
	return false;
}

/* NULL, or where the two differ (to free). */
static char *compare(const struct tp_race *r, const struct tp_states *st)
{
	if (refuted(r) != (t.nr_sizes == 0))
		return tp_printf("%s, though %zu sizes are possible",
				 refuted(r) ? "refuted" : "not refuted", t.nr_sizes);
	if (t.nr_sizes == 0)
		return NULL;
	if (st->nr != t.nr_sizes)
		return tp_printf("%zu sizes instead of %zu", st->nr, t.nr_sizes);
	for (size_t i = 0; i < st->nr; i++) {
		size_t k = 0;

		while (k < t.nr_sizes && t.sizes[k] != st->alt[i].size)
			k++;
		if (k == t.nr_sizes)
			return tp_printf("size %" PRIu64 " has no order", st->alt[i].size);
		for (unsigned x = 0; x < t.sizes[k]; x++) {
			struct tp_span s;

			tp_oracle_at(&st->alt[i], x, &s);
			if (!same_values(&s, k, x))
				return tp_printf("size %u, byte %u: %u values, not %u", t.sizes[k],
						 x, s.nr, t.nr_values[k][x]);
		}
	}
	return NULL;
}

/* Returns false when it was too large to be told. */
static bool one_block(struct tp_prng *random, unsigned *wrong)
{
	static struct world w;
	struct tp_states st;
	struct tp_race r;
	char *why;

	random_block(random);
	t.nr = t.nr_sizes = 0;
	t.too_many = false;
	memset(t.nr_values, 0, sizeof(t.nr_values));
	for (size_t i = 0; i + t.first < t.seq.nr; i++)
		make_steps(i);
	if (t.nr > MOST) {
		tp_seq_free(&t.seq);
		return false;
	}
	put(&w, 0, BYTES * 2, TP_VALUE_ZERO);
	put(&w, 0, (unsigned)t.seq.ops[0].arg[1], 0);
	w.size = w.reach = (unsigned)t.seq.ops[0].arg[1];
	go(&w);
	tp_states_init(&st);
	tp_states_apply(&st, &t.seq.ops[0], 0, t.seen[0]);
	tp_race_init(&r, &t.seq, 1, t.seq.nr, t.seen + 1);
	r.page_bytes = PAGE;
	tp_race_run(&r, &st);
	why = t.too_many ? NULL : compare(&r, &st);
	if (why && (*wrong)++ < 3) {
		struct tp_buf line = { 0 };

		tp_seq_print(&t.seq, &line);
		diag("%s\n%s", why, line.text);
		for (size_t i = 1; i < t.seq.nr; i++)
			diag("  %zu: %" PRIu64 "-%" PRIu64 " size %" PRIu64, i + 1,
			     t.events[i].begin_ns, t.events[i].end_ns, t.events[i].size);
		tp_buf_free(&line);
	}
	free(why);
	tp_race_free(&r);
	tp_states_free(&st);
	tp_seq_free(&t.seq);
	return !t.too_many;
}

int main(void)
{
	struct tp_prng random = { 99 };
	unsigned wrong = 0, told = 0;

	for (int i = 0; i < 3000; i++)
		told += one_block(&random, &wrong);
	diag("%u blocks, %" PRIu64 " orders", told, t.orders);
	ok(told > 2000, "most blocks are small enough");
	is_int(wrong, 0, "all orders one by one lead to the same sizes and bytes");
	return done();
}
