// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pattern.c - bytes that say who wrote them
 */
#include "model/pattern.h"
#include "base/prng.h"
#include "tap.h"

static void test_bytes(void)
{
	const struct tp_ident id = { tp_pattern_key(7, "1k-ordered-delalloc"), 231, 5 };
	unsigned char all[4096], part[64];
	unsigned low = 0, differ = 0;

	tp_pattern_fill(&id, 0, all, sizeof(all));
	for (size_t i = 0; i < sizeof(all); i++)
		low += all[i] < 0x80;
	is_int(low, 0, "no byte is below 0x80: never zero, never poison");
	for (size_t off = 0; off < 64; off++) {
		tp_pattern_fill(&id, off, part, 33);
		differ += memcmp(part, all + off, 33) != 0;
	}
	is_int(differ, 0, "filled in pieces from any offset it is the same");
	part[5] = 1;
	tp_pattern_fill(&id, 3, part + 5, 0);
	is_int(part[5], 1, "nothing is filled for length 0");
}

/* Operations of a file whose numbers differ modulo 128 agree in no byte. */
static void test_operations_differ(void)
{
	unsigned same = 0, other = 0;
	unsigned char a[256], b[256];

	for (uint16_t op = 1; op < 128; op++) {
		struct tp_ident x = { 42, 7, 0 }, y = { 42, 7, op };

		tp_pattern_fill(&x, 1000, a, sizeof(a));
		tp_pattern_fill(&y, 1000, b, sizeof(b));
		for (size_t i = 0; i < sizeof(a); i++)
			same += a[i] == b[i];
		y = (struct tp_ident){ 42, 8, 0 };
		tp_pattern_fill(&y, 1000, b, sizeof(b));
		for (size_t i = 0; i < sizeof(a); i++)
			other += a[i] != b[i];
	}
	is_int(same, 0, "operations of one file differ in every byte");
	ok(other > 127 * 256 * 9 / 10, "files differ in most bytes");
}

static void test_decode(void)
{
	struct tp_prng random = { 1 };
	unsigned wrong = 0, lost = 0;

	for (int i = 0; i < 20000; i++) {
		struct tp_ident id = {
			.key = tp_prng_next(&random),
			.file = (uint32_t)tp_prng_below(&random, 1u << 20),
			.op = (uint16_t)tp_prng_below(&random, 1u << 14),
		}, got = { .key = id.key };
		uint64_t off = tp_prng_below(&random, UINT64_C(1) << 31) / 8 * 8, where;
		unsigned char word[8];

		tp_pattern_fill(&id, off, word, 8);
		if (!tp_pattern_decode(word, id.op % 128, &got, &where))
			lost++;
		else if (got.file != id.file || got.op != id.op || where != off)
			wrong++;
	}
	is_int(lost, 0, "every word decodes");
	is_int(wrong, 0, "to file, operation and place");
}

static void test_no_decode(void)
{
	struct tp_ident id = { .key = 1 };
	uint64_t off;

	ok(!tp_pattern_decode("\0\0\0\0\0\0\0\0", 0, &id, &off), "zero is nobody's");
	ok(!tp_pattern_decode(TP_POISON, 0, &id, &off), "poison is nobody's");
	is_int((int64_t)strlen(TP_POISON), TP_POISON_BYTES, "poison has its length");
}

static void test_keys(void)
{
	ok(tp_pattern_key(1, "a") != tp_pattern_key(2, "a"), "another seed, another key");
	ok(tp_pattern_key(1, "a") != tp_pattern_key(1, "b"), "another mount, another key");
	ok(tp_pattern_key(1, "a") == tp_pattern_key(1, "a"), "the same, the same");
}

int main(void)
{
	test_bytes();
	test_operations_differ();
	test_decode();
	test_no_decode();
	test_keys();
	return done();
}
