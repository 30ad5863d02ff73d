// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oracle.c - every effect by hand, then at random beside a model of single bytes
 */
#include <errno.h>

#include "base/prng.h"
#include "model/oracle.h"
#include "tap.h"

static struct tp_oracle o;
static struct tp_seq seq;

/* Perform a sequence whose every operation does all that was asked. */
static void perform(const char *text)
{
	struct tp_buf err = { 0 };

	tp_oracle_free(&o);
	tp_oracle_init(&o);
	tp_seq_free(&seq);
	if (!tp_seq_parse(text, NULL, NULL, &seq, &err))
		diag("%s", err.text);
	for (size_t i = 0; i < seq.nr; i++) {
		struct tp_event e = { .op = (uint16_t)i };
		uint64_t start, end;

		if (tp_op_range(&seq.ops[i], &start, &end))
			e.result = (int64_t)(end - start);
		tp_oracle_apply(&o, &seq.ops[i], (uint16_t)i, &e);
	}
	tp_buf_free(&err);
}

/* The state as "size: start-end=op+shift ...", zeros left out. */
static void state_is(const char *want, const char *name)
{
	struct tp_buf out = { 0 };
	char *full = tp_printf("%s: %s", name, want);

	tp_buf_printf(&out, "%" PRIu64 ":", o.size);
	for (size_t i = 0; i < o.nr; i++) {
		const struct tp_span *s = &o.spans[i];

		tp_buf_printf(&out, " %" PRIu64 "-%" PRIu64 "=", s->start, s->end);
		if (s->nr == 0)
			tp_buf_puts(&out, "any");
		for (unsigned k = 0; k < s->nr; k++) {
			tp_buf_puts(&out, k ? "|" : "");
			if (s->value[k].op == TP_VALUE_ZERO)
				tp_buf_puts(&out, "0");
			else
				tp_buf_printf(&out, "%u", s->value[k].op + 1u);
			if (s->value[k].shift)
				tp_buf_printf(&out, "%+" PRId64, s->value[k].shift);
		}
	}
	is_str(out.text, want, full);
	tp_buf_free(&out);
	free(full);
}

static void after(const char *text, const char *want)
{
	perform(text);
	state_is(want, text);
}

static void test_effects(void)
{
	after("", "0:");
	after("pwrite 0 1000", "1000: 0-1000=1");
	after("pwrite 5000 10", "5010: 5000-5010=1");
	after("pwrite 0 1000; pwrite 200 300", "1000: 0-200=1 200-500=2 500-1000=1");
	after("pwrite 0 1000; pwrite 0 1000", "1000: 0-1000=2");
	after("pwrite 0 1000; map 0 4096; store 500 1000", "1000: 0-500=1 500-1000=3");
	after("pwrite 0 1000; map 0 4096; store 2000 10", "1000: 0-1000=1");
	after("pwrite 0 1000; store 1500 10; truncate 4096", "4096: 0-1000=1");
	after("pwrite 0 4096; truncate 1000", "1000: 0-1000=1");
	after("pwrite 0 4096; truncate 1000; truncate 4096", "4096: 0-1000=1");
	after("pwrite 0 1000; fallocate 1000 3096; store 3000 1", "4096: 0-1000=1 3000-3001=3");
	after("pwrite 0 1000; fallocate-keep 0 8192", "1000: 0-1000=1");
	after("pwrite 0 4096; zero-range 1000 1000", "4096: 0-1000=1 2000-4096=1");
	after("pwrite 0 1000; zero-range 500 1000", "1500: 0-500=1");
	after("pwrite 0 1000; zero-range-keep 500 1000", "1000: 0-500=1");
	after("pwrite 0 4096; punch 1024 1024", "4096: 0-1024=1 2048-4096=1");
	after("pwrite 0 4096; punch 3000 9000", "4096: 0-3000=1");
	after("pwrite 0 4096; collapse 1024 1024", "3072: 0-1024=1 1024-3072=1-1024");
	after("pwrite 0 4096; insert 1024 1024", "5120: 0-1024=1 2048-5120=1+1024");
	after("pwrite 0 4096; insert 1024 1024; collapse 0 1024; collapse 0 1024",
	      "3072: 0-3072=1-1024");
	after("pwrite 0 1000; copy-range 0 2000 500", "2500: 0-1000=1 2000-2500=1+2000");
	after("pwrite 0 1000; pwrite 4000 96; copy-range 500 2000 1500",
	      "4096: 0-1000=1 2000-2500=1+1500 4000-4096=2");
	after("pwrite 0 10; pwrite 10 10; copy-range 5 100 10",
	      "110: 0-10=1 10-20=2 100-105=1+95 105-110=2+95");
	after("pwrite 0 1000; fsync; msync; reopen; remount; read 0 10; size", "1000: 0-1000=1");
}

