// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known.c - failures that are foretold for a kernel
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/known.h"

/* Ranges that stand side by side: in any of them is in. */
static bool read_range(struct tp_issue *issue, const char *text,
		       bool (*parse)(const char *, struct tp_range *))
{
	issue->ranges = tp_grow(issue->ranges, issue->nr_ranges, sizeof(*issue->ranges));
	if (!parse(text, &issue->ranges[issue->nr_ranges]))
		return false;
	issue->nr_ranges++;
	return true;
}

static bool read_kinds(struct tp_issue *issue, char *text)
{
	char *save = NULL;

	for (char *one = strtok_r(text, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		int kind = tp_finding_find(one);

		if (kind < 0)
			return false;
		issue->kinds |= 1u << kind;
	}
	return issue->kinds != 0;
}

static void add_text(char **text, const char *more)
{
	char *old = *text;

	*text = old ? tp_printf("%s %s", old, more) : tp_strdup(more);
	free(old);
}

/* One line of a block; NULL, or what is wrong with it. */
static const char *read_line(struct tp_issue *issue, const char *word, char *rest)
{
	if (*rest == '\0')
		return "a word without a value";
	if (strcmp(word, "scenarios") == 0)
		add_text(&issue->scenarios, rest);
	else if (strcmp(word, "cells") == 0)
		add_text(&issue->cells, rest);
	else if (strcmp(word, "filesystems") == 0)
		add_text(&issue->filesystems, rest);
	else if (strcmp(word, "ops") == 0)
		add_text(&issue->ops, rest);
	else if (strcmp(word, "text") == 0)
		add_text(&issue->text, rest);
	else if (strcmp(word, "with") == 0)
		add_text(&issue->with, rest);
	else if (strcmp(word, "sure") == 0)
		add_text(&issue->sure, rest);
	else if (strcmp(word, "fixed") == 0)
		add_text(&issue->fixed, rest);
	else if (strcmp(word, "evidence") == 0)
		add_text(&issue->evidence, rest);
	else if (strcmp(word, "kernels") == 0)
		return read_range(issue, rest, tp_range_parse) ? NULL : "kernels wants FROM-BEFORE";
	else if (strcmp(word, "vendor") == 0)
		return read_range(issue, rest, tp_range_parse_vendor) ?
			       NULL :
			       "vendor wants WORD FROM BEFORE, WORD - or WORD none";
	else if (strcmp(word, "share") == 0)
		return tp_parse_u64(rest, &issue->share) && issue->share <= 100 ? NULL :
										  "share wants a percentage";
	else if (strcmp(word, "findings") == 0)
		return read_kinds(issue, rest) ? NULL : "an unknown kind of finding";
	else
		return "no word of a known issue";
	return NULL;
}

/* In a case of a few files one that is hit is more than any percentage. */
#define RACE_HITS 2

/* Has one of the alternatives more words than may be looked for? */
static bool too_many_words(const char *ops)
{
	unsigned nr = 0;

	for (const char *p = ops ? ops : ""; *p;) {
		size_t len = strcspn(p, " \t|");

		if (len && ++nr > TP_BLAME_WORDS)
			return true;
		if (!len && *p == '|')
			nr = 0;
		p += len ? len : 1;
	}
	return false;
}

static const char *incomplete(const struct tp_issue *issue)
{
	if (!(issue->scenarios || issue->ops) || !issue->cells || !issue->kinds)
		return "the issue above lacks scenarios (or ops), cells or findings";
	if (too_many_words(issue->ops))
		return "the issue above has more than 16 words of ops between two bars";
	if ((issue->kinds & TP_SAID) && !issue->text)
		return "the issue above has kernel-log or fsck findings, and no text that tells which";
	if (issue->sure && (issue->share || issue->with))
		return "the issue above is sure, and yet a race (share) or a victim (with)";
	return issue->fixed || issue->evidence ? NULL :
						 "the issue above has neither fixed nor evidence";
}

static const char *take_line(struct tp_known *known, bool *open, char *line)
{
	struct tp_issue *last = known->nr ? &known->issues[known->nr - 1] : NULL;
	char *rest = line + strcspn(line, " \t");

	if (*line == '#')
		return NULL;
	if (*line == '\0') {
		const char *fault = *open ? incomplete(last) : NULL;

		*open = false;
		return fault;
	}
	if (*rest)
		*rest++ = '\0';
	rest = tp_trim(rest);
	if (strcmp(line, "issue") != 0)
		return *open ? read_line(last, line, rest) : "a line outside of an issue";
	if (*open || *rest == '\0')
		return "an issue begins after an empty line and has a name";
	known->issues = tp_grow(known->issues, known->nr, sizeof(*known->issues));
	known->issues[known->nr++] = (struct tp_issue){ .name = tp_strdup(rest) };
	*open = true;
	return NULL;
}

int tp_known_load(const char *path, struct tp_known *known)
{
	const char *fault = NULL;
	char *text, *next, *line;
	unsigned nr = 0;
	bool open = false;
	int err = tp_read_text(path, &text);

	*known = (struct tp_known){ 0 };
	if (err < 0)
		return err;
	for (next = text; !fault && (line = tp_next_line(&next));) {
		nr++;
		fault = take_line(known, &open, tp_trim(line));
	}
	if (!fault && open)
		fault = incomplete(&known->issues[known->nr - 1]);
	free(text);
	if (!fault)
		return 0;
	tp_known_free(known);
	return tp_error(0, "%s:%u: %s", path, nr, fault);
}

static void free_issue(struct tp_issue *issue)
{
	free(issue->name);
	free(issue->scenarios);
	free(issue->cells);
	free(issue->filesystems);
	free(issue->ops);
	free(issue->text);
	free(issue->with);
	free(issue->sure);
	free(issue->fixed);
	free(issue->evidence);
	for (size_t k = 0; k < issue->nr_ranges; k++)
		free(issue->ranges[k].vendor);
	free(issue->ranges);
}

void tp_known_only(struct tp_known *known, const char *filesystem)
{
	size_t nr = 0;

	for (size_t i = 0; i < known->nr; i++) {
		struct tp_issue *issue = &known->issues[i];

		if (tp_match_list(issue->filesystems ? issue->filesystems : "ext4", filesystem))
			known->issues[nr++] = *issue;
		else
			free_issue(issue);
	}
	known->nr = nr;
}

void tp_known_free(struct tp_known *known)
{
	for (size_t i = 0; i < known->nr; i++)
		free_issue(&known->issues[i]);
	free(known->issues);
	*known = (struct tp_known){ 0 };
}

/* How many files were hit; of an older report, that does not tell, the most it can be. */
static uint64_t files_hit(const struct tp_record *r)
{
	uint64_t nr = 0;

	if (r->nr_findings_all > r->nr_findings)
		return r->nr_hit ? r->nr_hit : r->nr_findings_all;
	for (size_t i = 0; i < r->nr_findings; i++) {
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = r->findings[i].file && r->findings[k].file &&
			       strcmp(r->findings[i].file, r->findings[k].file) == 0;
		nr += !seen;
	}
	return nr;
}

/* A race hits few files.  One or two hits are few, unless they are most of all. */
bool tp_known_few(const struct tp_issue *issue, uint64_t hits, uint64_t files)
{
	if (!issue->share || hits * 100 <= files * issue->share)
		return true;
	return hits <= RACE_HITS && (hits * 2 < files || files == 0);
}

/* Does the text hold one of the words that stand between bars? */
static bool holds_one(const char *text, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "|");

		if (len && memmem(text, strlen(text), words, len))
			return true;
		words += len;
		words += *words == '|';
	}
	return false;
}

