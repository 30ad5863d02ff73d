// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mode.c - how a cell was asked for, and what the kernel made of it
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "judge/facts.h"

/* Options that change the code path, and what stands there instead of them. */
static const char *const opposites[][2] = {
	{ "delalloc", "nodelalloc" },
	{ "dioread_nolock", "dioread_lock" },
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ",");

		if (n == len && memcmp(p, word, n) == 0)
			return true;
		p += n;
		p += *p == ',';
	}
	return false;
}

/* The word "data=..." of a list (to free), or NULL. */
static char *data_word(const char *list)
{
	for (const char *p = list; *p;) {
		size_t n = strcspn(p, ",");

		if (n > 5 && memcmp(p, "data=", 5) == 0)
			return tp_strndup(p, n);
		p += n;
		p += *p == ',';
	}
	return NULL;
}

static void say_change(struct tp_buf *out, const char *asked, const char *runs)
{
	tp_buf_printf(out, "%sasked for %s, the kernel runs %s", out->len ? "; " : "", asked, runs);
}

/* Where the kernel shows an option that excludes the one asked for. */
static char *changes(const char *asked, const char *shown)
{
	struct tp_buf out = { 0 };
	char *want = data_word(asked), *got = data_word(shown);

	if (want && got && strcmp(want, got) != 0)
		say_change(&out, want, got);
	for (size_t i = 0; i < ARRAY_SIZE(opposites); i++)
		for (int k = 0; k < 2; k++)
			if (has_word(asked, opposites[i][k]) && has_word(shown, opposites[i][!k]))
				say_change(&out, opposites[i][k], opposites[i][!k]);
	free(want);
	free(got);
	if (out.len == 0) {
		tp_buf_free(&out);
		return NULL;
	}
	return tp_buf_take(&out);
}

/* Of the long list in /proc only what the cells are about. */
static char *relevant(const char *shown)
{
	struct tp_buf out = { 0 };
	char *data = data_word(shown);

	if (data)
		tp_buf_puts(&out, data);
	for (size_t i = 0; i < ARRAY_SIZE(opposites); i++)
		for (int k = 0; k < 2; k++)
			if (has_word(shown, opposites[i][k]))
				tp_buf_printf(&out, "%s%s", out.len ? "," : "", opposites[i][k]);
	free(data);
	return tp_buf_take(&out);
}

struct tp_mode tp_facts_mode(const struct tp_facts *facts, const struct tp_mount *mount,
			     char **silent)
{
	struct tp_mode mode = {
		.cell = tp_strdup(mount->cell ? mount->cell : mount->name),
		.asked = tp_strdup(mount->options ? mount->options : ""),
	};
	const char *used = mode.asked;

	if (facts->proc_options)
		mode.effective = relevant(facts->proc_options);
	else
		mode.effective = tp_strdup(facts->options ? facts->options : "");
	if (facts->refused) {
		used = mount->fallback ? mount->fallback : "";
		mode.remark =
			tp_printf("the kernel refused %s (%s); mounted with %s, which runs %s",
				  facts->refused_options, facts->refused, *used ? used : "defaults",
				  *mode.effective ? mode.effective : "unknown options");
	}
	*silent = changes(used, facts->proc_options ? facts->proc_options : mode.effective);
	if (*silent && !mode.remark)
		mode.remark = tp_strdup(*silent);
	return mode;
}
