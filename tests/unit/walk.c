// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * walk.c - which operations fit behind others: what a mapping allows
 */
#include "plan/walk.h"
#include "tap.h"

/* Does the operation fit behind the sequence, in a cell with extents? */
static enum tp_fit behind(const char *before, const char *next)
{
	enum tp_fit fit = TP_FIT_NO;
	struct tp_buf why = { 0 };
	struct tp_seq seq;
	struct tp_op op;
	struct tp_walk w;

	tp_walk_begin(&w, tp_cells(), 4096);
	if (tp_seq_parse(before, NULL, NULL, &seq, &why)) {
		for (size_t i = 0; i < seq.nr; i++)
			tp_walk_apply(&w, &seq.ops[i]);
		tp_seq_free(&seq);
		if (tp_op_parse(next, NULL, NULL, &op, &why))
			fit = tp_walk_fit(&w, &op);
	}
	ok(why.len == 0, "%s; %s: are operations", before, next);
	tp_buf_free(&why);
	return fit;
}

#define MAPPED "pwrite 0 8192; map 0 8192"

int main(void)
{
	is_int(behind("pwrite 0 8192", "store 0 1"), TP_FIT_NO, "no mapping");
	is_int(behind(MAPPED, "store 0 1"), TP_FIT_YES, "a mapping");
	is_int(behind(MAPPED "; truncate 1", "store 4096 1"), TP_FIT_FAULTS, "behind the last page");
	is_int(behind(MAPPED "; protect-read", "store 0 1"), TP_FIT_NO, "a read-only mapping");
	is_int(behind(MAPPED "; protect-read", "store@1 0 1"), TP_FIT_NO, "another one, which is none");
	is_int(behind(MAPPED "; protect-read", "load 0 1"), TP_FIT_YES, "which can be read");
	is_int(behind(MAPPED "; protect-read; protect-write", "store 0 1"), TP_FIT_YES, "and back");
	is_int(behind(MAPPED "; protect-read; protect", "store 0 1"), TP_FIT_YES, "back by protect");
	is_int(behind(MAPPED "; protect-read; map 0 4096", "store 0 1"), TP_FIT_YES, "mapped anew");
	is_int(behind("pwrite 0 8192; map-private 0 8192; protect-write", "store 0 1"), TP_FIT_NO,
	       "a private mapping stays private");
	is_int(behind(MAPPED, "madvise-remove 4096 4096"), TP_FIT_YES, "a page punched out");
	is_int(behind(MAPPED, "madvise-remove 4096 1024"), TP_FIT_REFUSED, "a part of one");
	is_int(behind(MAPPED, "madvise-remove 4096 8192"), TP_FIT_NO, "more than is mapped");
	is_int(behind(MAPPED "; protect-read", "madvise-remove 0 4096"), TP_FIT_REFUSED,
	       "of a read-only mapping");
	is_int(behind(MAPPED, "uring-dio-read 0 512"), TP_FIT_YES, "a direct read of a sector");
	is_int(behind(MAPPED, "uring-dio-read 0 100"), TP_FIT_REFUSED, "of less");
	return done();
}