static void apply(const char *text, uint16_t index, int64_t result, int err)
{
	struct tp_event e = { .op = index, .result = result, .err = err };
	struct tp_buf why = { 0 };
	struct tp_seq one;

	tp_seq_parse(text, NULL, NULL, &one, &why);
	tp_oracle_apply(&o, &one.ops[0], index, err == -1 ? NULL : &e);
	tp_seq_free(&one);
	tp_buf_free(&why);
}

static void test_results(void)
{
	perform("pwrite 0 1000");
	apply("pwrite 500 1000", 1, 700, 0);
	state_is("1200: 0-500=1 500-1200=2", "a short write");
	perform("pwrite 0 1000");
	apply("pwrite 500 1000", 1, -1, ENOSPC);
	state_is("1000: 0-1000=1", "a failed write");
	apply("truncate 10", 1, -1, EINVAL);
	state_is("1000: 0-1000=1", "a failed truncate");
	apply("store 990 4096", 1, 20, TP_SIGBUS);
	state_is("1000: 0-990=1 990-1000=2", "a store that faulted later");
	apply("pwrite 5000 10", 3, 0, 0);
	state_is("1000: 0-990=1 990-1000=2", "a write of nothing");
	perform("pwrite 0 1000");
	apply("dio-write 512 1024", 1, -1, EIO);
	state_is("1536: 0-512=1 512-1000=1|2 1000-1536=0|2", "a direct write that failed");
	ok(o.size_uncertain, "then the size is not certain");
}

static void test_maybe(void)
{
	perform("pwrite 0 1000");
	apply("pwrite 500 1000", 1, 0, -1);
	state_is("1500: 0-500=1 500-1000=1|2 1000-1500=0|2", "a write not seen to end");
	apply("truncate 700", 2, 0, -1);
	state_is("1500: 0-500=1 500-700=1|2 700-1000=1|2|0 1000-1500=0|2", "a truncate likewise");
	apply("copy-range 900 2000 200", 3, 200, 0);
	state_is("2200: 0-500=1 500-700=1|2 700-1000=1|2|0 1000-1500=0|2 "
		 "2000-2100=1+1100|2+1100|0 2100-2200=0|2+1100",
		 "a copy takes all values along");
	apply("insert 0 1024", 4, 0, -1);
	ok(o.nr == 1 && o.spans[0].nr == 0, "an insert not seen to end: any byte");
	apply("insert 1024 1024", 5, 0, 0);
	ok(o.spans[o.nr - 1].end == UINT64_MAX && o.spans[o.nr - 1].nr == 0,
	   "it stays so to the end of all files");
	perform("pwrite 0 10");
	for (uint16_t i = 1; i < 12; i++)
		apply("pwrite 0 10", i, 0, -1);
	ok(o.nr == 1 && o.spans[0].nr == 0, "too many values are any byte");
	perform("pwrite 0 1000; truncate 4096");
	apply("copy-range 0 2000 10", 2, 0, -1);
	apply("copy-range 0 2000 10", 3, 10, 0);
	ok(o.nr > 0 && o.spans[0].nr == 0, "a copy of any bytes");
}

