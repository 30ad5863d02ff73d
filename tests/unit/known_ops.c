// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known_ops.c - issues of operations: which one a finding in a sequence is of
 */
#include "known_list.h"
#include "plan/walk.h"

/* The sizes around each operation, as they are when all goes well. */
static void walk(const struct tp_seq *seq, struct tp_step *steps)
{
	struct tp_walk w;

	tp_walk_begin(&w, tp_cells(), 4096);
	for (size_t i = 0; i < seq->nr; i++) {
		steps[i] = (struct tp_step){ .before = w.size, .ran = true };
		tp_walk_apply(&w, &seq->ops[i]);
		steps[i].after = w.size;
	}
}

static const char *finding_at(const struct tp_known *k, const char *release, const char *cell,
			      const struct tp_finding *f, const char *text)
{
	const struct tp_issue *issue;
	struct tp_buf why = { 0 };
	struct tp_step steps[64];
	struct tp_seq seq;

	if (!tp_seq_parse(text, NULL, NULL, &seq, &why) || seq.nr > ARRAY_SIZE(steps))
		return "?";
	walk(&seq, steps);
	issue = tp_known_finding(k, release, cell, f, &(struct tp_scene){ &seq, steps, 4096 });
	tp_seq_free(&seq);
	return issue ? issue->name : "none";
}

static const char *finding(const struct tp_known *k, const char *release, const char *cell,
			   enum tp_finding_kind kind, const char *text)
{
	const struct tp_finding f = { .kind = kind, .text = (char *)(uintptr_t)"BUG: cow 7" };

	return finding_at(k, release, cell, &f, text);
}

static void test_generated(void)
{
	static const char good[] = "store 0 1; dio-write 512 512; fsync; store 9 1";
	struct tp_known k;

	is_int(load("issue a\nops store *dio*,!*read store | punch {punch\ncells 1k-*\nkernels 6.1-6.13\n"
		    "findings lost\nevidence one\n\n"
		    "issue b\nscenarios *\ncells *\nfindings lost\nevidence one\n\n"
		    "issue d\nops punch\ncells 1k-*\nfindings kernel-log\ntext horse\nevidence one\n\n"
		    "issue e\nops punch\ncells 2k-*\nfindings kernel-log\ntext pig|cow\nevidence one\n",
		    &k), 0, "an issue of operations needs no scenarios");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, good), "a", "generated: in this order");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "punch 0 1; { fsync | punch 0 1 }"), "a",
	       "generated: the alternative");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "punch 0 1; fsync; punch 0 1"), "none",
	       "generated: outside of a block");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "store 0 1; dio-write 512 512; fsync"), "none",
	       "generated: an operation is missing");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "dio-write 512 512; store 0 1; store 1 1"),
	       "none", "generated: in another order");
	is_str(finding(&k, "6.6", "1k-x", TP_LOST, "store 0 1; dio-read 512 512; store 1 1"),
	       "none", "generated: what the pattern takes back");
	is_str(finding(&k, "6.6", "1k-x", TP_STALE, good), "none", "generated: another kind");
	is_str(finding(&k, "6.6", "4k-x", TP_LOST, good), "none", "generated: another cell");
	is_str(finding(&k, "6.13", "1k-x", TP_LOST, good), "none", "generated: another kernel");
	is_str(finding(&k, "6.6", "1k-x", TP_KERNEL_LOG, "punch 0 1"), "none",
	       "generated: the kernel says something else");
	is_str(finding(&k, "6.6", "2k-x", TP_KERNEL_LOG, "punch 0 1"), "e",
	       "generated: the kernel says so");
	ok(tp_known_named(&k, "b") == &k.issues[1] && !tp_known_named(&k, "c"), "by name");
	tp_known_free(&k);
}

/* Bytes [start, end) were lost, which operation `writer` (from 1) wrote. */
static const char *lost(const struct tp_known *k, uint64_t start, uint64_t end, size_t writer,
			const char *text)
{
	const struct tp_finding f = { .kind = TP_LOST, .start = start, .end = end,
				      .writer = writer };

	return finding_at(k, "6.6", "1k-x", &f, text);
}

static const char *stale(const struct tp_known *k, uint64_t start, uint64_t end, size_t seen,
			 const char *text)
{
	const struct tp_finding f = { .kind = TP_STALE, .start = start, .end = end,
				      .seen = seen };

	return finding_at(k, "6.6", "1k-x", &f, text);
}

