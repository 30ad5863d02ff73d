// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_progress.c - the line of progress, and numbers, bytes and texts as people read them
 */
#include "base/buf.h"
#include "report/plain.h"
#include "report/report.h"
#include "tap.h"

static char *progress(struct tp_progress p, double now_s, bool clear)
{
	char *text = NULL;
	size_t len;

	p.out = open_memstream(&text, &len);
	tp_progress_show(&p, "1k-ordered-delalloc", now_s);
	if (clear)
		tp_progress_clear(&p);
	fclose(p.out);
	return text;
}

static void test_progress(void)
{
	struct tp_progress p = {
		.cells_done = 12,
		.cells_all = 36,
		.cases_done = 1200,
		.cases_all = 2100,
		.files_done = 24310,
		.planned_done = 24400,
		.planned_all = 45000,
		.findings = 1,
		.started_s = 100,
		.width = 200,
	};
	char *text = progress(p, 114, true);

	is_str(text,
	       "[12/36 mounts] 1200/2100 cases, 24,310 files, 1 finding, 14 s, about 14 s to go"
	       "  1k-ordered-delalloc\n",
	       "progress: a plain line, nothing to clear");
	free(text);
	p.live = true;
	text = progress(p, 114, false);
	ok(text[0] == '\r' && strstr(text, "to go  1k-ordered-delalloc\033[K") &&
		   !strchr(text, '\n'),
	   "progress: a terminal's line is rewritten");
	free(text);
	p.width = 40;
	text = progress(p, 114, true);
	is_str(text, "\r[12/36 mounts] 1200/2100 cases, 24,310 \033[K\r\033[K",
	       "progress: cut to the terminal, then cleared");
	free(text);
	p = (struct tp_progress){ .cells_all = 3, .cases_all = 10, .started_s = 5 };
	text = progress(p, 5, false);
	is_str(text, "[0/3 mounts] 0/10 cases, 0 files, 0 findings, 0 s  1k-ordered-delalloc\n",
	       "progress: no guess at the start");
	free(text);
	p = (struct tp_progress){ .cells_done = 9, .cells_all = 12, .cases_all = 7, .round = 3,
				  .planned_done = 9, .planned_all = 12, .limit_s = 28800 };
	text = progress(p, 300, false);
	is_str(text, "[9/12 mounts] round 3, 0 files, 0 findings, 5 min, about 7 h 55 min to go"
	       "  1k-ordered-delalloc\n", "progress: rounds end by the clock");
	free(text);
}

static void test_words(void)
{
	struct tp_buf b = { 0 };

	tp_plain_count(&b, 0);
	tp_plain_count(&b, 1234567);
	tp_plain_count(&b, 999);
	is_str(b.text, "01,234,567999", "numbers in threes");
	tp_buf_free(&b);
	tp_plain_bytes(&b, 1023);
	tp_plain_bytes(&b, 1536);
	tp_plain_bytes(&b, UINT64_MAX);
	is_str(b.text, "1,023 bytes1.5 KiB16.0 EiB", "bytes in units");
	tp_buf_free(&b);
	/* Overlong, surrogate, above the last, cut off, C1 control, fine. */
	tp_plain_add(&b, "\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\xc3|\xc2\x9b|\xc3\xa9",
		     TP_PLAIN_LINE);
	is_str(b.text, "\\xc0\\xaf|\\xed\\xa0\\x80|\\xf4\\x90\\x80\\x80|\\xc3|\\xc2\\x9b|\xc3\xa9",
	       "what is no UTF-8, and what a terminal obeys");
	tp_buf_free(&b);
}

int main(void)
{
	test_words();
	test_progress();
	return done();
}