static void test_at(void)
{
	struct tp_span s;

	perform("pwrite 1000 100; pwrite 2000 100");
	tp_oracle_at(&o, 0, &s);
	ok(s.start == 0 && s.end == 1000 && s.value[0].op == TP_VALUE_ZERO, "zeros before");
	tp_oracle_at(&o, 1050, &s);
	ok(s.start == 1000 && s.end == 1100 && s.value[0].op == 0, "a span from its middle");
	tp_oracle_at(&o, 1100, &s);
	ok(s.start == 1100 && s.end == 2000 && s.value[0].op == TP_VALUE_ZERO, "zeros between");
	tp_oracle_at(&o, UINT64_C(1) << 60, &s);
	ok(s.end == UINT64_MAX && s.value[0].op == TP_VALUE_ZERO, "zeros behind");
}

/*
 * The same with single bytes.  A world is what the file may be; an operation
 * that is not seen to end makes two worlds of each.
 */
#define BYTES  256
#define WORLDS 8

struct world {
	uint16_t op[BYTES * 2]; /* TP_VALUE_ZERO or the writer */
	int made[BYTES * 2];    /* offset that it was made for */
	unsigned size;
};

static void zero(struct world *w, unsigned from, unsigned to)
{
	for (unsigned x = from; x < to; x++) {
		w->op[x] = TP_VALUE_ZERO;
		w->made[x] = 0;
	}
}

static void write_range(struct world *w, unsigned from, unsigned to, uint16_t op)
{
	for (unsigned x = from; x < to; x++) {
		w->op[x] = op;
		w->made[x] = (int)x;
	}
}

static void move_range(struct world *w, unsigned from, unsigned to, unsigned len)
{
	memmove(&w->op[to], &w->op[from], len * sizeof(w->op[0]));
	memmove(&w->made[to], &w->made[from], len * sizeof(w->made[0]));
}

static void grow(struct world *w, unsigned size)
{
	w->size = size > w->size ? size : w->size;
}

static void happen(struct world *w, const struct tp_op *op, uint16_t index)
{
	unsigned a = (unsigned)op->arg[0], b = (unsigned)op->arg[1], c = (unsigned)op->arg[2];
	unsigned end = a + b < w->size ? a + b : w->size;

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		write_range(w, a, a + b, index);
		grow(w, a + b);
		break;
	case TP_EFFECT_STORE:
		write_range(w, a < end ? a : end, end, index);
		break;
	case TP_EFFECT_TRUNCATE:
		if (a < w->size)
			zero(w, a, w->size);
		w->size = a;
		break;
	case TP_EFFECT_ALLOCATE:
		grow(w, a + b);
		break;
	case TP_EFFECT_ZERO:
		zero(w, a, a + b);
		grow(w, a + b);
		break;
	case TP_EFFECT_PUNCH:
		zero(w, a < end ? a : end, end);
		break;
	case TP_EFFECT_COPY:
		move_range(w, a, b, c);
		grow(w, b + c);
		break;
	case TP_EFFECT_COLLAPSE:
		if (a + b >= w->size)
			break; /* refused in this world */
		move_range(w, a + b, a, w->size - a - b);
		zero(w, w->size - b, w->size);
		w->size -= b;
		break;
	case TP_EFFECT_INSERT:
		if (a >= w->size || w->size + b > BYTES * 2)
			break;
		move_range(w, a, a + b, w->size - a);
		zero(w, a, a + b);
		w->size += b;
		break;
	default:
		break;
	}
}

