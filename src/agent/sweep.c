// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sweep.c - offset: start one actor at every place in the other's duration
 *
 * How long the actors of a block take is learned from the files before it: a
 * running median for blocks of the same operations.  The window of a sweep
 * reaches from "it ends as the others begin" to "it begins as they end"; a file
 * has one of N places in it, with jitter inside its place.  Until something is
 * known, all begin at once.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/race.h"
#include "base/digest.h"
#include "base/prng.h"

#define KINDS 256               /* of blocks that are remembered, a power of 2 */
#define SAMPLES 15
#define ENOUGH 3                /* samples before places are used */
#define LONGEST_NS 10000000     /* nobody spins longer for a place */

struct learned {
	uint64_t key;           /* 0: free */
	unsigned nr;            /* samples seen */
	uint32_t ns[TP_MAX_ACTORS][SAMPLES];
};

struct sweeps {
	pthread_mutex_t lock;
	struct learned kinds[KINDS];
};

struct sweeps *sweeps_new(void)
{
	struct sweeps *s = calloc(1, sizeof(*s));

	if (s)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

/* Blocks with the same operations in the same scenario are of one kind. */
static uint64_t key_of(const struct task *t, const struct block *b)
{
	const char *scenario = t->file->scenario;
	uint64_t key = tp_digest_of(scenario, strlen(scenario));

	for (uint16_t i = b->from; i < b->to; i++) {
		const struct tp_op *op = &t->file->seq.ops[i];

		key = tp_mix64(key + (uint64_t)op->kind * TP_MAX_ACTORS + op->actor);
	}
	return key ? key : 1;
}

/* The entry of this kind, free or not; NULL when the table is full. */
static struct learned *find(struct sweeps *s, uint64_t key)
{
	for (unsigned i = 0; i < KINDS; i++) {
		struct learned *l = &s->kinds[(key + i) % KINDS];

		if (l->key == key || l->key == 0)
			return l;
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t median(const struct learned *l, unsigned actor)
{
	unsigned nr = l->nr < SAMPLES ? l->nr : SAMPLES;
	uint32_t sorted[SAMPLES];

	memcpy(sorted, l->ns[actor - 1], nr * sizeof(sorted[0]));
	qsort(sorted, nr, sizeof(sorted[0]), by_size);
	return sorted[nr / 2];
}

/* What the actor begins with, once it is a process or not. */
static const struct tp_op *first_op(const struct task *t, const struct block *b, unsigned actor)
{
	uint16_t i = b->from;

	while (t->file->seq.ops[i].actor != actor)
		i++;
	if (t->file->seq.ops[i].kind == TP_OP_KIND_PROCESS && i + 1 < b->to &&
	    t->file->seq.ops[i + 1].actor == actor)
		i++;
	return &t->file->seq.ops[i];
}

/* When the actor begins, counted from the begin of those who have no offset. */
static int64_t begin_ns(const struct task *t, const struct learned *l, const struct tp_op *op,
			uint64_t other)
{
	struct tp_prng r = { t->w->run->key + ((uint64_t)t->file->id << 8) + op->actor };
	uint64_t own = median(l, op->actor), window, place;

	own = own < LONGEST_NS ? own : LONGEST_NS;
	other = other < LONGEST_NS ? other : LONGEST_NS;
	window = own + other;
	place = tp_prng_below(&r, window / op->arg[1] + 1);
	place += (uint64_t)((unsigned __int128)window * (op->arg[0] - 1) / op->arg[1]);
	return (int64_t)place - (int64_t)own;
}

/* The one that must begin first begins at the meeting, the others later. */
static void set_delays(const struct task *t, const struct learned *l, struct block *b,
		       unsigned anchor)
{
	uint64_t other = median(l, anchor);
	int64_t at[TP_MAX_ACTORS] = { 0 }, first = 0;

	for (unsigned actor = 1; actor <= b->actors; actor++) {
		const struct tp_op *op = first_op(t, b, actor);

		if (op->kind == TP_OP_KIND_OFFSET)
			at[actor - 1] = begin_ns(t, l, op, other);
		first = at[actor - 1] < first ? at[actor - 1] : first;
	}
	for (unsigned i = 0; i < b->actors; i++)
		b->delay_ns[i] = (uint64_t)(at[i] - first);
}

void sweep_plan(struct sweeps *s, const struct task *t, struct block *b)
{
	const struct learned *l;
	unsigned anchor = 0;

	for (unsigned actor = b->actors; actor >= 1; actor--)
		if (first_op(t, b, actor)->kind == TP_OP_KIND_OFFSET)
			b->swept = true;
		else
			anchor = actor;
	if (!b->swept || !anchor)
		return;
	pthread_mutex_lock(&s->lock);
	l = find(s, key_of(t, b));
	if (l && l->nr >= ENOUGH)
		set_delays(t, l, b, anchor);
	pthread_mutex_unlock(&s->lock);
}

void sweep_learn(struct sweeps *s, const struct task *t, const struct block *b)
{
	struct learned *l;

	if (!b->swept || atomic_load(&b->stopped))
		return;
	pthread_mutex_lock(&s->lock);
	l = find(s, key_of(t, b));
	if (l) {
		l->key = key_of(t, b);
		for (unsigned i = 0; i < b->actors; i++)
			l->ns[i][l->nr % SAMPLES] =
				b->took_ns[i] < UINT32_MAX ? (uint32_t)b->took_ns[i] : UINT32_MAX;
		l->nr++;
	}
	pthread_mutex_unlock(&s->lock);
}
