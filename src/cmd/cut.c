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

/* The scenarios that were at work both times, "a, b"; or NULL (to free). */
static char *killers(const struct tp_report *first, const struct tp_report *second)
{
	struct tp_buf names = { 0 };

	for (size_t i = 0; i < first->nr; i++) {
		const struct tp_record *r = &first->records[i];
		const struct tp_record *again = tp_report_find(second, r->scenario, r->cell);

		if (strcmp(r->scenario, TP_FILE_SYSTEM) != 0 && again &&
		    r->kinds & again->kinds & ENDS)
			tp_buf_printf(&names, "%s%s", names.len ? ", " : "", r->scenario);
	}
	return names.len ? tp_buf_take(&names) : NULL;
}

void tp_cut_twice(struct tp_report *first, struct tp_report *second)
{
	char *names = killers(first, second);
	char *reason = names ? tp_printf("the guest died twice before this was through; both times "
					 "%s was at work when it died", names) :
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
	free(names);
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
