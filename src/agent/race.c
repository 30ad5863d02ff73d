// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.c - a block: several actors on one file at the same time
 *
 * The worker's own thread is actor 1; a thread for each other actor is made at
 * the worker's first block that has it and sleeps between blocks.  A thread whose
 * actor is a process forks it and waits for its end.  All meet once more, spinning,
 * before anybody begins.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/init.h"
#include "agent/race.h"
#include "base/clock.h"
#include "base/error.h"

#define FORK_LOOK_US 50

/* Who may race now: a block whose actors have no CPUs of their own is none. */
struct cpus {
	pthread_mutex_t lock;
	pthread_cond_t back;
	unsigned nr, free;
	unsigned short id[CPU_SETSIZE];
};

/* The thread of one actor. */
struct helper {
	struct race *race;
	struct worker *w;
	pthread_cond_t go;
	bool called, made;
	int pinned;               /* to this CPU; -1: not yet */
	int cpu;                  /* where it shall run this time; -1: anywhere */
	struct task task;
};

struct race {
	pthread_mutex_t lock;
	pthread_cond_t done;
	unsigned running;
	bool quit;
	struct block *block;
	struct helper helpers[TP_MAX_ACTORS - 1];
};

int race_setup(struct run *r)
{
	cpu_set_t set;

	r->cpus = calloc(1, sizeof(*r->cpus));
	r->sweeps = sweeps_new();
	if (!r->cpus || !r->sweeps)
		return -ENOMEM;
	pthread_mutex_init(&r->cpus->lock, NULL);
	pthread_cond_init(&r->cpus->back, NULL);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		for (unsigned i = 0; i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, &set))
				r->cpus->id[r->cpus->nr++] = (unsigned short)i;
	if (!r->cpus->nr)
		r->cpus->nr = 1;
	r->cpus->free = r->cpus->nr;
	return 0;
}

/* Take a CPU for each actor, or all there are. */
static unsigned take_cpus(struct cpus *c, unsigned actors)
{
	unsigned want = actors < c->nr ? actors : c->nr;

	pthread_mutex_lock(&c->lock);
	while (c->free < want)
		pthread_cond_wait(&c->back, &c->lock);
	c->free -= want;
	pthread_mutex_unlock(&c->lock);
	return want;
}

static void give_cpus(struct cpus *c, unsigned nr)
{
	pthread_mutex_lock(&c->lock);
	c->free += nr;
	pthread_cond_broadcast(&c->back);
	pthread_mutex_unlock(&c->lock);
}

/* To make a process takes long: nobody spins for so long, which would only keep it away
 * from a CPU. */
static void await_processes(const struct block *b)
{
	while (atomic_load(&b->forked) < b->processes)
		usleep(FORK_LOOK_US);
}

void act(struct task *t, unsigned actor)
{
	struct block *b = t->block;
	uint64_t begin_ns;
	bool ok = true;

	await_processes(b);
	meeting_wait(&b->meeting);
	begin_ns = tp_now_ns() + b->delay_ns[actor - 1];
	if (b->delay_ns[actor - 1])
		meeting_spin_until(&b->meeting, begin_ns);
	for (uint16_t i = b->from; i < b->to && ok; i++)
		if (t->file->seq.ops[i].actor == actor)
			ok = run_step(t, i);
	b->took_ns[actor - 1] = tp_now_ns() - begin_ns;
	if (!ok)
		atomic_store(&b->stopped, true);
	meeting_leave(&b->meeting);
}

/* In User-Mode Linux none is: see do_process(). */
static bool is_apart(const struct tp_seq *seq, uint16_t from, unsigned actor)
{
	return tp_seq_apart(seq, from, actor) && !init_is_uml();
}

static void play(struct task *t, unsigned actor)
{
	if (is_apart(&t->file->seq, t->block->from, actor))
		act_apart(t, actor);
	else
		act(t, actor);
}

static void pin(struct helper *h)
{
	cpu_set_t set;

	if (h->cpu < 0 || h->cpu == h->pinned)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned)h->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		h->pinned = h->cpu;
}

static void *helper_main(void *arg)
{
	struct helper *h = arg;
	struct race *r = h->race;

	say_task(h->w->run);
	pthread_mutex_lock(&r->lock);
	for (;;) {
		while (!h->called && !r->quit)
			pthread_cond_wait(&h->go, &r->lock);
		if (!h->called)
			break;
		h->called = false;
		pthread_mutex_unlock(&r->lock);
		pin(h);
		name_thread(&h->task);
		play(&h->task, (unsigned)(h - r->helpers) + 2);
		pthread_mutex_lock(&r->lock);
		if (--r->running == 0)
			pthread_cond_signal(&r->done);
	}
	pthread_mutex_unlock(&r->lock);
	worker_release(h->w);
	return NULL;
}

