// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt.c - decisions of a bisection, how sure they are, and the files of a hunt
 */
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/prng.h"
#include "base/stat.h"
#include "plan/hunt.h"
#include "report/huntfile.h"
#include "tap.h"

#define KIND(k) (1u << (k))

static char path[] = "/tmp/tailpage-unit.XXXXXX";
static char said[1024];

/* Verdicts */

static void test_statuses(void)
{
	static const struct {
		const char *name;
		enum tp_tried tried;
		int status;
	} rows[] = {
		{ "good", TP_TRIED_GOOD, 0 },
		{ "bad", TP_TRIED_BAD, 1 },
		{ "skip", TP_TRIED_SKIP, 125 },
		{ "stop", TP_TRIED_STOP, 128 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		is_int(tp_tried_status(rows[i].tried), rows[i].status, rows[i].name);
		is_int(tp_tried_find(rows[i].name), rows[i].tried, "its name is known");
	}
	ok(tp_tried_status(TP_TRIED_DOUBT) >= 128 && tp_tried_status(TP_TRIED_MORE) >= 128,
	   "what is not decided is no verdict for git");
	is_int(tp_tried_find("fine"), -1, "another word is none");
}

static void test_detected(void)
{
	static const int stops[] = { -2, 2, 77, 99, 124, 126, 127, 128, 137, 255 };
	bool all = true;

	is_int(tp_hunt_detected(0), TP_RUN_CLEAN, "0 is clean");
	is_int(tp_hunt_detected(1), TP_RUN_HIT, "1 is a hit");
	is_int(tp_hunt_detected(125), TP_RUN_ABSENT, "125 cannot be tested");
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
		all &= tp_hunt_detected(stops[i]) == TP_RUN_STOP;
	ok(all, "everything else is our fault");
}

/* A report of the case and of the file system it ran on. */
static enum tp_run_outcome outcome(enum tp_verdict v, uint32_t kinds, enum tp_verdict fs_v,
				   uint32_t fs_kinds, const struct tp_hunt *h)
{
	struct tp_record records[2] = {
		{ .verdict = v, .kinds = kinds, .files = v == TP_SKIP ? 0 : 5 },
		{ .verdict = fs_v, .kinds = fs_kinds },
	};
	const struct tp_report rep = { .records = records, .nr = 2 };

	return tp_hunt_outcome(h, &rep);
}

static void test_outcomes(void)
{
	const struct tp_hunt lost = { .kinds = KIND(TP_LOST) };
	const struct tp_hunt any = { .other_bad = true };
	const struct tp_hunt log = { .kinds = KIND(TP_KERNEL_LOG) };
	struct tp_report none = { 0 }, stopped = { .interrupted = (char *)"2 cases" };

	is_int(outcome(TP_PASS, 0, TP_PASS, 0, &lost), TP_RUN_CLEAN, "all passed: clean");
	is_int(outcome(TP_FAIL, KIND(TP_LOST), TP_PASS, 0, &lost), TP_RUN_HIT, "FAIL: a hit");
	is_int(outcome(TP_KNOWN, KIND(TP_LOST), TP_PASS, 0, &lost), TP_RUN_HIT, "KNOWN: a hit");
	is_int(outcome(TP_FAIL, KIND(TP_LOST) | KIND(TP_STALE), TP_FAIL, KIND(TP_FSCK), &lost),
	       TP_RUN_HIT, "among others: a hit");
	is_int(outcome(TP_FAIL, KIND(TP_STALE), TP_PASS, 0, &lost), TP_RUN_OTHER, "another kind");
	is_int(outcome(TP_FAIL, KIND(TP_STALE), TP_PASS, 0, &any), TP_RUN_HIT,
	       "another kind, where any will do");
	is_int(outcome(TP_PASS, 0, TP_FAIL, KIND(TP_KERNEL_LOG), &log), TP_RUN_HIT,
	       "a hit in the kernel's messages");
	is_int(outcome(TP_BROKEN, 0, TP_PASS, 0, &lost), TP_RUN_UNTOLD, "BROKEN is not clean");
	is_int(outcome(TP_PASS, 0, TP_BROKEN, 0, &lost), TP_RUN_UNTOLD,
	       "half of it BROKEN neither");
	is_int(outcome(TP_FAIL, 0, TP_PASS, 0, &lost), TP_RUN_UNTOLD,
	       "FAIL without a kind neither");
	is_int(outcome(TP_BROKEN, 0, TP_FAIL, KIND(TP_PANIC), &lost), TP_RUN_OTHER, "a panic");
	is_int(outcome(TP_SKIP, 0, TP_SKIP, 0, &lost), TP_RUN_ABSENT, "SKIP: absent");
	is_int(tp_hunt_outcome(&lost, &none), TP_RUN_UNTOLD, "an empty report is not clean");
	is_int(tp_hunt_outcome(&lost, &stopped), TP_RUN_STOP, "an interrupted one neither");
}

static void test_learn(void)
{
	struct tp_record records[] = {
		{ .verdict = TP_PASS },
		{ .verdict = TP_KNOWN, .kinds = KIND(TP_FSCK) | KIND(TP_STALE) },
		{ .verdict = TP_FAIL, .kinds = KIND(TP_PANIC) },
	};
	struct tp_report rep = { .records = records, .nr = 1 };

	is_int(tp_hunt_learn(&rep), 0, "nothing to learn where nothing fails");
	rep.nr = 3;
	is_int(tp_hunt_learn(&rep), KIND(TP_STALE), "the sharpest kind is learnt");
}

/* Words of outcomes until a verdict: c, h, o(ther), a(bsent), u(ntold), s(top). */
static void trial(const char *runs, uint64_t needed, enum tp_tried want, const char *name)
{
	static const char letters[] = "choaus";
	struct tp_tally t = { .needed = needed };
	enum tp_tried v = TP_TRIED_MORE;
	size_t at = 0;

	for (; runs[at] && v == TP_TRIED_MORE; at++)
		v = tp_tally_run(&t, (enum tp_run_outcome)(strchr(letters, runs[at]) - letters));
	ok(v == want && !runs[at], "%s: %s", runs, name);
}

static void test_trials(void)
{
	trial("cc", 3, TP_TRIED_MORE, "not decided");
	trial("ccc", 3, TP_TRIED_GOOD, "good");
	trial("h", 3, TP_TRIED_BAD, "one failure will do");
	trial("cch", 3, TP_TRIED_BAD, "in the last run too");
	trial("oh", 3, TP_TRIED_BAD, "behind another failure too");
	trial("cco", 3, TP_TRIED_SKIP, "another failure is not good");
	trial("occ", 3, TP_TRIED_SKIP, "whenever it comes");
	trial("ooo", 99, TP_TRIED_SKIP, "three will do");
	trial("a", 3, TP_TRIED_SKIP, "no such case");
	trial("ccucuc", 4, TP_TRIED_GOOD, "what told nothing is run again");
	trial("ccuu", 4, TP_TRIED_MORE, "and does not count as clean");
	trial("ucuu", 4, TP_TRIED_DOUBT, "three times is too often");
	trial("cs", 3, TP_TRIED_STOP, "the machine");
}

/* Numbers */

static void test_needed(void)
{
	struct tp_hunt h = { .alpha = 0.05, .steps = 5, .most_runs = 400 };
	double spent = 0, rate;

	is_int((int64_t)tp_hunt_needed(&h, 0), -1, "without a calibration no number is enough");
	h.runs = h.hits = 20;
	rate = tp_hunt_rate(&h);
	ok(fabs(rate - pow(0.025, 1.0 / 20)) < 1e-9, "the rate is the lower bound at alpha/2");
	is_int((int64_t)tp_hunt_needed(&h, 0), (int64_t)ceil(log(0.025 / 6) / log(1 - rate)),
	       "ln(alpha/2/(k+1)) / ln(1-p)");
	ok(tp_hunt_needed(&h, 4) == tp_hunt_needed(&h, 0), "the expected steps are alike");
	ok(tp_hunt_needed(&h, 5) >= tp_hunt_needed(&h, 4), "those behind them need more");
	h.hits = 4;
	for (uint64_t i = 0; i < 200; i++)
		spent += tp_hunt_missed(&h, tp_hunt_needed(&h, i));
	ok(spent > 0.02 && spent <= 0.025, "however many steps: %.5f of 0.025 is spent", spent);
	ok(tp_hunt_needed(&h, 5000) > 1000, "no end of steps is too much for it");
	is_int((int64_t)tp_hunt_steps(0), 0, "no commits, no steps");
	is_int((int64_t)tp_hunt_steps(1), 0, "one commit, no steps");
	is_int((int64_t)tp_hunt_steps(2), 1, "two commits, one step");
	is_int((int64_t)tp_hunt_steps(30), 5, "30 commits, five steps");
	is_int((int64_t)tp_hunt_steps(16384), 14, "16,384 commits, 14 steps");
}

/* A detector that fails in a share p of its runs on bad commits, and never on others. */
static enum tp_run_outcome detect(struct tp_prng *r, bool bad, double p)
{
	double drawn = (double)(tp_prng_next(r) >> 11) * 0x1p-53;

	return bad && drawn < p ? TP_RUN_HIT : TP_RUN_CLEAN;
}

static void calibrate(struct tp_hunt *h, struct tp_prng *r, double p)
{
	uint64_t runs = 0, hits = 0;

	while (!tp_hunt_calibrated(h, runs, hits)) {
		runs++;
		hits += detect(r, true, p) == TP_RUN_HIT;
	}
	h->runs = runs;
	h->hits = hits;
}

/* The bisection of git among nr commits in a row: is `first` found?  needed 0: as many
 * clean runs as the hunt says. */
static bool finds(const struct tp_hunt *h, struct tp_prng *r, double p, uint64_t nr, uint64_t first,
		  uint64_t needed)
{
	uint64_t low = 0, high = nr, decided = 0; /* low is good, high is bad */

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		struct tp_tally t = { .needed = needed ? needed : tp_hunt_needed(h, decided) };
		enum tp_tried v = TP_TRIED_MORE;

		while (v == TP_TRIED_MORE)
			v = tp_tally_run(&t, detect(r, middle >= first, p));
		decided++;
		if (v == TP_TRIED_BAD)
			high = middle;
		else
			low = middle;
	}
	return high == first;
}

