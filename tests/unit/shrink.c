// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink.c - the search for the smallest failing sequence, on made-up kernels
 */
#include "plan/shrink.h"
#include "plan/random.h"
#include "plan/walk.h"
#include "tap.h"

static const struct tp_cell *cell;

/* Does the sequence fail? */
typedef bool (*kernel_fn)(const struct tp_seq *seq);

static char *text_of(const struct tp_seq *seq)
{
	struct tp_buf text = { 0 };

	tp_seq_print(seq, &text);
	return tp_buf_take(&text);
}

static size_t largest; /* operations of a batch, so far */

/* Shrink to the end; returns the text of the result and counts batches. */
static char *shrink(const struct tp_seq *seq, kernel_fn fails, unsigned *batches)
{
	struct tp_shrink s;
	char *text;

	tp_shrink_begin(&s, seq, cell, 4096, 800);
	s.most_ops = 6000;
	for (*batches = 0; tp_shrink_next(&s) && *batches < 100; ++*batches) {
		bool failed[800] = { false };
		size_t ops = 0;

		for (size_t i = 0; i < s.nr; i++) {
			failed[i] = fails(&s.c[i].seq);
			ops += s.c[i].seq.nr;
		}
		largest = ops > largest ? ops : largest;
		tp_shrink_tell(&s, failed);
	}
	text = text_of(&s.best);
	tp_shrink_free(&s);
	return text;
}

static void shrinks(const char *from, kernel_fn fails, const char *want, const char *name)
{
	struct tp_buf err = { 0 };
	struct tp_seq seq;
	unsigned batches;
	char *got;

	if (!tp_seq_parse(from, NULL, NULL, &seq, &err)) {
		ok(false, "%s: %s", name, err.text);
		return;
	}
	got = shrink(&seq, fails, &batches);
	is_str(got, want, name);
	free(got);
	tp_seq_free(&seq);
	tp_buf_free(&err);
}

static bool has_kind(const struct tp_seq *seq, enum tp_op_kind kind)
{
	for (size_t i = 0; i < seq->nr; i++)
		if (seq->ops[i].kind == kind)
			return true;
	return false;
}

static bool needs_punch(const struct tp_seq *seq)
{
	return has_kind(seq, TP_OP_KIND_PUNCH);
}

static bool needs_punch_or_fsync(const struct tp_seq *seq)
{
	return has_kind(seq, TP_OP_KIND_PUNCH) || has_kind(seq, TP_OP_KIND_REOPEN);
}

/* A store behind byte 3000 in a file that fallocate made longer. */
static bool loses_store(const struct tp_seq *seq)
{
	struct tp_walk w;
	bool grown = false;

	tp_walk_begin(&w, cell, 4096);
	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_op *op = &seq->ops[i];
		uint64_t before = w.size;

		tp_walk_apply(&w, op);
		if (op->kind == TP_OP_KIND_FALLOCATE && w.size > before && before)
			grown = true;
		if (op->kind == TP_OP_KIND_STORE && grown && op->arg[0] + op->arg[1] > 3000)
			return true;
	}
	return false;
}

/* A punch behind a mapping of more than one page. */
static bool needs_late_punch(const struct tp_seq *seq)
{
	struct tp_walk w;

	tp_walk_begin(&w, cell, 4096);
	for (size_t i = 0; i < seq->nr; i++) {
		tp_walk_apply(&w, &seq->ops[i]);
		if (seq->ops[i].kind == TP_OP_KIND_PUNCH && w.slot[0].len > 4096)
			return true;
	}
	return false;
}

/* A store, and a size of 1024 in the end. */
static bool needs_short_store(const struct tp_seq *seq)
{
	struct tp_walk w;

	tp_walk_begin(&w, cell, 4096);
	for (size_t i = 0; i < seq->nr; i++)
		tp_walk_apply(&w, &seq->ops[i]);
	return w.size == 1024 && has_kind(seq, TP_OP_KIND_STORE);
}

static bool needs_race(const struct tp_seq *seq)
{
	bool cuts = false, stores = false;

	for (size_t i = 0; i < seq->nr; i++) {
		cuts |= seq->ops[i].actor && seq->ops[i].kind == TP_OP_KIND_TRUNCATE;
		stores |= seq->ops[i].actor && seq->ops[i].kind == TP_OP_KIND_STORE;
	}
	return cuts && stores;
}

static bool every(const struct tp_seq *seq)
{
	(void)seq;
	return true;
}

