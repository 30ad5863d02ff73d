// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * release.c - versions of kernels, and which of them something is true for
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "plan/release.h"

/* Numbers that one of `between` separates, appended to *out; returns their end. */
static const char *parse_parts(const char *text, const char *between, struct tp_release *out,
			       unsigned *nr)
{
	while (isdigit((unsigned char)*text)) {
		char *end;
		unsigned long value = strtoul(text, &end, 10);

		if (*nr < ARRAY_SIZE(out->part))
			out->part[(*nr)++] = (unsigned)value;
		text = end;
		if (*text == '\0' || !strchr(between, *text) || !isdigit((unsigned char)text[1]))
			break;
		text++;
	}
	return text;
}

bool tp_release_parse(const char *text, struct tp_release *out)
{
	unsigned nr = 0;

	*out = (struct tp_release){ { 0 } };
	parse_parts(text, ".", out, &nr);
	return nr > 0;
}

/* A vendor's version, which goes on behind a dash. */
static const char *parse_version(const char *text, struct tp_release *out)
{
	unsigned nr = 0;
	const char *end;

	*out = (struct tp_release){ { 0 } };
	end = parse_parts(text, ".-", out, &nr);
	return nr ? end : NULL;
}

int tp_release_compare(const struct tp_release *a, const struct tp_release *b)
{
	for (unsigned i = 0; i < ARRAY_SIZE(a->part); i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

bool tp_range_parse(const char *text, struct tp_range *out)
{
	const char *dash = strchr(text, '-');

	*out = (struct tp_range){ 0 };
	if (!dash)
		return false;
	if (dash != text && !tp_release_parse(text, &out->from))
		return false;
	return dash[1] == '\0' || tp_release_parse(dash + 1, &out->before);
}

/* One end of a vendor's range, which is the whole word. */
static bool parse_end(const char *text, struct tp_release *out)
{
	const char *end = strcmp(text, "-") == 0 ? text + 1 : parse_version(text, out);

	return end && *end == '\0';
}

bool tp_range_parse_vendor(const char *text, struct tp_range *out)
{
	char *copy = tp_strdup(text), *save = NULL;
	const char *word = strtok_r(copy, " \t", &save);
	const char *from = strtok_r(NULL, " \t", &save);
	const char *before = strtok_r(NULL, " \t", &save);
	bool right = word && from && !strtok_r(NULL, " \t", &save);

	*out = (struct tp_range){ 0 };
	if (right && before)
		right = parse_end(from, &out->from) && parse_end(before, &out->before);
	else if (right)
		right = (out->none = strcmp(from, "none") == 0) || strcmp(from, "-") == 0;
	if (right)
		out->vendor = tp_strdup(word);
	free(copy);
	return right;
}

/* Where the vendor's word begins in the text; NULL: it is not there. */
static const char *find_word(const char *text, const char *word)
{
	const char *at = text;

	while ((at = strstr(at, word)) && at > text && isalnum((unsigned char)at[-1]))
		at++;
	return at;
}

/* Is the word at the number of the build, as in " #53~22.04.1-Ubuntu"? */
static bool at_build(const char *text, const char *word)
{
	const char *start = word;

	while (start > text && start[-1] != ' ')
		start--;
	return *start == '#' && isdigit((unsigned char)start[1]);
}

/* The version that a vendor's range is compared with (see release.h). */
static void version_of(const char *kernel, const char *at, size_t len, struct tp_release *out)
{
	const char *build;
	unsigned nr = 0;

	*out = (struct tp_release){ { 0 } };
	if (at[len] == ' ' && isdigit((unsigned char)at[len + 1])) {
		parse_parts(at + len + 1, ".-", out, &nr);
		return;
	}
	parse_parts(kernel, ".-", out, &nr);
	build = strchr(kernel, '#');
	if (build && at_build(kernel, at))
		parse_parts(build + 1, "", out, &nr);
}

static bool in_range(const struct tp_range *range, const struct tp_release *version)
{
	static const struct tp_release open_end = { { 0 } };

	return !range->none && tp_release_compare(version, &range->from) >= 0 &&
	       (tp_release_compare(&range->before, &open_end) == 0 ||
		tp_release_compare(version, &range->before) < 0);
}

/* The first vendor whose kernel this is; its version, or kernel.org's. */
static const char *vendor_of(const struct tp_range *ranges, size_t nr, const char *kernel,
			     struct tp_release *version)
{
	for (size_t i = 0; i < nr; i++) {
		const char *word = ranges[i].vendor;
		const char *at = word ? find_word(kernel, word) : NULL;

		if (at) {
			version_of(kernel, at, strlen(word), version);
			return word;
		}
	}
	tp_release_parse(kernel, version);
	return NULL;
}

bool tp_range_holds(const struct tp_range *ranges, size_t nr, const char *kernel)
{
	struct tp_release version;
	const char *vendor = vendor_of(ranges, nr, kernel, &version);
	bool asked = false;

	for (size_t i = 0; i < nr; i++) {
		const char *word = ranges[i].vendor;

		if (!vendor != !word || (word && strcmp(word, vendor) != 0))
			continue;
		asked = true;
		if (in_range(&ranges[i], &version))
			return true;
	}
	return !asked;
}
