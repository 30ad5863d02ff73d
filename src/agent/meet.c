// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * meet.c - how the actors of a block find each other
 *
 * They spin, so that all of them are on a CPU when they go on; who spins long,
 * or with fewer CPUs than actors, lets others run in between.
 */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "agent/init.h"
#include "agent/race.h"
#include "base/clock.h"

#define PATIENCE 2000                            /* turns before the first sched_yield */
#define LOOKS 32                                 /* at the size, between two of them */
#define GIVE_UP_NS UINT64_C(5000000000)
#define ALL_WAIT_NS UINT64_C(200000000)

/* The fields of meeting.state. */
#define HERE UINT64_C(1)
#define LEFT (UINT64_C(1) << 8)                  /* have not ended */
#define BUSY (UINT64_C(1) << 16)                 /* ... and do not wait */
#define MET (UINT64_C(1) << 32)                  /* times */

static unsigned here(uint64_t s)
{
	return s & 0xff;
}

static unsigned left(uint64_t s)
{
	return s / LEFT & 0xff;
}

static unsigned busy(uint64_t s)
{
	return s / BUSY & 0xff;
}

static unsigned met(uint64_t s)
{
	return (unsigned)(s / MET);
}

void meeting_begin(struct meeting *m, unsigned actors, bool yield)
{
	atomic_store(&m->state, actors * (LEFT + BUSY));
	m->yield = yield;
}

/* When the last one is here, all are busy again and the next meeting is open. */
static uint64_t completed(uint64_t s)
{
	return here(s) && here(s) == left(s) ? s - here(s) * HERE + here(s) * BUSY + MET : s;
}

void meeting_spin(const struct meeting *m, unsigned turn)
{
	if (m->yield || turn > PATIENCE)
		sched_yield();
#if defined(__x86_64__) || defined(__i386__)
	else
		__builtin_ia32_pause();
#endif
}

void meeting_wait(struct meeting *m)
{
	uint64_t old = atomic_load(&m->state);

	while (!atomic_compare_exchange_weak(&m->state, &old, completed(old + HERE - BUSY)))
		;
	for (unsigned turn = 0; met(atomic_load(&m->state)) == met(old); turn++)
		meeting_spin(m, turn);
}

void meeting_leave(struct meeting *m)
{
	uint64_t old = atomic_load(&m->state);

	while (!atomic_compare_exchange_weak(&m->state, &old, completed(old - LEFT - BUSY)))
		;
}

void meeting_spin_until(const struct meeting *m, uint64_t ns)
{
	while (tp_now_ns() < ns)
		if (m && m->yield)
			sched_yield();
}

/*
 * It is one already.  But not in User-Mode Linux: what a process maps that was forked
 * beside other threads may show it a page that one of these has unmapped meanwhile (seen
 * on 6.1.176: three stores of one file stood in another one, at the same offsets).
 */
void do_process(struct task *t, struct tp_event *ev)
{
	(void)t;
	if (init_is_uml())
		set_error(ev, EOPNOTSUPP);
}

/* Who waits for others does not hang: they are watched. */
void do_meet(struct task *t, struct tp_event *ev)
{
	(void)ev;
	atomic_store(&t->w->progress->since_ns, 0);
	meeting_wait(&t->block->meeting);
}

void do_spin(struct task *t, struct tp_event *ev)
{
	meeting_spin_until(t->block ? &t->block->meeting : NULL, ev->begin_ns + t->op->arg[0]);
}

/* The wait itself was done before the first operation, by all who had to wait:
 * this only says how long it was. */
void do_offset(struct task *t, struct tp_event *ev)
{
	ev->result = (int64_t)t->block->delay_ns[t->op->actor - 1];
}

/* Can nobody make the file longer any more?  Who waits may be about to go on: he
 * gets time to say so. */
static bool hopeless(const struct meeting *m, uint64_t *all_wait_ns)
{
	uint64_t s = atomic_load(&m->state), now;

	if (left(s) == 1)
		return true;
	if (busy(s)) {
		*all_wait_ns = 0;
		return false;
	}
	now = tp_now_ns();
	if (!*all_wait_ns)
		*all_wait_ns = now;
	return now > *all_wait_ns + ALL_WAIT_NS;
}

/*
 * The size as lseek(2) tells it, which is the quickest of all ways: what is to be
 * raced may be over within 200 ns of the size's change.
 */
static bool look(const struct task *t, struct tp_event *ev)
{
	off_t size = lseek(t->fd, 0, SEEK_END);

	set_result(ev, size < 0 ? -1 : 0);
	ev->size = size < 0 ? 0 : (uint64_t)size;
	return size < 0 || ev->size >= t->op->arg[0];
}

/* A wait-size while it waits. */
struct waiting {
	struct task *t;
	struct tp_event *ev;
	uint64_t all_wait_ns;
};

/* Every so many looks: let others run, and see whether there is hope. */
static bool waited_long(struct waiting *w, unsigned turn)
{
	const struct meeting *m = &w->t->block->meeting;

	if (!m->yield && turn % LOOKS != 0)
		return false;
	meeting_spin(m, turn);
	return hopeless(m, &w->all_wait_ns) || tp_now_ns() > w->ev->begin_ns + GIVE_UP_NS;
}

/* Look until the size is there; false when it will not come. */
static bool wait_until_seen(void *ctx)
{
	struct waiting *w = ctx;
	unsigned turn = 0;

	while (!look(w->t, w->ev))
		if (waited_long(w, ++turn) && !look(w->t, w->ev))
			return false;
	w->ev->end_ns = w->t->early.begin_ns = tp_now_ns();
	return true;
}

/* Does the actor store next? */
static bool stores_next(const struct task *t)
{
	const struct tp_op *next = t->op + 1;

	return t->index + 1 < t->block->to && next->actor == t->op->actor &&
	       next->kind == TP_OP_KIND_STORE;
}

void do_wait_size(struct task *t, struct tp_event *ev)
{
	struct meeting *m = &t->block->meeting;
	struct waiting w = { .t = t, .ev = ev };
	bool seen;

	t->early = (struct early){ 0 };
	atomic_fetch_sub(&m->state, BUSY);
	if (stores_next(t))
		seen = store_when(t, t->index + 1, wait_until_seen, &w);
	else
		seen = wait_until_seen(&w);
	atomic_fetch_add(&m->state, BUSY);
	if (!seen)
		set_error(ev, ETIMEDOUT);
}
