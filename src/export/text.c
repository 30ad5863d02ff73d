// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text.c - a sequence as a text to send to linux-ext4
 */
#include <inttypes.h>
#include <stdlib.h>

#include "export/export.h"
#include "kernel/image.h"
#include "model/record.h"

/* What the finding says of bytes, in words of somebody who does not know tailpage. */
static const char *const found[TP_NR_FINDING_KINDS] = {
	[TP_LOST] = "zero where data belongs",
	[TP_STALE] = "older content of the file or of the disk",
	[TP_FOREIGN] = "bytes that nobody wrote there",
	[TP_TORN] = "a part of a write beside older content",
	[TP_BEYOND] = "bytes behind the end of file on the disk that are not zero",
	[TP_SIZE] = "another size",
	[TP_RESULT] = "an operation that ended as it must not",
	[TP_DISAGREE] = "a fresh mount that shows other content than the disk holds",
	[TP_FSCK] = "a complaint of e2fsck",
	[TP_KERNEL_LOG] = "a complaint of the kernel",
	[TP_HANG] = "an operation that did not return",
	[TP_PANIC] = "a kernel that went down",
};

static void put_operations(const struct tp_seq *seq, struct tp_buf *out)
{
	unsigned actor = 0;

	tp_buf_puts(out, "\nOperations, on one file:\n");
	for (size_t i = 0; i < seq->nr; i++) {
		char *words = tp_export_words(&seq->ops[i]);

		if (seq->ops[i].actor != actor && seq->ops[i].actor)
			tp_buf_printf(out,
				      "    thread %u, at the same time as the other threads:\n",
				      seq->ops[i].actor);
		else if (seq->ops[i].actor != actor)
			tp_buf_puts(out, "    when all threads have ended:\n");
		actor = seq->ops[i].actor;
		tp_buf_printf(out, "    %2zu. %-28s %s\n", i + 1, words,
			      tp_ops[seq->ops[i].kind].help);
		free(words);
	}
	tp_buf_puts(out, "Then umount, mount, and read.\n");
}

/* "bytes 3000-3000: what operation 5 wrote" */
static void put_expected(const struct tp_export *e, struct tp_buf *out)
{
	uint64_t at = e->s->start, end = e->s->end;
	struct tp_span s;

	if (end == 0)
		return;
	tp_buf_puts(out, "\nExpected:\n");
	while (tp_expect_next(&e->expect.end, &at, end, &s)) {
		tp_buf_printf(out, "    bytes %" PRIu64 "-%" PRIu64 ": ", s.start, s.end - 1);
		for (unsigned i = 0; i < s.nr; i++) {
			tp_buf_puts(out, i ? ", or " : "");
			if (s.value[i].op == TP_VALUE_ZERO)
				tp_buf_puts(out, "zero");
			else
				tp_buf_printf(out, "what operation %u wrote", s.value[i].op + 1u);
		}
		tp_buf_puts(out, "\n");
	}
	tp_buf_printf(out, "Found: %s (bytes %" PRIu64 "-%" PRIu64 ").\n", found[e->s->kind],
		      e->s->start, e->s->end - 1);
}

int tp_export_text(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second)
{
	const struct tp_seqfile *s = e->s;

	(void)second;
	tp_buf_puts(out, "Subject: [BUG] ext4: ");
	tp_export_title(e, out);
	tp_buf_printf(out, "\n\nKernel:  %s\nmkfs:    mke2fs ",
		      s->kernel ? s->kernel : "(not noted)");
	tp_image_options(e->cell, e->era, out);
	tp_buf_printf(out, "\nmount:   -o %s\n", e->cell->mount);
	if (e->cell->fallback)
		tp_buf_printf(out, "         (%s where the kernel refuses that)\n",
			      e->cell->fallback);
	put_operations(&s->seq, out);
	if (s->kind >= 0)
		put_expected(e, out);
	if (s->kind >= 0 && s->end == 0)
		tp_buf_printf(out, "\nFound: %s (%s).\n", found[s->kind], s->title ? s->title : "");
	if (s->fixed)
		tp_buf_printf(out, "\nA kernel with this does not do so:\n    %s\n", s->fixed);
	if (s->story)
		tp_buf_printf(out, "\nAs tailpage tells it:\n\n%s\n", s->story);
	return 0;
}
