// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cause.c - findings of generated sequences, grouped
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/record.h"

/* Names that scenario files cannot have; see plan/library.c. */
static const char *const generated[] = { "exhaust-", "random-", "sequence" };

bool tp_generated(const char *scenario)
{
	for (size_t i = 0; i < ARRAY_SIZE(generated); i++)
		if (strncmp(scenario, generated[i], strlen(generated[i])) == 0)
			return true;
	return false;
}

static bool same_issue(const struct tp_cause *a, const struct tp_cause *b)
{
	return a->issue && b->issue && strcmp(a->issue, b->issue) == 0;
}

/* Does a explain what b has? */
static bool covers(const struct tp_cause *a, const struct tp_cause *b)
{
	if (a->issue || b->issue)
		return same_issue(a, b);
	return a->kind == b->kind && tp_op_set_within(&a->ops, &b->ops);
}

static void cause_free(struct tp_cause *c)
{
	tp_finding_free(&c->first);
	free(c->issue);
	*c = (struct tp_cause){ 0 };
}

static void remove_cause(struct tp_record *r, size_t i)
{
	cause_free(&r->causes[i]);
	memmove(&r->causes[i], &r->causes[i + 1], (--r->nr_causes - i) * sizeof(*r->causes));
}

static size_t length(const struct tp_finding *f)
{
	return f->sequence ? strlen(f->sequence) : SIZE_MAX;
}

/* Take b into a, which covers it; a->last and b are left to the caller. */
static void absorb(struct tp_cause *a, struct tp_cause *b)
{
	bool again = a->last[0] && strcmp(a->last, b->last) == 0; /* counted in both */

	a->findings += b->findings;
	a->files += b->files - again;
	a->kinds |= b->kinds;
	for (int i = 0; i < TP_OP_SET_WORDS; i++)
		a->ops.bits[i] &= b->ops.bits[i];
	if (length(&b->first) < length(&a->first)) {
		struct tp_finding t = a->first;

		a->first = b->first;
		b->first = t;
	}
}

static size_t without_issue(const struct tp_record *r)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->nr_causes; i++)
		nr += !r->causes[i].issue;
	return nr;
}

/* c goes into a cause that covers it, or becomes one and takes in those it covers. */
static void add_cause(struct tp_record *r, struct tp_cause *c)
{
	for (size_t i = 0; i < r->nr_causes; i++) {
		if (covers(&r->causes[i], c)) {
			absorb(&r->causes[i], c);
			memcpy(r->causes[i].last, c->last, sizeof(c->last)); /* it is newer */
			cause_free(c);
			return;
		}
	}
	for (size_t i = r->nr_causes; i-- > 0;) {
		if (covers(c, &r->causes[i])) {
			absorb(c, &r->causes[i]);
			cause_free(&r->causes[i]);
			remove_cause(r, i);
		}
	}
	if (!c->issue && without_issue(r) >= TP_MAX_CAUSES) {
		cause_free(c);
		return;
	}
	r->causes = tp_grow(r->causes, r->nr_causes, sizeof(*c));
	r->causes[r->nr_causes++] = *c;
}

void tp_cause_add(struct tp_record *r, struct tp_finding *f)
{
	struct tp_cause c = { .kind = f->kind, .kinds = 1u << f->kind, .issue = f->issue, .ops = f->ops, .findings = 1,
			      .files = 1, .first = *f };

	snprintf(c.last, sizeof(c.last), "%s", f->file ? f->file : "");
	c.first.issue = NULL;
	*f = (struct tp_finding){ 0 };
	add_cause(r, &c);
}

void tp_causes_merge(struct tp_record *r, struct tp_record *other)
{
	for (size_t i = 0; i < other->nr_causes; i++) {
		other->causes[i].last[0] = '\0'; /* another mount has other files */
		add_cause(r, &other->causes[i]);
	}
	for (size_t i = 0; i < r->nr_causes; i++)
		r->causes[i].last[0] = '\0';
	free(other->causes);
	other->causes = NULL;
	other->nr_causes = 0;
}

static int unknown_first(const void *a, const void *b)
{
	const struct tp_cause *x = a, *y = b;

	if (x->foretold != y->foretold)
		return x->foretold ? 1 : -1;
	if (x->files != y->files)
		return x->files < y->files ? 1 : -1;
	return strcmp(x->first.sequence ? x->first.sequence : "",
		      y->first.sequence ? y->first.sequence : "");
}

static char *copy(const char *text)
{
	return text ? tp_strdup(text) : NULL;
}

void tp_causes_show(struct tp_record *r)
{
	if (!r->nr_causes)
		return;
	qsort(r->causes, r->nr_causes, sizeof(*r->causes), unknown_first);
	for (size_t i = 0; i < r->nr_findings; i++)
		tp_finding_free(&r->findings[i]);
	r->nr_findings = 0;
	for (size_t i = 0; i < r->nr_causes && r->nr_findings < TP_MAX_FINDINGS; i++) {
		const struct tp_finding *f = &r->causes[i].first;

		r->findings = tp_grow(r->findings, r->nr_findings, sizeof(*f));
		r->findings[r->nr_findings++] = (struct tp_finding){
			.kind = f->kind, .file = copy(f->file), .params = copy(f->params),
			.start = f->start, .end = f->end, .title = copy(f->title),
			.text = copy(f->text), .sequence = copy(f->sequence),
			.replay = copy(f->replay), .ops = f->ops,
		};
	}
}

void tp_causes_free(struct tp_record *r)
{
	for (size_t i = 0; i < r->nr_causes; i++)
		cause_free(&r->causes[i]);
	free(r->causes);
	r->causes = NULL;
	r->nr_causes = 0;
}