static bool says(const struct tp_issue *issue, const struct tp_record *r)
{
	uint64_t seen = 0;

	if (!(r->kinds & TP_SAID)) /* a panic is told by the words in front of it */
		return !(r->kinds & 1u << TP_PANIC) || !issue->text;
	for (size_t i = 0; i < r->nr_findings; i++) {
		const struct tp_finding *f = &r->findings[i];

		if (!tp_finding_said(f->kind))
			continue;
		if (!f->text || !holds_one(f->text, issue->text))
			return false;
		seen++;
	}
	return seen >= r->nr_said; /* else not all can be looked at */
}

bool tp_known_beside(const struct tp_issue *issue, const char *beside)
{
	char *name;
	bool found;

	if (!issue->with)
		return true;
	if (!beside)
		return false;
	name = tp_printf(" %s ", issue->with);
	found = strstr(beside, name) != NULL;
	free(name);
	return found;
}

/* What the whole file system shows is no share of its files. */
static bool few(const struct tp_issue *issue, const struct tp_record *r)
{
	return strcmp(r->scenario, TP_FILE_SYSTEM) == 0 || tp_known_few(issue, files_hit(r), r->files);
}

/* Is it about this case on this kernel? */
static bool concerns(const struct tp_issue *issue, const char *kernel, const struct tp_record *r)
{
	return tp_range_holds(issue->ranges, issue->nr_ranges, kernel) &&
	       issue->scenarios && tp_match_list(issue->scenarios, r->scenario) && tp_match_list(issue->cells, r->cell);
}

