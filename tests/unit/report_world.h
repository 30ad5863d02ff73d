// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_world.h - reports to be written and read, for tests of the formats
 */
#ifndef TP_TESTS_UNIT_REPORT_WORLD_H
#define TP_TESTS_UNIT_REPORT_WORLD_H

#include "base/buf.h"
#include "report/report.h"
#include "tap.h"

static const struct tp_style plain_style = { .width = 0 };
static const struct tp_style strict_style = { .strict = true };
static const struct tp_style color_style = { .color = true, .width = 80 };

#define NASTY                                                                                \
	"a # SKIP \"q\" \\ \r\n\nnot ok 7 - b\n  ok 1\n\033[2J \x01 \xff\xc3( \xed\xa0\x80 " \
	"\xc2\x9b \xe2\x82\xac"

static inline char *written(const char *format, const struct tp_report *rep,
			    const struct tp_style *style)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	tp_format_find(format)->write(rep, style, out);
	fclose(out);
	return text;
}

static inline void says(const char *format, const struct tp_report *rep,
			const struct tp_style *style, const char *part, const char *name)
{
	char *text = written(format, rep, style);

	has_str(text, part, name);
	free(text);
}

static inline struct tp_record *add_case(struct tp_report *rep, const char *scenario,
					 const char *cell, enum tp_verdict v, const char *reason)
{
	struct tp_record *r = tp_report_case(rep, scenario, cell);

	tp_record_raise(r, v, reason);
	r->files = 64;
	r->bytes = 64 * 4096;
	r->again = tp_printf("tailpage run %s/%s --seed 7", scenario, cell);
	return r;
}

static inline void add_finding(struct tp_record *r, const char *title, const char *text)
{
	struct tp_finding f = {
		.kind = TP_LOST,
		.file = tp_strdup("f00231"),
		.params = tp_strdup("eof=1000,sync=fsync"),
		.start = 3000,
		.end = 3001,
		.title = tp_strdup(title),
		.text = tp_strdup(text),
		.sequence = tp_strdup("pwrite 0 1000; map 0 4096; store 3000 1"),
	};

	tp_record_add(r, &f);
}

static inline void begin(struct tp_report *rep)
{
	*rep = (struct tp_report){
		.kernel = tp_strdup("host 6.18.44"),
		.version = tp_strdup("0.1.0"),
		.e2fsprogs = tp_strdup("1.47.0"),
		.seed = 7,
		.seconds = 41.25,
		.results = tp_strdup("results/run"),
	};
}

/* One case of each verdict, and a mode that is not what was asked for. */
static inline void fill(struct tp_report *rep)
{
	struct tp_record *r;

	begin(rep);
	add_case(rep, "punch", "1k-ordered-delalloc", TP_PASS, NULL);
	r = add_case(rep, "extend", "1k-ordered-delalloc", TP_PASS, NULL);
	add_finding(r, "bytes 3000-3000 lost", "page 0, block 2\nexpected the store of op 3");
	r->fixed = tp_strdup("c7fc0366c656 6.13 \"ext4: partial zero eof block\"\n"
			     "43ce1d23b433 2.6.31 \"ext4: Fix race\"");
	add_case(rep, "extend", "1k-ordered-nodelalloc", TP_SKIP, "no fallocate here");
	r = add_case(rep, "punch", "1k-ordered-nodelalloc", TP_PASS, NULL);
	add_finding(r, "byte 5 lost", "page 0");
	r->verdict = TP_KNOWN; /* as the list of known issues does it */
	r->reason = tp_strdup("known until 6.13");
	add_case(rep, "file-system", "2k-journal-delalloc", TP_BROKEN, "umount was busy");
	rep->modes = tp_grow(NULL, 0, sizeof(*rep->modes));
	rep->modes[rep->nr_modes++] = (struct tp_mode){
		.cell = tp_strdup("2k-journal-delalloc"),
		.asked = tp_strdup("data=journal,delalloc"),
		.effective = tp_strdup("data=journal,nodelalloc"),
		.remark = tp_strdup("the kernel refused delalloc"),
	};
}

static inline void fill_nasty(struct tp_report *rep)
{
	struct tp_record *r;

	begin(rep);
	r = add_case(rep, "odd#\\name\n", "1k-ordered-delalloc", TP_PASS, NULL);
	add_finding(r, NASTY, NASTY);
	add_case(rep, "b", "1k-ordered-delalloc", TP_SKIP, NASTY);
	add_case(rep, "c", "1k-ordered-delalloc", TP_BROKEN, NASTY);
	free(rep->kernel);
	rep->kernel = tp_strdup(NASTY);
}

#endif
