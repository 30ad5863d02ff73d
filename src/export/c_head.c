// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_head.c - exported C programs: what they are, headers, variables, what must be there
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/c_program.h"
#include "kernel/image.h"

#define MOST_FILES 65536
#define RACE_FILES 500 /* that a program races on, if it is not told otherwise */

static void head(struct tp_program *p)
{
	bool races = p->e->expect.races;

	tp_buf_puts(p->out, "// SPDX-License-Identifier: GPL-2.0-or-later\n/*\n");
	tp_export_story(p->e, " * ", p->out);
	tp_buf_printf(
		p->out,
		" *\n"
		" * Build:  gcc -O2%s THIS.c, for a guest with -static.\n"
		" * Run:    as root; it makes an image in the current folder, and leaves nothing.\n"
		"%s"
		" *         DEVICE=/dev/vdb in the environment: this device, formatted as MKFS "
		"below.\n"
		" *         In a guest as /init, with DEVICE=/dev/ubda on the kernel's command "
		"line.\n"
		" * Status: 0 PASS, 1 FAIL, 2 it could not tell.\n"
		" */\n",
		races ? " -pthread" : "",
		races ? " *         An argument is the number of files to race on.\n" : "");
}

static void put_include(struct tp_buf *all, const char *name, size_t len)
{
	char *line = tp_printf("#include <%.*s>\n", (int)len, name);

	if (!all->text || !strstr(all->text, line))
		tp_buf_puts(all, line);
	free(line);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_sorted(struct tp_buf *out, char *text)
{
	char *line[64], *save = NULL;
	size_t nr = 0;

	for (char *l = strtok_r(text, "\n", &save); l && nr < ARRAY_SIZE(line);
	     l = strtok_r(NULL, "\n", &save))
		line[nr++] = l;
	qsort(line, nr, sizeof(line[0]), by_text);
	for (size_t i = 0; i < nr; i++)
		tp_buf_printf(out, "%s\n", line[i]);
	tp_buf_puts(out, "\n");
}

static void includes(struct tp_program *p)
{
	static const char *const always[] = {
		"errno.h",      "fcntl.h",    "linux/falloc.h", "linux/loop.h", "sched.h",
		"stdio.h",      "stdlib.h",   "string.h",       "sys/ioctl.h",  "sys/mount.h",
		"sys/reboot.h", "sys/stat.h", "unistd.h",
	};
	struct tp_buf all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		put_include(&all, always[i], strlen(always[i]));
	for (size_t i = 0; tp_c_part(i); i++)
		for (const char *n = p->used[i] ? tp_c_part(i)->includes : NULL; n && *n;) {
			size_t len = strcspn(n, ",");

			put_include(&all, n, len);
			n += len + (n[len] == ',');
		}
	tp_buf_puts(p->out, "#define _GNU_SOURCE\n");
	put_sorted(p->out, all.text);
	tp_buf_free(&all);
}

/* The largest buffer that an operation wants; 0: none does. */
static uint64_t most_bytes(const struct tp_seq *seq)
{
	uint64_t most = 0;

	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_op *op = &seq->ops[i];
		enum tp_effect effect = tp_ops[op->kind].effect;
		uint64_t wants = op->arg[1] ? op->arg[1] : 1;

		if ((effect == TP_EFFECT_WRITE || effect == TP_EFFECT_READ) && wants > most)
			most = wants;
	}
	return most;
}

