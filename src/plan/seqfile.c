// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seqfile.c - reading and writing *.seq
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "model/cell.h"
#include "model/record.h"
#include "plan/seqfile.h"

#define FIRST "tailpage-seq 1"
#define WIDTH 100 /* columns of main, about */

/* Lines that hold one text, in the order of the file. */
static const struct text_row {
	const char *word;
	size_t offset;
} texts[] = {
#define AT(field) offsetof(struct tp_seqfile, field)
	{ "scenario", AT(scenario) }, { "params", AT(params) }, { "file", AT(file) },
	{ "cell", AT(cell) },         { "era", AT(era) },       { "kernel", AT(kernel) },
	{ "issue", AT(issue) },
#undef AT
};

struct reader {
	struct tp_seqfile *s;
	struct tp_buf ops, story, err;
	unsigned line, main_line;
	bool told, ended; /* "finding" and "end" were there */
};

static bool bad(struct reader *r, const char *why)
{
	tp_buf_puts(&r->err, why);
	return false;
}

static char **text_of(const struct tp_seqfile *s, const struct text_row *row)
{
	return (char **)((uintptr_t)s + row->offset);
}

static bool twice(struct reader *r, const char *word)
{
	tp_buf_printf(&r->err, "%s stands twice", word);
	return false;
}

static bool read_text(struct reader *r, const struct text_row *row, const char *value)
{
	char **text = text_of(r->s, row);

	if (*text)
		return twice(r, row->word);
	if (*value == '\0') {
		tp_buf_printf(&r->err, "%s wants a text", row->word);
		return false;
	}
	*text = tp_strdup(value);
	if (text != &r->s->cell || tp_cell_find(value))
		return true;
	tp_buf_printf(&r->err, "there is no cell \"%s\"", value);
	return false;
}

static bool read_number(struct reader *r, const char *value, uint64_t most, uint64_t *out)
{
	if (tp_parse_u64(value, out) && *out <= most)
		return true;
	tp_buf_printf(&r->err, "\"%s\" is not a number up to %" PRIu64, value, most);
	return false;
}

/* The next word of *text as a number. */
static bool next_number(const char **text, uint64_t *out)
{
	size_t len;
	const char *word = tp_next_word(text, &len);
	char *copy = tp_strndup(word ? word : "", word ? len : 0);
	bool ok = tp_parse_u64(copy, out);

	free(copy);
	return ok;
}

/* "KIND START END TITLE" */
static bool read_finding(struct reader *r, const char *value)
{
	struct tp_seqfile *s = r->s;
	size_t len;
	const char *word = tp_next_word(&value, &len);
	char *kind = tp_strndup(word ? word : "", word ? len : 0);

	if (r->told) {
		free(kind);
		return twice(r, "finding");
	}
	r->told = true;
	s->kind = tp_finding_find(kind);
	if (s->kind < 0)
		tp_buf_printf(&r->err, "\"%s\" is no kind of finding", kind);
	free(kind);
	if (s->kind < 0)
		return false;
	if (!next_number(&value, &s->start) || !next_number(&value, &s->end) || s->end < s->start)
		return bad(r, "finding wants: KIND START END TITLE");
	value += strspn(value, " ");
	s->title = *value ? tp_strdup(value) : NULL;
	return true;
}

/* "OP BEGIN END" */
static bool read_met(struct reader *r, const char *value)
{
	struct tp_seqfile *s = r->s;
	struct tp_met m = { 0 };
	uint64_t op;

	if (!next_number(&value, &op) || op > UINT16_MAX || !next_number(&value, &m.begin_ns) ||
	    !next_number(&value, &m.end_ns) || m.end_ns < m.begin_ns || value[strspn(value, " ")])
		return bad(r, "met wants: OPERATION BEGIN END, in nanoseconds");
	m.op = (uint16_t)op;
	s->met = tp_grow(s->met, s->nr_met, sizeof(*s->met));
	s->met[s->nr_met++] = m;
	return true;
}