#define BISECTIONS 200

static unsigned wrong_of(double p, double alpha, uint64_t needed, uint64_t seed)
{
	struct tp_prng r = { seed };
	unsigned wrong = 0;

	for (unsigned i = 0; i < BISECTIONS; i++) {
		uint64_t nr = 2 + tp_prng_below(&r, 5000);
		struct tp_hunt h = { .alpha = alpha, .steps = tp_hunt_steps(nr), .most_runs = 400 };

		calibrate(&h, &r, p);
		wrong += !finds(&h, &r, p, nr, 1 + tp_prng_below(&r, nr), needed);
	}
	return wrong;
}

/* What is promised: at most alpha of the results are wrong. */
static void test_confidence(void)
{
	static const double rates[] = { 0.95, 0.5, 0.2, 0.05 };

	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		unsigned wrong = wrong_of(rates[i], 0.05, 0, 1 + i);

		ok(wrong <= 10, "p = %g, alpha = 0.05: %u of %d bisections are wrong", rates[i],
		   wrong, BISECTIONS);
	}
	ok(wrong_of(0.2, 0.4, 0, 5) <= 80, "alpha = 0.4: at most 80 of %d", BISECTIONS);
	ok(wrong_of(0.2, 0.05, 5, 6) > 100, "with five runs each most of them are wrong");
}

