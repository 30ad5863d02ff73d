// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_race.c - the judge on files whose actors raced
 *
 * The image holds what the operations leave when they are done one after the
 * other as they are written; the times say what else might have come of them.
 */
#include "judge_world.h"

static const char plan_text[] =
	"tailpage-plan 1\nseed 7\nthreads 1\nop-deadline 60\nmount 1k-ordered-delalloc\n"
	"cell 1k-ordered-delalloc\ndevice /dev/loop3\nmountpoint /mnt\n"
	"options data=ordered,delalloc\n"
	"file 0 seen - : pwrite 0 1000; map 0 4096; { pwrite 4095 1 | wait-size 4096; "
	"store 3000 8 }; fsync\n"
	"file 1 unseen - : pwrite 0 1000; map 0 4096; { pwrite 4095 1 | none; store 3000 8 }; "
	"fsync\n"
	"file 2 sizes - : pwrite 0 1000; { pwrite 1000 1000 | truncate 3000; size }; fsync\n"
	"file 3 reads - : pwrite 0 4096; { pwrite 0 1000 | read 0 1000; read 0 1000 }\n"
	"file 4 fault - : pwrite 0 8192; map 0 8192; { pwrite 0 10 | store 5000 10; "
	"none }\n"
	"end\n";

/* When each operation of a block ran, in microseconds; main's come before and behind. */
struct times {
	unsigned begin, end;
};

static const struct times seen[] = { { 0, 50 }, { 1, 20 }, { 21, 22 } };
static const struct times sizes[] = { { 0, 10 }, { 5, 20 }, { 21, 22 } };
static const struct times *const times[] = { seen, seen, sizes, seen, seen };

static void set_times(const struct tp_file *f, size_t i, size_t first, struct tp_event *e)
{
	uint64_t start = 1000000 + 1000000 * (uint64_t)i;

	e->actor = f->seq.ops[i].actor;
	if (e->actor) {
		const struct times *t = &times[f->id][i - first];

		start = 5000000 + 1000 * (uint64_t)t->begin;
		e->begin_ns = start;
		e->end_ns = 5000000 + 1000 * (uint64_t)t->end;
		return;
	}
	e->begin_ns = start + (i > first ? 10000000 : 0);
	e->end_ns = e->begin_ns + 1000;
}

/* What of one file's history is otherwise. */
static struct {
	int file, drop; /* no event of this operation */
	int op;         /* this one saw size, ended with err, or read what op 1 wrote */
	uint64_t size;
	int err;
	bool old;
	size_t read_new; /* operation whose read saw the new bytes */
} twisted;

static void one_event(const struct tp_file *f, struct model *m, size_t i, size_t first)
{
	static struct model before;
	bool mine = twisted.file == (int)f->id;
	struct tp_event e;

	perform(m, f, i);
	if (i == 0)
		before = *m;
	e = event_of(f, i, m);
	set_times(f, i, first, &e);
	if (f->seq.ops[i].kind == TP_OP_KIND_WAIT_SIZE)
		e.size = 4096;
	if (mine && twisted.op == (int)i && twisted.size)
		e.size = twisted.size;
	if (mine && twisted.op == (int)i && twisted.err) {
		e.err = twisted.err;
		e.result = 0;
	}
	if (mine && twisted.drop == (int)i)
		return;
	frame(TP_FRAME_EVENTS, &e, sizeof(e));
	if (tp_ops[f->seq.ops[i].kind].effect == TP_EFFECT_READ)
		data_frame(&e, mine && twisted.old && twisted.op == (int)i ? &before : m,
			   &f->seq.ops[i]);
}

static void one_history(const struct tp_file *f)
{
	static struct model m;
	struct tp_event close = { .file = f->id, .op = TP_EVENT_CLOSE };
	size_t first = 0;

	m = (struct model){ 0 };
	while (f->seq.ops[first].actor == 0)
		first++;
	for (size_t i = 0; i < f->seq.nr; i++)
		one_event(f, &m, i, first);
	close.size = m.size;
	frame(TP_FRAME_EVENTS, &close, sizeof(close));
}

static void fresh_race(void)
{
	fresh();
	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++)
		one_history(&w.mount->files[i]);
	text("unmounted");
	frame(TP_FRAME_END, NULL, 0);
}

static void twist_op(int file, int op)
{
	twisted.file = file;
	twisted.op = op;
	twisted.drop = -1;
	twisted.size = 0;
	twisted.err = 0;
	twisted.old = false;
}