static bool read_fixed(struct reader *r, const char *value)
{
	char *old = r->s->fixed;

	if (*value == '\0')
		return bad(r, "fixed wants: COMMIT VERSION \"title\"");
	r->s->fixed = tp_printf("%s%s%s", old ? old : "", old ? "\n" : "", value);
	free(old);
	return true;
}

static bool read_main(struct reader *r, const char *value)
{
	if (r->main_line)
		return twice(r, "main");
	r->main_line = r->line;
	tp_buf_printf(&r->ops, "%s;", value);
	return true;
}

static bool read_seed(struct reader *r, const char *value)
{
	return read_number(r, value, UINT64_MAX, &r->s->seed);
}

static bool read_image(struct reader *r, const char *value)
{
	return read_number(r, value, UINT64_C(1) << 50, &r->s->image_bytes);
}

static bool read_memory(struct reader *r, const char *value)
{
	return read_number(r, value, UINT64_C(1) << 50, &r->s->memory_bytes);
}

static bool read_threads(struct reader *r, const char *value)
{
	uint64_t number = 0;
	bool ok = read_number(r, value, 4096, &number);

	r->s->threads = (unsigned)number;
	return ok;
}

static bool read_end(struct reader *r, const char *value)
{
	r->ended = true;
	return *value ? bad(r, "end stands alone on its line") : true;
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r, const char *value);
} words[] = {
	{ "image", read_image }, { "seed", read_seed }, { "threads", read_threads },
	{ "memory", read_memory },
	{ "fixed", read_fixed }, { "met", read_met },   { "finding", read_finding },
	{ "main:", read_main },  { "end", read_end },
};

static bool statement(struct reader *r, char *text)
{
	char *value = text + strcspn(text, " ");

	if (*value)
		*value++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strcmp(texts[i].word, text) == 0)
			return read_text(r, &texts[i], value);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, text) == 0)
			return words[i].read(r, value);
	tp_buf_printf(&r->err, "\"%s\" is no word of such a file", text);
	return false;
}

static bool comment(struct reader *r, const char *text)
{
	text++;
	tp_buf_printf(&r->story, "%s%s", r->story.len ? "\n" : "", text + (*text == ' '));
	return true;
}

static bool line(struct reader *r, char *text)
{
	bool indented = isblank((unsigned char)*text);

	if (r->line == 1)
		return strcmp(text, FIRST) == 0 ? true
						: bad(r, "the first line is not \"" FIRST "\"");
	if (*text == '#')
		return comment(r, text);
	text = tp_trim(text);
	if (*text == '\0')
		return true;
	if (r->ended)
		return bad(r, "there is more behind \"end\"");
	if (!indented)
		return statement(r, text);
	if (!r->main_line)
		return bad(r, "an indented line stands before main");
	tp_buf_printf(&r->ops, "%s;", text);
	return true;
}

/* What can be told only of the whole. */
static bool whole(struct reader *r)
{
	struct tp_seqfile *s = r->s;

	if (!r->ended)
		return bad(r, "the file ends without \"end\": it is cut off");
	if (!s->cell)
		return bad(r, "there is no cell");
	if (!r->main_line)
		return bad(r, "there is no main");
	if (!tp_seq_parse(r->ops.text, NULL, NULL, &s->seq, &r->err)) {
		r->line = r->main_line;
		return false;
	}
	r->line = r->main_line;
	if (s->seq.nr == 0)
		return bad(r, "main has no operation");
	for (size_t i = 0; i < s->seq.nr && !s->memory_bytes; i++)
		if (tp_ops[s->seq.ops[i].kind].flags & TP_OP_MEMORY)
			return bad(r, "pressure wants a line \"memory BYTES\"");
	for (size_t i = 0; i < s->nr_met; i++)
		if (s->met[i].op >= s->seq.nr)
			return bad(r, "met names an operation that main does not have");
	return true;
}

static bool all_lines(struct reader *r, char *text)
{
	if (*text == '\0')
		return bad(r, "the file is empty");
	for (char *one; (one = tp_next_line(&text));) {
		r->line++;
		if (!line(r, one))
			return false;
	}
	return whole(r);
}