static void test_small(void)
{
	shrinks("pwrite 5000 100; fsync; punch 4097 77; size", needs_punch, "punch 0 1",
		"one operation is left, with round arguments");
	shrinks("pwrite 0 5000; punch 4097 77; reopen; size", needs_punch_or_fsync, "reopen",
		"of two causes one is left");
	shrinks("pwrite 0 10; size", every, "size", "the simplest of what always fails");
	shrinks("pwrite 0 1000; map@1 0 8192; fsync; store@1 0 1; reopen; dsync-write 900 50; "
		"fallocate 900 3300; unmap@1; map 0 4096; store 2990 30",
		loses_store, "pwrite 0 1; fallocate 0 4096; map 0 4096; store 3072 1",
		"what a store needs stays");
	shrinks("map 0 4096; truncate 4096; store 0 1; truncate 1024; size", needs_short_store,
		"map 0 4096; truncate 1024; store 0 1",
		"an operation does at once what a later one does");
	shrinks("map 0 4096; remap 8192; pwrite 4096 1; fsync; punch 8192 1; size", needs_late_punch,
		"map 0 8192; punch 0 1",
		"a mapping that grows is made so, and all moves down to it");
	shrinks("fsync; pwrite 0 4096; map 0 4096; { store 0 10; meet; none | meet; truncate 100; "
		"fsync | "
		"meet; fsync }; size; { size | fsync }; size",
		needs_race, "pwrite 0 1; map 0 4096; { store 0 1 | truncate 4096 }",
		"what races stays in a block");
}

/* No candidate may be one that could not end well: the kernel would be blamed. */
static void test_sound(void)
{
	struct tp_buf err = { 0 };
	struct tp_shrink s;
	struct tp_seq seq;
	unsigned unsound = 0, nr = 0;

	tp_seq_parse(
		"pwrite 0 1000; map 0 8192; store 0 1; truncate 5000; store 4096 1; "
		"truncate 100; store 4096 1 fails SIGBUS; fallocate 0 8192; store 8191 1; unmap",
		NULL, NULL, &seq, &err);
	tp_shrink_begin(&s, &seq, cell, 4096, 800);
	while (tp_shrink_next(&s)) {
		bool failed[800] = { false };

		for (size_t i = 0; i < s.nr; i++, nr++) {
			struct tp_walk w;

			tp_walk_begin(&w, cell, 4096);
			for (size_t k = 0; k < s.c[i].seq.nr; k++) {
				const struct tp_op *op = &s.c[i].seq.ops[k];
				enum tp_fit want =
					op->expect == TP_EXPECT_FAIL ? TP_FIT_FAULTS : TP_FIT_YES;

				unsound += tp_walk_fit(&w, op) != want;
				if (want == TP_FIT_YES)
					tp_walk_apply(&w, op);
			}
			failed[i] = nr % 11 == 10;
		}
		tp_shrink_tell(&s, failed);
	}
	ok(nr > 50, "%u candidates were made", nr);
	is_int(unsound, 0, "all of them end as they must");
	tp_shrink_free(&s);
	tp_seq_free(&seq);
}

/* Long random sequences, in few batches. */
static void test_long(void)
{
	struct tp_random_spec spec = {
		.cell = cell, .page_bytes = 4096, .seed = 5, .least = 300, .most = 300,
		.mix = tp_mixes, .actors = 1
	};
	unsigned found = 0, most = 0, long_ones = 0;

	for (uint64_t n = 0; n < 60 && found < 5; n++) {
		struct tp_variant v;
		struct tp_seq got;
		struct tp_buf err = { 0 };
		unsigned batches;
		char *text;

		tp_random_sequence(&spec, n, &v);
		if (loses_store(&v.seq)) {
			text = shrink(&v.seq, loses_store, &batches);
			tp_seq_parse(text, NULL, NULL, &got, &err);
			diag("%u batches: %s", batches, text);
			found++;
			most = batches > most ? batches : most;
			long_ones += got.nr > 4;
			tp_seq_free(&got);
			free(text);
		}
		free(v.params);
		tp_seq_free(&v.seq);
		tp_buf_free(&err);
	}
	is_int(found, 5, "five random sequences fail");
	is_int(long_ones, 0, "each becomes the four operations that it takes");
	ok(most <= 8, "in at most 8 batches (%u)", most);
	ok(largest < 6000 + 300, "none of which has more operations than were wanted (%zu)", largest);
}

int main(void)
{
	cell = tp_cell_find("1k-ordered-delalloc");
	test_small();
	test_sound();
	test_long();
	return done();
}
