// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * orders.h - every order of a block of operations, in a world of single bytes
 *
 * An operation is a few steps, each of them one moment.  All orders of the steps of a
 * block that its times and locks allow are gone through, and what they led to is noted.
 */
#ifndef TP_TESTS_ORDERS_H
#define TP_TESTS_ORDERS_H

#include "model/history.h"
#include "model/oracle.h"

#define PAGE   64
#define BYTES  320
#define MOST   10 /* steps of a block */
#define SIZES  48
#define VALUES 8

/* What an operation does at one moment. */
enum step_kind {
	BYTES_IN,
	GROW,
	STORE_PAGE,
	CUT,
	CUT_DONE,
	ZERO,
	ZERO_PERHAPS,
	EXPOSE,
	SHUT,
	OPEN,
	SEEN
};

struct step {
	enum step_kind kind;
	size_t op;
	unsigned start, end;
	bool last; /* of its operation */
	bool locks;
	unsigned unit; /* GROW: sizes on the way are multiples of it */
};

struct world {
	unsigned size, reach;
	uint16_t op[BYTES * 2];
	int made[BYTES * 2];
};

/* The operations in question, and what the orders led to. */
struct orders {
	struct tp_seq seq;
	struct tp_event events[16];
	const struct tp_event *seen[16];
	size_t first;
	struct step steps[MOST + 8];
	size_t nr;
	bool done[MOST + 8];
	unsigned sizes[SIZES];
	size_t nr_sizes;
	struct {
		uint16_t op;
		int made;
	} value[SIZES][BYTES * 2][VALUES];
	unsigned nr_values[SIZES][BYTES * 2];
	uint64_t nr_orders;
	bool too_many;
};

extern struct orders orders;

/* effects.c: what operations do.  orders_steps() adds the steps of one of the block. */
void world_put(struct world *w, unsigned from, unsigned to, uint16_t op);
void orders_steps(size_t op);

/* One step, and with each of the worlds that it may lead to what is left of the block. */
void orders_take(struct world *w, const struct step *s);

/* orders.c: all orders of the steps that are not done yet. */
void orders_go(const struct world *w);

#endif
