// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * huntfile.c - a hunt on disk: what is hunted, and the log of what was tested
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "report/huntfile.h"
#include "report/plain.h"

static json_t *words_of(const struct tp_hunt *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->nr_words; i++)
		json_array_append_new(list, json_string(h->words[i]));
	return list;
}

static json_t *kinds_of(uint32_t kinds)
{
	json_t *list = json_array();

	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		if (kinds & 1u << k)
			json_array_append_new(list, json_string(tp_finding_name(k)));
	return list;
}

/* What was asked. */
static json_t *question_of(const struct tp_hunt *h)
{
	return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s, s:o, s:b, s:b, s:I, s:f, s:I}",
			 "tree", h->tree, "good", h->good, "bad", h->bad, "case", h->case_name,
			 "seq", h->seq, "detector", h->detector, "kernel", h->kernel, "options",
			 words_of(h), "debug", h->debug, "other_bad", h->other_bad, "most_runs",
			 (json_int_t)h->most_runs, "alpha", h->alpha, "steps",
			 (json_int_t)h->steps);
}

static int save_text(json_t *object, const char *path)
{
	char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
	char *line = text ? tp_printf("%s\n", text) : NULL;
	int err = line ? tp_write_file(path, line, strlen(line))
		       : tp_error(0, "%s: what is to be written is no UTF-8", path);

	free(text);
	free(line);
	return err;
}

int tp_hunt_save(const struct tp_hunt *h, const char *path)
{
	json_t *object = question_of(h);
	int err;

	if (object) {
		json_object_set_new(object, "kinds", kinds_of(h->kinds));
		json_object_set_new(object, "runs", json_integer((json_int_t)h->runs));
		json_object_set_new(object, "hits", json_integer((json_int_t)h->hits));
	}
	err = save_text(object, path);
	json_decref(object);
	return err;
}

bool tp_hunt_same(const struct tp_hunt *a, const struct tp_hunt *b)
{
	json_t *one = question_of(a), *two = question_of(b);
	bool same = json_equal(one, two);

	json_decref(one);
	json_decref(two);
	return same;
}

static char *copy(const char *s)
{
	return s ? tp_strdup(s) : NULL;
}

static bool take_words(const json_t *list, struct tp_hunt *h)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!word)
			return false;
		h->words = tp_grow(h->words, h->nr_words, sizeof(*h->words));
		h->words[h->nr_words++] = tp_strdup(word);
	}
	return json_is_array(list);
}

static bool take_kinds(const json_t *list, uint32_t *kinds)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		int kind = word ? tp_finding_find(word) : -1;

		if (kind < 0)
			return false;
		*kinds |= 1u << kind;
	}
	return json_is_array(list);
}

static int take_hunt(const char *path, json_t *object, struct tp_hunt *h)
{
	const char *tree, *good = NULL, *bad = NULL, *case_name = NULL, *seq = NULL;
	const char *detector = NULL, *kernel;
	json_int_t most, steps, runs, hits;
	json_t *words, *kinds;
	int debug, other_bad;
	json_error_t why;

	if (json_unpack_ex(object, &why, JSON_STRICT,
			   "{s:s, s?:s, s?:s, s?:s, s?:s, s?:s, s:s, s:o, s:b, s:b, s:I, s:F, s:I, "
			   "s:o, s:I, s:I}",
			   "tree", &tree, "good", &good, "bad", &bad, "case", &case_name, "seq",
			   &seq, "detector", &detector, "kernel", &kernel, "options", &words,
			   "debug", &debug, "other_bad", &other_bad, "most_runs", &most, "alpha",
			   &h->alpha, "steps", &steps, "kinds", &kinds, "runs", &runs, "hits",
			   &hits) != 0)
		return tp_error(0, "%s: %s", path, why.text);
	h->tree = tp_strdup(tree);
	h->good = copy(good);
	h->bad = copy(bad);
	h->case_name = copy(case_name);
	h->seq = copy(seq);
	h->detector = copy(detector);
	h->kernel = tp_strdup(kernel);
	h->debug = debug;
	h->other_bad = other_bad;
	h->most_runs = (uint64_t)most;
	h->steps = (uint64_t)steps;
	h->runs = (uint64_t)runs;
	h->hits = (uint64_t)hits;
	if (!take_words(words, h) || !take_kinds(kinds, &h->kinds))
		return tp_error(0, "%s: options or kinds are no list of the right words", path);
	if (most < 1 || steps < 0 || steps > 63 || runs < 0 || hits < 0 || hits > runs ||
	    !(h->alpha > 0 && h->alpha < 1))
		return tp_error(0, "%s: a number is out of range", path);
	return 0;
}

int tp_hunt_load(const char *path, struct tp_hunt *h)
{
	json_error_t why;
	json_t *object;
	char *text;
	size_t len;
	int err = tp_read_file(path, &text, &len);

	*h = (struct tp_hunt){ 0 };
	if (err)
		return err;
	object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (!object)
		return tp_error(0, "%s: line %d: %s", path, why.line, why.text);
	err = take_hunt(path, object, h);
	json_decref(object);
	if (err)
		tp_hunt_free(h);
	return err;
}