/* The first issue about this record that says what the finding does. */
static const struct tp_issue *says_it(const struct tp_known *known, const char *kernel,
				      const struct tp_record *r, const struct tp_finding *f)
{
	for (size_t i = 0; i < known->nr; i++) {
		const struct tp_issue *issue = &known->issues[i];

		if (concerns(issue, kernel, r) && !issue->with && (issue->kinds & 1u << f->kind) &&
		    f->text && issue->text && holds_one(f->text, issue->text))
			return issue;
	}
	return NULL;
}

/* Several issues met in one file system, and each thing that was said is of one of them. */
static const struct tp_issue *all_said(const struct tp_known *known, const char *kernel,
				       const struct tp_record *r)
{
	const struct tp_issue *first = NULL;

	if (!r->kinds || r->kinds & ~TP_SAID || r->nr_findings < r->nr_said)
		return NULL;
	for (size_t i = 0; i < r->nr_findings; i++) {
		const struct tp_issue *issue = says_it(known, kernel, r, &r->findings[i]);

		if (!issue)
			return NULL;
		first = first ? first : issue;
	}
	return first;
}

const struct tp_issue *tp_known_find(const struct tp_known *known, const char *kernel,
				     const struct tp_record *r, const char *beside)
{
	for (size_t i = 0; i < known->nr; i++) {
		const struct tp_issue *issue = &known->issues[i];

		if (issue->ops && r->nr_strange)
			continue; /* something else shows, too */
		if (concerns(issue, kernel, r) && tp_known_beside(issue, beside) && r->kinds &&
		    !(r->kinds & ~issue->kinds) && few(issue, r) &&
		    says(issue, r))
			return issue;
	}
	return strcmp(r->scenario, TP_FILE_SYSTEM) == 0 ? all_said(known, kernel, r) : NULL;
}

/* Is the issue about such findings in this cell of this kernel? */
static bool foretells(const struct tp_issue *issue, const char *kernel, const char *cell,
		      const struct tp_finding *f)
{
	return issue->ops && (issue->kinds & 1u << f->kind) &&
	       tp_range_holds(issue->ranges, issue->nr_ranges, kernel) &&
	       tp_match_list(issue->cells, cell) &&
	       (!tp_finding_said(f->kind) || (f->text && holds_one(f->text, issue->text)));
}

/* What an issue's own operations did is told before what it did to another file. */
static bool is_nearer(const struct tp_issue *issue, size_t blamed, const struct tp_issue *found,
		      size_t latest)
{
	if (!blamed || !found || !issue->with != !found->with)
		return blamed && (!found || !issue->with);
	return blamed > latest;
}

const struct tp_issue *tp_known_finding(const struct tp_known *known, const char *kernel,
					const char *cell, const struct tp_finding *f,
					const struct tp_scene *scene)
{
	const struct tp_issue *found = NULL;
	size_t latest = 0;

	for (size_t i = 0; i < known->nr; i++) {
		const struct tp_issue *issue = &known->issues[i];
		size_t blamed = foretells(issue, kernel, cell, f) ? tp_blame(issue->ops, f, scene) :
								    0;

		if (is_nearer(issue, blamed, found, latest)) {
			latest = blamed;
			found = issue;
		}
	}
	return found;
}

const struct tp_issue *tp_known_named(const struct tp_known *known, const char *name)
{
	for (size_t i = 0; i < known->nr; i++)
		if (strcmp(known->issues[i].name, name) == 0)
			return &known->issues[i];
	return NULL;
}

const struct tp_issue *tp_known_sure(const struct tp_known *known, const char *kernel,
				     const struct tp_record *r)
{
	char *name = tp_printf("%s/%s", r->scenario, r->cell);
	const struct tp_issue *found = NULL;

	for (size_t i = 0; i < known->nr && !found; i++) {
		const struct tp_issue *issue = &known->issues[i];

		if (issue->sure && concerns(issue, kernel, r) && tp_match_list(issue->sure, name))
			found = issue;
	}
	free(name);
	return found;
}