/* Files */

static void test_hunt_file(void)
{
	char *words[] = { (char *)"--files", (char *)"20" };
	const struct tp_hunt h = {
		.tree = (char *)"/a b/linux",
		.good = (char *)"aa",
		.bad = (char *)"bb",
		.case_name = (char *)"x/1k",
		.kernel = (char *)"qemu",
		.words = words,
		.nr_words = 2,
		.other_bad = true,
		.kinds = KIND(TP_LOST) | KIND(TP_HANG),
		.most_runs = 300,
		.alpha = 0.01,
		.steps = 14,
		.runs = 40,
		.hits = 7,
	};
	struct tp_hunt back, other = h;
	char *text;
	size_t len;
	unsigned bad = 0;

	is_int(tp_hunt_save(&h, path), 0, "a hunt is saved");
	is_int(tp_hunt_load(path, &back), 0, "and loaded");
	ok(tp_hunt_same(&h, &back) && back.kinds == h.kinds && back.runs == 40 && back.hits == 7 &&
		   !back.seq,
	   "all of it came back");
	tp_hunt_free(&back);
	other.hits = 8;
	ok(tp_hunt_same(&h, &other), "another answer is the same question");
	other.alpha = 0.02;
	ok(!tp_hunt_same(&h, &other), "another alpha is another question");
	tp_read_file(path, &text, &len);
	for (size_t cut = 0; cut + 2 < len; cut++) {
		tp_write_file(path, text, cut);
		bad += tp_hunt_load(path, &back) == 0;
	}
	is_int(bad, 0, "cut anywhere it is refused");
	free(text);
}

