// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_xfs_io.c - commands of xfs_io(8): a list, one a line, or those behind the -c of
 * a shell script
 *
 * Of a script only the lines that call xfs_io are read, and those that mount again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/import_xfs_io.h"

#define MOST_WORDS 32

/* What stands between backticks is a comment in xfstests: `# as here`. */
static char *behind_comments(char *text)
{
	for (;;) {
		char *end;

		text += strspn(text, " \t");
		end = *text == '`' ? strchr(text + 1, '`') : NULL;
		if (!end)
			return text;
		text = end + 1;
	}
}

/* The next word of a shell's line, without its quotes; NULL at the end.  Changes the text. */
static char *shell_word(char **cursor)
{
	char *from = behind_comments(*cursor), *to = from, *word = from, quote = 0;

	if (*from == '\0' || *from == '#')
		return NULL;
	for (; *from && (quote || (*from != ' ' && *from != '\t')); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? 0 : *from;
			continue;
		}
		*to++ = *from;
	}
	*cursor = from + (*from != '\0');
	*to = '\0';
	return word;
}

static bool is_xfs_io(const char *word)
{
	size_t len = strlen(word);

	return strstr(word, "XFS_IO_PROG") || (len >= 6 && strcmp(word + len - 6, "xfs_io") == 0);
}

/* The words of a call: options, commands, and the file, which is the last that is neither
 * an option nor behind a pipe. */
struct call {
	char *command[MOST_WORDS * 4];
	size_t nr;
	char *file;
	bool direct, empty;
	const char *fault;
};

static void read_call(char *line, struct call *c)
{
	char *w;

	while ((w = shell_word(&line))) {
		if (strcmp(w, "-c") == 0 || strcmp(w, "-C") == 0) {
			w = shell_word(&line);
			if (!w || c->nr == ARRAY_SIZE(c->command))
				c->fault = "-c without a command, or too many of them";
			else
				c->command[c->nr++] = w;
		} else if (*w == '-') {
			c->direct |= strchr(w, 'd') != NULL;
			c->empty |= strchr(w, 't') != NULL;
			if (strpbrk(w, "asrxRTPLpm"))
				c->fault = "an option of xfs_io that cannot be expressed";
		} else if (strpbrk(w, "|;&>") == w || strchr(w, '>')) {
			return;
		} else {
			c->file = w;
		}
	}
}

/* Is the call one on our file?  0 or 1, or a negative errno (reported). */
static int wanted(struct tp_xfs_io *s, const struct call *c)
{
	const char *target = s->im->o->target;

	if (!c->file)
		return tp_import_bad(s->im, "xfs_io is called without a file");
	if (target)
		return strstr(c->file, target) != NULL;
	if (!s->target)
		s->target = tp_strdup(c->file);
	if (strcmp(s->target, c->file) != 0)
		return tp_import_bad(s->im, "the script writes to %s and to %s: say --file WORD",
				     s->target, c->file);
	return 1;
}

/* Another process: what the last one had mapped is gone. */
static int begin_call(struct tp_xfs_io *s, const struct call *c)
{
	int err = tp_xfs_io_unmap(s);

	if (err == 0 && s->called)
		err = tp_import_add(s->im, "reopen");
	if (err == 0 && c->empty && s->im->size)
		err = tp_import_add(s->im, "truncate 0");
	s->called = true;
	s->direct = c->direct;
	return err;
}

static int script_call(struct tp_xfs_io *s, char *line)
{
	struct call c = { .nr = 0 };
	int err;

	read_call(line, &c);
	if (!c.nr && !c.empty) /* "for program in xfs_io mke2fs": it does nothing to a file */
		return 0;
	err = wanted(s, &c);
	if (err <= 0)
		return err;
	if (c.fault)
		return tp_import_unknown(s->im, "%s", c.fault);
	err = begin_call(s, &c);
	for (size_t i = 0; i < c.nr && err == 0; i++)
		err = tp_xfs_io_command(s, c.command[i]);
	return err;
}

static int script_line(struct tp_xfs_io *s, char *line)
{
	char *p = line;

	for (char *w; *(p += strspn(p, " \t")) && *p != '#';) {
		size_t len = strcspn(p, " \t");
		char *first = tp_strndup(p, len);
		bool call = is_xfs_io(first), again = strcmp(first, "_scratch_cycle_mount") == 0;

		free(first);
		w = p + len;
		if (again)
			return tp_xfs_io_unmap(s) < 0 ? -EINVAL : tp_import_add(s->im, "remount");
		if (call)
			return script_call(s, w);
		p = w;
	}
	return 0;
}

/* The line and those that continue it; to free. */
static char *whole_line(struct tp_import *im, char **text)
{
	struct tp_buf all = { 0 };
	char *line;

	while ((line = tp_import_line(im, text))) {
		size_t len = strlen(line);
		bool goes_on = len && line[len - 1] == '\\';

		tp_buf_add(&all, line, len - goes_on);
		if (!goes_on)
			return tp_buf_take(&all);
		tp_buf_puts(&all, " ");
	}
	if (all.len)
		return tp_buf_take(&all);
	tp_buf_free(&all);
	return NULL;
}

int tp_import_xfs_io(struct tp_import *im, char *text)
{
	bool script = strncmp(text, "#!", 2) == 0 || strstr(text, "xfs_io") ||
		      strstr(text, "XFS_IO_PROG");
	struct tp_xfs_io s = { .im = im };
	char *line;
	int err = 0;

	while (err == 0 && (line = whole_line(im, &text))) {
		if (script)
			err = script_line(&s, line);
		else if (*tp_trim(line) != '#')
			err = tp_xfs_io_command(&s, tp_trim(line));
		free(line);
	}
	free(s.target);
	if (err == 0 && script && !s.called)
		err = tp_error(0, "%s: xfs_io is called on no file%s%s", im->path,
			       im->o->target ? " with " : "", im->o->target ? im->o->target : "");
	return err;
}