/* The log */

static char *line_of(const struct tp_tested *t)
{
	const struct tp_tally *n = &t->tally;
	char *subject = tp_plain(t->subject, TP_PLAIN_UTF8); /* git takes any bytes */
	char *why = t->why ? tp_plain(t->why, TP_PLAIN_UTF8) : NULL;
	json_t *object =
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:s*}", "phase",
			  t->phase, "commit", t->commit, "subject", subject, "verdict",
			  tp_tried_name(t->verdict), "needed", (json_int_t)n->needed, "runs",
			  (json_int_t)n->runs, "fails", (json_int_t)n->hits, "others",
			  (json_int_t)n->others, "untold", (json_int_t)n->untold, "build_seconds",
			  t->build_s, "seconds", t->seconds, "why", why);
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
	char *line = text ? tp_printf("%s\n", text) : NULL;

	json_decref(object);
	free(text);
	free(subject);
	free(why);
	return line;
}

int tp_tested_append(const char *path, const struct tp_tested *t)
{
	char *line = line_of(t);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), err = 0;
	ssize_t len = line ? (ssize_t)strlen(line) : -1;

	if (!line)
		err = tp_error(0, "%s: what is to be written is no UTF-8", path);
	else if (fd < 0)
		err = tp_error(errno, "cannot open %s", path);
	else if (write(fd, line, (size_t)len) != len || fsync(fd) != 0)
		err = tp_error(errno, "cannot write to %s", path);
	if (fd >= 0 && close(fd) != 0 && err == 0)
		err = tp_error(errno, "cannot write to %s", path);
	free(line);
	return err;
}

static int take_tested(const char *path, size_t nr, const char *line, size_t len,
		       struct tp_tested *t)
{
	const char *phase, *commit, *subject, *verdict, *why_text = NULL;
	json_int_t needed, runs, hits, others, untold;
	json_error_t why;
	json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	int found = -1;

	if (object &&
	    json_unpack_ex(object, &why, JSON_STRICT,
			   "{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:F, s:F, s?:s}", "phase",
			   &phase, "commit", &commit, "subject", &subject, "verdict", &verdict,
			   "needed", &needed, "runs", &runs, "fails", &hits, "others", &others,
			   "untold", &untold, "build_seconds", &t->build_s, "seconds", &t->seconds,
			   "why", &why_text) == 0) {
		found = tp_tried_find(verdict);
		t->phase = tp_strdup(phase);
		t->commit = tp_strdup(commit);
		t->subject = tp_strdup(subject);
		t->why = copy(why_text);
		t->tally = (struct tp_tally){ (uint64_t)needed, (uint64_t)runs, (uint64_t)hits,
					      (uint64_t)others, (uint64_t)untold };
		snprintf(why.text, sizeof(why.text), "there is no verdict \"%s\"", verdict);
	}
	json_decref(object);
	if (found < 0)
		return tp_error(0, "%s:%zu: %s", path, nr, why.text);
	t->verdict = (enum tp_tried)found;
	return 0;
}

/* The last line has no end: whoever wrote it was stopped. */
static int cut_off(const char *path, size_t len)
{
	tp_note("%s: the last line was not written to its end and is cut off", path);
	return truncate(path, (off_t)len) == 0 ? 0 : tp_error(errno, "cannot cut %s", path);
}

int tp_tested_load(const char *path, struct tp_tested_list *list)
{
	char *text, *end;
	size_t len;
	int err;

	*list = (struct tp_tested_list){ 0 };
	if (!tp_exists(path))
		return 0;
	err = tp_read_file(path, &text, &len);
	if (err)
		return err;
	for (char *line = text; line < text + len && !err; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + len - line));
		if (!end) {
			err = cut_off(path, (size_t)(line - text));
			break;
		}
		list->t = tp_grow(list->t, list->nr, sizeof(*list->t));
		list->t[list->nr] = (struct tp_tested){ 0 };
		err = take_tested(path, list->nr + 1, line, (size_t)(end - line),
				  &list->t[list->nr]);
		list->nr++;
	}
	free(text);
	if (err)
		tp_tested_list_free(list);
	return err;
}

const struct tp_tested *tp_tested_find(const struct tp_tested_list *list, const char *phase,
				       const char *commit)
{
	for (size_t i = list->nr; i-- > 0;)
		if (strcmp(list->t[i].phase, phase) == 0 &&
		    strcmp(list->t[i].commit, commit) == 0 && list->t[i].verdict != TP_TRIED_STOP)
			return &list->t[i];
	return NULL;
}

void tp_tested_free(struct tp_tested *t)
{
	free(t->phase);
	free(t->commit);
	free(t->subject);
	free(t->why);
	*t = (struct tp_tested){ 0 };
}

void tp_tested_list_free(struct tp_tested_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		tp_tested_free(&list->t[i]);
	free(list->t);
	*list = (struct tp_tested_list){ 0 };
}