/* A random operation that the kernel would accept in this world. */
static bool propose(struct tp_prng *r, const struct world *w, struct tp_op *op)
{
	static const enum tp_op_kind kinds[] = {
		TP_OP_KIND_PWRITE,     TP_OP_KIND_STORE,      TP_OP_KIND_TRUNCATE,
		TP_OP_KIND_FALLOCATE,  TP_OP_KIND_ZERO_RANGE, TP_OP_KIND_PUNCH,
		TP_OP_KIND_COPY_RANGE, TP_OP_KIND_COLLAPSE,   TP_OP_KIND_INSERT,
		TP_OP_KIND_FSYNC,      TP_OP_KIND_ZERO_KEEP,
	};
	uint64_t a = tp_prng_below(r, BYTES), b = 1 + tp_prng_below(r, 40), c = 0;

	*op = (struct tp_op){ .kind = kinds[tp_prng_below(r, ARRAY_SIZE(kinds))] };
	switch (op->kind) {
	case TP_OP_KIND_TRUNCATE:
		b = 0;
		break;
	case TP_OP_KIND_COPY_RANGE:
		c = b;
		b = tp_prng_below(r, BYTES - 40);
		if (a + c > w->size || (a < b + c && b < a + c))
			return false;
		break;
	case TP_OP_KIND_COLLAPSE:
		if (a + b >= w->size)
			return false;
		break;
	case TP_OP_KIND_INSERT:
		if (a >= w->size || w->size + b > BYTES)
			return false;
		break;
	default:
		if (a + b > BYTES)
			return false;
	}
	op->arg[0] = a;
	op->arg[1] = b;
	op->arg[2] = c;
	return true;
}

static bool allowed(const struct world *w)
{
	if (o.size_uncertain ? w->size > o.size : w->size != o.size)
		return false;
	for (unsigned x = 0; x < w->size; x++) {
		struct tp_span s;
		bool hit;

		tp_oracle_at(&o, x, &s);
		hit = s.nr == 0;
		for (unsigned k = 0; k < s.nr; k++)
			hit |= s.value[k].op == w->op[x] &&
			       (w->op[x] == TP_VALUE_ZERO || x - s.value[k].shift == w->made[x]);
		if (!hit || x < s.start || x >= s.end)
			return false;
	}
	return true;
}

static bool sorted(void)
{
	for (size_t i = 0; i < o.nr; i++)
		if (o.spans[i].start >= o.spans[i].end ||
		    (i && o.spans[i].start < o.spans[i - 1].end))
			return false;
	return true;
}

static void test_random(bool maybe)
{
	struct tp_prng random = { maybe ? 77 : 78 };
	static struct world worlds[WORLDS];
	unsigned wrong = 0, loose = 0;

	for (int round = 0; round < 3000 && wrong == 0; round++) {
		unsigned nr = 1;

		tp_oracle_free(&o);
		tp_oracle_init(&o);
		worlds[0].size = 0;
		zero(&worlds[0], 0, BYTES * 2);
		for (uint16_t i = 0; i < 14; i++) {
			struct tp_op op;
			struct tp_event e = { .op = i };
			bool unseen = maybe && i >= 8 && nr * 2 <= WORLDS;
			uint64_t start, end;

			if (!propose(&random, &worlds[0], &op) || (maybe && i >= 8 && !unseen))
				continue;
			if (tp_op_range(&op, &start, &end))
				e.result = (int64_t)(end - start);
			if (unseen)
				memcpy(&worlds[nr], &worlds[0], nr * sizeof(worlds[0]));
			for (unsigned k = 0; k < nr; k++)
				happen(&worlds[k], &op, i);
			nr *= unseen ? 2 : 1;
			tp_oracle_apply(&o, &op, i, unseen ? NULL : &e);
		}
		for (unsigned k = 0; k < nr; k++)
			wrong += !allowed(&worlds[k]);
		wrong += !sorted();
		for (size_t i = 0; !maybe && i < o.nr; i++)
			loose += o.spans[i].nr != 1;
	}
	ok(wrong == 0, "3000 random sequences%s: every byte that may be is allowed",
	   maybe ? " with operations not seen to end" : "");
	if (!maybe)
		is_int(loose, 0, "and no other one");
}

int main(void)
{
	test_effects();
	test_results();
	test_maybe();
	test_at();
	test_random(false);
	test_random(true);
	tp_oracle_free(&o);
	tp_seq_free(&seq);
	return done();
}
