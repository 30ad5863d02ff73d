// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_model.h - what tests of the judge work on: the files of a plan, and their bytes
 */
#ifndef TP_TESTS_UNIT_JUDGE_MODEL_H
#define TP_TESTS_UNIT_JUDGE_MODEL_H

#include "judge/judge.h"
#include "model/pattern.h"
#include "tap.h"

#define MAX_BYTES (128u << 10)

/* What a case needs; made anew for each. */
static struct {
	char *dir;
	char *base, *image, *history, *console, *fsck, *manifest;
	struct tp_plan plan;
	struct tp_mount *mount;
	struct tp_buf frames;
	struct tp_report report;
	struct tp_evidence evidence;
} w;

/*
 * A second, simpler oracle: the bytes themselves.
 */
struct model {
	unsigned char bytes[MAX_BYTES];
	uint64_t size;
};

static inline void perform(struct model *m, const struct tp_file *f, size_t i)
{
	const struct tp_op *op = &f->seq.ops[i];
	const struct tp_ident id = { tp_pattern_key(w.plan.seed, w.mount->name), f->id,
				     (uint16_t)i };
	uint64_t off = op->arg[0], end = off + op->arg[1];

	if (op->expect != TP_EXPECT_OK)
		return;
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		tp_pattern_fill(&id, off, m->bytes + off, (size_t)(end - off));
		m->size = end > m->size ? end : m->size;
		break;
	case TP_EFFECT_STORE:
		end = end < m->size ? end : m->size;
		tp_pattern_fill(&id, off, m->bytes + off, (size_t)(end - off));
		break;
	case TP_EFFECT_TRUNCATE:
		if (off < m->size)
			memset(m->bytes + off, 0, (size_t)(m->size - off));
		m->size = off;
		break;
	case TP_EFFECT_COLLAPSE:
		memmove(m->bytes + off, m->bytes + end, (size_t)(m->size - end));
		m->size -= op->arg[1];
		break;
	case TP_EFFECT_ALLOCATE:
		m->size = end > m->size ? end : m->size;
		break;
	default:
		break;
	}
}

/* All operations of a file, whatever its history tells. */
static inline void perform_all(struct model *m, const struct tp_file *f)
{
	*m = (struct model){ 0 };
	for (size_t i = 0; i < f->seq.nr; i++)
		perform(m, f, i);
}

#endif
