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
#include "export/c_program.h"
#include "plan/walk.h"

#define SMALL 65536 /* bytes of a file that is read at once */

bool tp_c_moves(const struct tp_program *p)
{
	return p->e->expect.moves;
}

/* Some parts have a form of their own where bytes move, in which the letters differ from
 * place to place; and a short one where nothing may fault. */
static void use(struct tp_program *p, const char *name);

static void use_list(struct tp_program *p, const char *names)
{
	while (names && *names) {
		size_t len = strcspn(names, ",");
		char *name = tp_strndup(names, len);

		use(p, name);
		free(name);
		names += len + (names[len] == ',');
	}
}

static void use(struct tp_program *p, const char *name)
{
	char *form = tp_printf("%s_%s", name, tp_c_moves(p) ? "SHIFTED" : "PLAIN");
	size_t i = tp_c_moves(p) || p->plain ? tp_c_part_find(form) : SIZE_MAX;

	free(form);
	if (i == SIZE_MAX)
		i = tp_c_part_find(name);
	if (i == SIZE_MAX || p->used[i])
		return;
	p->used[i] = true;
	use_list(p, tp_c_part(i)->needs);
}

bool tp_c_uses(const struct tp_program *p, const char *name)
{
	static const char *const forms[] = { "", "_SHIFTED", "_PLAIN" };
	bool used = false;

	for (size_t k = 0; k < ARRAY_SIZE(forms); k++) {
		char *form = tp_printf("%s%s", name, forms[k]);
		size_t i = tp_c_part_find(form);

		used |= i != SIZE_MAX && p->used[i];
		free(form);
	}
	return used;
}

static bool is_access(enum tp_op_kind kind)
{
	return kind == TP_OP_KIND_STORE || kind == TP_OP_KIND_LOAD || kind == TP_OP_KIND_TOUCH;
}

/* Does every access meet bytes that are mapped, no mapping take the place of another, and
 * nothing race? */
static bool is_plain(const struct tp_export *e)
{
	const struct tp_seq *seq = e->expect.seq;
	struct tp_walk w;

	tp_walk_begin(&w, e->cell, e->page_bytes);
	for (size_t i = 0; i < seq->nr; i++) {
		const struct tp_op *op = &seq->ops[i];

		if (op->actor || op->expect != TP_EXPECT_OK ||
		    (is_access(op->kind) && tp_walk_fit(&w, op) != TP_FIT_YES) ||
		    (tp_ops[op->kind].effect == TP_EFFECT_MAP && w.slot[op->slot].mapped))
			return false;
		tp_walk_apply(&w, op);
	}
	return !e->expect.moves;
}

/* Is there one thing that the file may hold, little of it, and nothing judged before? */
static bool is_simple(const struct tp_program *p)
{
	const struct tp_foresight *x = &p->e->expect;
	struct tp_span s;

	if (!p->plain || tp_c_judges(p) || x->nr_sizes != 1 || x->end.size > SMALL)
		return false;
	for (uint64_t at = 0; tp_expect_next(&x->end, &at, x->end.size, &s);)
		if (s.nr > 1)
			return false;
	return true;
}

static void choose_parts(struct tp_program *p)
{
	const struct tp_foresight *x = &p->e->expect;
	const struct tp_seq *seq = x->seq;

	p->plain = is_plain(p->e);
	use_list(p, "LEAVE,MUST,IMAGE,GUEST");
	if (is_simple(p))
		use(p, "CHECK_FILE_SMALL");
	else
		use_list(p, x->end.size > TP_EXPORT_MOST ? "WRONG,CHECK,CHECK_FILE_SPARSE"
							 : "WRONG,CHECK,CHECK_FILE");
	use(p, x->races ? "FILE" : "FILE_ONE");
	use(p, p->e->cell->fallback ? "MOUNT_FALLBACK" : "MOUNT");
	if (!is_simple(p))
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
	if (tp_c_uses(p, "MAP"))
		use(p, tp_c_uses(p, "DIRECT_FD") ? "CLOSE_MAP_DIRECT" : "CLOSE_MAP");
	else
		use(p, tp_c_uses(p, "DIRECT_FD") ? "CLOSE_DIRECT" : "CLOSE");
}

bool tp_c_judges(const struct tp_program *p)
{
	const struct tp_foresight *x = &p->e->expect;

	for (size_t i = 0; i < x->seq->nr; i++)
		if (tp_expect_reads(x, i) ||
		    (x->seq->ops[i].kind == TP_OP_KIND_SIZE && x->result[i] != TP_ANY_RESULT))
			return true;
	return false;
}

const char *tp_c_unsure(const struct tp_program *p)
{
	return p->e->expect.races ? "unsure[trial]" : "unsure";
}

const char *tp_c_if_sure(const struct tp_program *p)
{
	if (!tp_c_uses(p, "MAY"))
		return "";
	return p->e->expect.races ? "!unsure[trial] && " : "!unsure && ";
}

static void parts(struct tp_program *p)
{
	for (size_t i = 0; tp_c_part(i); i++)
		if (p->used[i])
			tp_buf_printf(p->out, "%s\n", tp_c_part(i)->text);
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

static void put_main(struct tp_program *p)
{
	bool races = p->e->expect.races;
	char room[48];

	snprintf(room, sizeof(room), " + files * %" PRIu64 "LL", p->e->file_bytes);
	tp_buf_printf(p->out, "int main(%s)\n{\n%s%s\n", races ? "int argc, char **argv" : "void",
		      races ? "\tint wrong_files = 0, judged = 0;\n" : "",
		      tp_c_uses(p, "FAULT")
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
		tp_buf_printf(p->out, many_files, tp_c_judges(p) ? "failed || " : "");
	else
		tp_buf_printf(p->out, one_file,
			      *tp_c_if_sure(p) && tp_c_judges(p) ? "(!unsure && " : tp_c_if_sure(p),
			      *tp_c_if_sure(p) && tp_c_judges(p) ? ")" : "",
			      tp_c_judges(p) ? " || failed" : "",
			      tp_c_uses(p, "MAY")
				      ? "\tif (unsure)\n\t\tleave(2, \"CANNOT TELL\");\n"
				      : "");
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
	struct tp_program p = { .e = e, .out = out };

	(void)second;
	if (!expressible(&e->expect))
		return -EOPNOTSUPP;
	choose_parts(&p);
	tp_c_head(&p);
	parts(&p);
	tp_c_run(&p);
	put_main(&p);
	return 0;
}
