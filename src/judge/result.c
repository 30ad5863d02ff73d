// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * result.c - how operations ended: as they must, or as what
 *
 * An absent feature is a skip; a full disk, an I/O error or want of memory
 * proves nothing; a fault below the size, or success where failure is promised,
 * is a finding.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/result.h"

static const char *name_of(int err)
{
	const char *name = tp_errno_name(err);

	return name ? name : strerror(err);
}

/* Is this errno how a kernel says that it has no such feature? */
static bool absent_feature(const struct tp_op *op, int err)
{
	unsigned flags = tp_ops[op->kind].flags;

	switch (err) {
	case EOPNOTSUPP:
	case ENOSYS:
	case ENOTTY:
		return true;
	case EINVAL:
		return flags & TP_OP_DIRECT || op->kind == TP_OP_KIND_WRITE_ZEROES ||
		       op->kind == TP_OP_KIND_MOVE_EXTENTS;
	case EPERM:
		return flags & TP_OP_URING;
	case EFAULT: /* kernels that look at the buffer's last byte first write nothing */
		return flags & TP_OP_SHORT;
	default:
		return false;
	}
}

static bool as_expected(const struct tp_op *op, int err)
{
	switch (op->expect) {
	case TP_EXPECT_FAIL:
		return err == op->expect_err;
	case TP_EXPECT_EITHER:
		return err == 0 || err == op->expect_err;
	default:
		return err == 0;
	}
}

static void bad_result(struct tp_subject *s, uint16_t index, const char *how)
{
	struct tp_finding f = { .kind = TP_RESULT };
	struct tp_buf line = { 0 };

	tp_op_print(&s->file->seq.ops[index], &line);
	f.title = tp_printf("op %u \"%s\" %s", index + 1u, line.text, how);
	f.text = tp_printf("file %s (%s): %s; the file's size was %" PRIu64 " %s", s->name,
			   s->file->params, f.title, s->oracle->size,
			   s->file->seq.ops[index].actor ? "behind the race" : "then");
	tp_buf_free(&line);
	tp_subject_finding(s, &f);
}

/* A fault on a page inside the file, though the disk was not full, is the kernel's fault. */
static bool false_fault(const struct tp_subject *s, const struct tp_op *op)
{
	uint64_t start, end;

	if (op->actor) /* the race told */
		return s->refuted;
	if (tp_subject_unsure(s) || !tp_op_range(op, &start, &end) || end > s->oracle->size)
		return false;
	return tp_faults_prove(s);
}

bool tp_faults_prove(const struct tp_subject *s)
{
	if (s->job->events.no_space || (s->job->image && tp_image_full(s->job->image)))
		return false;
	for (size_t i = 0; i < s->file->seq.nr; i++)
		if (s->file->seq.ops[i].kind == TP_OP_KIND_FILL_FS)
			return false;
	return true;
}

static const char *why_skipped(const struct tp_op *op)
{
	if (op->kind == TP_OP_KIND_PROCESS)
		return ": it is not done in User-Mode Linux, which mixes up their pages";
	return tp_ops[op->kind].flags & TP_OP_GUEST ? ": it is done in guests only" : "";
}

static void skip(struct tp_subject *s, uint16_t index, int err)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	char *reason = tp_printf("op %u \"%s\" gave %s%s", index + 1u, tp_ops[op->kind].name,
				 name_of(err), why_skipped(op));

	if (!s->skipped)
		tp_case_skip(s->kase, s->name, reason);
	s->skipped = true;
	free(reason);
}

bool tp_judge_result(struct tp_subject *s, uint16_t index, const struct tp_event *e)
{
	const struct tp_op *op = &s->file->seq.ops[index];
	char *how;

	if (as_expected(op, e->err))
		return true;
	if (absent_feature(op, e->err)) {
		skip(s, index, e->err);
		return false;
	}
	if (e->err == TP_SIGBUS && op->expect != TP_EXPECT_FAIL && !false_fault(s, op)) {
		tp_subject_broken(s, "op %u \"%s\" faulted (SIGBUS) where that proves nothing",
				  index + 1u, tp_ops[op->kind].name);
		return false;
	}
	if (e->err == TP_SIGBUS || op->expect == TP_EXPECT_FAIL) {
		bool proves = e->err == 0 || e->err == TP_SIGBUS || e->err == EINVAL ||
			      e->err == EFBIG || e->err == ENXIO;

		if (proves) {
			how = e->err ? tp_printf("ended with %s", name_of(e->err))
				     : tp_strdup("succeeded");
			bad_result(s, index, how);
			free(how);
			return false;
		}
	}
	tp_subject_broken(s, "op %u \"%s\" gave %s", index + 1u, tp_ops[op->kind].name,
			  name_of(e->err));
	s->no_compare = true;
	return false;
}
