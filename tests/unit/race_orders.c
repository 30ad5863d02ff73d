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
#include "orders/orders.h"
#include "tap.h"

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

	orders.seq = (struct tp_seq){ .ops = tp_alloc(16 * sizeof(struct tp_op)), .nr = 1 };
	orders.first = 1;
	orders.seq.ops[0] = (struct tp_op){ .kind = TP_OP_KIND_PWRITE,
					    .arg = { 0, 20 + 4 * tp_prng_below(r, 30) } };
	for (unsigned a = 1; a <= actors; a++) {
		uint64_t nr = 1 + (a == 1 || tp_prng_below(r, 2));

		for (uint64_t i = 0; i < nr; i++) {
			struct tp_op *op = &orders.seq.ops[orders.seq.nr++];

			*op = (struct tp_op){ .actor = (uint8_t)a };
			random_op(r, op, moving);
		}
	}
	for (size_t i = 0; i < orders.seq.nr; i++) {
		struct tp_event *e = &orders.events[i];

		now = i && orders.seq.ops[i].actor == orders.seq.ops[i - 1].actor ? e[-1].end_ns
										  : 100 * (i > 0);
		*e = (struct tp_event){ .op = (uint16_t)i, .begin_ns = now + tp_prng_below(r, 30) };
		e->end_ns = e->begin_ns + tp_prng_below(r, 120);
		e->result = (int64_t)orders.seq.ops[i].arg[1];
		e->size = orders.seq.ops[0].arg[1];
		if (orders.seq.ops[i].kind == TP_OP_KIND_SIZE && tp_prng_below(r, 2))
			e->size = 8 * tp_prng_below(r, 24);
		orders.seen[i] = e;
	}
}

static bool same_values(const struct tp_span *s, size_t k, unsigned x)
{
	if (s->nr == 0 || s->nr != orders.nr_values[k][x])
		return false;
	for (unsigned i = 0; i < s->nr; i++) {
		bool found = false;

		for (unsigned v = 0; v < orders.nr_values[k][x]; v++)
			found |= orders.value[k][x][v].op == s->value[i].op &&
				 (s->value[i].op == TP_VALUE_ZERO ||
				  orders.value[k][x][v].made == (int)x - (int)s->value[i].shift);
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
	if (refuted(r) != (orders.nr_sizes == 0))
		return tp_printf("%s, though %zu sizes are possible",
				 refuted(r) ? "refuted" : "not refuted", orders.nr_sizes);
	if (orders.nr_sizes == 0)
		return NULL;
	if (st->nr != orders.nr_sizes)
		return tp_printf("%zu sizes instead of %zu", st->nr, orders.nr_sizes);
	for (size_t i = 0; i < st->nr; i++) {
		size_t k = 0;

		while (k < orders.nr_sizes && orders.sizes[k] != st->alt[i].size)
			k++;
		if (k == orders.nr_sizes)
			return tp_printf("size %" PRIu64 " has no order", st->alt[i].size);
		for (unsigned x = 0; x < orders.sizes[k]; x++) {
			struct tp_span s;

			tp_oracle_at(&st->alt[i], x, &s);
			if (!same_values(&s, k, x))
				return tp_printf("size %u, byte %u: %u values, not %u",
						 orders.sizes[k], x, s.nr, orders.nr_values[k][x]);
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
	orders.nr = orders.nr_sizes = 0;
	orders.too_many = false;
	memset(orders.nr_values, 0, sizeof(orders.nr_values));
	for (size_t i = 0; i + orders.first < orders.seq.nr; i++)
		orders_steps(i);
	if (orders.nr > MOST) {
		tp_seq_free(&orders.seq);
		return false;
	}
	world_put(&w, 0, BYTES * 2, TP_VALUE_ZERO);
	world_put(&w, 0, (unsigned)orders.seq.ops[0].arg[1], 0);
	w.size = w.reach = (unsigned)orders.seq.ops[0].arg[1];
	orders_go(&w);
	tp_states_init(&st);
	tp_states_apply(&st, &orders.seq.ops[0], 0, orders.seen[0]);
	tp_race_init(&r, &orders.seq, 1, orders.seq.nr, orders.seen + 1);
	r.page_bytes = PAGE;
	tp_race_run(&r, &st);
	why = orders.too_many ? NULL : compare(&r, &st);
	if (why && (*wrong)++ < 3) {
		struct tp_buf line = { 0 };

		tp_seq_print(&orders.seq, &line);
		diag("%s\n%s", why, line.text);
		for (size_t i = 1; i < orders.seq.nr; i++)
			diag("  %zu: %" PRIu64 "-%" PRIu64 " size %" PRIu64, i + 1,
			     orders.events[i].begin_ns, orders.events[i].end_ns,
			     orders.events[i].size);
		tp_buf_free(&line);
	}
	free(why);
	tp_race_free(&r);
	tp_states_free(&st);
	tp_seq_free(&orders.seq);
	return !orders.too_many;
}

int main(void)
{
	struct tp_prng random = { 99 };
	unsigned wrong = 0, told = 0;

	for (int i = 0; i < 3000; i++)
		told += one_block(&random, &wrong);
	diag("%u blocks, %" PRIu64 " orders", told, orders.nr_orders);
	ok(told > 2000, "most blocks are small enough");
	is_int(wrong, 0, "all orders one by one lead to the same sizes and bytes");
	return done();
}
