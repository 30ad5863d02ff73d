// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import.c - tailpage import: what others have written down, as a sequence
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cmd/cmd.h"
#include "plan/import.h"

static bool read_words(int argc, char **argv, struct tp_import_options *o, const char **output)
{
	static const struct option longs[] = { { "cell", required_argument, NULL, 'c' },
					       { "file", required_argument, NULL, 'f' },
					       { "output", required_argument, NULL, 'o' },
					       { "skip-unknown", no_argument, NULL, 's' },
					       { 0 } };
	int c;

	*o = (struct tp_import_options){ .cell = "4k-ordered-delalloc" };
	*output = NULL;
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:", longs, NULL)) != -1) {
		if (c == ':' || c == '?') {
			tp_error(0,
				 c == ':' ? "%s wants a value"
					  : "unknown option %s (try tailpage --help)",
				 argv[optind - 1]);
			return false;
		}
		if (c == 's')
			o->skip_unknown = true;
		else
			*(c == 'c' ? &o->cell : c == 'f' ? &o->target : output) = optarg;
	}
	if (argc - optind != 1) {
		tp_error(0, "import wants one FILE");
		return false;
	}
	if (!tp_cell_find(o->cell)) {
		tp_error(0, "--cell %s: no such cell (see tailpage list cells)", o->cell);
		return false;
	}
	return true;
}

static int print(const struct tp_seqfile *s)
{
	struct tp_buf text = { 0 };
	int err = 0;

	tp_seqfile_print(s, &text);
	if (fwrite(text.text, 1, text.len, stdout) != text.len)
		err = tp_error(errno, "cannot write to stdout");
	tp_buf_free(&text);
	return err;
}

int tp_cmd_import(int argc, char **argv)
{
	struct tp_import_options o;
	const char *output;
	struct tp_seqfile s;
	int err;

	if (!read_words(argc, argv, &o, &output))
		return tp_exit_status("plain", TP_EXIT_USAGE);
	err = tp_import_read(argv[optind], &o, &s);
	if (err == 0) {
		err = output ? tp_seqfile_write(&s, output) : print(&s);
		tp_seqfile_free(&s);
	}
	return tp_exit_status("plain", err < 0 ? TP_EXIT_USAGE : TP_EXIT_PASS);
}