static void variables(struct tp_program *p)
{
	const struct tp_foresight *x = &p->e->expect;
	const struct tp_cell *cell = p->e->cell;
	uint64_t most = most_bytes(x->seq);

	tp_buf_puts(p->out, "#define MKFS \"mke2fs -q -F ");
	tp_image_options(cell, p->e->era, p->out);
	tp_buf_printf(p->out, "\"\n#define OPTIONS \"%s\"\n", cell->mount);
	if (cell->fallback)
		tp_buf_printf(p->out, "#define FALLBACK \"%s\" /* when it refuses them */\n",
			      cell->fallback);
	tp_buf_puts(p->out, "#define MNT \"/mnt\"\n");
	if (x->races)
		tp_buf_printf(p->out, "#define FILES %d /* at most */\n", MOST_FILES);
	if (tp_c_uses(p, "MOVE_EXTENTS"))
		tp_buf_printf(p->out, "#define BLOCK %u\n", cell->block_bytes);
	if (x->nr_sizes <= 1)
		tp_buf_printf(p->out, "#define SIZE %" PRIu64 "LL%s\n", x->end.size,
			      x->nr_sizes ? "" : " /* at most */");
	if (x->races)
		tp_buf_printf(p->out,
			      "\nstatic char name[64];\nstatic int trial, files = %d, fd%s;\n"
			      "static char unsure[FILES]; /* it failed, as it may: not judged */\n",
			      RACE_FILES, tp_c_judges(p) ? ", failed" : "");
	else
		tp_buf_printf(p->out,
			      "\nstatic const char name[] = MNT \"/f\";\nstatic int fd%s%s;\n",
			      tp_c_judges(p) ? ", failed" : "",
			      tp_c_uses(p, "MAY") ? ", unsure /* it failed, as it may */" : "");
	tp_buf_puts(p->out, "static const char *device;\n");
	if (most)
		tp_buf_printf(p->out,
			      "static %sunsigned char bytes[%" PRIu64
			      "] __attribute__((aligned(4096)));\n",
			      x->races ? "_Thread_local " : "", most);
	tp_buf_puts(p->out, "\n");
}

static void put_span(struct tp_program *p, const struct tp_span *s)
{
	char letters[TP_MAX_VALUES + 1];

	tp_expect_letters(&p->e->expect, s, letters);
	tp_buf_printf(p->out, "\t{ %" PRIu64 ", %" PRIu64 ", \"%s\"", s->start, s->end, letters);
	for (unsigned i = 0; i < s->nr && tp_c_moves(p); i++)
		tp_buf_printf(p->out, "%s%" PRId64, i ? ", " : ", { ", s->value[i].shift);
	tp_buf_puts(p->out, tp_c_moves(p) ? " } },\n" : " },\n");
}

static void table(struct tp_program *p, const struct tp_oracle *o, uint64_t from, uint64_t end,
		  const char *name)
{
	struct tp_span s;

	tp_buf_printf(p->out, "static const struct span %s[] = {\n", name);
	while (tp_expect_next(o, &from, end, &s))
		put_span(p, &s);
	tp_buf_printf(p->out, "\t{ 0, 0, \"\"%s },\n};\n\n", tp_c_moves(p) ? ", { 0 }" : "");
}

static void tables(struct tp_program *p)
{
	const struct tp_foresight *x = &p->e->expect;

	tp_buf_puts(p->out,
		    "/* What must be there: every operation writes a letter of its own. */\n"
		    "struct span {\n"
		    "\tlong long from, to;\n"
		    "\tconst char *may_be; /* one of these letters; 0 is a byte of zero */\n");
	if (tp_c_moves(p))
		tp_buf_puts(p->out,
			    "\tlong long moved[8]; /* so far from where they were written */\n");
	tp_buf_puts(p->out, "};\n\n");
	table(p, &x->end, 0, x->end.size, "at_the_end");
	if (x->nr_sizes > 1) {
		tp_buf_puts(p->out, "static const long long sizes[] = {");
		for (size_t i = 0; i < x->nr_sizes; i++)
			tp_buf_printf(p->out, "%s %" PRIu64, i ? "," : "", x->sizes[i]);
		tp_buf_puts(p->out, " };\n\n");
	}
	for (size_t i = 0; i < x->seq->nr; i++) {
		char *name = tp_printf("seen_by_%zu", i + 1);

		if (tp_expect_reads(x, i))
			table(p, &x->seen[i], x->seq->ops[i].arg[0], x->seen[i].size, name);
		free(name);
	}
}

void tp_c_head(struct tp_program *p)
{
	head(p);
	includes(p);
	variables(p);
	tables(p);
}
