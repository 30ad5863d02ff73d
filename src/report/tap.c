// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tap.c - TAP 13, only what every reader of it understands alike
 *
 * Version line, leading plan, "ok N - name", "# SKIP" and "# TODO", and an
 * indented YAML block below what failed.  Some readers know test lines behind
 * blanks too, so nothing inside the block may begin like one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/formats.h"
#include "report/plain.h"

void tp_tap_name(struct tp_buf *out, const struct tp_record *r)
{
	char *name = tp_printf("%s/%s", r->scenario, r->cell);
	size_t from = out->len;

	tp_plain_add(out, name, TP_PLAIN_LINE);
	for (char *p = out->text + from; *p; p++)
		if (*p == '#' || *p == '\\')
			*p = '_';
	free(name);
}

static void add_comment(struct tp_buf *out, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	tp_buf_printf(out, "# %s ", key);
	tp_plain_add(out, text, TP_PLAIN_LINE);
	tp_buf_puts(out, "\n");
}

void tp_tap_comments(struct tp_buf *out, const struct tp_report *rep)
{
	add_comment(out, "tailpage", rep->version);
	add_comment(out, "kernel", rep->kernel);
	add_comment(out, "e2fsprogs", rep->e2fsprogs);
	tp_buf_printf(out, "# seed %llu\n", (unsigned long long)rep->seed);
	for (size_t i = 0; i < rep->nr_modes; i++)
		if (rep->modes[i].remark && *rep->modes[i].remark) {
			char *cell = tp_plain(rep->modes[i].cell, TP_PLAIN_LINE);
			char *key = tp_printf("%s:", cell);

			add_comment(out, key, rep->modes[i].remark);
			free(key);
			free(cell);
		}
	for (size_t i = 0; i < rep->nr_notes; i++)
		tp_plain_lines(out, "# ", rep->notes[i]);
	add_comment(out, "results", rep->results);
}

/* Not "ok # TODO": to automake's driver that is a failure of its own. */
void tp_tap_foretold(struct tp_buf *out, const struct tp_record *r)
{
	if (!r->foretold)
		return;
	tp_buf_puts(out, "# foretold by ");
	tp_plain_add(out, r->foretold, TP_PLAIN_LINE);
	tp_buf_puts(out, ", but passed: ");
	tp_tap_name(out, r);
	tp_buf_puts(out, "\n");
}

/* A double-quoted YAML string. */
static void add_quoted(struct tp_buf *out, const char *text)
{
	char *s = tp_plain(text, TP_PLAIN_LINES);

	tp_buf_puts(out, "\"");
	for (const char *p = s; *p; p++) {
		if (*p == '\n' || *p == '\t')
			tp_buf_puts(out, *p == '\n' ? "\\n" : "\\t");
		else if (*p == '"' || *p == '\\')
			tp_buf_printf(out, "\\%c", *p);
		else
			tp_buf_add(out, p, 1);
	}
	tp_buf_puts(out, "\"\n");
	free(s);
}

static bool looks_like_tap(const char *line)
{
	static const char *const starts[] = { "ok",           "not ok",    "1..", "TAP version",
					      "KTAP version", "Bail out!", "---", "..." };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (tp_starts(line, starts[i]))
			return true;
	return false;
}

/* Can the text be a block of lines as they are?  No line may be empty, indented
 * (YAML would take the first one for the measure) or begin like TAP. */
static bool is_easy(const char *text)
{
	if (!strchr(text, '\n') || strpbrk(text, "\t"))
		return false;
	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (*p == '\n' || *p == ' ' || *p == '\0' || looks_like_tap(p))
			return false;
	}
	return true;
}