static int make_helper(struct worker *w, unsigned index)
{
	struct helper *h = &w->race->helpers[index];
	int err;

	if (h->made)
		return 0;
	*h = (struct helper){ .race = w->race, .w = w + 1 + index, .pinned = -1 };
	pthread_cond_init(&h->go, NULL);
	err = pthread_create(&h->w->thread, NULL, helper_main, h);
	h->made = err == 0;
	return err ? tp_error(err, "cannot start the thread of actor %u", index + 2) : 0;
}

static struct race *race_new(void)
{
	struct race *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->block = shared_new(sizeof(*r->block));
	if (!r->block) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->done, NULL);
	return r;
}

/* The worker's threads for so many actors; a failure ends the agent's work. */
static bool have_helpers(struct worker *w, unsigned actors)
{
	int err = 0, none = 0;

	if (!w->race) {
		w->race = race_new();
		if (!w->race)
			err = tp_error(ENOMEM, "cannot run actors");
	}
	for (unsigned i = 0; err == 0 && i + 1 < actors; i++)
		err = make_helper(w, i);
	if (err < 0)
		atomic_compare_exchange_strong(&w->run->history->err, &none, err);
	return err == 0;
}

/* Each on a CPU of its own, as far as there are: the scheduler likes to wake a thread
 * beside who woke it. */
static int cpu_for(const struct cpus *c, unsigned index)
{
	int mine = sched_getcpu();
	unsigned at = 0;

	if (mine < 0 || c->nr < 2)
		return -1;
	while (at < c->nr && c->id[at] != mine)
		at++;
	return c->id[(at + 1 + index) % c->nr];
}

static void call(struct race *r, const struct task *t, unsigned actors)
{
	const struct cpus *c = t->w->run->cpus;

	pthread_mutex_lock(&r->lock);
	r->running = actors - 1;
	for (unsigned i = 0; i + 1 < actors; i++) {
		struct helper *h = &r->helpers[i];

		h->task = *t;
		h->task.w = h->w;
		h->cpu = cpu_for(c, i);
		h->called = true;
		pthread_cond_signal(&h->go);
	}
	pthread_mutex_unlock(&r->lock);
}

static void wait_all(struct race *r)
{
	pthread_mutex_lock(&r->lock);
	while (r->running)
		pthread_cond_wait(&r->done, &r->lock);
	pthread_mutex_unlock(&r->lock);
}

/* Mappings that an actor made are main's from now on; of several descriptors for
 * O_DIRECT one is enough. */
static void bring_home(struct task *t, const struct task *before, struct task *actor)
{
	for (unsigned i = 0; i < TP_MAX_SLOTS; i++)
		if (memcmp(&actor->map[i], &before->map[i], sizeof(t->map[i])) != 0)
			t->map[i] = actor->map[i];
	if (actor->direct_fd < 0 || actor->direct_fd == before->direct_fd)
		return;
	if (t->direct_fd < 0)
		t->direct_fd = actor->direct_fd;
	else
		close(actor->direct_fd);
}

bool race_block(struct task *t, uint16_t from, uint16_t to, unsigned actors)
{
	struct run *r = t->w->run;
	const struct task before = *t;
	struct race *race;
	struct block *b;
	unsigned cpus;

	if (!have_helpers(t->w, actors))
		return false;
	race = t->w->race;
	b = race->block;
	*b = (struct block){ .actors = actors, .from = from, .to = to };
	for (unsigned actor = 1; actor <= actors; actor++)
		b->processes += is_apart(&t->file->seq, from, actor);
	cpus = take_cpus(r->cpus, actors);
	meeting_begin(&b->meeting, actors, actors > r->cpus->nr);
	sweep_plan(r->sweeps, t, b);
	t->block = b;
	call(race, t, actors);
	play(t, 1);
	wait_all(race);
	t->block = NULL;
	t->ended_ns = 0;
	give_cpus(r->cpus, cpus);
	sweep_learn(r->sweeps, t, b);
	for (unsigned i = 0; i + 1 < actors; i++)
		bring_home(t, &before, &race->helpers[i].task);
	return !atomic_load(&b->stopped);
}

void race_release(struct worker *w)
{
	struct race *r = w->race;

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->quit = true;
	for (unsigned i = 0; i < TP_MAX_ACTORS - 1; i++)
		if (r->helpers[i].made)
			pthread_cond_signal(&r->helpers[i].go);
	pthread_mutex_unlock(&r->lock);
	for (unsigned i = 0; i < TP_MAX_ACTORS - 1; i++)
		if (r->helpers[i].made)
			pthread_join(r->helpers[i].w->thread, NULL);
	shared_free(r->block, sizeof(*r->block));
	free(r);
	w->race = NULL;
}
