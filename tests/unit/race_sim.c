// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race_sim.c - the oracle beside a simulated file system
 *
 * One that is right must never be reported, whatever races; one that is wrong
 * in one way must be, in a fair share of the histories in which that shows.
 *
 * TP_SIM_ROUNDS=1000000 makes it a million histories; TP_SIM_SEED gives others;
 * TP_SIM_WRONG_ROUNDS says how many for each mutation.
 */
#include "base/buf.h"
#include "sim/sim.h"
#include "sim/verdict.h"
#include "tap.h"

static struct sim sim, wrong;

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void tell(const struct sim *s, const struct tp_seq *seq, uint64_t seed, const char *why)
{
	struct tp_buf line = { 0 };

	tp_seq_print(seq, &line);
	diag("seed %" PRIu64 ": %s\n%s", seed, why, line.text);
	for (size_t i = 0; i < seq->nr; i++)
		if (s->seen[i])
			diag("  %zu: actor %u %" PRIu64 "-%" PRIu64 " result %" PRId64
			     " size %" PRIu64 " err %d",
			     i + 1, seq->ops[i].actor, s->seen[i]->begin_ns, s->seen[i]->end_ns,
			     s->seen[i]->result, s->seen[i]->size, s->seen[i]->err);
	tp_buf_free(&line);
}

static uint64_t seed_of(uint64_t first, uint64_t round)
{
	return tp_mix64(first * 1000003 + round);
}

static void sequence_of(uint64_t seed, struct tp_seq *seq)
{
	struct tp_prng random = { seed };

	sim_sequence(seq, &random);
}

/* Some events are lost: those of an actor from some point on, or single ones. */
static void lose_events(struct sim *s, const struct tp_seq *seq, struct tp_prng *r)
{
	size_t from = tp_prng_below(r, seq->nr), nr = 1 + tp_prng_below(r, 3), gone = SIZE_MAX;

	for (size_t i = from; i < seq->nr && i < from + nr; i++) {
		if (seq->ops[i].actor == 0)
			break;
		s->seen[i] = NULL;
		gone = i;
	}
	for (size_t i = gone == SIZE_MAX ? seq->nr : gone; i < seq->nr; i++)
		if (seq->ops[i].actor == 0 && tp_prng_below(r, 2))
			s->seen[i] = NULL;
}

static void test_honest(uint64_t first, uint64_t rounds, bool lossy)
{
	uint64_t red = 0, whole = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t seed = seed_of(first, i);
		struct tp_prng random = { seed + 1 };
		struct tp_seq seq;
		bool all;
		char *why;

		sequence_of(seed, &seq);
		sim_run(&sim, &seq, seed, SIM_NONE);
		if (lossy)
			lose_events(&sim, &seq, &random);
		why = sim_verdict(&sim, &seq, &all);
		whole += all;
		if (why && red++ < 3)
			tell(&sim, &seq, seed, why);
		free(why);
		tp_seq_free(&seq);
	}
	ok(red == 0, "%" PRIu64 " random histories%s: none is reported", rounds,
	   lossy ? " of which events were lost" : "");
	diag("%" PRIu64 " of them judged whole", whole);
	if (!lossy)
		ok(whole > rounds - rounds / 100 - 1, "nearly all are judged whole");
}

static bool shows(const struct tp_seq *seq)
{
	if (sim.size != wrong.size || memcmp(sim.mem, wrong.mem, sizeof(sim.mem)) != 0)
		return true;
	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_event *a = sim.seen[i], *b = wrong.seen[i];

		if (!a != !b)
			return true;
		if (!a)
			continue;
		if (a->result != b->result || a->size != b->size || a->err != b->err)
			return true;
		if (tp_ops[seq->ops[i].kind].effect == TP_EFFECT_READ && a->result > 0 &&
		    memcmp(sim.data[i], wrong.data[i], (size_t)a->result) != 0)
			return true;
	}
	return false;
}

static const char *const texts[] = {
#define M(id, text) text,
	SIM_MUTATIONS(M)
#undef M
};

/* What must be found at least, of 100 in which the mutation made a difference.  Most
 * of the others are what some order of the operations would have done too. */
static const unsigned least[SIM_NR_MUTATIONS] = {
	[SIM_LOST_STORE] = 80,
	[SIM_LATE_ZERO] = 15,
	[SIM_SIZE_BACK] = 60,
	[SIM_STALE_BLOCK] = 70,
	[SIM_TORN] = 90,
	[SIM_WRONG_SHIFT] = 80,
	[SIM_WRONG_PAGE] = 85,
	[SIM_ZEROING_EXTENSION] = 85,
	[SIM_KEPT_TAIL] = 60,
	[SIM_LOST_SIZE] = 70,
	[SIM_STALE_READ] = 65,
	[SIM_LOST_WRITEBACK] = 85,
	[SIM_LATE_COPY] = 50,
	[SIM_DOUBLE_APPEND] = 90,
	[SIM_DROPPING_INSERT] = 70,
	[SIM_LATE_WRITE] = 80,
	[SIM_EXPOSED_TAIL] = 1,
	[SIM_ZERO_READ] = 85,
	[SIM_OLD_SIZE] = 50,
	[SIM_DEEP_CUT] = 85,
	[SIM_WIDE_ZERO] = 75,
	[SIM_LYING_COUNT] = 70,
};

static void test_mutation(enum sim_mutation m, uint64_t first, uint64_t rounds)
{
	uint64_t shown = 0, found = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t seed = seed_of(first, i);
		struct tp_seq seq;
		char *why = NULL;
		bool all;

		sequence_of(seed, &seq);
		sim_run(&wrong, &seq, seed, m);
		if (wrong.hit) {
			sim_run(&sim, &seq, seed, SIM_NONE);
			if (shows(&seq)) {
				shown++;
				why = sim_verdict(&wrong, &seq, &all);
				found += why != NULL;
			}
		}
		free(why);
		tp_seq_free(&seq);
	}
	ok(found > 0 && found * 100 >= shown * least[m],
	   "%s: found in %" PRIu64 " of %" PRIu64 " histories (%" PRIu64 "%%)", texts[m], found,
	   shown, shown ? found * 100 / shown : 0);
}

int main(void)
{
	uint64_t rounds = number("TP_SIM_ROUNDS", 8000), first = number("TP_SIM_SEED", 1);
	uint64_t wrong_rounds = number("TP_SIM_WRONG_ROUNDS", 600);

	sim.ident = wrong.ident = (struct tp_ident){ UINT64_C(0x7a11), 5, 0 };
	test_honest(first, rounds, false);
	test_honest(first, rounds / 10, true);
	for (int m = SIM_NONE + 1; m < SIM_NR_MUTATIONS && wrong_rounds; m++)
		test_mutation((enum sim_mutation)m, first, wrong_rounds);
	return done();
}
