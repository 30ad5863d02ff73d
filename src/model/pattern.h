// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern.h - bytes that say who wrote them
 *
 * A write fills its range with words of 8 bytes at multiples of 8 of the file.
 * A word holds, mixed with the run's key, the number of the file and the place
 * in it; each byte then has the number of the operation added.  So
 *   - every byte is 0x80..0xff: never the zero of a hole, never poison (ASCII);
 *   - two operations of a file differ in every byte as long as their numbers
 *     differ modulo 128;
 *   - any 8 aligned bytes that survive can be decoded to file, operation, place.
 */
#ifndef TP_MODEL_PATTERN_H
#define TP_MODEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who writes: the key of the mount, the file in it, the operation in its sequence. */
struct tp_ident {
	uint64_t key;
	uint32_t file;   /* below 2^20 */
	uint16_t op;     /* below 2^14 */
};

/* Fill out with the bytes that id puts at [off, off + len). */
void tp_pattern_fill(const struct tp_ident *id, uint64_t off, void *out, size_t len);

/* How many candidates tp_pattern_decode has: the operations modulo 128. */
#define TP_PATTERN_CANDIDATES 128

/*
 * Whose are these 8 bytes, found at a multiple of 8, if operation number
 * candidate modulo 128 wrote them?  Sets id->file, id->op (id->key is input)
 * and *off, the place they were made for modulo 2^31: not where they were
 * found when blocks went astray.  Any word gives some answer for nearly every
 * candidate; it is an identification only if that file has that operation and
 * the operation covers that place, which chance does once in 2^20 words or so.
 */
bool tp_pattern_decode(const void *word, unsigned candidate, struct tp_ident *id, uint64_t *off);

/* The key of one mount in one run. */
uint64_t tp_pattern_key(uint64_t seed, const char *mount);

/*
 * What free blocks are filled with before mkfs: ASCII, 16 bytes, repeated, so
 * that it can be seen in a hex dump and stands at every block alike.
 */
#define TP_POISON "tailpage-poison\n"
#define TP_POISON_BYTES 16

#endif
