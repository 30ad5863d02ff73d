// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * follow.c - every order in which the pieces of racing operations may be done
 *
 * A set of pieces that holds with each piece all that must come before it is
 * what may have been done at some moment.  From the empty set to the full one,
 * size by size, each set gets the states that any of its last pieces leads to:
 * all orders are followed, though no order is ever written down.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/prng.h"
#include "model/follow.h"
#include "model/spans.h"

/* More than this is not worth the time: a second or so of one processor. */
#define MOST_SETS   20000   /* with the same number of pieces */
#define MOST_STEPS  2000000 /* in all */
#define MOST_STATES 64      /* of one set */

/* The sets with the same number of pieces. */
struct layer {
	uint64_t *bits; /* words for each */
	struct tp_states *states;
	size_t nr;
	uint32_t *table; /* hash table of indices + 1; a power of two of them */
	size_t room;
};

static bool has(const uint64_t *set, size_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static void put(uint64_t *set, size_t i)
{
	set[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Must a be done before b? */
static bool ordered(const struct tp_race_op *a, const struct tp_race_op *b)
{
	if (a->op->actor == b->op->actor)
		return a->index < b->index;
	return a->end_ns < b->begin_ns;
}

void tp_follow_init(struct tp_follow *f, struct tp_race *r, const struct tp_states *before)
{
	const struct tp_pieces *all = &f->pieces;

	*f = (struct tp_follow){ .r = r };
	tp_pieces_make(&f->pieces, r, before);
	f->words = all->nr / 64 + 1;
	f->before = tp_alloc((all->nr + 1) * f->words * sizeof(*f->before));
	for (size_t b = 0; b < all->nr; b++) {
		const struct tp_piece *p = &all->piece[b];

		for (size_t a = 0; a < all->nr; a++)
			if (a == p->after ||
			    (all->piece[a].op != p->op &&
			     ordered(&f->r->ops[all->piece[a].op], &f->r->ops[p->op])))
				put(f->before + b * f->words, a);
	}
}

void tp_follow_free(struct tp_follow *f)
{
	tp_pieces_free(&f->pieces);
	free(f->before);
}

/*
 * Layers.
 */
static uint64_t hash_of(const uint64_t *bits, size_t words)
{
	uint64_t h = 0;

	for (size_t i = 0; i < words; i++)
		h = tp_mix64(h ^ bits[i]);
	return h;
}

static void make_table(struct layer *l, size_t words)
{
	l->room = l->room ? l->room * 2 : 16;
	free(l->table);
	l->table = tp_alloc(l->room * sizeof(*l->table));
	for (size_t i = 0; i < l->nr; i++) {
		size_t at = hash_of(l->bits + i * words, words) & (l->room - 1);

		while (l->table[at])
			at = (at + 1) & (l->room - 1);
		l->table[at] = (uint32_t)i + 1;
	}
}

/* The states of this set; made, and empty, when it is new. */
static struct tp_states *set_of(struct layer *l, const uint64_t *bits, size_t words)
{
	size_t at;

	if (l->nr * 2 >= l->room)
		make_table(l, words);
	at = hash_of(bits, words) & (l->room - 1);
	for (; l->table[at]; at = (at + 1) & (l->room - 1))
		if (memcmp(l->bits + (l->table[at] - 1) * words, bits, words * sizeof(*bits)) == 0)
			return &l->states[l->table[at] - 1];
	l->bits = tp_grow(l->bits, l->nr, words * sizeof(*bits));
	l->states = tp_grow(l->states, l->nr, sizeof(*l->states));
	memcpy(l->bits + l->nr * words, bits, words * sizeof(*bits));
	l->states[l->nr] = (struct tp_states){ 0 };
	l->table[at] = (uint32_t)++l->nr;
	return &l->states[l->nr - 1];
}

static void layer_free(struct layer *l)
{
	for (size_t i = 0; i < l->nr; i++)
		tp_states_free(&l->states[i]);
	free(l->states);
	free(l->bits);
	free(l->table);
	*l = (struct layer){ 0 };
}

/*
 * One step: a set, and a piece more.
 */
static size_t first_of(const struct tp_follow *f, size_t piece)
{
	const struct tp_piece *all = f->pieces.piece;

	while (piece > 0 && all[piece - 1].op == all[piece].op)
		piece--;
	return piece;
}

/* The piece is done, and kept the lock: has it been given back? */
static bool given_back(const struct tp_follow *f, const uint64_t *set, size_t piece)
{
	const struct tp_piece *all = f->pieces.piece, *p = &all[piece];

	if (p->until != TP_NO_PIECE)
		return has(set, p->until);
	for (size_t i = first_of(f, piece); i < f->pieces.nr && all[i].op == p->op; i++)
		if (!has(set, i))
			return false;
	return true;
}

static bool excludes(enum tp_lock held, enum tp_lock wanted)
{
	if (held == TP_LOCK_NONE || wanted == TP_LOCK_NONE)
		return false;
	if (held == TP_LOCK_DIRECT || wanted == TP_LOCK_DIRECT)
		return held == TP_LOCK_LAYOUT || wanted == TP_LOCK_LAYOUT;
	return true;
}

/* What operations under way mean for the next piece: who holds the lock, who grows
 * the file, who has read what it will write elsewhere. */
struct under_way {
	struct tp_growing growing;
	size_t holder[TP_MAX_ACTORS * 2]; /* pieces that hold */
	size_t nr_holders;
	size_t copy[TP_MAX_ACTORS * 8]; /* deposits to be done */
	size_t nr_copies;
	bool many;
};

static void look_at(const struct tp_follow *f, const uint64_t *set, size_t i, struct under_way *u)
{
	const struct tp_piece *p = &f->pieces.piece[i];

	if (has(set, i)) {
		if (p->hold && u->nr_holders < ARRAY_SIZE(u->holder) && !given_back(f, set, i))
			u->holder[u->nr_holders++] = i;
		return;
	}
	if (p->kind == TP_PIECE_DEPOSIT && has(set, first_of(f, i))) {
		u->many |= u->nr_copies == ARRAY_SIZE(u->copy);
		if (!u->many)
			u->copy[u->nr_copies++] = i;
	}
	if (p->kind != TP_PIECE_GROW || p->after == TP_NO_PIECE || !has(set, p->after))
		return;
	if (p->end > u->growing.target)
		u->growing.target = p->end;
	if (u->growing.step == 0 || p->step < u->growing.step)
		u->growing.step = p->step;
}

static bool held(const struct tp_follow *f, const struct under_way *u, const struct tp_piece *p)
{
	for (size_t i = 0; i < u->nr_holders; i++) {
		const struct tp_piece *h = &f->pieces.piece[u->holder[i]];

		if (h->op != p->op && excludes(h->lock, p->lock))
			return true;
	}
	return false;
}

/* A copy under way may have read its bytes before this step or may read them now. */
static void capture_again(const struct tp_follow *f, const struct under_way *u, size_t piece,
			  struct tp_oracle *o)
{
	for (size_t i = 0; i < u->nr_copies; i++) {
		const struct tp_piece *p = &f->pieces.piece[u->copy[i]];
		struct tp_oracle now;

		if (u->copy[i] == piece)
			continue;
		now = tp_oracle_clone(o);
		tp_spans_copy(&now, p->start, tp_shadow_at(p, f->r), p->end - p->start);
		tp_spans_unite(o, &now, false);
		tp_oracle_free(&now);
	}
}

static void note_size(struct tp_race_op *op, uint64_t size)
{
	for (unsigned i = 0; i < op->nr_sizes; i++)
		if (op->sizes[i] == size)
			return;
	if (op->nr_sizes < TP_RACE_SIZES)
		op->sizes[op->nr_sizes++] = size;
}

static void collect(struct tp_race *r, const struct tp_piece *p, const struct tp_oracle *o)
{
	struct tp_race_op *op = &r->ops[p->op];

	if (p->observes && op->refuted)
		note_size(op, o->size);
	if (p->kind == TP_PIECE_SEE) {
		struct tp_oracle part = tp_oracle_clone(o);

		tp_spans_drop(&part, 0, p->start);
		tp_spans_drop(&part, p->end, UINT64_MAX);
		if (op->might.size == 0)
			op->might = tp_oracle_clone(&part);
		else
			tp_spans_unite(&op->might, &part, true);
		op->might.size = p->end;
		tp_oracle_free(&part);
	}
}

static void step(struct tp_follow *f, const struct tp_states *from, const struct under_way *u,
		 size_t piece, struct tp_states *to)
{
	const struct tp_piece *p = &f->pieces.piece[piece];
	const struct tp_race_op *op = &f->r->ops[p->op];
	bool check = !op->refuted && !(f->pieces.unsure_size && p->observes);

	for (size_t i = 0; i < from->nr; i++) {
		struct tp_oracle o = tp_oracle_clone(&from->alt[i]);

		if (f->collect)
			collect(f->r, p, &o);
		if (tp_piece_apply(p, f->r, &o, &u->growing, check)) {
			capture_again(f, u, piece, &o);
			tp_states_add(to, &o);
		}
		tp_oracle_free(&o);
		if (p->maybe) {
			o = tp_oracle_clone(&from->alt[i]);
			tp_states_add(to, &o);
		}
	}
	f->too_many |= u->many || to->nr > MOST_STATES || ++f->steps > MOST_STEPS;
}

/* Every piece that may come next. */
static void steps(struct tp_follow *f, const uint64_t *set, const struct tp_states *from,
		  struct layer *next)
{
	const struct tp_pieces *all = &f->pieces;
	uint64_t *bits = tp_alloc(f->words * sizeof(*bits)), first_end = UINT64_MAX;
	struct under_way u = { .nr_holders = 0 };
	size_t base = 0, stop;

	while (base < all->nr && has(set, base))
		base++;
	while (base > 0 && base < all->nr && all->piece[base - 1].op == all->piece[base].op)
		base--;
	for (stop = base; stop < all->nr; stop++) {
		const struct tp_race_op *op = &f->r->ops[all->piece[stop].op];

		if (op->begin_ns > first_end)
			break; /* it and all behind it begin after the end of one not done */
		if (!has(set, stop) && op->end_ns < first_end)
			first_end = op->end_ns;
		look_at(f, set, stop, &u);
	}
	memcpy(bits, set, f->words * sizeof(*bits));
	for (size_t i = base; i < stop && !f->too_many; i++) {
		bool ready = !has(set, i) && !held(f, &u, &all->piece[i]);

		for (size_t w = 0; w < f->words && ready; w++)
			ready = (f->before[i * f->words + w] & ~set[w]) == 0;
		if (!ready)
			continue;
		put(bits, i);
		step(f, from, &u, i, set_of(next, bits, f->words));
		bits[i / 64] = set[i / 64];
	}
	free(bits);
}

bool tp_follow(struct tp_follow *f, const struct tp_states *before, struct tp_states *behind)
{
	struct layer now = { 0 }, next = { 0 };
	uint64_t *none = tp_alloc(f->words * sizeof(*none));
	struct tp_states *first = set_of(&now, none, f->words);
	bool some = true;

	free(none);
	for (size_t i = 0; i < before->nr; i++) {
		struct tp_oracle o = tp_oracle_clone(&before->alt[i]);

		o.reach = o.size;
		tp_states_add(first, &o);
	}
	for (size_t i = 0; i < f->pieces.nr && some && !f->too_many; i++) {
		some = false;
		for (size_t k = 0; k < now.nr && !f->too_many; k++) {
			if (now.states[k].nr == 0)
				continue;
			some = true;
			steps(f, now.bits + k * f->words, &now.states[k], &next);
			tp_states_free(&now.states[k]);
		}
		f->r->followed += now.nr;
		f->too_many |= next.nr > MOST_SETS;
		layer_free(&now);
		now = next;
		next = (struct layer){ 0 };
	}
	*behind = (struct tp_states){ 0 };
	if (now.nr == 1 && some && !f->too_many) {
		*behind = now.states[0];
		now.states[0] = (struct tp_states){ 0 };
	}
	layer_free(&now);
	return behind->nr > 0;
}
