// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_overlap.c - how often actors met in a block: pairs, and when the other one began
 */
#include "base/buf.h"
#include "judge/overlap.h"
#include "tap.h"

/* begin, end of each operation; main's first and last are not counted. */
static void test_overlap(void)
{
	static const char text[] = "fsync; { fsync; meet; fsync | offset 1 2; size; meet; none | "
				   "size; meet }; none; { fsync | size }; size";
	static const uint64_t times[][2] = { { 0, 5 },     { 100, 150 }, { 150, 160 }, { 160, 200 },
					     { 10, 135 },  { 135, 140 }, { 140, 160 }, { 160, 500 },
					     { 90, 300 },  { 300, 400 }, { 500, 501 }, { 600, 700 },
					     { 700, 800 }, { 900, 901 } };
	const struct tp_event *ops[ARRAY_SIZE(times)];
	struct tp_event events[ARRAY_SIZE(times)];
	struct tp_file file = { .id = 0 };
	struct tp_seen seen = { .ops = ops };
	struct tp_overlap o = { 0 }, sum = { 0 };
	struct tp_buf err = { 0 };

	ok(tp_seq_parse(text, NULL, NULL, &file.seq, &err) && file.seq.nr == ARRAY_SIZE(times),
	   "two blocks");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		events[i] = (struct tp_event){ .begin_ns = times[i][0], .end_ns = times[i][1] };
		ops[i] = &events[i];
	}
	tp_overlap_count(&file, &seen, &o);
	is_int((int64_t)o.pairs, 3, "overlap: each other actor is a pair with actor 1");
	is_int((int64_t)o.tenths[3], 1, "overlap: waiting is not racing, and 135 is the fourth tenth");
	is_int((int64_t)o.around, 1, "overlap: one began before actor 1 and ended behind that");
	is_int((int64_t)o.behind, 1, "overlap: one began as actor 1 had ended");
	is_int((int64_t)tp_overlap_raced(&o), 2, "overlap: two of three raced");
	ops[8] = NULL;
	tp_overlap_count(&file, &seen, &sum);
	is_int((int64_t)sum.pairs, 2, "overlap: who did nothing is no pair");
	tp_overlap_add(&sum, &o);
	ok(sum.pairs == 5 && sum.tenths[3] == 2 && sum.behind == 2 && sum.around == 1,
	   "overlap: repetitions add up");
	tp_seq_free(&file.seq);
	tp_buf_free(&err);
}

int main(void)
{
	test_overlap();
	return done();
}
