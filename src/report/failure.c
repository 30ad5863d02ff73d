// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * failure.c - one failed case, told to people
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/failure.h"
#include "report/plain.h"

/* "LABEL: text" behind the prefix, on one line; nothing for an empty text. */
static void add_line(struct tp_buf *out, const char *prefix, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	tp_buf_printf(out, "%s%s", prefix, label);
	tp_plain_add(out, text, TP_PLAIN_LINE);
	tp_buf_puts(out, "\n");
}

/* Does the paragraph open with the title anyway? */
static bool opens_with_title(const struct tp_finding *f)
{
	const char *hit = f->text && f->title ? strstr(f->text, f->title) : NULL;

	return hit && (size_t)(hit - f->text) < strcspn(f->text, "\n");
}

static void add_heading(struct tp_buf *out, const char *prefix, const struct tp_finding *f)
{
	tp_buf_puts(out, prefix);
	if (f->file) {
		tp_buf_puts(out, "file ");
		tp_plain_add(out, f->file, TP_PLAIN_LINE);
	}
	if (f->file && f->params && strcmp(f->params, "-") != 0) {
		tp_buf_puts(out, " (");
		tp_plain_add(out, f->params, TP_PLAIN_LINE);
		tp_buf_puts(out, ")");
	}
	if (f->file)
		tp_buf_puts(out, ": ");
	tp_plain_add(out, f->title ? f->title : tp_finding_name(f->kind), TP_PLAIN_LINE);
	tp_buf_puts(out, "\n");
}

static void add_finding(struct tp_buf *out, const char *prefix, const struct tp_finding *f)
{
	if (!opens_with_title(f))
		add_heading(out, prefix, f);
	tp_plain_lines(out, prefix, f->text);
	add_line(out, prefix, "sequence: ", f->sequence);
}

/* "    312 files: store 4095 1 ..."; what nothing foretells in full, the rest in a line. */
static void add_cause(struct tp_buf *out, const char *prefix, const struct tp_cause *c)
{
	struct tp_buf ops = { 0 };

	tp_buf_puts(out, prefix);
	tp_plain_many(out, c->files, "file");
	if (c->foretold) {
		tp_buf_printf(out, ": %s, for instance\n", c->issue);
		add_line(out, prefix, "  sequence: ", c->first.sequence);
		return;
	}
	tp_op_set_print(&c->ops, &ops);
	tp_buf_printf(out, " (%s) whose operations include %s:\n", tp_finding_name(c->kind),
		      ops.text ? ops.text : "none");
	tp_buf_free(&ops);
	add_finding(out, prefix, &c->first);
}

static void add_causes(struct tp_buf *out, const char *prefix, const struct tp_record *r)
{
	uint64_t told = 0;

	for (size_t i = 0; i < r->nr_causes; i++) {
		add_cause(out, prefix, &r->causes[i]);
		told += r->causes[i].findings;
	}
	if (told < r->nr_findings_all) {
		tp_buf_puts(out, prefix);
		tp_plain_many(out, r->nr_findings_all - told, "finding");
		tp_buf_puts(out, " of further causes\n");
	}
}

/* How well the actors of its blocks met: a race that nobody ran is not won. */
static void add_overlap(struct tp_buf *out, const char *prefix, const struct tp_overlap *o)
{
	if (!o->pairs)
		return;
	tp_buf_printf(out, "%sraced: ", prefix);
	tp_plain_count(out, tp_overlap_raced(o));
	tp_buf_puts(out, " of ");
	tp_plain_count(out, o->pairs);
	tp_buf_puts(out, " pairs of actors; the other began before actor 1 in ");
	tp_plain_count(out, o->around);
	tp_buf_puts(out, ", and in each tenth of its run in");
	for (unsigned i = 0; i < TP_TENTHS; i++) {
		tp_buf_puts(out, i ? ", " : " ");
		tp_plain_count(out, o->tenths[i]);
	}
	tp_buf_puts(out, "\n");
}

void tp_failure_add(struct tp_buf *out, const char *prefix, const struct tp_record *r, size_t max)
{
	size_t nr = r->nr_findings < max ? r->nr_findings : max;
	char *fixed;

	add_line(out, prefix, "", r->reason);
	if (r->nr_causes)
		add_causes(out, prefix, r);
	for (size_t i = 0; i < nr && !r->nr_causes; i++)
		add_finding(out, prefix, &r->findings[i]);
	if (r->nr_findings_all > nr && !r->nr_causes) {
		tp_buf_printf(out, "%s%s", prefix, nr ? "and " : "");
		tp_plain_count(out, r->nr_findings_all - nr);
		tp_buf_printf(out, "%s finding%s\n", nr ? " more" : "",
			      r->nr_findings_all - nr == 1 ? "" : "s");
	}
	fixed = tp_printf("%sfixed by: ", prefix); /* one commit a line */
	tp_plain_lines(out, fixed, r->fixed);
	free(fixed);
	add_overlap(out, prefix, &r->overlap);
	add_line(out, prefix, "again: ", tp_record_replay(r));
	add_line(out, prefix, "again: ", r->again);
}
