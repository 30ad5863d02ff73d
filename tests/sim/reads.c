// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reads.c - the simulator's page faults, reads and fstat
 */
#include <errno.h>
#include <string.h>

#include "fibre.h"

bool sim_fault(struct fibre *f, unsigned page)
{
	struct world *w = f->w;

	while (!w->pte[page]) {
		if (w->invalidate >= 0 && w->invalidate != (int)f->actor) {
			sim_pause(f); /* whoever moves blocks keeps faults out */
			continue;
		}
		if ((uint64_t)page * SIM_PAGE >= w->s->size)
			return false;
		w->pte[page] = true;
	}
	return true;
}

/* The bytes [from, to) of one page, copied in two steps. */
static void copy_out(struct fibre *f, size_t index, const struct tp_op *op, uint64_t from,
		     uint64_t to)
{
	struct world *w = f->w;
	unsigned page = (unsigned)(from / SIM_PAGE);
	unsigned char was[SIM_PAGE], *out = w->s->data[index] - op->arg[0];
	uint32_t gone = w->gone[page];
	uint64_t mid = from + tp_prng_below(&w->random, to - from + 1);

	memcpy(was, w->s->mem + page * SIM_PAGE, SIM_PAGE);
	for (int half = 0; half < 2; half++) {
		uint64_t a = half ? mid : from, b = half ? to : mid;
		const unsigned char *src = w->s->mem;

		sim_pause(f);
		/* The page was taken out of the cache: the reader has the old one still. */
		if (w->gone[page] != gone)
			src = was - page * SIM_PAGE;
		if (sim_strikes(w, SIM_STALE_READ))
			src = w->before;
		memcpy(out + a, src + a, b - a);
		if (b - a >= SIM_BLOCK && sim_strikes(w, SIM_ZERO_READ))
			memset(out + a, 0, SIM_BLOCK);
	}
}

void sim_do_read(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t pos = op->arg[0], end = op->arg[0] + op->arg[1];

	while (pos < end) {
		uint64_t to = (pos / SIM_PAGE + 1) * SIM_PAGE, size;

		while (w->invalidate >= 0)
			sim_pause(f);
		size = w->s->size;
		if (pos >= size)
			break;
		to = to < size ? to : size;
		to = to < end ? to : end;
		copy_out(f, e->op, op, pos, to);
		pos = to;
		if (to == size)
			break;
		sim_pause(f);
	}
	e->result = (int64_t)(pos - op->arg[0]);
}

void sim_do_load(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;
	uint64_t pos = op->arg[0], end = op->arg[0] + op->arg[1];

	while (pos < end) {
		uint64_t to = (pos / SIM_PAGE + 1) * SIM_PAGE;

		to = to < end ? to : end;
		for (uint64_t x = pos; x < to; x++) {
			if ((x == pos || sim_coin(w, 30)) &&
			    !sim_fault(f, (unsigned)(x / SIM_PAGE))) {
				e->err = TP_SIGBUS;
				e->result = (int64_t)(pos - op->arg[0]);
				return;
			}
			w->s->data[e->op][x - op->arg[0]] = w->s->mem[x];
			if (sim_strikes(w, SIM_STALE_READ))
				w->s->data[e->op][x - op->arg[0]] = w->before[x];
			if (sim_coin(w, 30))
				sim_pause(f);
			if (!w->pte[x / SIM_PAGE] && !sim_fault(f, (unsigned)(x / SIM_PAGE))) {
				e->err = TP_SIGBUS;
				e->result = (int64_t)(pos - op->arg[0]);
				return;
			}
		}
		pos = to;
	}
	e->result = (int64_t)op->arg[1];
}

void sim_do_size(struct fibre *f, const struct tp_op *op, struct tp_event *e)
{
	struct world *w = f->w;

	for (int i = 0; op->kind == TP_OP_KIND_WAIT_SIZE && i < 60; i++) {
		if (w->s->size >= op->arg[0])
			break;
		sim_pause(f);
	}
	e->size = w->s->size;
	if (sim_strikes(w, SIM_OLD_SIZE))
		e->size = w->size_before;
	if (op->kind == TP_OP_KIND_WAIT_SIZE && e->size < op->arg[0]) {
		e->err = ETIMEDOUT;
		e->result = -1;
	}
}
