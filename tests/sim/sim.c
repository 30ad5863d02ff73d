// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sim.c - simulated time: who acts next
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "fibre.h"

static char *stacks; /* of all fibres, kept from run to run */

bool sim_coin(struct world *w, unsigned of)
{
	return tp_prng_below(&w->random, of) == 0;
}

bool sim_strikes(struct world *w, enum sim_mutation m)
{
	if (w->mutation != m || tp_prng_below(&w->chance, 4) == 0)
		return false;
	w->s->hit = true;
	return true;
}

void sim_pause(struct fibre *f)
{
	/* Mostly short, sometimes long: others do a lot meanwhile. */
	f->wake = f->w->now + 1 + tp_prng_below(&f->w->random, sim_coin(f->w, 4) ? 100 : 10);
	swapcontext(&f->context, &f->w->scheduler);
}

void sim_lock(struct fibre *f, bool layout)
{
	struct world *w = f->w;

	while (w->inode >= 0 || (layout && w->direct))
		sim_pause(f);
	w->inode = (int)f->actor;
}

void sim_unlock(struct fibre *f)
{
	f->w->inode = -1;
}

static bool expected(const struct tp_op *op, int err)
{
	return err == 0 || (op->expect != TP_EXPECT_OK && err == op->expect_err);
}

static void fibre_main(unsigned high, unsigned low)
{
	struct fibre *f = (void *)((uintptr_t)high << 32 | low);
	struct world *w = f->w;

	for (; f->next < f->end; f->next++) {
		struct tp_event *e = &w->s->events[f->next];

		*e = (struct tp_event){ .op = (uint16_t)f->next,
					.actor = (uint8_t)f->actor,
					.begin_ns = w->now };
		if (f->actor)
			sim_pause(f);
		sim_do(f, f->next, e);
		if (f->actor)
			sim_pause(f);
		e->end_ns = w->now;
		w->s->seen[f->next] = e;
		if (!expected(&w->seq->ops[f->next], e->err))
			break;
		if (f->actor)
			sim_pause(f);
	}
	f->alive = false;
	swapcontext(&f->context, &w->scheduler);
}

static void start(struct world *w, unsigned actor, size_t from, size_t to)
{
	struct fibre *f = &w->fibre[actor];
	uintptr_t at = (uintptr_t)f;

	*f = (struct fibre){ .w = w,
			     .actor = actor,
			     .next = from,
			     .end = to,
			     .alive = true,
			     .wake = w->now + 1 + tp_prng_below(&w->random, 20),
			     .stack = stacks + (size_t)actor * STACK_BYTES };
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = STACK_BYTES;
	f->context.uc_link = NULL;
	makecontext(&f->context, (void (*)(void))fibre_main, 2, (unsigned)(at >> 32), (unsigned)at);
}

/* Writeback zeroes what stands behind the size in its page, at any time but while a
 * write has it locked. */
static void writeback(struct world *w)
{
	uint64_t size = w->s->size;

	if (!w->filling && size % SIM_PAGE && sim_coin(w, 8))
		memset(w->s->mem + size, 0, SIM_PAGE - size % SIM_PAGE);
}

/* Until all fibres have ended. */
static void schedule(struct world *w)
{
	for (;;) {
		struct fibre *next = NULL;

		for (unsigned a = 0; a < SIM_ACTORS; a++)
			if (w->fibre[a].alive && (!next || w->fibre[a].wake < next->wake))
				next = &w->fibre[a];
		if (!next)
			return;
		w->now = next->wake > w->now ? next->wake : w->now + 1;
		writeback(w);
		swapcontext(&w->scheduler, &next->context);
	}
}

static bool stopped(const struct world *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!w->s->seen[i] || !expected(&w->seq->ops[i], w->s->seen[i]->err))
			return true;
	return false;
}

static void run_block(struct world *w, size_t from, size_t to)
{
	memcpy(w->before, w->s->mem, sizeof(w->before));
	w->size_before = w->s->size;
	for (size_t i = from, k; i < to; i = k) {
		for (k = i; k < to && w->seq->ops[k].actor == w->seq->ops[i].actor; k++)
			;
		start(w, w->seq->ops[i].actor, i, k);
	}
	schedule(w);
	if (w->late.due)
		memcpy(w->s->mem + w->late.at, w->late.bytes, w->late.len);
	w->late.due = false;
	if (w->have_synced) /* only as far as there are pages still */
		memcpy(w->s->mem, w->synced, w->s->size);
	w->have_synced = false;
}

void sim_run(struct sim *s, const struct tp_seq *seq, uint64_t seed, enum sim_mutation m)
{
	struct world *w = tp_alloc(sizeof(*w));
	size_t end;

	if (!stacks)
		stacks = tp_alloc((size_t)SIM_ACTORS * STACK_BYTES);
	memset(s->mem, 0, sizeof(s->mem));
	memset(s->seen, 0, sizeof(s->seen));
	s->size = 0;
	s->hit = false;
	*w = (struct world){ .s = s,
			     .seq = seq,
			     .random = { seed },
			     .chance = { seed ^ 0x55 },
			     .mutation = m,
			     .now = 1,
			     .inode = -1,
			     .invalidate = -1 };
	for (size_t i = 0; i < seq->nr; i = end) {
		if (tp_seq_block(seq, i, &end)) {
			run_block(w, i, end);
		} else {
			start(w, 0, i, end);
			schedule(w);
		}
		if (stopped(w, i, end))
			break;
	}
	/* What is behind the size never reaches the disk. */
	memset(s->mem + s->size, 0, SIM_BYTES - s->size);
	free(w);
}