static void refused(const char *from, const char *to, const char *message)
{
	const struct tp_hunt h = { .tree = (char *)"t",
				   .kernel = (char *)"uml",
				   .most_runs = 9,
				   .alpha = 0.05,
				   .runs = 5,
				   .hits = 5,
				   .detector = (char *)"d" };
	struct tp_hunt back;
	struct tp_buf changed = { 0 };
	char *text, *at;

	tp_hunt_save(&h, path);
	tp_read_file(path, &text, NULL);
	at = strstr(text, from);
	if (ok(at != NULL, "%s is in the file", from)) {
		tp_buf_add(&changed, text, (size_t)(at - text));
		tp_buf_printf(&changed, "%s%s", to, at + strlen(from));
		tp_write_file(path, changed.text, changed.len);
		ok(tp_hunt_load(path, &back) < 0, "%s is refused", to);
		has_str(said, message, "and why");
	}
	tp_buf_free(&changed);
	free(text);
}

static void append(const char *phase, const char *commit, enum tp_tried v, uint64_t runs,
		   const char *why)
{
	const struct tp_tested t = {
		.phase = (char *)(uintptr_t)phase,
		.commit = (char *)(uintptr_t)commit,
		.subject = (char *)"caf\xe9 \"x\"",
		.verdict = v,
		.build_s = 1.5,
		.seconds = 2.5,
		.tally = { 26, runs, 1, 2, 3 },
		.why = (char *)(uintptr_t)why,
	};

	is_int(tp_tested_append(path, &t), 0, "a line of the log is written");
}

static void test_log(void)
{
	struct tp_tested_list list;
	const struct tp_tested *t;
	char *text;
	size_t len;
	int fd;

	unlink(path);
	is_int(tp_tested_load(path, &list) || list.nr, 0, "no log is an empty log");
	append("step", "abc", TP_TRIED_SKIP, 0, "it does not build");
	append("good", "abc", TP_TRIED_GOOD, 26, NULL);
	append("step", "abc", TP_TRIED_BAD, 3, NULL);
	append("step", "abc", TP_TRIED_STOP, 4, "disk full");
	is_int(tp_tested_load(path, &list), 0, "the log is read");
	t = tp_tested_find(&list, "step", "abc");
	ok(t && t->verdict == TP_TRIED_BAD && t->tally.runs == 3 && t->tally.hits == 1 &&
		   t->tally.others == 2 && t->tally.untold == 3 && t->tally.needed == 26 && !t->why,
	   "the last verdict of the phase counts, a stop is none");
	ok(!tp_tested_find(&list, "step", "abd"), "another commit was not tested");
	is_str(list.t[0].why, "it does not build", "the reason came back");
	tp_tested_list_free(&list);

	tp_read_file(path, &text, &len);
	fd = open(path, O_WRONLY);
	ok(fd >= 0 && ftruncate(fd, (off_t)len - 9) == 0 && close(fd) == 0, "the last line is cut");
	is_int(tp_tested_load(path, &list), 0, "what was written to its end is read");
	is_int((int64_t)list.nr, 3, "and no more");
	tp_tested_list_free(&list);
	append("step", "abd", TP_TRIED_GOOD, 26, NULL);
	is_int(tp_tested_load(path, &list), 0, "the next line stands in a line of its own");
	is_int((int64_t)list.nr, 4, "beside the others");
	tp_tested_list_free(&list);
	text[3] = '!';
	tp_write_file(path, text, len);
	ok(tp_tested_load(path, &list) < 0, "a damaged line is refused");
	has_str(said, ":1: ", "and its place is told");
	free(text);
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 99;
	close(fd);
	tp_error_capture(said, sizeof(said));
	if (!freopen("/dev/null", "w", stderr))
		return 99;
	test_statuses();
	test_detected();
	test_outcomes();
	test_learn();
	test_trials();
	test_needed();
	test_confidence();
	test_hunt_file();
	refused("\"alpha\": 0.0", "\"alpha\": 7.0", "out of range");
	refused("\"hits\": 5", "\"hits\": 6", "out of range");
	refused("\"runs\": 5", "\"runs\": -5", "out of range");
	refused("\"kinds\": [", "\"kinds\": [\"frob\"", "right words");
	refused("\"tree\": \"t\"", "\"tree\": 7", "Expected string");
	refused("\"debug\"", "\"debag\"", "debug");
	test_log();
	unlink(path);
	return done();
}
