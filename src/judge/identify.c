// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * identify.c - who wrote these bytes?
 *
 * Tried in this order: zero, poison, the operations of the same file, then any
 * word of 8 bytes decoded with every candidate.  What explains most bytes wins.
 */
#include <string.h>

#include "judge/check.h"
#include "model/pattern.h"

/* Fewer matching bytes than this may be chance, unless they explain all. */
#define LEAST_BYTES 4
#define MAX_SHIFTS  32

static size_t run_of_zeros(const unsigned char *got, size_t len)
{
	size_t n = 0;

	while (n < len && got[n] == 0)
		n++;
	return n;
}

/* Poison stands at every block alike, so the offset in the file tells its phase. */
static size_t run_of_poison(uint64_t off, const unsigned char *got, size_t len)
{
	size_t n = 0;

	while (n < len && got[n] == (unsigned char)TP_POISON[(off + n) % TP_POISON_BYTES])
		n++;
	return n;
}

static bool writes(const struct tp_op *op)
{
	enum tp_effect effect = tp_ops[op->kind].effect;

	return effect == TP_EFFECT_WRITE || effect == TP_EFFECT_STORE;
}

/* How many bytes from off on are those that op made, moved by shift? */
static size_t run_of_op(const struct tp_op *op, const struct tp_ident *id, int64_t shift,
			uint64_t off, const unsigned char *got, size_t len)
{
	uint64_t start, end, made = off - (uint64_t)shift;
	unsigned char want[64];
	size_t n = 0;

	if (!tp_op_range(op, &start, &end) || made < start || made >= end)
		return 0;
	if (len > end - made)
		len = (size_t)(end - made);
	while (n < len) {
		size_t step = len - n < sizeof(want) ? len - n : sizeof(want), same = 0;

		tp_pattern_fill(id, made + n, want, step);
		while (same < step && got[n + same] == want[same])
			same++;
		n += same;
		if (same < step)
			break;
	}
	return n;
}

/* By how much this operation moves bytes, or 0. */
static int64_t move_of(const struct tp_op *op)
{
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_COPY:
		return (int64_t)(op->arg[1] - op->arg[0]);
	case TP_EFFECT_COLLAPSE:
		return -(int64_t)op->arg[1];
	case TP_EFFECT_INSERT:
		return (int64_t)op->arg[1];
	default:
		return 0;
	}
}

static bool has(const int64_t *shift, size_t nr, int64_t wanted)
{
	while (nr--)
		if (shift[nr] == wanted)
			return true;
	return false;
}

/* By how much the file's operations may have moved bytes, one or several that follow each
 * other; 0 first, then what takes the fewest. */
static size_t shifts_of(const struct tp_seq *seq, int64_t *shift)
{
	int64_t move[MAX_SHIFTS], sum;
	size_t nr = 1, moves = 0;

	shift[0] = 0;
	for (size_t i = 0; i < seq->nr && moves < MAX_SHIFTS; i++)
		if (move_of(&seq->ops[i]))
			move[moves++] = move_of(&seq->ops[i]);
	for (size_t many = 1; many <= moves; many++)
		for (size_t first = 0; first + many <= moves && nr < MAX_SHIFTS; first++) {
			sum = 0;
			for (size_t i = first; i < first + many; i++)
				sum += move[i];
			if (!has(shift, nr, sum))
				shift[nr++] = sum;
		}
	return nr;
}

static size_t own_operation(const struct tp_check *c, uint64_t off, const unsigned char *got,
			    size_t len, struct tp_source *source)
{
	const struct tp_file *file = c->s->file;
	int64_t shift[MAX_SHIFTS];
	size_t nr = shifts_of(&file->seq, shift), best = 0;

	for (size_t k = 0; k < nr; k++)
		for (size_t i = 0; i < file->seq.nr; i++) {
			const struct tp_ident id = { c->s->job->key, file->id, (uint16_t)i };
			size_t n;

			if (!writes(&file->seq.ops[i]))
				continue;
			n = run_of_op(&file->seq.ops[i], &id, shift[k], off, got, len);
			if (n <= best)
				continue;
			best = n;
			*source = (struct tp_source){ TP_FOUND_OWN, file->id, id.op, shift[k] };
		}
	return best;
}

