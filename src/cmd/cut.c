// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cut.c - verdicts of mounts in which a guest died
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cut.h"
#include "judge/judge.h"

#define ENDS ((1u << TP_PANIC) | (1u << TP_HANG) | (1u << TP_KERNEL_LOG))

static void add_words(struct tp_finding *f, const char *words)
{
	char *title = tp_printf("%s (%s)", f->title, words);

	free(f->title);
	f->title = title;
}

/* What the kernel said and what hung; the rest of a boot that died proves nothing. */
static void move_ends(struct tp_record *from, struct tp_record *to, const char *words)
{
	for (size_t i = 0; i < from->nr_findings; i++) {
		struct tp_finding *f = &from->findings[i];

		if (!(ENDS & 1u << f->kind))
			continue;
		add_words(f, words);
		tp_record_add(to, f);
		tp_record_when(to, from->first_ns);
		*f = (struct tp_finding){ 0 };
	}
}

static void merge_ends(struct tp_report *first, struct tp_report *second, const char *words)
{
	for (size_t i = 0; i < first->nr; i++) {
		struct tp_record *r = &first->records[i];

		if (r->kinds & ENDS)
			move_ends(r, tp_report_case(second, r->scenario, r->cell), words);
	}
	tp_report_free(first);
}

void tp_cut_once(struct tp_report *first, struct tp_report *second)
{
	merge_ends(first, second, "in a guest that died; a fresh one came through");
}

static bool is_named(const struct tp_record *r)
{
	return strcmp(r->scenario, TP_FILE_SYSTEM) != 0 && r->kinds & ENDS;
}

bool tp_cut_named(const struct tp_report *rep)
{
	bool named = false;

	for (size_t i = 0; i < rep->nr; i++)
		named |= is_named(&rep->records[i]);
	return named;
}

/*
 * The scenarios that were at work when the guest died, "a,b"; or NULL (to free).  Both
 * times, where the first guest's death was named too.
 */
static char *killers(const struct tp_report *first, const struct tp_report *second)
{
	bool both = tp_cut_named(first);
	struct tp_buf names = { 0 };

	for (size_t i = 0; i < second->nr; i++) {
		const struct tp_record *r = &second->records[i];
		const struct tp_record *before = tp_report_find(first, r->scenario, r->cell);

		if (is_named(r) && (!both || (before && is_named(before))))
			tp_buf_printf(&names, "%s%s", names.len ? "," : "", r->scenario);
	}
	return names.len ? tp_buf_take(&names) : NULL;
}

char *tp_cut_twice(struct tp_report *first, struct tp_report *second)
{
	char *names = killers(first, second);
	char *reason = names ? tp_printf("the guest died twice before this was through, while %s was "
					 "at work", names) :
			       tp_strdup("the guest died twice before this was through");

	for (size_t i = 0; i < second->nr; i++) {
		struct tp_record *r = &second->records[i];

		if (r->verdict != TP_BROKEN)
			continue;
		free(r->reason);
		r->reason = tp_strdup(reason);
	}
	merge_ends(first, second, "in the first of two guests that died");
	free(reason);
	return names;
}

char *tp_cut_again(struct tp_report *again, struct tp_report *whole)
{
	const struct tp_report nothing = { 0 };
	char *names = killers(&nothing, again);

	merge_ends(again, whole, "in a guest without what had killed others");
	return names;
}

void tp_cut_rest(struct tp_report *rest, struct tp_report *whole)
{
	for (size_t i = 0; i < rest->nr; i++) {
		struct tp_record *told = &rest->records[i];
		struct tp_record *r = tp_report_case(whole, told->scenario, told->cell);

		if (r->verdict == TP_BROKEN) { /* what failed before stays with its findings */
			struct tp_record broken = *r;

			*r = *told;
			*told = broken;
		} else {
			tp_record_merge(r, told);
		}
	}
	tp_report_free(rest);
}

/* The last line that says something. */
static char *last_line(char *text)
{
	char *end = text + strlen(text), *line;

	for (;;) {
		while (end > text && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' '))
			*--end = '\0';
		line = strrchr(text, '\n');
		if (!line || !strstr(line, "tailpage: "))
			return line ? line + 1 : text;
		end = line;
		*end = '\0';
	}
}

char *tp_cut_last_words(const char *console)
{
	char *text = NULL, *why, *panic;

	if (!tp_exists(console) || tp_read_file(console, &text, NULL) < 0)
		return tp_strdup("the guest said nothing");
	panic = strstr(text, "Kernel panic");
	if (panic)
		panic[strcspn(panic, "\r\n")] = '\0';
	why = tp_printf("the guest never came to its first mount; its console ends with \"%s\" (%s)",
			panic ? panic : last_line(text), console);
	free(text);
	return why;
}
