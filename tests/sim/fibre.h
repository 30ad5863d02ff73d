// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fibre.h - what the simulator's operations see of time, locks and the file
 */
#ifndef TP_TESTS_SIM_FIBRE_H
#define TP_TESTS_SIM_FIBRE_H

#include <ucontext.h>

#include "sim.h"

#define STACK_BYTES (48 << 10)

struct world;

/* An actor: a thread of simulated time. */
struct fibre {
	struct world *w;
	unsigned actor;
	size_t next, end; /* operations still to be done */
	uint64_t wake;
	bool alive;
	ucontext_t context;
	char *stack;
};

/* Something that a mutation does after the end of its operation. */
struct late {
	bool due;
	uint64_t at, len;
	unsigned char bytes[SIM_BYTES];
};

struct world {
	struct sim *s;
	const struct tp_seq *seq;
	struct tp_prng random, chance;
	enum sim_mutation mutation;
	uint64_t now;
	int inode, invalidate;           /* actors that hold the locks; -1: nobody */
	unsigned direct;                 /* direct writes in flight */
	unsigned filling;                /* writes between bytes and size: their page is locked */
	bool pte[SIM_PAGES];             /* is mapped */
	uint32_t gone[SIM_PAGES];        /* how often the page was taken out of the cache */
	uint64_t touched[SIM_BYTES];     /* when the cache was written last */
	uint64_t directs;                /* how many direct writes have begun */
	unsigned char before[SIM_BYTES]; /* the file before the block */
	uint64_t size_before;
	unsigned char synced[SIM_BYTES]; /* at an fsync */
	bool have_synced;
	struct late late;
	struct fibre fibre[SIM_ACTORS];
	ucontext_t scheduler;
};

/* Let time go by, and others act. */
void sim_pause(struct fibre *f);
bool sim_coin(struct world *w, unsigned of);
/* Does the mutation m strike here? */
bool sim_strikes(struct world *w, enum sim_mutation m);
/* Take the inode's lock; layout: and wait for direct writes. */
void sim_lock(struct fibre *f, bool layout);
void sim_unlock(struct fibre *f);

/* effects.c: one operation. */
void sim_do(struct fibre *f, size_t index, struct tp_event *e);
/* reads.c */
void sim_do_read(struct fibre *f, const struct tp_op *op, struct tp_event *e);
void sim_do_load(struct fibre *f, const struct tp_op *op, struct tp_event *e);
void sim_do_size(struct fibre *f, const struct tp_op *op, struct tp_event *e);
/* The page is mapped; false: SIGBUS. */
bool sim_fault(struct fibre *f, unsigned page);

#endif