int tp_seqfile_read(const char *path, struct tp_seqfile *s)
{
	struct reader r = { .s = s };
	char *text;
	int err = tp_read_text(path, &text);

	*s = (struct tp_seqfile){ .kind = -1 };
	if (err < 0)
		return err;
	if (!all_lines(&r, text))
		err = tp_error(0, "%s:%u: %s", path, r.line, r.err.text);
	if (r.story.len)
		s->story = tp_buf_take(&r.story);
	tp_buf_free(&r.story);
	tp_buf_free(&r.ops);
	tp_buf_free(&r.err);
	free(text);
	if (err < 0)
		tp_seqfile_free(s);
	return err;
}

/* A line for each line of text; control characters would break the file. */
static void print_lines(struct tp_buf *out, const char *word, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		tp_buf_printf(out, "%s%s", word, len ? " " : "");
		for (size_t i = 0; i < len; i++)
			tp_buf_add(out, iscntrl((unsigned char)text[i]) ? " " : &text[i], 1);
		tp_buf_puts(out, "\n");
		text += len + (text[len] == '\n');
	}
}

/* The sequence in lines of some width, broken behind a ';'. */
static void print_main(const struct tp_seq *seq, struct tp_buf *out)
{
	struct tp_buf all = { 0 };
	size_t column = 0;

	tp_seq_print(seq, &all);
	tp_buf_puts(out, "main:");
	for (const char *p = all.text ? all.text : ""; *p;) {
		size_t len = strcspn(p, ";");
		const char *end = p + len + (p[len] == ';');

		p += *p == ' ';
		if (column + len > WIDTH) {
			tp_buf_puts(out, "\n   ");
			column = 0;
		}
		tp_buf_printf(out, " %.*s", (int)(end - p), p);
		column += len + 1;
		p = end;
	}
	tp_buf_puts(out, "\nend\n");
	tp_buf_free(&all);
}

void tp_seqfile_print(const struct tp_seqfile *s, struct tp_buf *out)
{
	tp_buf_puts(out, FIRST "\n");
	print_lines(out, "#", s->story);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		print_lines(out, texts[i].word, *text_of(s, &texts[i]));
	if (s->image_bytes)
		tp_buf_printf(out, "image %" PRIu64 "\n", s->image_bytes);
	if (s->memory_bytes)
		tp_buf_printf(out, "memory %" PRIu64 "\n", s->memory_bytes);
	if (s->seed)
		tp_buf_printf(out, "seed %" PRIu64 "\n", s->seed);
	if (s->threads)
		tp_buf_printf(out, "threads %u\n", s->threads);
	print_lines(out, "fixed", s->fixed);
	if (s->kind >= 0) {
		char *what = tp_printf("%s %" PRIu64 " %" PRIu64 " %.*s",
				       tp_finding_name((enum tp_finding_kind)s->kind), s->start,
				       s->end, s->title ? (int)strcspn(s->title, "\n") : 0,
				       s->title ? s->title : "");

		print_lines(out, "finding", what);
		free(what);
	}
	for (size_t i = 0; i < s->nr_met; i++)
		tp_buf_printf(out, "met %u %" PRIu64 " %" PRIu64 "\n", s->met[i].op,
			      s->met[i].begin_ns, s->met[i].end_ns);
	print_main(&s->seq, out);
}

int tp_seqfile_write(const struct tp_seqfile *s, const char *path)
{
	struct tp_buf out = { 0 };
	int err;

	tp_seqfile_print(s, &out);
	err = tp_write_file(path, out.text, out.len);
	tp_buf_free(&out);
	return err;
}

void tp_seqfile_free(struct tp_seqfile *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(*text_of(s, &texts[i]));
	free(s->fixed);
	free(s->story);
	free(s->title);
	free(s->met);
	tp_seq_free(&s->seq);
	*s = (struct tp_seqfile){ .kind = -1 };
}
