// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * blame.c - may these operations of a long sequence be what a finding is about?
 *
 * The words are looked for from the last to the first, each as late as can be: what was
 * done last to a place is what most likely damaged it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/known.h"

#define SIGNS "{.=+"
#define PLAIN 1 /* blamed where the words have no sign: any that has one comes first */

struct blame {
	const struct tp_scene *scene;
	const struct tp_finding *f;
	uint64_t start, end;           /* the bytes, where they were made */
	uint64_t page_start, page_end; /* the pages that hold them */
	size_t writer;                 /* whose bytes were lost, or SIZE_MAX */
	size_t upto;                   /* operations that may have to do with it */
	size_t extension;              /* that moved the end of file over them, or SIZE_MAX */
	bool placed;                   /* places and sizes are known: signs mean something */
};

static bool races(const struct tp_seq *seq)
{
	for (size_t i = 0; i < seq->nr; i++)
		if (seq->ops[i].actor)
			return true;
	return false;
}

/* Did it move the end of file on, over some of the bytes, from inside their page? */
static bool extends(const struct blame *b, size_t i)
{
	const struct tp_step *s = &b->scene->steps[i];

	return s->ran && s->before < s->after && s->before < b->end && s->after > b->start &&
	       s->before > b->page_start && s->before % b->scene->page_bytes != 0;
}

static void begin(struct blame *b, const struct tp_finding *f, int64_t shift,
		  const struct tp_scene *scene)
{
	uint64_t page = scene->page_bytes;
	size_t before;

	*b = (struct blame){ .scene = scene,
			     .f = f,
			     .writer = SIZE_MAX,
			     .upto = scene->seq->nr,
			     .extension = SIZE_MAX };
	b->placed = scene->steps && f->end > f->start && !races(scene->seq);
	if (!b->placed)
		return;
	b->start = f->start - (uint64_t)shift;
	b->end = f->end - (uint64_t)shift;
	b->page_start = b->start / page * page;
	b->page_end = (b->end + page - 1) / page * page;
	if (f->seen && f->seen < b->upto)
		b->upto = f->seen;
	if (f->writer && f->writer <= b->upto)
		b->writer = f->writer - 1;
	before = f->kind == TP_LOST && b->writer != SIZE_MAX ? b->writer : b->upto;
	for (size_t i = before; i-- > 0 && b->extension == SIZE_MAX;)
		if (extends(b, i))
			b->extension = i;
}

/* Does it name bytes of the range? */
static bool names(const struct tp_op *op, uint64_t start, uint64_t end)
{
	enum tp_effect effect = tp_ops[op->kind].effect;
	uint64_t from, to;

	if (!tp_op_range(op, &from, &to))
		return false;
	if (effect == TP_EFFECT_COLLAPSE || effect == TP_EFFECT_INSERT)
		to = UINT64_MAX;
	return from < end && to > start;
}

/* Does it move the end of file through the page? */
static bool moves_end(const struct blame *b, size_t i)
{
	const struct tp_step *s = &b->scene->steps[i];
	uint64_t low = s->before < s->after ? s->before : s->after;
	uint64_t high = s->before < s->after ? s->after : s->before;

	return s->ran && low != high && low < b->page_end && high > b->page_start;
}

static bool sign_holds(const struct blame *b, char sign, size_t i)
{
	const struct tp_op *op = &b->scene->seq->ops[i];

	if (sign == '{')
		return op->actor != 0;
	if (!b->placed)
		return true;
	switch (sign) {
	case '.':
		return names(op, b->page_start, b->page_end) || moves_end(b, i);
	case '=':
		return names(op, b->start, b->end);
	case '+':
		return i == b->extension;
	default:
		return true;
	}
}

static bool has_sign(const char *word)
{
	return strchr(SIGNS, *word) != NULL;
}

/* The latest operation before `before` that the word means, or SIZE_MAX. */
static size_t latest(const struct blame *b, const char *word, size_t before)
{
	const char *list = has_sign(word) ? word + 1 : word;

	for (size_t i = before; i-- > 0;)
		if (tp_match_list(list, tp_ops[b->scene->seq->ops[i].kind].name) &&
		    sign_holds(b, has_sign(word) ? *word : '\0', i))
			return i;
	return SIZE_MAX;
}

/* Of one alternative, which is changed: as tp_blame. */
static size_t blame_words(const struct blame *b, char *text)
{
	char *words[TP_BLAME_WORDS], *save = NULL;
	size_t nr = 0, blamed = PLAIN, before = b->upto;
	bool placed = false;

	for (char *w = strtok_r(text, " \t", &save); w && nr < TP_BLAME_WORDS;
	     w = strtok_r(NULL, " \t", &save)) {
		words[nr++] = w;
		placed |= b->placed && strchr(".=+", *w) != NULL;
	}
	for (size_t k = nr; k-- > 0;) {
		bool is_writer = k + 1 == nr && b->writer != SIZE_MAX && b->f->kind == TP_LOST &&
				 placed && *words[k] != '+';
		size_t at = latest(b, words[k], is_writer ? b->writer + 1 : before);

		if (at == SIZE_MAX || (is_writer && at != b->writer))
			return 0;
		before = at;
		if (placed && blamed == PLAIN && !is_writer)
			blamed = at + 1 + PLAIN;
	}
	return nr ? blamed : 0;
}

/* Where the bytes were made, when they have moved so far since. */
static size_t blame_at(const char *ops, const struct tp_finding *f, int64_t shift,
		       const struct tp_scene *scene)
{
	char *copy = tp_strdup(ops), *save = NULL;
	struct blame b;
	size_t most = 0;

	begin(&b, f, shift, scene);
	for (char *one = strtok_r(copy, "|", &save); one; one = strtok_r(NULL, "|", &save)) {
		size_t blamed = blame_words(&b, one);

		most = blamed > most ? blamed : most;
	}
	free(copy);
	return most;
}

/* A few bytes are taken for those of another write easily, and so for having moved. */
size_t tp_blame(const char *ops, const struct tp_finding *f, const struct tp_scene *scene)
{
	size_t moved = blame_at(ops, f, f->shift, scene), there;

	if (!f->shift)
		return moved;
	there = blame_at(ops, f, 0, scene);
	return moved > there ? moved : there;
}
