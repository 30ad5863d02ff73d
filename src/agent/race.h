// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * race.h - what the parts of the agent that run a block share
 */
#ifndef TP_AGENT_RACE_H
#define TP_AGENT_RACE_H

#include "agent/agent.h"

/*
 * Where the actors of a block wait for each other.  One word, so that nobody
 * needs a lock that could put him to sleep: how often they have met, how many
 * have not ended, how many of these do not wait, and how many are here.
 */
struct meeting {
	_Atomic uint64_t state;
	bool yield;     /* fewer CPUs than actors: spinning keeps the others away */
};

void meeting_begin(struct meeting *m, unsigned actors, bool yield);
/* Wait until everybody who has not ended is here. */
void meeting_wait(struct meeting *m);
/* This actor has ended: nobody waits for it any more. */
void meeting_leave(struct meeting *m);
/* Be patient without sleeping; turn counts the calls. */
void meeting_spin(const struct meeting *m, unsigned turn);
/* Compute until this moment of CLOCK_MONOTONIC; m may be NULL. */
void meeting_spin_until(const struct meeting *m, uint64_t ns);

/*
 * op_map.c: do the store with this index as soon as when() returns true, with
 * nothing in between: its do_store only reports it.  when() is called once and
 * sets t->early.begin_ns if it returns true.  Returns what when() did.
 */
bool store_when(struct task *t, uint16_t index, bool (*when)(void *ctx), void *ctx);

/* One block while its actors race; in shared memory. */
struct block {
	unsigned actors;
	uint16_t from, to;                /* its operations */
	struct meeting meeting;
	_Atomic bool stopped;             /* an operation ended as it must not */
	bool swept;                       /* an actor begins with offset */
	unsigned processes;               /* actors that are processes, ... */
	_Atomic unsigned forked;          /* ... and how many of these are here */
	uint64_t delay_ns[TP_MAX_ACTORS]; /* from the meeting to the begin */
	uint64_t took_ns[TP_MAX_ACTORS];  /* from the begin to the end */
};

/* race.c: all operations of the task's actor, from the meeting on. */
void act(struct task *t, unsigned actor);
/* process.c: the same in a process of its own; returns when that has ended. */
void act_apart(struct task *t, unsigned actor);

/* sweep.c: what was learned of how long blocks take; set the delays of this one. */
struct sweeps *sweeps_new(void);
void sweep_plan(struct sweeps *s, const struct task *t, struct block *b);
/* Learn from it, when it has ended. */
void sweep_learn(struct sweeps *s, const struct task *t, const struct block *b);

#endif
