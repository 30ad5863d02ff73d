// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import.c - sequences that others have written down: what both forms share
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/import.h"

#define MOST_OPS 8000 /* the number of an operation has 14 bits in a pattern */

static char *format(const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	return tp_strdup(text);
}

int tp_import_bad(const struct tp_import *im, const char *fmt, ...)
{
	va_list ap;
	char *what;
	int err;

	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	err = tp_error(0, "%s:%u: %s", im->path, im->line, what);
	free(what);
	return err;
}

int tp_import_unknown(struct tp_import *im, const char *fmt, ...)
{
	va_list ap;
	char *what;
	int err = 0;

	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	im->left_out++;
	if (im->o->skip_unknown)
		tp_buf_printf(&im->story, "left out: line %u: %s\n", im->line, what);
	else
		err = tp_error(EOPNOTSUPP, "%s:%u: %s (--skip-unknown leaves it out)", im->path,
			       im->line, what);
	free(what);
	return err;
}

/* How far the file reaches now; what is read does not matter. */
static void grow(struct tp_import *im, const struct tp_op *op)
{
	uint64_t end = op->arg[0] + op->arg[1];

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_TRUNCATE:
		im->size = op->arg[0];
		return;
	case TP_EFFECT_COLLAPSE:
		im->size -= op->arg[1] < im->size ? op->arg[1] : im->size;
		return;
	case TP_EFFECT_INSERT:
		im->size += op->arg[1];
		return;
	case TP_EFFECT_COPY:
		end = op->arg[0] < im->size ? im->size - op->arg[0] : 0;
		end = op->arg[1] + (op->arg[2] < end ? op->arg[2] : end);
		break;
	case TP_EFFECT_WRITE:
	case TP_EFFECT_ALLOCATE:
	case TP_EFFECT_ZERO:
		break;
	default:
		return;
	}
	im->size = end > im->size ? end : im->size;
}

int tp_import_add(struct tp_import *im, const char *fmt, ...)
{
	struct tp_buf why = { 0 };
	struct tp_op op;
	va_list ap;
	char *text;
	int err = 0;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	if (!tp_op_parse(text, NULL, NULL, &op, &why))
		err = tp_import_bad(im, "\"%s\": %s", text, why.text);
	else if (++im->nr > MOST_OPS)
		err = tp_import_bad(im, "more than %d operations", MOST_OPS);
	else
		grow(im, &op);
	tp_buf_printf(&im->ops, "%s;", text);
	tp_buf_free(&why);
	free(text);
	return err;
}

char *tp_import_line(struct tp_import *im, char **text)
{
	char *line = tp_next_line(text);

	im->line += line != NULL;
	return line;
}

static int finish(struct tp_import *im, struct tp_seqfile *s)
{
	struct tp_buf why = { 0 };
	int err = 0;

	if (im->nr == 0)
		err = tp_error(0, "%s has no operation", im->path);
	else if (!tp_seq_parse(im->ops.text, NULL, NULL, &s->seq, &why))
		err = tp_error(0, "%s: %s", im->path, why.text);
	tp_buf_free(&why);
	if (err < 0)
		return err;
	s->scenario = tp_strdup("import");
	s->cell = tp_strdup(im->o->cell);
	s->story = tp_printf("imported from %s\n%s", tp_base_name(im->path),
			     im->story.len ? im->story.text : "");
	return 0;
}

int tp_import_read(const char *path, const struct tp_import_options *o, struct tp_seqfile *s)
{
	struct tp_import im = { .o = o, .path = path };
	char *text;
	int err = tp_read_text(path, &text);

	*s = (struct tp_seqfile){ .kind = -1 };
	if (err < 0)
		return err;
	if (tp_import_is_fsx(text))
		err = tp_import_fsx(&im, text);
	else
		err = tp_import_xfs_io(&im, text);
	if (err == 0)
		err = finish(&im, s);
	tp_buf_free(&im.ops);
	tp_buf_free(&im.story);
	free(text);
	return err;
}
