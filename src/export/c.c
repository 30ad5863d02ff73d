// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c.c - a sequence as a program of C
 *
 * The program formats an image, mounts it on a loop device in a mount namespace of its
 * own, does the operations, and looks at the file through a fresh mount.  It holds only
 * the functions that its sequence needs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/c_parts.h"
#include "export/export.h"
#include "kernel/image.h"

#define MOST_PARTS 64
#define MOST_FILES 65536
#define RACE_FILES 500 /* that a program races on, if it is not told otherwise */

struct program {
	const struct tp_export *e;
	struct tp_buf *out;
	bool used[MOST_PARTS]; /* of tp_c_parts */
	size_t at;             /* the operation that is written */
	unsigned actors, met;  /* of its block; how often its actor has met others */
};

static bool moves(const struct program *p)
{
	return p->e->expect.moves;
}

/* Some parts have a form of their own where bytes move, in which the letters differ from
 * place to place. */
static void use(struct program *p, const char *name);

static void use_list(struct program *p, const char *names)
{
	while (names && *names) {
		size_t len = strcspn(names, ",");
		char *name = tp_strndup(names, len);

		use(p, name);
		free(name);
		names += len + (names[len] == ',');
	}
}

static size_t find_part(const char *name)
{
	for (size_t i = 0; tp_c_parts[i].name; i++)
		if (strcmp(tp_c_parts[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static void use(struct program *p, const char *name)
{
	char *shifted = tp_printf("%s_SHIFTED", name);
	size_t i = moves(p) ? find_part(shifted) : SIZE_MAX;

	free(shifted);
	if (i == SIZE_MAX)
		i = find_part(name);
	if (i == SIZE_MAX || p->used[i])
		return;
	p->used[i] = true;
	use_list(p, tp_c_parts[i].needs);
}

static bool uses(const struct program *p, const char *name)
{
	return p->used[find_part(name)];
}

static void choose_parts(struct program *p)
{
	const struct tp_foresight *x = &p->e->expect;
	const struct tp_seq *seq = x->seq;

	use_list(p, "LEAVE,MUST,WRONG,CHECK,IMAGE,GUEST");
	use(p, x->end.size > TP_EXPORT_MOST ? "CHECK_FILE_SPARSE" : "CHECK_FILE");
	use(p, x->races ? "FILE" : "FILE_ONE");
	use(p, p->e->cell->fallback ? "MOUNT_FALLBACK" : "MOUNT");
	use(p, x->nr_sizes == 1 ? "SIZE_ONE" : x->nr_sizes ? "SIZES" : "SIZES_ANY");
	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_op *op = &seq->ops[i];

		use_list(p, tp_c_ops[op->kind].parts);
		if (op->expect == TP_EXPECT_EITHER || (op->actor && op->kind == TP_OP_KIND_STORE) ||
		    op->kind == TP_OP_KIND_WAIT_SIZE)
			use(p, "MAY");
		if (op->kind == TP_OP_KIND_REMOUNT)
			use(p, "REMOUNT");
		if (op->kind == TP_OP_KIND_SIZE && x->result[i] != TP_ANY_RESULT)
			use(p, "CHECK_SIZE");
		if (op->actor)
			use(p, "RACE");
	}
	if (uses(p, "MAP"))
		use(p, uses(p, "DIRECT_FD") ? "CLOSE_MAP_DIRECT" : "CLOSE_MAP");
	else
		use(p, uses(p, "DIRECT_FD") ? "CLOSE_DIRECT" : "CLOSE");
}

/*
 * Head: what it is, headers, constants, variables.
 */
static void head(struct program *p)
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

static void includes(struct program *p)
{
	static const char *const always[] = {
		"errno.h",      "fcntl.h",    "linux/falloc.h", "linux/loop.h", "sched.h",
		"stdio.h",      "stdlib.h",   "string.h",       "sys/ioctl.h",  "sys/mount.h",
		"sys/reboot.h", "sys/stat.h", "unistd.h",
	};
	struct tp_buf all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		put_include(&all, always[i], strlen(always[i]));
	for (size_t i = 0; tp_c_parts[i].name; i++)
		for (const char *n = p->used[i] ? tp_c_parts[i].includes : NULL; n && *n;) {
			size_t len = strcspn(n, ",");

			put_include(&all, n, len);
			n += len + (n[len] == ',');
		}
	tp_buf_puts(p->out, "#define _GNU_SOURCE\n");
	put_sorted(p->out, all.text);
	tp_buf_free(&all);
}

/* Is anything judged while the operations run? */
static bool judges(const struct program *p)
{
	const struct tp_foresight *x = &p->e->expect;

	for (size_t i = 0; i < x->seq->nr; i++)
		if (tp_expect_reads(x, i) ||
		    (x->seq->ops[i].kind == TP_OP_KIND_SIZE && x->result[i] != TP_ANY_RESULT))
			return true;
	return false;
}

/* What an operation that failed, as it may, leaves behind. */
static const char *unsure(const struct program *p)
{
	return p->e->expect.races ? "unsure[trial]" : "unsure";
}

/* What else must hold before something is judged. */
static const char *if_sure(const struct program *p)
{
	if (!uses(p, "MAY"))
		return "";
	return p->e->expect.races ? "!unsure[trial] && " : "!unsure && ";
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

static void variables(struct program *p)
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
	if (uses(p, "MOVE_EXTENTS"))
		tp_buf_printf(p->out, "#define BLOCK %u\n", cell->block_bytes);
	if (x->nr_sizes <= 1)
		tp_buf_printf(p->out, "#define SIZE %" PRIu64 "LL%s\n", x->end.size,
			      x->nr_sizes ? "" : " /* at most */");
	if (x->races)
		tp_buf_printf(p->out,
			      "\nstatic char name[64];\nstatic int trial, files = %d, fd%s;\n"
			      "static char unsure[FILES]; /* it failed, as it may: not judged */\n",
			      RACE_FILES, judges(p) ? ", failed" : "");
	else
		tp_buf_printf(p->out,
			      "\nstatic const char name[] = MNT \"/f\";\nstatic int fd%s%s;\n",
			      judges(p) ? ", failed" : "",
			      uses(p, "MAY") ? ", unsure /* it failed, as it may */" : "");
	tp_buf_puts(p->out, "static const char *device;\n");
	if (most)
		tp_buf_printf(p->out,
			      "static %sunsigned char bytes[%" PRIu64
			      "] __attribute__((aligned(4096)));\n",
			      x->races ? "_Thread_local " : "", most);
	tp_buf_puts(p->out, "\n");
}

/*
 * Tables: what must be there.
 */
static void put_span(struct program *p, const struct tp_span *s)
{
	char letters[TP_MAX_VALUES + 1];

	tp_expect_letters(&p->e->expect, s, letters);
	tp_buf_printf(p->out, "\t{ %" PRIu64 ", %" PRIu64 ", \"%s\"", s->start, s->end, letters);
	for (unsigned i = 0; i < s->nr && moves(p); i++)
		tp_buf_printf(p->out, "%s%" PRId64, i ? ", " : ", { ", s->value[i].shift);
	tp_buf_puts(p->out, moves(p) ? " } },\n" : " },\n");
}

static void table(struct program *p, const struct tp_oracle *o, uint64_t from, uint64_t end,
		  const char *name)
{
	struct tp_span s;

	tp_buf_printf(p->out, "static const struct span %s[] = {\n", name);
	while (tp_expect_next(o, &from, end, &s))
		put_span(p, &s);
	tp_buf_printf(p->out, "\t{ 0, 0, \"\"%s },\n};\n\n", moves(p) ? ", { 0 }" : "");
}

static void tables(struct program *p)
{
	const struct tp_foresight *x = &p->e->expect;

	tp_buf_puts(p->out,
		    "/* What must be there: every operation writes a letter of its own. */\n"
		    "struct span {\n"
		    "\tlong long from, to;\n"
		    "\tconst char *may_be; /* one of these letters; 0 is a byte of zero */\n");
	if (moves(p))
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

static void parts(struct program *p)
{
	for (size_t i = 0; tp_c_parts[i].name; i++)
		if (p->used[i])
			tp_buf_printf(p->out, "%s\n", tp_c_parts[i].text);
}

/*
 * The sequence.
 */
static bool expand_more(void *ctx, char what, struct tp_buf *out)
{
	const struct program *p = ctx;
	const struct tp_op *op = &p->e->expect.seq->ops[p->at];
	char letter = p->e->expect.letter[p->at];

	switch (what) {
	case 'c':
		tp_buf_printf(out, "'%c'", letter);
		return true;
	case 'B':
		tp_buf_printf(out, "letters('%c', ", letter);
		if (moves(p))
			tp_buf_printf(out, "%" PRIu64 ", ", op->arg[0]);
		tp_buf_printf(out, "%" PRIu64 ")", op->arg[1]);
		return true;
	case 'M':
		tp_buf_printf(out, "%u", p->actors * (p->met + 1));
		return true;
	default:
		return false;
	}
}

static void put_want(struct program *p, const struct tp_op *op)
{
	if (op->expect == TP_EXPECT_FAIL && op->expect_err == TP_SIGBUS)
		tp_buf_puts(p->out, "-EFAULT");
	else if (op->expect == TP_EXPECT_FAIL)
		tp_buf_printf(p->out, "-%s", tp_errno_name(op->expect_err));
	else
		tp_buf_printf(p->out, "%" PRId64, p->e->expect.result[p->at]);
}

/* Which error leaves it open what the file holds; NULL: none does. */
static const char *open_error(const struct tp_op *op)
{
	if (op->kind == TP_OP_KIND_WAIT_SIZE)
		return "ETIMEDOUT";
	if (op->expect == TP_EXPECT_EITHER)
		return op->expect_err == TP_SIGBUS ? "EFAULT" : tp_errno_name(op->expect_err);
	/* Whether a store that races may fault is not known here. */
	if (op->expect == TP_EXPECT_OK && op->actor && op->kind == TP_OP_KIND_STORE)
		return "EFAULT";
	return NULL;
}

static void statement(struct program *p, const struct tp_op *op)
{
	const char *err = open_error(op);
	char *words = tp_export_words(op);
	bool changes = tp_ops[op->kind].effect != TP_EFFECT_NONE;
	bool any = p->e->expect.result[p->at] == TP_ANY_RESULT;

	if (any)
		tp_buf_puts(p->out, "\tif (");
	else if (err)
		tp_buf_printf(p->out, "\t%s%smay(\"%s\", ", changes ? unsure(p) : "",
			      changes ? " |= (char)" : "", words);
	else
		tp_buf_printf(p->out, "\tmust(\"%s\", ", words);
	tp_export_expand(tp_c_ops[op->kind].expr, op, expand_more, p, p->out);
	if (any) {
		tp_buf_printf(p->out, " < 0)\n\t\tcannot_tell(\"%s\");\n", words);
	} else {
		tp_buf_puts(p->out, ", ");
		put_want(p, op);
		tp_buf_printf(p->out, err ? ", %s);\n" : ");\n", err);
	}
	if (tp_expect_reads(&p->e->expect, p->at))
		tp_buf_printf(p->out,
			      "\tfailed |= %scheck(\"%s\", seen_by_%zu, bytes, %" PRIu64
			      ", %" PRIu64 ");\n",
			      if_sure(p), words, p->at + 1, op->arg[0], op->arg[1]);
	free(words);
}

static void operation(struct program *p, size_t i)
{
	const struct tp_foresight *x = &p->e->expect;
	const struct tp_op *op = &x->seq->ops[i];

	p->at = i;
	switch (op->kind) {
	case TP_OP_KIND_NONE:
	case TP_OP_KIND_OFFSET: /* is seen to as the block begins */
		return;
	case TP_OP_KIND_MEET:
		tp_buf_puts(p->out, "\t");
		tp_export_expand(tp_c_ops[op->kind].expr, op, expand_more, p, p->out);
		tp_buf_puts(p->out, ";\n");
		p->met++;
		return;
	case TP_OP_KIND_SIZE:
		if (x->result[i] != TP_ANY_RESULT) {
			tp_buf_printf(p->out, "\tfailed |= %scheck_size(\"size\", %" PRId64 ");\n",
				      if_sure(p), x->result[i]);
			return;
		}
		/* fall through */
	default:
		statement(p, op);
	}
}

static void actor(struct program *p, size_t start, size_t end, unsigned number)
{
	const struct tp_seq *seq = p->e->expect.seq;
	bool timed = uses(p, "SWEEP");

	p->met = 1;
	tp_buf_printf(p->out, "static void *block_%zu_actor_%u(void *unused)\n{\n", start + 1,
		      number);
	if (timed)
		tp_buf_puts(p->out, "\tlong long begin_ns;\n\n");
	tp_buf_printf(p->out, "\tmeet(%u);\n", p->actors);
	if (timed)
		tp_buf_printf(p->out, "\tspin(delay_ns[%u]);\n\tbegin_ns = now_ns();\n", number);
	for (size_t i = start; i < end; i++)
		if (seq->ops[i].actor == number)
			operation(p, i);
	if (timed)
		tp_buf_printf(p->out, "\ttook_ns[%u] = now_ns() - begin_ns;\n", number);
	tp_buf_puts(p->out, "\treturn unused;\n}\n\n");
}

static void actors(struct program *p)
{
	const struct tp_seq *seq = p->e->expect.seq;
	size_t end;

	for (size_t i = 0; i < seq->nr; i = end) {
		p->actors = tp_seq_block(seq, i, &end);
		for (unsigned number = 1; number <= p->actors; number++)
			actor(p, i, end, number);
	}
}

/* The first actor that begins without an offset: the others' places are in its time. */
static unsigned anchor(const struct tp_seq *seq, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if ((i == start || seq->ops[i].actor != seq->ops[i - 1].actor) &&
		    seq->ops[i].kind != TP_OP_KIND_OFFSET)
			return seq->ops[i].actor;
	return 1;
}

static void run_block(struct program *p, size_t start, size_t end)
{
	const struct tp_seq *seq = p->e->expect.seq;

	if (uses(p, "SWEEP"))
		tp_buf_puts(p->out, "\tmemset(delay_ns, 0, sizeof(delay_ns));\n");
	for (size_t i = start; i < end; i++)
		if (seq->ops[i].kind == TP_OP_KIND_OFFSET)
			tp_buf_printf(p->out, "\tsweep(%u, %u, %u, %" PRIu64 ", %" PRIu64 ");\n",
				      p->actors, seq->ops[i].actor, anchor(seq, start, end),
				      seq->ops[i].arg[0], seq->ops[i].arg[1]);
	tp_buf_printf(p->out, "\trace(%u, (void *(*const[])(void *)){ ", p->actors);
	for (unsigned number = 1; number <= p->actors; number++)
		tp_buf_printf(p->out, "%sblock_%zu_actor_%u", number > 1 ? ", " : "", start + 1,
			      number);
	tp_buf_puts(p->out, " });\n");
}

static void run(struct program *p)
{
	const struct tp_seq *seq = p->e->expect.seq;
	size_t end;

	tp_buf_puts(p->out, "static void run(void)\n{\n\topen_file(O_CREAT | O_EXCL);\n");
	for (size_t i = 0; i < seq->nr; i = end) {
		p->actors = tp_seq_block(seq, i, &end);
		if (p->actors)
			run_block(p, i, end);
		else
			operation(p, i);
	}
	tp_buf_puts(p->out, "\tclose_file();\n}\n\n");
}

/* What main does with the file, or with each of them. */
static const char one_file[] = "\tmount_it();\n"
			       "\trun();\n"
			       "\tumount_it();\n"
			       "\tmount_it();\n"
			       "\tif (%scheck_file()%s%s)\n"
			       "\t\tleave(1, \"FAIL\");\n"
			       "\tumount_it();\n"
			       "%s"
			       "\tleave(0, \"PASS\");\n"
			       "}\n";
static const char many_files[] =
	"\tmount_it();\n"
	"\tfor (trial = 0; trial < files; trial++)\n"
	"\t\trun();\n"
	"\tumount_it();\n"
	"\tmount_it();\n"
	"\tfor (trial = 0; trial < files; trial++)\n"
	"\t\tif (!unsure[trial]) {\n"
	"\t\t\tjudged++;\n"
	"\t\t\twrong_files += check_file();\n"
	"\t\t}\n"
	"\tumount_it();\n"
	"\tprintf(\"%%d of %%d files judged, %%d wrong\\n\", judged, files, wrong_files);\n"
	"\tif (%swrong_files)\n"
	"\t\tleave(1, \"FAIL\");\n"
	"\tleave(judged ? 0 : 2, judged ? \"PASS\" : \"CANNOT TELL\");\n"
	"}\n";

static const char number_of_files[] =
	"\tfiles = argc > 1 && getpid() != 1 ? atoi(argv[1]) : files;\n"
	"\tif (files < 1 || files > FILES) {\n"
	"\t\tfprintf(stderr, \"files: 1 to %d\\n\", FILES);\n"
	"\t\treturn 2;\n"
	"\t}\n";

static void put_main(struct program *p)
{
	bool races = p->e->expect.races;
	char room[48];

	snprintf(room, sizeof(room), " + files * %" PRIu64 "LL", p->e->file_bytes);
	tp_buf_printf(p->out, "int main(%s)\n{\n%s%s\n", races ? "int argc, char **argv" : "void",
		      races ? "\tint wrong_files = 0, judged = 0;\n" : "",
		      uses(p, "FAULT")
			      ? "\tstruct sigaction sa = { .sa_handler = on_sigbus, "
				".sa_flags = SA_NODEFER };\n\n\tsigaction(SIGBUS, &sa, NULL);"
			      : "");
	if (races)
		tp_buf_puts(p->out, number_of_files);
	tp_buf_printf(p->out,
		      "\tdevice = getenv(\"DEVICE\");\n"
		      "\tif (getpid() == 1)\n"
		      "\t\tbegin_as_init();\n"
		      "\telse if (unshare(CLONE_NEWNS) != 0 ||\n"
		      "\t\t mount(NULL, \"/\", NULL, MS_REC | MS_PRIVATE, NULL) != 0)\n"
		      "\t\tcannot_tell(\"a mount namespace of our own\");\n"
		      "\tif (!device)\n"
		      "\t\tmake_image(%" PRIu64 "LL%s);\n",
		      p->e->base_bytes + (races ? 0 : p->e->file_bytes), races ? room : "");
	if (races)
		tp_buf_printf(p->out, many_files, judges(p) ? "failed || " : "");
	else
		tp_buf_printf(
			p->out, one_file, *if_sure(p) && judges(p) ? "(!unsure && " : if_sure(p),
			*if_sure(p) && judges(p) ? ")" : "", judges(p) ? " || failed" : "",
			uses(p, "MAY") ? "\tif (unsure)\n\t\tleave(2, \"CANNOT TELL\");\n" : "");
}

static bool expressible(const struct tp_foresight *x)
{
	for (size_t i = 0; i < x->seq->nr; i++) {
		const char *why = tp_c_ops[x->seq->ops[i].kind].refused;

		if (why) {
			tp_error(EOPNOTSUPP, "\"%s\" cannot be exported so: %s",
				 tp_ops[x->seq->ops[i].kind].name, why);
			return false;
		}
	}
	return true;
}

int tp_export_c(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second)
{
	struct program p = { .e = e, .out = out };

	(void)second;
	if (!expressible(&e->expect))
		return -EOPNOTSUPP;
	choose_parts(&p);
	head(&p);
	includes(&p);
	variables(&p);
	tables(&p);
	parts(&p);
	actors(&p);
	run(&p);
	put_main(&p);
	return 0;
}
