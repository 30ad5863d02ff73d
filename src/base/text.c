// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * text.c - words, numbers and sizes in text
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* A number at s, at most limit / unit; *end is what follows it. */
static bool number(const char *s, uint64_t *out, char **end)
{
	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*out = strtoull(s, end, 10);
	return errno == 0;
}

bool tp_parse_u64(const char *s, uint64_t *out)
{
	char *end;

	return number(s, out, &end) && *end == '\0';
}

static bool scale(uint64_t *value, uint64_t unit)
{
	if (*value > UINT64_MAX / unit)
		return false;
	*value *= unit;
	return true;
}

bool tp_parse_size(const char *s, uint64_t *out)
{
	static const char units[] = "kmgt";
	const char *unit;
	char *end;

	if (!number(s, out, &end))
		return false;
	if (*end == '\0')
		return true;
	unit = strchr(units, tolower((unsigned char)*end));
	if (!unit || end[1] != '\0')
		return false;
	return scale(out, UINT64_C(1024) << (10 * (unit - units)));
}

bool tp_parse_seconds(const char *s, uint64_t *out)
{
	char *end;

	if (!number(s, out, &end))
		return false;
	if (*end == '\0' || strcmp(end, "s") == 0)
		return true;
	if (strcmp(end, "m") == 0)
		return scale(out, 60);
	if (strcmp(end, "h") == 0)
		return scale(out, 3600);
	return false;
}

const char *tp_next_word(const char **cursor, size_t *len)
{
	const char *s = *cursor + strspn(*cursor, " \t");

	*len = strcspn(s, " \t");
	*cursor = s + *len;
	return *len ? s : NULL;
}

char *tp_next_line(char **text)
{
	char *line = *text;

	if (*line == '\0')
		return NULL;
	*text += strcspn(line, "\n");
	if (**text)
		*(*text)++ = '\0';
	return line;
}

char *tp_trim(char *line)
{
	size_t len;

	line += strspn(line, " \t\r\n");
	len = strlen(line);
	while (len && strchr(" \t\r\n", line[len - 1]))
		line[--len] = '\0';
	return line;
}

bool tp_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool tp_match_list(const char *patterns, const char *name)
{
	bool hit = false;

	for (const char *p = patterns; *p;) {
		size_t len = strcspn(p, ",");
		bool negate = *p == '!';
		char *one = tp_strndup(p + negate, len - negate);

		if (fnmatch(one, name, 0) == 0)
			hit = !negate;
		free(one);
		p += len;
		p += *p == ',';
	}
	return hit;
}