/* Do the file's own operations, several perhaps, explain every byte? */
static bool mixture(const struct tp_check *c, uint64_t off, const unsigned char *got, size_t len)
{
	struct tp_source source;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = own_operation(c, off + i, got + i, len - i, &source);
		if (n == 0)
			return false;
	}
	return true;
}

/* Is there such an operation, and does it cover a place that is made modulo 2^31? */
static const struct tp_op *find_maker(const struct tp_check *c, const struct tp_ident *id,
				      uint64_t *made)
{
	const struct tp_mount *m = c->s->job->mount;
	const struct tp_op *op;
	uint64_t start, end;

	if (id->file >= m->nr_files || id->op >= m->files[id->file].seq.nr)
		return NULL;
	op = &m->files[id->file].seq.ops[id->op];
	if (!writes(op) || !tp_op_range(op, &start, &end))
		return NULL;
	start -= start % 8;
	*made = start + ((*made - start) & 0x7fffffff);
	return *made < end ? op : NULL;
}

/* A word at a multiple of 8 that decodes; lead bytes stand before it. */
static size_t decoded(const struct tp_check *c, uint64_t off, const unsigned char *got, size_t len,
		      struct tp_source *source)
{
	size_t lead = (size_t)(-off % 8);

	if (lead + 8 > len)
		return 0;
	for (unsigned candidate = 0; candidate < TP_PATTERN_CANDIDATES; candidate++) {
		struct tp_ident id = { .key = c->s->job->key };
		const struct tp_op *op;
		int64_t shift;
		uint64_t made;
		size_t n;

		if (!tp_pattern_decode(got + lead, candidate, &id, &made))
			continue;
		op = find_maker(c, &id, &made);
		if (!op)
			continue;
		shift = (int64_t)(off + lead - made);
		n = run_of_op(op, &id, shift, off, got, len);
		if (n < lead + 1)
			continue; /* the bytes before the word are of someone else */
		*source = (struct tp_source){
			id.file == c->s->file->id ? TP_FOUND_OWN : TP_FOUND_OTHER,
			id.file,
			id.op,
			shift,
		};
		return n;
	}
	return 0;
}

/* Nobody's bytes: up to the next word that may say more. */
static size_t unknown(uint64_t off, const unsigned char *got, size_t stretch)
{
	size_t n = (size_t)(8 - off % 8), zero = 1;

	while (zero < stretch && got[zero] != 0)
		zero++;
	if (n > stretch)
		n = stretch;
	return n < zero ? n : zero;
}

size_t tp_identify(struct tp_check *c, uint64_t off, const unsigned char *got, size_t stretch,
		   size_t len, struct tp_source *source)
{
	struct tp_source own = { 0 }, other = { 0 };
	size_t nr_own, nr_other, n;

	*source = (struct tp_source){ .found = TP_FOUND_ZERO };
	n = run_of_zeros(got, stretch);
	if (n)
		return n;
	source->found = TP_FOUND_UNKNOWN;
	if (c->s->job->budget == 0)
		return stretch;
	c->s->job->budget--;
	n = run_of_poison(off, got, stretch);
	if (n >= LEAST_BYTES || n == stretch) {
		source->found = TP_FOUND_POISON;
		return n;
	}
	nr_own = own_operation(c, off, got, len, &own);
	nr_other = nr_own < LEAST_BYTES || nr_own < stretch ? decoded(c, off, got, len, &other) : 0;
	if (nr_own >= nr_other && (nr_own >= LEAST_BYTES || nr_own >= stretch)) {
		*source = own;
		return nr_own;
	}
	if (nr_other) {
		*source = other;
		return nr_other;
	}
	if (nr_own && mixture(c, off, got, stretch)) {
		*source = own;
		return nr_own < stretch ? nr_own : stretch;
	}
	return unknown(off, got, stretch);
}