/* Long sequences have everything somewhere: the signs tell what belongs to a finding. */
static void test_signs(void)
{
	static const char dio[] = "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; "
				  "store 3000 1";
	struct tp_known k;

	is_int(load("issue dio\nops .store +*dio-write =store\ncells *\nfindings lost\nevidence x\n\n"
		    "issue falloc\nops .store +fallocate =store\ncells *\nfindings lost\n"
		    "evidence x\n\n"
		    "issue zero\nops .store =zero-range* =store\ncells *\nfindings lost\n"
		    "evidence x\n\n"
		    "issue shows\nops =store +*write,truncate\ncells *\nfindings stale\n"
		    "evidence x\n\n"
		    "issue any\nops reopen\ncells *\nfindings lost\nevidence x\n",
		    &k), 0, "signs are read");
	is_str(lost(&k, 3000, 3001, 5, dio), "dio", "signs: the extension that passed the bytes");
	is_str(lost(&k, 3000, 3001, 0, dio), "dio", "signs: also when the writer is not known");
	is_str(lost(&k, 0, 1, 3, dio), "none", "signs: what was stored before the extension");
	is_str(lost(&k, 5000, 5001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; truncate 8192; "
		    "store 5000 1"),
	       "none", "signs: the end of file came from another page");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 0 512; truncate 4096; "
		    "store 3000 1"),
	       "none", "signs: a write that does not extend");
	is_str(lost(&k, 3000, 3001, 8,
		    "map 0 8192; pwrite 0 600; store 0 1; dio-write 1024 3072; truncate 600; "
		    "store 0 1; fallocate 0 4096; store 3000 1"),
	       "falloc", "signs: of two extensions the last");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; store 3000 1; "
		    "truncate 600; dio-write 1024 3072; store 3500 1"),
	       "falloc", "signs: not one behind the store that was lost");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; zero-range 2048 1024; "
		    "store 3000 1"),
	       "zero", "signs: of two issues the one whose operation came last");
	is_str(lost(&k, 3000, 3001, 6,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; zero-range 1024 1024; "
		    "store 3000 1"),
	       "falloc", "signs: not at the bytes");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 4096 1 fails SIGBUS; fallocate 0 4096; "
		    "store 3000 1"),
	       "none", "signs: a store into another page");
	is_str(lost(&k, 3000, 3001, 5,
		    "map 0 8192; pwrite 0 600; store 0 1; fallocate 0 4096; pwrite 3000 1; reopen"),
	       "any", "signs: without any, it is in the sequence somewhere");
	is_str(lost(&k, 3000, 3001, 0,
		    "map 0 8192; pwrite 0 600; store 0 1; { dio-write 1024 3072 | size }; "
		    "store 3000 1"),
	       "dio", "signs: where actors race they say nothing");
	is_str(stale(&k, 700, 800, 0, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "shows", "signs: stored behind the end, which then passed it");
	is_str(stale(&k, 700, 800, 3, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "none", "signs: it was seen before");
	is_str(stale(&k, 3000, 3100, 0, "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "none", "signs: stored elsewhere in the page");
	is_str(finding_at(&k, "6.6", "1k-x",
			  &(struct tp_finding){ .kind = TP_STALE, .start = 700, .end = 701,
						.shift = -4096 },
			  "map 0 8192; pwrite 0 600; store 700 100; truncate 4096"),
	       "shows", "signs: bytes that were taken for others, which have moved");
	is_str(finding_at(&k, "6.6", "1k-x",
			  &(struct tp_finding){ .kind = TP_STALE, .start = 4796, .end = 4797,
						.shift = 4096 },
			  "map 0 8192; pwrite 0 600; store 700 100; truncate 4096; insert 0 4096"),
	       "shows", "signs: bytes that have moved");
	tp_known_free(&k);
}

/* What hurts other files takes any operation of theirs. */
static void test_victim(void)
{
	struct tp_known k;

	is_int(load("issue victim\nscenarios *\nops *\ncells *\nfindings lost\nwith shift\nevidence x\n\n"
		    "issue shift\nscenarios *\nops store insert\ncells *\nfindings lost\nevidence x\n",
		    &k), 0, "an issue, and what it does to other files");
	is_str(finding(&k, "6.1", "1k-x", TP_LOST, "store 0 1; insert 0 4096; fsync; size"), "shift",
	       "its own operations explain it");
	is_str(finding(&k, "6.1", "1k-x", TP_LOST, "store 0 1; fsync; size"), "victim",
	       "others are victims");
	tp_known_free(&k);
}

int main(void)
{
	begin();
	test_generated();
	test_victim();
	test_signs();
	return end();
}