static void add_text(struct tp_buf *out, const char *indent, const char *key, const char *text)
{
	size_t len;
	char *s;

	if (!text || !*text)
		return;
	s = tp_plain(text, TP_PLAIN_LINES);
	len = strlen(s);
	if (s[len - 1] == '\n') /* the paragraph is meant, not its last newline */
		s[len - 1] = '\0';
	tp_buf_printf(out, "%s%s: ", indent, key);
	if (is_easy(s)) {
		char *deeper = tp_printf("%s  ", indent);

		tp_buf_puts(out, "|\n");
		tp_plain_lines(out, deeper, s);
		free(deeper);
	} else {
		add_quoted(out, s);
	}
	free(s);
}

static void add_finding(struct tp_buf *out, const struct tp_finding *f)
{
	tp_buf_printf(out, "    - kind: \"%s\"\n", tp_finding_name(f->kind));
	add_text(out, "      ", "file", f->file);
	add_text(out, "      ", "params", f->params);
	if (f->end > f->start)
		tp_buf_printf(out, "      bytes: \"%llu-%llu\"\n", (unsigned long long)f->start,
			      (unsigned long long)f->end - 1);
	add_text(out, "      ", "title", f->title);
	add_text(out, "      ", "text", f->text);
	add_text(out, "      ", "sequence", f->sequence);
}

static void add_block(struct tp_buf *out, const struct tp_record *r)
{
	const char *title = r->nr_findings ? r->findings[0].title : r->reason;

	tp_buf_puts(out, "  ---\n");
	add_text(out, "  ", "message", title ? title : "no reason given");
	tp_buf_printf(out, "  verdict: \"%s\"\n", tp_verdict_name(r->verdict));
	add_text(out, "  ", "reason", r->reason);
	tp_buf_printf(out, "  files: %llu\n  findings_total: %llu\n", (unsigned long long)r->files,
		      (unsigned long long)r->nr_findings_all);
	if (r->nr_findings)
		tp_buf_puts(out, "  findings:\n");
	for (size_t i = 0; i < r->nr_findings; i++)
		add_finding(out, &r->findings[i]);
	add_text(out, "  ", "fixed", r->fixed);
	add_text(out, "  ", "replay", tp_record_replay(r));
	add_text(out, "  ", "again", r->again);
	tp_buf_puts(out, "  ...\n");
}

static void add_directive(struct tp_buf *out, const char *word, const char *reason)
{
	tp_buf_printf(out, " # %s ", word);
	tp_plain_add(out, reason && *reason ? reason : "no reason given", TP_PLAIN_LINE);
}

static void add_case(struct tp_buf *out, size_t number, const struct tp_record *r,
		     const struct tp_style *style)
{
	bool good = r->verdict == TP_PASS || r->verdict == TP_SKIP;

	tp_buf_printf(out, "%s %zu - ", good ? "ok" : "not ok", number);
	tp_tap_name(out, r);
	if (r->verdict == TP_SKIP)
		add_directive(out, "SKIP", r->reason);
	else if (r->verdict == TP_KNOWN && !style->strict)
		add_directive(out, "TODO", r->reason);
	tp_buf_puts(out, "\n");
	tp_tap_foretold(out, r);
	if (!good)
		add_block(out, r);
}

void tp_tap_write(const struct tp_report *rep, const struct tp_style *style, FILE *out)
{
	struct tp_buf b = { 0 };

	/* An empty plan is green to many readers: nothing ran is a failure. */
	tp_buf_printf(&b, "TAP version 13\n1..%zu\n", rep->nr ? rep->nr : 1);
	tp_tap_comments(&b, rep);
	if (rep->nr == 0)
		tp_buf_puts(&b, "not ok 1 - no case ran\n");
	for (size_t i = 0; i < rep->nr; i++)
		add_case(&b, i + 1, &rep->records[i], style);
	if (rep->interrupted) {
		tp_buf_puts(&b, "Bail out! ");
		tp_plain_add(&b, rep->interrupted, TP_PLAIN_LINE);
		tp_buf_puts(&b, "\n");
	}
	fwrite(b.text, 1, b.len, out);
	fflush(out);
	tp_buf_free(&b);
}