static void pass_but(const char *scenario, const char *name)
{
	static const char *const all[] = { "seen", "unseen", "sizes", "reads", "fault" };
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (strcmp(all[i], scenario) != 0 &&
		    (!record(all[i]) || record(all[i])->verdict != TP_PASS)) {
			verdict_is(all[i], TP_PASS, name);
			wrong++;
		}
	is_int(wrong, 0, name);
}

static void test_bytes(void)
{
	twist_op(-1, -1);
	fresh_race();
	judge();
	pass_but("", "nothing wrong: all pass");
	plant(0, 3000, "\0\0\0\0\0\0\0", 8);
	judge();
	finds("seen", TP_LOST, 3000, 3008,
	      "op 5 \"store 3000 8\"|op 3 \"pwrite 4095 1\" of actor 1|(0.0-50.0 us)|"
	      "of actor 2 saw size 4096 (1.0-20.0 us)|was under way when op 5 ran|"
	      "op 4 saw its size 4096 at 20.0 us|no order of these operations",
	      "lost behind the size that was seen");
	pass_but("seen", "lost behind the size that was seen: all others pass");
	fresh_race();
	plant(1, 3000, "\0\0\0\0\0\0\0", 8);
	judge();
	pass_but("", "lost, but it may have been behind the size: all pass");
	plant_op(1, 3000, 8, 1, 0, 0);
	judge();
	finds("unseen", TP_STALE, 3000, 3008, "op 5 \"store 3000 8\"|, or zero", "never was there");
}

static void test_seen(void)
{
	twist_op(2, 3);
	twisted.size = 2000;
	fresh_race();
	judge();
	finds("sizes", TP_SIZE, 0, 0,
	      "op 4 \"size\" saw size 2000|3000 then|op 3 \"truncate 3000\" of actor 2|(5.0-20.0 "
	      "us)",
	      "a size that no order makes");
	twist_op(3, 2);
	twisted.old = true;
	fresh_race();
	judge();
	pass_but("", "a racing read saw the old bytes: all pass");
	twist_op(3, 3);
	twisted.old = true;
	fresh_race();
	judge();
	finds("reads", TP_STALE, 0, 1000,
	      "found bytes of an older generation, op 1|no order of the racing operations|seen by "
	      "op 4 \"read 0 1000\" of actor 2 (21.0-22.0 "
	      "us)",
	      "the second read saw them, the first had not");
	pass_but("reads", "the second read saw them: all others pass");
	twist_op(4, 3);
	twisted.err = TP_SIGBUS;
	fresh_race();
	judge();
	finds("fault", TP_RESULT, 0, 0, "ended with SIGBUS|8192 behind the race",
	      "a fault inside the file");
}

/* Is the history whole as its frames tell?  Their padding means nothing. */
static bool sound(void)
{
	struct tp_history h = { .data = (const unsigned char *)w.frames.text, .len = w.frames.len };

	while (tp_history_next(&h))
		;
	return h.ended && h.skipped == 0;
}

static void test_damage(void)
{
	unsigned passed = 0;

	for (int op = 2; op < 5; op++) {
		twist_op(1, -1);
		twisted.drop = op;
		fresh_race();
		judge();
		verdict_is("unseen", TP_BROKEN, "an event of the block is missing");
		reason_has("unseen", "f00001: the history ends before op",
			   "an event of the block is missing: which");
		pass_but("unseen", "an event of the block is missing: all others pass");
	}
	plant(1, 100, "", 1);
	judge();
	finds("unseen", TP_LOST, 100, 101, "op 1", "lost where no racing operation was");
	twist_op(-1, -1);
	fresh_race();
	for (size_t at = 40; at < w.frames.len; at += 29) {
		w.frames.text[at] ^= 1;
		if (sound()) {
			w.frames.text[at] ^= 1;
			continue;
		}
		judge();
		passed += record(TP_FILE_SYSTEM)->verdict == TP_PASS;
		for (size_t i = 0; i < w.report.nr; i++)
			passed += w.report.records[i].verdict == TP_FAIL;
		w.frames.text[at] ^= 1;
	}
	is_int(passed, 0, "single flipped bits: never PASS, never a finding");
	passed = 0;
	for (size_t len = w.frames.len - 16; len > 64; len -= len / 7) {
		w.frames.len = len;
		judge();
		for (size_t i = 0; i < w.report.nr; i++)
			passed += w.report.records[i].verdict == TP_PASS ||
				  w.report.records[i].verdict == TP_FAIL;
	}
	is_int(passed, 0, "a history cut anywhere: never PASS, never a finding");
}

int main(void)
{
	tp_program = "test-judge-race";
	begin(plan_text);
	test_bytes();
	test_seen();
	test_damage();
	end();
	return done();
}
