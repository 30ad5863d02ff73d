// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plain.c - any text, made safe to print
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/plain.h"

/* Bytes of the UTF-8 character at s and its number; 0 when it is none. */
static size_t utf8_at(const unsigned char *s, uint32_t *number)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
	uint32_t n;

	if (len < 2) {
		*number = *s;
		return len;
	}
	n = *s & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		n = n << 6 | (s[i] & 0x3f);
	}
	*number = n;
	if (n < least[len] || n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff))
		return 0;
	return len;
}

/* Can the character stand for itself? */
static bool stays(uint32_t c, enum tp_plain how)
{
	if (how == TP_PLAIN_UTF8 || (how == TP_PLAIN_LINES && (c == '\n' || c == '\t')))
		return true;
	/* C1 controls too: some terminals obey them in UTF-8.  And the two
	 * characters that Unicode counts as line ends. */
	return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && c != 0x2028 && c != 0x2029;
}

void tp_plain_add(struct tp_buf *out, const char *s, enum tp_plain how)
{
	const unsigned char *p = (const unsigned char *)(s ? s : "");

	while (*p) {
		uint32_t c;
		size_t len = utf8_at(p, &c);

		if (len && stays(c, how))
			tp_buf_add(out, (const char *)p, len);
		else if (len && (c == '\n' || c == '\t'))
			tp_buf_puts(out, c == '\n' ? "\\n" : "\\t");
		else
			for (size_t i = 0; i < (len ? len : 1); i++)
				tp_buf_printf(out, "\\x%02x", p[i]);
		p += len ? len : 1;
	}
}

char *tp_plain(const char *s, enum tp_plain how)
{
	struct tp_buf out = { 0 };

	tp_plain_add(&out, s, how);
	return tp_buf_take(&out);
}

void tp_plain_lines(struct tp_buf *out, const char *prefix, const char *s)
{
	char *text = tp_plain(s, TP_PLAIN_LINES);

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");

		tp_buf_puts(out, prefix);
		tp_buf_add(out, p, len);
		tp_buf_puts(out, "\n");
		p += len;
		p += *p == '\n';
	}
	free(text);
}

void tp_plain_count(struct tp_buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			tp_buf_puts(out, ",");
		tp_buf_add(out, &digits[i], 1);
	}
}

void tp_plain_many(struct tp_buf *out, uint64_t n, const char *one)
{
	tp_plain_count(out, n);
	tp_buf_printf(out, " %s%s", one, n == 1 ? "" : "s");
}

void tp_plain_bytes(struct tp_buf *out, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double n = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024) {
		tp_plain_many(out, bytes, "byte");
		return;
	}
	for (; n >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
		n /= 1024;
	tp_buf_printf(out, "%.1f %s", n, units[unit]);
}
