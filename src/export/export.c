// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export.c - the list of formats, and what they share
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/export.h"
#include "model/record.h"
#include "plan/select.h"

const struct tp_export_format tp_export_formats[] = {
	{ "c", "a program of C that needs nothing but a libc", false, tp_export_c },
	{ "sh", "a shell script that calls xfs_io", false, tp_export_sh },
	{ "fstests", "a test of xfstests, with its .out, in the folder of -o", true,
	  tp_export_fstests },
	{ "text", "a text to send to linux-ext4", false, tp_export_text },
	{ .name = NULL },
};

const struct tp_export_format *tp_export_find(const char *name)
{
	for (const struct tp_export_format *f = tp_export_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* Findings that a look at the file through a fresh mount does not show. */
static void tell_unseen(const struct tp_seqfile *s)
{
	if (s->kind == TP_BEYOND || s->kind >= TP_DISAGREE)
		tp_note("the finding is \"%s\": what is exported looks at the file only, and may "
			"pass where tailpage fails",
			tp_finding_name((enum tp_finding_kind)s->kind));
}

int tp_export_begin(const struct tp_seqfile *s, uint32_t page_bytes, struct tp_export *e)
{
	const char *lacks;

	*e = (struct tp_export){ .s = s, .cell = tp_cell_find(s->cell) };
	if (!e->cell)
		return tp_error(0, "there is no cell \"%s\" (see tailpage list cells)", s->cell);
	for (size_t i = 0; i < s->seq.nr; i++)
		if (tp_ops[s->seq.ops[i].kind].flags & TP_OP_TEST)
			return tp_error(0, "%s is for tailpage's own tests and is not exported",
					tp_ops[s->seq.ops[i].kind].name);
	e->era = s->era ? tp_era_find(s->era) : NULL;
	if (s->era && !e->era)
		return tp_error(0, "there is no era \"%s\" (see tailpage list eras)", s->era);
	lacks = e->era ? tp_era_lacks(e->era, e->cell) : NULL;
	if (lacks)
		return tp_error(0, "there is no %s in the era %s: %s", s->cell, s->era, lacks);
	tell_unseen(s);
	e->base_bytes = s->image_bytes ? s->image_bytes : TP_IMAGE_BASE;
	e->file_bytes = tp_file_room(&s->seq, e->cell);
	e->page_bytes = page_bytes;
	return tp_expect_make(&s->seq, page_bytes, &e->expect);
}

void tp_export_end(struct tp_export *e)
{
	if (e->expect.seq)
		tp_expect_free(&e->expect);
	*e = (struct tp_export){ 0 };
}

void tp_export_title(const struct tp_export *e, struct tp_buf *out)
{
	const struct tp_seqfile *s = e->s;

	if (s->kind < 0) {
		tp_buf_printf(out, "a sequence of operations in %s", s->cell);
		return;
	}
	tp_buf_printf(out, "%s", tp_finding_name((enum tp_finding_kind)s->kind));
	if (s->title)
		tp_buf_printf(out, ": %s", s->title);
	tp_buf_printf(out, " in %s", s->cell);
}

/* Each line of text behind the prefix; the end of a comment of C is none here. */
static void lines(const char *prefix, const char *word, const char *text, struct tp_buf *out)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		tp_buf_printf(out, "%s%s", prefix, word);
		for (size_t i = 0; i < len; i++) {
			tp_buf_add(out, &text[i], 1);
			if (text[i] == '*' && text[i + 1] == '/')
				tp_buf_puts(out, " ");
		}
		tp_buf_puts(out, "\n");
		text += len + (text[len] == '\n');
	}
}

void tp_export_story(const struct tp_export *e, const char *prefix, struct tp_buf *out)
{
	struct tp_buf text = { 0 };
	size_t blanks;

	tp_export_title(e, &text);
	lines(prefix, "", text.text, out);
	tp_buf_free(&text);
	lines(prefix, "seen on: ", e->s->kernel, out);
	lines(prefix, "fixed by: ", e->s->fixed, out);
	tp_seq_print(&e->s->seq, &text);
	for (blanks = strlen(prefix); blanks && prefix[blanks - 1] == ' ';)
		blanks--;
	tp_buf_printf(out, "%.*s\n", (int)blanks, prefix);
	lines(prefix, "", text.text, out);
	tp_buf_free(&text);
}

char *tp_export_words(const struct tp_op *op)
{
	struct tp_buf words = { 0 };

	tp_op_print(op, &words);
	return tp_buf_take(&words);
}

/* The argument that ops.def calls by this letter. */
static bool argument(const struct tp_op *op, char what, struct tp_buf *out)
{
	const char *args = tp_ops[op->kind].args;
	unsigned nr = 0;

	for (; *args; args++) {
		if (*args == '.')
			continue;
		if (*args == what) {
			tp_buf_printf(out, "%" PRIu64, op->arg[nr]);
			return true;
		}
		nr++;
	}
	return false;
}

void tp_export_expand(const char *text, const struct tp_op *op,
		      bool (*more)(void *ctx, char what, struct tp_buf *out), void *ctx,
		      struct tp_buf *out)
{
	for (; *text; text++) {
		if (*text != '$' || !text[1]) {
			tp_buf_add(out, text, 1);
			continue;
		}
		text++;
		if (*text == 'm')
			tp_buf_printf(out, "%u", op->slot);
		else if (!argument(op, *text, out) && !(more && more(ctx, *text, out)))
			tp_buf_printf(out, "$%c", *text);
	}
}
