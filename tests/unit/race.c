// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.c - blocks by hand: what a file may be after operations that raced
 *
 * Each block comes with the time and the result of every operation:
 * "10-50" begun at 10 and ended at 50 with all that was asked, "=N" the result
 * or the size seen, "!ERRNO" an error, "?" not seen to end.
 */
#include "model/race.h"
#include "base/prng.h"
#include "model/oracle.h"
#include "tap.h"

#define KEY UINT64_C(0x1234567)

static struct {
	struct tp_seq seq;
	struct tp_event events[64];
	const struct tp_event *seen[64];
	unsigned char data[64][8192];
	bool have_data[64];
	struct tp_states st;
	struct tp_race race;
} w;

static void done_all(void)
{
	tp_race_free(&w.race);
	tp_states_free(&w.st);
	tp_seq_free(&w.seq);
}

/* One word of the times. */
static bool read_time(const char *word, struct tp_event *e)
{
	char *end;

	if (*word == '?')
		return false;
	e->begin_ns = strtoull(word, &end, 10);
	e->end_ns = strtoull(end + 1, &end, 10);
	if (*end == '=') {
		e->result = strtoll(end + 1, &end, 10);
		e->size = (uint64_t)e->result;
	}
	if (*end == '!') {
		e->err = tp_errno_find(end + 1);
		if (e->result == 0 || e->err != TP_SIGBUS)
			e->result = -1;
	}
	return true;
}

static void begin(const char *text, const char *times)
{
	struct tp_buf err = { 0 };
	char *copy = tp_strdup(times), *save = NULL;
	const char *word = strtok_r(copy, " ", &save);

	memset(w.have_data, 0, sizeof(w.have_data));
	if (!tp_seq_parse(text, NULL, NULL, &w.seq, &err))
		diag("%s: %s", text, err.text);
	for (size_t i = 0; i < w.seq.nr; i++) {
		struct tp_event *e = &w.events[i];
		uint64_t start, end;

		*e = (struct tp_event){ .op = (uint16_t)i, .actor = w.seq.ops[i].actor };
		if (tp_op_range(&w.seq.ops[i], &start, &end))
			e->result = (int64_t)(end - start);
		w.seen[i] = e;
		if (w.seq.ops[i].actor == 0)
			continue;
		if (!read_time(word, e))
			w.seen[i] = NULL;
		word = strtok_r(NULL, " ", &save);
	}
	free(copy);
	tp_buf_free(&err);
}

/* What operation op made, seen by the read `by` at [start, end). */
static void saw(size_t by, unsigned op, uint64_t start, uint64_t end)
{
	const struct tp_ident id = { KEY, 3, (uint16_t)op };
	unsigned char *at = w.data[by] + (start - w.seq.ops[by].arg[0]);

	w.have_data[by] = true;
	if (op == TP_VALUE_ZERO)
		memset(at, 0, (size_t)(end - start));
	else
		tp_pattern_fill(&id, start, at, (size_t)(end - start));
}

/* Up to the end of the first block. */
static void run(void)
{
	size_t i = 0, end;

	tp_states_init(&w.st);
	for (; tp_seq_block(&w.seq, i, &end) == 0; i++)
		tp_states_apply(&w.st, &w.seq.ops[i], (uint16_t)i, w.seen[i]);
	tp_race_init(&w.race, &w.seq, i, end, w.seen + i);
	w.race.ident = (struct tp_ident){ KEY, 3, 0 };
	w.race.page_bytes = 4096;
	w.race.faults_prove = true;
	for (size_t k = 0; k < w.race.nr; k++)
		if (w.have_data[i + k])
			w.race.ops[k].data = w.data[i + k];
	tp_race_run(&w.race, &w.st);
	for (i = end; i < w.seq.nr; i++)
		tp_states_apply(&w.st, &w.seq.ops[i], (uint16_t)i, w.seen[i]);
}

static int by_number(const void *a, const void *b)
{
	const struct tp_value *p = a, *q = b;

	return p->op != q->op ? (p->op < q->op ? -1 : 1)
			      : (p->shift > q->shift) - (p->shift < q->shift);
}

