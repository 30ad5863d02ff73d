// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report.c - the table of formats
 */
#include <string.h>

#include "report/formats.h"

const struct tp_format tp_formats[] = {
	{ "text", "for people: grid, reasons, failures last", tp_text_write },
	{ "tap", "TAP 13, as automake, prove and CI systems read it", tp_tap_write },
	{ "ktap", "KTAP 1, as the kernel's own tools read it", tp_ktap_write },
	{ "json", "everything, for programs", tp_json_write },
	{ "lines", "a line for each case, for scripts", tp_lines_write },
	{ NULL, NULL, NULL },
};

const struct tp_format *tp_format_find(const char *name)
{
	for (const struct tp_format *f = tp_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

bool tp_counts_as_failure(const struct tp_record *r, const struct tp_style *style)
{
	return r->verdict == TP_FAIL || r->verdict == TP_BROKEN ||
	       (r->verdict == TP_KNOWN && style->strict);
}
