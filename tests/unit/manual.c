// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manual.c - everything that has a name can be looked up in the manual
 */
#include "base/buf.h"
#include "base/file.h"
#include "model/cell.h"
#include "model/op.h"
#include "report/report.h"
#include "tap.h"

/* An item of a list in the manual, alone or with arguments behind it. */
static void in_manual(const char *text, const char *before, const char *name, const char *what)
{
	char *item = tp_printf("%s%s", before, name);
	const char *hit = text;

	while ((hit = strstr(hit, item)) && !strchr(" \n", hit[strlen(item)]))
		hit++;
	ok(hit != NULL, "manual: %s %s", what, name);
	free(item);
}

static void test_manual(const char *text)
{
	for (int i = 0; i < TP_NR_OP_KINDS; i++)
		if (!(tp_ops[i].flags & TP_OP_TEST))
			in_manual(text, "\n.It Cm ", tp_ops[i].name, "operation");
	for (const struct tp_cell *c = tp_cells(); c->name; c++)
		in_manual(text, "\n.It Cm *", strchr(c->name, '-'), "cell");
	for (const struct tp_format *f = tp_formats; f->name; f++)
		in_manual(text, "\n.It Cm ", f->name, "format");
	for (int v = 0; v < TP_NR_VERDICTS; v++)
		in_manual(text, "\n.It Cm ", tp_verdict_name(v), "verdict");
	for (int k = 0; k < TP_NR_FINDING_KINDS; k++)
		in_manual(text, "\n.It Cm ", tp_finding_name(k), "finding");
}

int main(void)
{
	const char *top = getenv("abs_top_srcdir");
	char *file = tp_printf("%s/man/tailpage.1", top ? top : "."), *text;

	if (!tp_exists(file))
		return skip_all("no man/tailpage.1 in abs_top_srcdir");
	tp_read_file(file, &text, NULL);
	test_manual(text);
	free(text);
	free(file);
	return done();
}