static void add_state(struct tp_buf *out, struct tp_oracle *o)
{
	tp_buf_printf(out, "%s%" PRIu64 "%s:", out->len ? " / " : "", o->size,
		      o->size_uncertain ? "?" : "");
	for (size_t i = 0; i < o->nr; i++) {
		struct tp_span *s = &o->spans[i];

		tp_buf_printf(out, " %" PRIu64 "-%" PRIu64 "=%s", s->start, s->end,
			      s->nr ? "" : "any");
		qsort(s->value, s->nr, sizeof(s->value[0]), by_number);
		for (unsigned k = 0; k < s->nr; k++) {
			tp_buf_puts(out, k ? "|" : "");
			if (s->value[k].op == TP_VALUE_ZERO)
				tp_buf_puts(out, "0");
			else
				tp_buf_printf(out, "%u", s->value[k].op + 1u);
			if (s->value[k].shift)
				tp_buf_printf(out, "%+" PRId64, s->value[k].shift);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	const struct tp_oracle *p = a, *q = b;

	return p->size < q->size ? -1 : p->size > q->size;
}

/* What the file may be: "size: start-end=values ... / size: ...", and who is refuted. */
static char *result(void)
{
	struct tp_buf out = { 0 };

	qsort(w.st.alt, w.st.nr, sizeof(w.st.alt[0]), by_size);
	for (size_t i = 0; i < w.st.nr; i++)
		add_state(&out, &w.st.alt[i]);
	for (size_t i = 0; i < w.race.nr; i++) {
		const struct tp_race_op *op = &w.race.ops[i];
		uint64_t bad = 0;

		if (op->refuted)
			tp_buf_printf(&out, ", %u refuted", op->index + 1u);
		for (int64_t k = 0; op->explained && k < op->ev->result; k++)
			bad += !op->explained[k];
		if (bad)
			tp_buf_printf(&out, ", %u read %" PRIu64 " wrong", op->index + 1u, bad);
	}
	if (w.race.clash)
		tp_buf_printf(&out, ", clash at %" PRIu64 "-%" PRIu64, w.race.clash_start,
			      w.race.clash_end);
	if (w.race.gave_up)
		tp_buf_puts(&out, ", gave up");
	return tp_buf_take(&out);
}

static void race(const char *text, const char *times, const char *want, const char *name)
{
	char *got;

	begin(text, times);
	run();
	got = result();
	if (!is_str(got, want, name))
		diag("%s\n%s", text, times);
	free(got);
	done_all();
}

static void test_writes(void)
{
	race("pwrite 0 100; { pwrite 0 50 | pwrite 20 50 }", "10-20 15-30",
	     "100: 0-20=2 20-50=2|3 50-70=3 70-100=1", "two writes at the same time");
	race("pwrite 0 100; { pwrite 0 50 | pwrite 20 50 }", "10-20 21-30",
	     "100: 0-20=2 20-70=3 70-100=1", "one after the other");
	race("pwrite 0 100; { pwrite 0 50 | pwrite 20 50 }", "10-20 20-30",
	     "100: 0-20=2 20-50=2|3 50-70=3 70-100=1", "the same nanosecond is no order");
	race("{ pwrite 0 10; pwrite 0 20 | pwrite 0 10 }", "10-20 30-40 15-35",
	     "20: 0-10=2|3 10-20=2", "an actor's own order holds");
	race("pwrite 0 10; { pwrite 0 10 | none | pwrite 0 10 | pwrite 0 10 }",
	     "10-30 10-11 20-30 40-50", "10: 0-10=5", "a later write covers them all");
	race("{ pwrite 0 10 | truncate 5 }", "10-20 10-20", "5: 0-5=1 / 10: 0-10=1", "two sizes");
}

static void test_extension(void)
{
	const char *text = "pwrite 0 1000; map 0 4096; { pwrite 4095 1 | wait-size 4096; "
			   "store 3000 1 }; fsync";

	race(text, "10-50 20-30=4096 31-35", "4096: 0-1000=1 3000-3001=5 4095-4096=3",
	     "a store after the size was seen stays");
	race("pwrite 0 1000; map 0 4096; { pwrite 4095 1 | store 3000 1 }", "10-50 31-35",
	     "4096: 0-1000=1 3000-3001=4|0 4095-4096=3", "without, it may be behind the size");
	race("pwrite 0 1000; map 0 4096; { pwrite 4095 1 | store 3000 1; size }",
	     "10-50 31-35 36-37=1000", "4096: 0-1000=1 3000-3001=4|0 4095-4096=3",
	     "also when the old size is seen later");
	race("pwrite 0 1000; map 0 4096; { pwrite 4095 1 | store 3000 1 }", "10-50 2-9",
	     "4096: 0-1000=1 4095-4096=3", "a store before it was behind the size");
	race("pwrite 0 1000; map 0 4096; { fallocate 1000 3096 | store 3000 1 }", "10-50 51-52",
	     "4096: 0-1000=1 3000-3001=4", "a store after it is inside");
	race("pwrite 0 1000; map 0 8192; { truncate 8192 | store 5000 1; store 3000 1 }",
	     "10-50 31-35 36-40", "8192: 0-1000=1 3000-3001=5 5000-5001=4",
	     "a store that did not fault saw the new size");
	race("pwrite 0 1000; map 0 8192; { truncate 8192 | store 5000 1 may-fail SIGBUS; "
	     "store 3000 1 }",
	     "10-50 31-35=0!SIGBUS 36-40", "8192: 0-1000=1 3000-3001=5|0", "one that did, the old");
	race("pwrite 0 1000; map 0 8192; { truncate 8192 | size; size }",
	     "10-50 11-12=8192 13-14=1000", "8192: 0-1000=1, 5 refuted",
	     "a size that goes back is refuted");
	race("pwrite 0 1000; map 0 4096; { pwrite 1000 3096 | store 3000 1; size }",
	     "10-50 31-35 36-37=1000", "4096: 0-1000=1 1000-3000=3 3000-3001=3|4 3001-4096=3",
	     "written before the size shows it, stored there: both");
	race("pwrite 0 1000; { pwrite 1000 20000 | size; size; size }",
	     "10-50 11-12=4096 13-14=12288 15-16=13000", "21000: 0-1000=1 1000-21000=2, 5 refuted",
	     "a write grows page by page");
	race("pwrite 0 1000; { fallocate 0 20000 | size; size }", "10-50 11-12=5120 13-14=4096",
	     "20000: 0-1000=1, 4 refuted", "fallocate in steps, but never back");
}

static void test_truncate(void)
{
	race("pwrite 0 4096; map 0 4096; { truncate 1000 | store 500 1000 }", "10-50 20-30",
	     "1000: 0-500=1 500-1000=4", "a truncate takes what is behind it");
	race("pwrite 0 4096; map 0 4096; { truncate 1000; truncate 4096 | store 500 1000 }",
	     "10-50 60-70 20-65", "4096: 0-500=1 500-1000=5 1000-1500=5|0",
	     "a store before, between or after");
	race("pwrite 0 8192; map 0 8192; { truncate 0 | size; store 5000 1 }",
	     "10-50 20-21=0 22-23", "0:", "pages are still mapped when the size shows already");
	race("pwrite 0 8192; map 0 8192; { truncate 0 | store 5000 1 }", "10-50 51-52",
	     "0:, 4 refuted", "but not behind its end");
	race("pwrite 0 8192; { truncate 0 | pwrite 0 8192 }", "10-50 11-52", "0: / 8192: 0-8192=3",
	     "a write is before or after a truncate, never both");
	race("pwrite 0 8192; { truncate 0 | pwrite 0 8192 | size }", "10-50 11-52 60-61=8192",
	     "8192: 0-8192=3", "the size tells which");
	race("pwrite 0 8192; { truncate 0 | pwrite 0 8192 }; truncate 100", "10-50 11-52",
	     "100: 0-100=3|0", "sizes that become equal again are one");
}

static void test_holes(void)
{
	race("pwrite 0 4096; map 0 4096; { punch 1024 1024 | store 1500 1 }", "10-50 20-30",
	     "4096: 0-1024=1 1500-1501=4|0 2048-4096=1", "punch beside a store");
	race("pwrite 0 4096; map 0 4096; { zero-range 1024 8192 | wait-size 9216; store 1500 1 }",
	     "10-50 20-30=9216 31-32", "9216: 0-1024=1 1500-1501=5|0",
	     "zero-range may show its size before it zeroes");
	race("pwrite 0 8192; { collapse 0 4096 | pwrite 4096 4096 }", "10-50 20-30",
	     "4096: 0-4096=3-4096 / 8192: 0-4096=1-4096 4096-8192=3",
	     "collapse before or after a write");
	race("pwrite 0 8192; { insert 4096 4096 | pwrite 4096 100 }", "10-50 20-30",
	     "12288: 0-4096=1 4096-4196=3|0 8192-8292=1+4096|3+4096 8292-12288=1+4096",
	     "insert before or after a write");
	race("pwrite 0 100; pwrite 200 100; { copy-range 0 200 100 | pwrite 0 100; pwrite 200 50 }",
	     "10-50 20-30 35-40", "300: 0-100=4 200-250=1+200|4+200|5 250-300=1+200|4+200",
	     "a copy reads before it writes, others in between");
}

static void test_direct(void)
{
	race("pwrite 0 4096; map 0 4096; { dio-write 0 1024 | store 2000 1 }", "10-50 20-30",
	     "4096: 0-1024=1|3 1024-2000=1 2000-2001=4 2001-4096=1",
	     "a direct write may lose to a page that is dirtied beside it");
	race("pwrite 0 4096; { dio-write 0 1024 | fsync }", "10-50 20-30",
	     "4096: 0-1024=2 1024-4096=1", "not where nobody does");
}

static void test_unseen(void)
{
	race("pwrite 0 100; { pwrite 0 50 | pwrite 50 50 }", "10-20 ?", "100?: 0-50=2 50-100=1|3",
	     "a write not seen to end");
	race("pwrite 0 100; map 0 100; { store 0 50; store 0 100 | pwrite 50 50 }", "10-20 ? 5-6",
	     "100: 0-50=3|4 50-100=4|5", "a store not seen to end");
	race("pwrite 0 100; { pwrite 0 50; pwrite 0 50 | pwrite 50 50 }", "10-20!ENOSPC ? 11-12",
	     "100: 0-50=1 50-100=4", "what an actor never came to did not happen");
	race("pwrite 0 100; { pwrite 0 10; pwrite 0 20 | pwrite 0 30 }", "? 30-40 50-60",
	     "100?: 0-30=4 30-100=1", "one with an end after all: the next began");
	race("pwrite 0 100; { truncate 10 | pwrite 0 30 }", "? 50-60",
	     "10?: 0-10=3 / 30?: 0-30=3 / 100?: 0-30=3 30-100=1", "a truncate not seen to end");
}

static void test_reads(void)
{
	begin("pwrite 0 100; { pwrite 0 100 | read 0 100 | read 0 100 }", "10-50 11-12 20-21");
	saw(2, 0, 0, 50);
	saw(2, 1, 50, 100);
	saw(3, 1, 0, 100);
	run();
	char *got = result();
	is_str(got, "100: 0-100=2", "a read may see a part of a write");
	free(got);
	done_all();

	begin("pwrite 0 100; { pwrite 0 100 | read 0 100; read 0 100 }", "10-50 11-12 20-21");
	saw(2, 1, 0, 100);
	saw(3, 0, 0, 10);
	saw(3, 1, 10, 100);
	run();
	got = result();
	is_str(got, "100: 0-100=2, 4 read 10 wrong", "what was seen new is not old again");
	free(got);
	done_all();

	begin("pwrite 0 100; { pwrite 0 100; pwrite 0 100 | read 0 100 }", "10-20 21-30 31-32");
	saw(3, 1, 0, 100);
	run();
	got = result();
	is_str(got, "100: 0-100=3, 4 read 100 wrong", "an old value after a newer write");
	free(got);
	done_all();

	begin("pwrite 0 100; { pwrite 0 100 | pwrite 0 100 | read 0 100 }", "10-50 10-50 60-61");
	saw(3, 2, 0, 40);
	saw(3, 1, 40, 100);
	run();
	got = result();
	is_str(got, "100: 0-40=3 40-100=2", "a read tells which of two it was");
	free(got);
	done_all();

	begin("{ pwrite 0 100 | pwrite 0 100 | read 0 100; read 0 100 | read 0 100; read 0 100 }",
	      "10-50 10-50 20-21 30-31 20-21 30-31");
	saw(2, 0, 0, 100);
	saw(3, 1, 0, 100);
	saw(4, 1, 0, 100);
	saw(5, 0, 0, 100);
	run();
	got = result();
	is_str(got, "100: 0-100=1|2, clash at 0-100", "two readers that saw opposite orders");
	free(got);
	done_all();

	begin("pwrite 0 4096; { truncate 1000 | read 0 4096 | size; read 0 4096 }",
	      "10-50 11-40 20-21=1000 22-23=1000");
	saw(2, 0, 0, 1000);
	saw(2, TP_VALUE_ZERO, 1000, 4096);
	saw(4, 0, 0, 1000);
	run();
	got = result();
	is_str(got, "1000: 0-1000=1", "a read that saw the old size and the new zeros");
	free(got);
	done_all();
}

static void test_truncate_seen(void)
{
	char *got;

	begin("pwrite 0 8192; map 0 8192; { truncate 1000 | read 0 2000; store 5000 1 }",
	      "10-50 11-20 21-22");
	saw(3, 0, 0, 1000);
	saw(3, TP_VALUE_ZERO, 1000, 2000);
	run();
	got = result();
	is_str(got, "1000: 0-1000=1", "zeros of writeback while pages are still mapped");
	free(got);
	done_all();
}

static void test_limits(void)
{
	struct tp_buf text = { 0 }, times = { 0 };
	char *got;

	tp_buf_puts(&text, "pwrite 0 100; { ");
	for (int a = 0; a < 8; a++) {
		for (int i = 0; i < 7; i++) {
			tp_buf_printf(&text, "%spwrite 0 100", i ? "; " : a ? " | " : "");
			tp_buf_puts(&times, "10-20 ");
		}
	}
	tp_buf_puts(&text, " }");
	begin(text.text, times.text);
	run();
	got = result();
	is_str(got, "100?: 0-100=any, gave up", "too many orders: nothing is claimed");
	free(got);
	done_all();
	tp_buf_free(&text);
	tp_buf_free(&times);
}

int main(void)
{
	test_writes();
	test_extension();
	test_truncate();
	test_holes();
	test_direct();
	test_unseen();
	test_reads();
	test_truncate_seen();
	test_limits();
	return done();
}
