// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scenario.c - reading one scenario file
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/reader.h"

static bool bad(struct tp_reader *r, const char *why)
{
	tp_buf_puts(&r->err, why);
	return false;
}

static bool badf(struct tp_reader *r, const char *fmt, const char *word)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	tp_buf_printf(&r->err, fmt, word);
#pragma GCC diagnostic pop
	return false;
}

/* "NAME: sentence" of the first line; further comment lines are the story. */
static bool comment(struct tp_reader *r, const char *text)
{
	struct tp_scenario *s = r->scenario;
	const char *colon = strchr(text, ':');

	text += strspn(text, "# ");
	if (s->title) {
		if (r->story.len)
			tp_buf_puts(&r->story, "\n");
		tp_buf_puts(&r->story, text);
		return true;
	}
	if (!colon || (size_t)(colon - text) != strlen(s->name) ||
	    memcmp(text, s->name, strlen(s->name)) != 0)
		return badf(r, "the first line must be \"# %s: what must hold\"", s->name);
	s->title = tp_strdup(colon + 1 + strspn(colon + 1, " "));
	return true;
}

/* HASH VERSION "title" */
static bool fixed(struct tp_reader *r, const char *text)
{
	struct tp_scenario *s = r->scenario;
	size_t hash = strspn(text, "0123456789abcdef");
	char *old = s->fixed, *plain;

	if (hash < 8 || hash > 40 || text[hash] != ' ')
		return bad(r, "fixed wants: COMMIT VERSION \"title\"");
	plain = tp_strdup(text);
	s->fixed = tp_printf("%s%s%s", old ? old : "", old ? "\n" : "", plain);
	free(plain);
	free(old);
	return true;
}

static bool needs(struct tp_reader *r, const char *text)
{
	struct tp_scenario *s = r->scenario;
	const char *word;
	size_t len;

	while ((word = tp_next_word(&text, &len))) {
		char *one = tp_strndup(word, len);

		s->needs = tp_grow(s->needs, s->nr_needs, sizeof(*s->needs));
		s->needs[s->nr_needs++] = one;
		if (tp_cell_has(tp_cells(), 4096, one) < 0)
			return badf(r, "\"%s\" is no property of a cell", one);
	}
	return true;
}

static bool image(struct tp_reader *r, const char *text)
{
	if (tp_parse_size(text, &r->scenario->image_bytes) &&
	    r->scenario->image_bytes >= (1u << 20))
		return true;
	return badf(r, "\"%s\" is no image size of at least 1m", text);
}

#define LEAST_MEMORY (8u << 20) /* the agent and its buffers have to live in it */

static bool memory(struct tp_reader *r, const char *text)
{
	if (tp_parse_size(text, &r->scenario->memory_bytes) &&
	    r->scenario->memory_bytes >= LEAST_MEMORY)
		return true;
	return badf(r, "\"%s\" is no memory size of at least 8m", text);
}

static bool cover(struct tp_reader *r, const char *text)
{
	uint64_t n;

	if (!tp_parse_u64(text, &n) || n < 1 || n > 3)
		return bad(r, "cover wants 1, 2 or 3");
	r->scenario->cover = (unsigned)n;
	return true;
}

static bool vary(struct tp_reader *r, const char *text)
{
	return tp_read_values(r, text, false);
}

static bool let(struct tp_reader *r, const char *text)
{
	return tp_read_values(r, text, true);
}

/* Index of a varied parameter and of its choice, for "NAME=LABEL". */
static bool find_choice(struct tp_reader *r, const char *word, struct tp_except *e)
{
	const struct tp_scenario *s = r->scenario;
	const char *label = strchr(word, '=');
	unsigned index = 0;

	for (size_t i = 0; label && i < s->nr_params; i++) {
		const struct tp_param *p = &s->params[i];

		if (p->is_let)
			continue;
		if (strlen(p->name) == (size_t)(label - word) && tp_starts(word, p->name)) {
			for (unsigned k = 0; k < p->nr; k++) {
				if (strcmp(p->choices[k].label, label + 1) != 0)
					continue;
				e->param[e->nr] = (uint8_t)index;
				e->choice[e->nr++] = (uint8_t)k;
				return true;
			}
		}
		index++;
	}
	return badf(r, "\"%s\" is no value of a parameter above", word);
}

static bool except(struct tp_reader *r, const char *text)
{
	struct tp_scenario *s = r->scenario;
	struct tp_except e = { .nr = 0 };
	const char *word;
	size_t len;

	while ((word = tp_next_word(&text, &len))) {
		char *one = tp_strndup(word, len);
		bool ok = e.nr < TP_MAX_PARAMS && find_choice(r, one, &e);

		free(one);
		if (!ok)
			return false;
	}
	if (e.nr == 0)
		return bad(r, "except wants NAME=LABEL...");
	s->excepts = tp_grow(s->excepts, s->nr_excepts, sizeof(*s->excepts));
	s->excepts[s->nr_excepts++] = e;
	return true;
}

static bool main_ops(struct tp_reader *r, const char *text)
{
	if (r->ops.len)
		return bad(r, "main stands twice");
	tp_buf_puts(&r->ops, text);
	tp_buf_puts(&r->ops, ";");
	return true;
}

static const struct {
	const char *word;
	bool (*read)(struct tp_reader *r, const char *rest);
} words[] = {
	{ "fixed", fixed }, { "needs", needs },	  { "image", image }, { "cover", cover },
	{ "vary", vary },   { "let", let },	  { "except", except }, { "main:", main_ops },
	{ "memory", memory },
};

static bool statement(struct tp_reader *r, const char *text)
{
	const char *rest = text;
	size_t len;
	const char *word = tp_next_word(&rest, &len);
	char *name;

	rest += strspn(rest, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == len && memcmp(words[i].word, word, len) == 0)
			return words[i].read(r, rest);
	name = tp_strndup(word, len);
	badf(r, "\"%s\" is no word of a scenario", name);
	free(name);
	return false;
}

static bool line(struct tp_reader *r, char *text)
{
	bool indented = isblank((unsigned char)*text);

	text = tp_trim(text);
	if (*text == '\0')
		return true;
	if (*text == '#')
		return comment(r, text);
	if (!r->scenario->title)
		return badf(r, "the first line must be \"# %s: what must hold\"",
			    r->scenario->name);
	if (!indented)
		return statement(r, text);
	if (!r->ops.len)
		return bad(r, "an indented line stands before main");
	tp_buf_puts(&r->ops, text);
	tp_buf_puts(&r->ops, ";");
	return true;
}

/* All lines of the file; on a fault r->line is the number of the bad one. */
static bool all_lines(struct tp_reader *r, char *text)
{
	for (char *one; (one = tp_next_line(&text));) {
		r->line++;
		if (!line(r, one))
			return false;
	}
	if (!r->scenario->title)
		return bad(r, "the file is empty");
	return r->ops.len ? true : bad(r, "there is no main");
}

int tp_scenario_read(const char *path, const char *name, const struct tp_lists *lists,
		     struct tp_scenario *s)
{
	struct tp_reader r = { .scenario = s, .lists = lists };
	char *text;
	int err = tp_read_text(path, &text);

	if (err < 0)
		return err;
	*s = (struct tp_scenario){ .name = tp_strdup(name) };
	if (!all_lines(&r, text))
		err = tp_error(0, "%s:%u: %s", path, r.line, r.err.text);
	s->story = tp_buf_take(&r.story);
	s->text = tp_buf_take(&r.ops);
	tp_buf_free(&r.err);
	free(text);
	return err;
}
