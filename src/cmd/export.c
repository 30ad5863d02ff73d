// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * export.c - tailpage export: a sequence for people who do not have tailpage
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "export/export.h"

struct words {
	const char *as, *output, *file;
};

static bool bad_format(const char *name)
{
	struct tp_buf all = { 0 };

	for (const struct tp_export_format *f = tp_export_formats; f->name; f++)
		tp_buf_printf(&all, " %s", f->name);
	if (name)
		tp_error(0, "--as %s: wants one of%s", name, all.text);
	else
		tp_error(0, "export wants --as with one of%s", all.text);
	tp_buf_free(&all);
	return false;
}

static bool read_words(int argc, char **argv, struct words *w)
{
	static const struct option longs[] = { { "as", required_argument, NULL, 'a' },
					       { "output", required_argument, NULL, 'o' },
					       { 0 } };
	int c;

	*w = (struct words){ 0 };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (c == ':')
			tp_error(0, "%s wants a value", argv[optind - 1]);
		else if (c == '?')
			tp_error(0, "unknown option %s (try tailpage --help)", argv[optind - 1]);
		if (c == ':' || c == '?')
			return false;
		*(c == 'a' ? &w->as : &w->output) = optarg;
	}
	if (argc - optind != 1) {
		tp_error(0, "export wants one FILE%s", TP_SEQFILE_SUFFIX);
		return false;
	}
	w->file = argv[optind];
	if (!w->as || !tp_export_find(w->as))
		return bad_format(w->as);
	if (tp_export_find(w->as)->folder && !w->output) {
		tp_error(0, "--as %s makes two files: it wants -o FOLDER", w->as);
		return false;
	}
	return true;
}

/* The text with the number of the test in its places. */
static int write_test(const char *path, const struct tp_buf *text, unsigned number)
{
	struct tp_buf out = { 0 };
	int err;

	for (const char *p = text->text, *mark; *p; p = mark) {
		mark = strstr(p, TP_EXPORT_NUMBER);
		if (mark == p) {
			tp_buf_printf(&out, "%u", number);
			mark += strlen(TP_EXPORT_NUMBER);
			continue;
		}
		mark = mark ? mark : p + strlen(p);
		tp_buf_add(&out, p, (size_t)(mark - p));
	}
	err = tp_write_file(path, out.text, out.len);
	tp_buf_free(&out);
	return err;
}

/* Two files of the first number that is free in the folder. */
static int write_numbered(const char *folder, const struct tp_buf *first,
			  const struct tp_buf *second)
{
	for (unsigned number = 900; number < 1000; number++) {
		char *path = tp_printf("%s/%u", folder, number);
		char *golden = tp_printf("%s.out", path);
		bool taken = tp_exists(path) || tp_exists(golden);
		int err = 0;

		if (!taken)
			err = write_test(path, first, number);
		if (!taken && err == 0)
			err = write_test(golden, second, number);
		if (!taken && err == 0 && chmod(path, 0755) != 0)
			err = tp_error(errno, "cannot make %s executable", path);
		if (!taken && err == 0)
			printf("%s\n%s\n", path, golden);
		free(path);
		free(golden);
		if (!taken)
			return err;
	}
	return tp_error(EEXIST, "%s has tests of all numbers from 900 to 999", folder);
}

/* A program in a file of its own can be started by whoever can read it. */
static int write_program(const char *path, const struct tp_buf *text)
{
	struct stat st;
	int err = tp_write_file(path, text->text, text->len);

	if (err < 0 || strncmp(text->text, "#!", 2) != 0)
		return err;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    chmod(path, st.st_mode | (st.st_mode & 0444) >> 2) != 0)
		return tp_error(errno, "cannot make %s executable", path);
	return 0;
}

static int write_out(const struct words *w, const struct tp_export_format *f,
		     const struct tp_buf *first, const struct tp_buf *second)
{
	if (f->folder && tp_make_dirs(w->output) < 0)
		return -EACCES;
	if (f->folder)
		return write_numbered(w->output, first, second);
	if (w->output)
		return write_program(w->output, first);
	if (fwrite(first->text, 1, first->len, stdout) != first->len)
		return tp_error(errno, "cannot write to stdout");
	return 0;
}

int tp_cmd_export(int argc, char **argv)
{
	struct tp_buf first = { 0 }, second = { 0 };
	const struct tp_export_format *f;
	struct tp_seqfile s;
	struct tp_export e;
	struct words w;
	enum tp_exit outcome = TP_EXIT_USAGE;

	if (!read_words(argc, argv, &w) || tp_seqfile_read(w.file, &s) < 0)
		return tp_exit_status("plain", TP_EXIT_USAGE);
	f = tp_export_find(w.as);
	if (tp_export_begin(&s, tp_page_bytes(), &e) == 0) {
		if (f->make(&e, &first, &second) == 0)
			outcome = write_out(&w, f, &first, &second) == 0 ? TP_EXIT_PASS : TP_EXIT_BROKEN;
		tp_export_end(&e);
	}
	tp_buf_free(&first);
	tp_buf_free(&second);
	tp_seqfile_free(&s);
	return tp_exit_status("plain", outcome);
}
