// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * values.c - the values of parameters: words, 1..64, LABEL:"operations", @LIST
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/reader.h"

static void add_choice(struct tp_param *p, char *label, char *text)
{
	p->choices = tp_grow(p->choices, p->nr, sizeof(*p->choices));
	p->choices[p->nr++] = (struct tp_choice){ label, text };
}

static bool add_list(struct tp_param *p, const struct tp_lists *lists, const char *name,
		     size_t len, struct tp_buf *err)
{
	for (size_t i = 0; lists && i < lists->nr; i++) {
		const struct tp_param *l = &lists->lists[i];

		if (strlen(l->name) != len || memcmp(l->name, name, len) != 0)
			continue;
		for (unsigned k = 0; k < l->nr; k++)
			add_choice(p, tp_strdup(l->choices[k].label), tp_strdup(l->choices[k].text));
		return true;
	}
	tp_buf_printf(err, "there is no list \"%.*s\"", (int)len, name);
	return false;
}

/* "FROM..TO", whole numbers: each of them.  Any other word is one value. */
static bool add_word(struct tp_param *p, const char *word, size_t len, struct tp_buf *err)
{
	char *copy = tp_strndup(word, len), *dots = strstr(copy, "..");
	uint64_t from, to;

	if (!dots) {
		add_choice(p, copy, tp_strdup(copy));
		return true;
	}
	*dots = '\0';
	if (!tp_parse_u64(copy, &from) || !tp_parse_u64(dots + 2, &to) || from > to ||
	    to - from >= TP_MAX_CHOICES) {
		tp_buf_printf(err, "\"%.*s\" is not FROM..TO, at most %d numbers", (int)len, word,
			      TP_MAX_CHOICES);
		free(copy);
		return false;
	}
	free(copy);
	for (uint64_t n = from; n <= to; n++)
		add_choice(p, tp_printf("%" PRIu64, n), tp_printf("%" PRIu64, n));
	return true;
}

/*
 * One value at *text: a word; numbers FROM..TO; a quoted text; LABEL:"text"; @LIST.
 * Moves *text behind it.
 */
static bool add_value(struct tp_param *p, const struct tp_lists *lists, const char **text,
		      struct tp_buf *err)
{
	const char *s = *text, *quote;
	size_t len = strcspn(s, " \t\""), body;

	if (*s == '@') {
		*text = s + len;
		return add_list(p, lists, s + 1, len - 1, err);
	}
	if (s[len] != '"') {
		*text = s + len;
		return add_word(p, s, len, err);
	}
	quote = s + len + 1;
	body = strcspn(quote, "\"");
	if (quote[body] != '"' || (len > 0 && (s[len - 1] != ':' || len == 1))) {
		tp_buf_puts(err, "a value in quotes is LABEL:\"operations\"");
		return false;
	}
	*text = quote + body + 1;
	add_choice(p, len ? tp_strndup(s, len - 1) : tp_strndup(quote, body),
		   tp_strndup(quote, body));
	return true;
}

/* Does "NAME =" stand here?  Returns the length of NAME, or 0. */
static size_t name_here(const char *s, const char **behind)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	*behind = s + len + strspn(s + len, " \t");
	if (len == 0 || **behind != '=')
		return 0;
	++*behind;
	return len;
}

/* "NAME = VALUE..." up to the end or the next "NAME =". */
static bool read_param(struct tp_param *p, const struct tp_lists *lists, const char **text,
		       struct tp_buf *err)
{
	const char *behind;
	size_t len = name_here(*text, &behind);

	if (!len) {
		tp_buf_printf(err, "\"%s\" is not NAME = VALUE...", *text);
		return false;
	}
	p->name = tp_strndup(*text, len);
	*text = behind;
	for (;;) {
		*text += strspn(*text, " \t");
		if (**text == '\0' || name_here(*text, &behind))
			break;
		if (!add_value(p, lists, text, err))
			return false;
		if (p->nr > TP_MAX_CHOICES) {
			tp_buf_printf(err, "%s has more than %d values", p->name, TP_MAX_CHOICES);
			return false;
		}
	}
	if (p->nr == 0)
		tp_buf_printf(err, "%s has no value", p->name);
	return p->nr > 0;
}

bool tp_read_values(struct tp_reader *r, const char *text, bool is_let)
{
	struct tp_scenario *s = r->scenario;

	text += strspn(text, " \t");
	do {
		struct tp_param p = { .is_let = is_let };
		bool ok = read_param(&p, r->lists, &text, &r->err);

		for (size_t i = 0; ok && i < s->nr_params; i++)
			if (strcmp(s->params[i].name, p.name) == 0) {
				tp_buf_printf(&r->err, "%s has its values already", p.name);
				ok = false;
			}
		s->params = tp_grow(s->params, s->nr_params, sizeof(*s->params));
		s->params[s->nr_params++] = p;
		if (ok && (s->nr_params > TP_MAX_PARAMS || (is_let && p.nr != 1))) {
			tp_buf_printf(&r->err, is_let ? "%s has more than one value" :
							"%s is one parameter too many", p.name);
			ok = false;
		}
		if (!ok)
			return false;
	} while (*text);
	return true;
}

int tp_lists_read(const char *path, struct tp_lists *lists)
{
	struct tp_buf why = { 0 };
	char *text, *next, *one;
	unsigned nr = 0;
	bool ok = true;
	int err;

	*lists = (struct tp_lists){ 0 };
	if (!tp_exists(path))
		return 0;
	err = tp_read_text(path, &text);
	if (err < 0)
		return err;
	for (next = text; ok && (one = tp_next_line(&next));) {
		const char *cursor;

		one = tp_trim(one);
		nr++;
		if (*one == '\0' || *one == '#')
			continue;
		cursor = one;
		lists->lists = tp_grow(lists->lists, lists->nr, sizeof(*lists->lists));
		lists->lists[lists->nr] = (struct tp_param){ 0 };
		lists->nr++;
		ok = read_param(&lists->lists[lists->nr - 1], lists, &cursor, &why) &&
		     *cursor == '\0';
	}
	if (!ok)
		err = tp_error(0, "%s:%u: %s", path, nr, why.text ? why.text : "one list a line");
	tp_buf_free(&why);
	free(text);
	return err;
}

static void free_params(struct tp_param *params, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		for (unsigned k = 0; k < params[i].nr; k++) {
			free(params[i].choices[k].label);
			free(params[i].choices[k].text);
		}
		free(params[i].choices);
		free(params[i].name);
	}
	free(params);
}

void tp_lists_free(struct tp_lists *lists)
{
	free_params(lists->lists, lists->nr);
	*lists = (struct tp_lists){ 0 };
}

void tp_scenario_free(struct tp_scenario *s)
{
	free_params(s->params, s->nr_params);
	for (size_t i = 0; i < s->nr_needs; i++)
		free(s->needs[i]);
	free(s->needs);
	free(s->excepts);
	free(s->name);
	free(s->title);
	free(s->story);
	free(s->fixed);
	free(s->text);
	*s = (struct tp_scenario){ 0 };
}
