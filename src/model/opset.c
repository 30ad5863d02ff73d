// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opset.c - which operations a sequence has
 */
#include "base/text.h"
#include "model/op.h"

_Static_assert(TP_NR_OP_KINDS <= TP_OP_SET_WORDS * 64, "every operation has its bit");

struct tp_op_set tp_op_set_of(const struct tp_seq *seq)
{
	struct tp_op_set set = { { 0 } };

	for (size_t i = 0; i < seq->nr; i++)
		set.bits[seq->ops[i].kind / 64] |= UINT64_C(1) << seq->ops[i].kind % 64;
	return set;
}

bool tp_op_set_within(const struct tp_op_set *a, const struct tp_op_set *b)
{
	for (int i = 0; i < TP_OP_SET_WORDS; i++)
		if (a->bits[i] & ~b->bits[i])
			return false;
	return true;
}

void tp_op_set_print(const struct tp_op_set *set, struct tp_buf *out)
{
	const char *separator = "";

	for (unsigned k = 0; k < TP_NR_OP_KINDS; k++) {
		if (!(set->bits[k / 64] >> k % 64 & 1))
			continue;
		tp_buf_printf(out, "%s%s", separator, tp_ops[k].name);
		separator = " ";
	}
}

bool tp_op_set_parse(const char *text, struct tp_op_set *out)
{
	const char *word;
	size_t len;

	*out = (struct tp_op_set){ { 0 } };
	while ((word = tp_next_word(&text, &len))) {
		int kind = tp_op_find(word, len);

		if (kind < 0)
			return false;
		out->bits[kind / 64] |= UINT64_C(1) << kind % 64;
	}
	return true;
}
