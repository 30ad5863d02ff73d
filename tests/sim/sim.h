// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sim.h - a file system in memory, for tests of the oracle
 *
 * It holds one file, and performs a sequence with a block of actors in simulated
 * time: each operation takes effect step by step at random moments between its
 * begin and its end, as kernels do it (writes page by page, sizes after bytes,
 * truncates before they unmap), and records the events that the agent would.
 * What it does is always right; with a mutation, it is wrong in one way.
 *
 * Pages and blocks are small, so that few bytes make many cases.
 */
#ifndef TP_TESTS_SIM_H
#define TP_TESTS_SIM_H

#include "base/prng.h"
#include "model/history.h"
#include "model/op.h"
#include "model/pattern.h"

#define SIM_PAGE   64
#define SIM_BLOCK  16
#define SIM_BYTES  1024 /* no file is larger */
#define SIM_PAGES  (SIM_BYTES / SIM_PAGE)
#define SIM_OPS    64
#define SIM_ACTORS 5 /* main and four others */

/* One kind of wrong each. */
#define SIM_MUTATIONS(M)                                                       \
	M(NONE, "nothing wrong")                                               \
	M(LOST_STORE, "a store is lost")                                       \
	M(LATE_ZERO, "an extension zeroes the tail after its size was seen")   \
	M(SIZE_BACK, "an extension's size goes back")                          \
	M(STALE_BLOCK, "a punched block comes back")                           \
	M(TORN, "a write leaves one block out")                                \
	M(WRONG_SHIFT, "a collapse moves too far")                             \
	M(WRONG_PAGE, "a store goes to the next page")                         \
	M(ZEROING_EXTENSION, "an extension zeroes the last block")             \
	M(KEPT_TAIL, "a truncate does not zero what it cuts off")              \
	M(LOST_SIZE, "a write does not move the size")                         \
	M(STALE_READ, "a read returns what was there before the block")        \
	M(LOST_WRITEBACK, "what follows an fsync never reaches the disk")      \
	M(LATE_COPY, "a copy writes again after its end")                      \
	M(DOUBLE_APPEND, "a write is done twice, the second behind the first") \
	M(DROPPING_INSERT, "an insert drops a block")                          \
	M(LATE_WRITE, "a write takes effect again after its end")              \
	M(EXPOSED_TAIL, "an extension shows what was stored behind the size")  \
	M(ZERO_READ, "a read returns zeros for a block")                       \
	M(OLD_SIZE, "fstat returns an old size")                               \
	M(DEEP_CUT, "a truncate zeroes a whole block")                         \
	M(WIDE_ZERO, "a zeroed range is a block too long")                     \
	M(LYING_COUNT, "a write returns more than it wrote")

enum sim_mutation {
#define M(id, text) SIM_##id,
	SIM_MUTATIONS(M)
#undef M
		SIM_NR_MUTATIONS
};

/* What is left, and what was recorded. */
struct sim {
	struct tp_ident ident;
	unsigned char mem[SIM_BYTES];
	uint64_t size;
	struct tp_event events[SIM_OPS];
	const struct tp_event *seen[SIM_OPS]; /* NULL: did not run */
	unsigned char data[SIM_OPS][SIM_BYTES];
	bool hit; /* the mutation struck */
};

/* Perform seq; the same seed does the same, up to what a mutation changes. */
void sim_run(struct sim *s, const struct tp_seq *seq, uint64_t seed, enum sim_mutation m);

/* A random sequence: operations of main, a block, operations of main. */
void sim_sequence(struct tp_seq *seq, struct tp_prng *random);

#endif
