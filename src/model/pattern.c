// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern.c - bytes that say who wrote them
 */
#include <endian.h>
#include <string.h>

#include "base/prng.h"
#include "model/pattern.h"

/*
 * The 56 bits of a word before mixing: 28 bits of offset / 8, 20 bits of file,
 * 7 bits of op / 128, and a bit that is always 0 as a check.
 */
#define OFF_BITS 28
#define FILE_BITS 20
#define HIGH_BITS 7
#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)
#define WORD_MASK MASK(56)
#define LANE 0x0101010101010101u

/* Odd, so multiplying by it is bijective modulo 2^56. */
#define MUL UINT64_C(0x9e3779b97f4a7c15)

static uint64_t inverse_of_mul(void)
{
	uint64_t x = MUL; /* Newton: each step doubles the number of right low bits */

	for (int i = 0; i < 6; i++)
		x *= 2 - MUL * x;
	return x;
}

static uint64_t mix(uint64_t w, uint64_t key)
{
	w = ((w ^ key) * MUL) & WORD_MASK;
	w ^= w >> 28;
	return (w * MUL) & WORD_MASK;
}

static uint64_t unmix(uint64_t w, uint64_t key, uint64_t inverse)
{
	w = (w * inverse) & WORD_MASK;
	w ^= w >> 28;
	return ((w * inverse) & WORD_MASK) ^ (key & WORD_MASK);
}

/* 56 bits to 8 lanes of 7 bits, and back. */
static uint64_t spread(uint64_t w)
{
	w = (w & MASK(28)) | (w >> 28 & MASK(28)) << 32;
	w = (w & UINT64_C(0x00003fff00003fff)) | (w & UINT64_C(0x0fffc0000fffc000)) << 2;
	return (w & UINT64_C(0x007f007f007f007f)) | (w & UINT64_C(0x3f803f803f803f80)) << 1;
}

static uint64_t gather(uint64_t w)
{
	w = (w & UINT64_C(0x007f007f007f007f)) | (w & UINT64_C(0x7f007f007f007f00)) >> 1;
	w = (w & UINT64_C(0x00003fff00003fff)) | (w & UINT64_C(0x3fff00003fff0000)) >> 2;
	return (w & MASK(28)) | (w >> 32 & MASK(28)) << 28;
}

static uint64_t word_at(const struct tp_ident *id, uint64_t off)
{
	uint64_t w = (off / 8 & MASK(OFF_BITS)) | (uint64_t)id->file << OFF_BITS |
		     (uint64_t)(id->op >> 7) << (OFF_BITS + FILE_BITS);
	uint64_t lanes = spread(mix(w, id->key & WORD_MASK));

	/* Seven bits a lane: a sum never carries past the eighth, which is then set. */
	lanes += LANE * (id->op & 127);
	return (lanes & LANE * 0x7f) | LANE * 0x80;
}

void tp_pattern_fill(const struct tp_ident *id, uint64_t off, void *out, size_t len)
{
	unsigned char *p = out;

	while (len) {
		size_t skip = off % 8, n = 8 - skip < len ? 8 - skip : len;
		uint64_t w = htole64(word_at(id, off - skip));

		memcpy(p, (unsigned char *)&w + skip, n);
		p += n;
		off += n;
		len -= n;
	}
}

bool tp_pattern_decode(const void *word, unsigned candidate, struct tp_ident *id, uint64_t *off)
{
	uint64_t w, plain;

	memcpy(&w, word, 8);
	w = le64toh(w);
	if ((w & LANE * 0x80) != LANE * 0x80)
		return false;
	w = (w - LANE * candidate) & LANE * 0x7f;
	plain = unmix(gather(w), id->key & WORD_MASK, inverse_of_mul());
	if (plain >> (OFF_BITS + FILE_BITS + HIGH_BITS))
		return false;
	id->file = (uint32_t)(plain >> OFF_BITS & MASK(FILE_BITS));
	id->op = (uint16_t)((plain >> (OFF_BITS + FILE_BITS)) << 7 | candidate);
	*off = (plain & MASK(OFF_BITS)) * 8;
	return true;
}

uint64_t tp_pattern_key(uint64_t seed, const char *mount)
{
	uint64_t key = tp_mix64(seed + 1);

	for (; *mount; mount++)
		key = tp_mix64(key ^ (unsigned char)*mount);
	return key;
}
