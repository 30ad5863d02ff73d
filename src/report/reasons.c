// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reasons.c - why cases did not run or end as expected: each reason once
 */
#include <stdlib.h>
#include <string.h>

#include "report/grid.h"
#include "report/pen.h"
#include "report/plain.h"

/* Cases with one verdict and one reason. */
struct group {
	const struct tp_record **members;
	size_t nr;
};

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Do they differ in nothing but numbers (of files, operations, variants)? */
static bool alike(const char *a, const char *b)
{
	a = a ? a : "";
	b = b ? b : "";
	while (*a && *b) {
		size_t da = strspn(a, "0123456789"), db = strspn(b, "0123456789");

		if ((da > 0) != (db > 0) || (!da && *a != *b))
			return false;
		a += da ? da : 1;
		b += db ? db : 1;
	}
	return *a == *b;
}

/* "1k-journal-delalloc, 2k-journal-delalloc: the kernel refused ..." for the
 * mode at first, unless an earlier one has said the same. */
static void add_mode(struct tp_pen *pen, const struct tp_report *rep, size_t first)
{
	const char *remark = rep->modes[first].remark;

	for (size_t i = 0; i < first; i++)
		if (same(rep->modes[i].remark, remark))
			return;
	for (size_t i = first; i < rep->nr_modes; i++)
		if (same(rep->modes[i].remark, remark))
			tp_pen_part(pen, i == first ? "  " : ", ", rep->modes[i].cell);
	tp_pen_part(pen, ": ", remark);
	tp_buf_puts(&pen->buf, "\n");
}

void tp_modes_add(struct tp_pen *pen, const struct tp_report *rep)
{
	bool any = false;

	for (size_t i = 0; i < rep->nr_modes; i++) {
		if (same(rep->modes[i].remark, ""))
			continue;
		tp_buf_puts(&pen->buf, any ? "" : "\nModes:\n");
		any = true;
		add_mode(pen, rep, i);
	}
}

static size_t find_groups(const struct tp_report *rep, enum tp_verdict v, struct group **out)
{
	struct group *groups = NULL;
	size_t nr = 0, i;

	for (size_t k = 0; k < rep->nr; k++) {
		const struct tp_record *r = &rep->records[k];

		if (r->verdict != v || (v == TP_PASS && same(r->reason, "")))
			continue;
		for (i = 0; i < nr; i++)
			if (alike(groups[i].members[0]->reason, r->reason))
				break;
		if (i == nr) {
			groups = tp_grow(groups, nr, sizeof(*groups));
			groups[nr++] = (struct group){ 0 };
		}
		groups[i].members = tp_grow(groups[i].members, groups[i].nr, sizeof(r));
		groups[i].members[groups[i].nr++] = r;
	}
	*out = groups;
	return nr;
}

static int largest_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? 1 : -1;
	return strcmp(x->members[0]->reason ? x->members[0]->reason : "",
		      y->members[0]->reason ? y->members[0]->reason : "");
}

/* How many different scenarios (or cells) the group has. */
static size_t variety(const struct group *g, bool cells)
{
	size_t nr = 0, k;

	for (size_t i = 0; i < g->nr; i++) {
		for (k = 0; k < i; k++)
			if (cells ? same(g->members[k]->cell, g->members[i]->cell)
				  : same(g->members[k]->scenario, g->members[i]->scenario))
				break;
		nr += k == i;
	}
	return nr;
}

/* "    36  zero-range-keep in 36 cells: the reason" */
static void add_group(struct tp_pen *pen, const struct group *g)
{
	const struct tp_record *first = g->members[0];
	size_t scenarios = variety(g, false), cells = variety(g, true);

	tp_buf_printf(&pen->buf, "%6zu  ", g->nr);
	if (scenarios == 1)
		tp_pen_part(pen, "", first->scenario);
	else
		tp_plain_many(&pen->buf, scenarios, "scenario");
	tp_buf_puts(&pen->buf, " in ");
	if (cells == 1)
		tp_pen_part(pen, "", first->cell);
	else
		tp_plain_many(&pen->buf, cells, "cell");
	tp_pen_part(pen, ": ", same(first->reason, "") ? "no reason given" : first->reason);
	tp_buf_puts(&pen->buf, "\n");
}

void tp_reasons_add(struct tp_pen *pen, const struct tp_report *rep, enum tp_verdict v,
		    const char *title)
{
	struct group *groups;
	size_t nr = find_groups(rep, v, &groups);

	if (nr) {
		tp_buf_puts(&pen->buf, "\n");
		tp_pen_colored(pen, tp_verdict_color(v), title);
		tp_buf_puts(&pen->buf, "\n");
		qsort(groups, nr, sizeof(*groups), largest_first);
	}
	for (size_t i = 0; i < nr; i++) {
		add_group(pen, &groups[i]);
		free(groups[i].members);
	}
	free(groups);
}

/* Of more cases than these only the number is told. */
#define FORETOLD_NAMED 6

/* "  dio-append-exposes: dio-append-stale/1k-ordered-delalloc, ... and 12 more"
 * for the issue of the record at first, unless an earlier one has it. */
static void add_foretold(struct tp_pen *pen, const struct tp_report *rep, size_t first)
{
	const char *issue = rep->records[first].foretold;
	size_t nr = 0;

	for (size_t i = 0; i < first; i++)
		if (same(rep->records[i].foretold, issue))
			return;
	tp_pen_part(pen, "  ", issue);
	for (size_t i = first; i < rep->nr; i++) {
		const struct tp_record *r = &rep->records[i];

		if (!same(r->foretold, issue) || ++nr > FORETOLD_NAMED)
			continue;
		tp_pen_part(pen, nr == 1 ? ": " : ", ", r->scenario);
		tp_pen_part(pen, "/", r->cell);
	}
	if (nr > FORETOLD_NAMED) {
		tp_buf_puts(&pen->buf, " and ");
		tp_plain_count(&pen->buf, nr - FORETOLD_NAMED);
		tp_buf_puts(&pen->buf, " more");
	}
	tp_buf_puts(&pen->buf, "\n");
}

void tp_foretold_add(struct tp_pen *pen, const struct tp_report *rep)
{
	bool any = false;

	for (size_t i = 0; i < rep->nr; i++) {
		if (same(rep->records[i].foretold, ""))
			continue;
		if (!any) {
			tp_buf_puts(&pen->buf, "\n");
			tp_pen_colored(pen, tp_verdict_color(TP_KNOWN), "Foretold to fail, but passed:");
			tp_buf_puts(&pen->buf, "\n");
		}
		any = true;
		add_foretold(pen, rep, i);
	}
}
