// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op.c - one operation and its text form
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/op.h"

const struct tp_op_info tp_ops[TP_NR_OP_KINDS] = {
#define OP(id, text, letters, eff, fn, bits, line)                                          \
	[TP_OP_KIND_##id] = { .name = (text), .args = (letters), .effect = TP_EFFECT_##eff,  \
			      .flags = (bits), .help = (line) },
#include "model/ops.def"
#undef OP
};

static const struct {
	int err;
	const char *name;
} errnos[] = {
	{ TP_SIGBUS, "SIGBUS" }, { EAGAIN, "EAGAIN" },	     { EBADF, "EBADF" },
	{ EBUSY, "EBUSY" },	 { EDQUOT, "EDQUOT" },	     { EFAULT, "EFAULT" },
	{ EFBIG, "EFBIG" },	 { EINTR, "EINTR" },	     { EINVAL, "EINVAL" },
	{ EIO, "EIO" },		 { EMFILE, "EMFILE" },	     { ENODEV, "ENODEV" },
	{ ENOENT, "ENOENT" },	 { ENOMEM, "ENOMEM" },	     { ENOSPC, "ENOSPC" },
	{ ENOSYS, "ENOSYS" },	 { ENOTTY, "ENOTTY" },	     { ENXIO, "ENXIO" },
	{ EPERM, "EPERM" },	 { EACCES, "EACCES" },	     { EROFS, "EROFS" },
	{ ETXTBSY, "ETXTBSY" },	 { EOPNOTSUPP, "EOPNOTSUPP" }, { EUCLEAN, "EUCLEAN" },
	{ ENODATA, "ENODATA" },	 { EOVERFLOW, "EOVERFLOW" }, { ETIMEDOUT, "ETIMEDOUT" },
};

const char *tp_errno_name(int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].err == err)
			return errnos[i].name;
	return NULL;
}

int tp_errno_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (strcmp(errnos[i].name, name) == 0)
			return errnos[i].err;
	return -1;
}

int tp_op_find(const char *name, size_t len)
{
	for (int k = 0; k < TP_NR_OP_KINDS; k++)
		if (strlen(tp_ops[k].name) == len && memcmp(tp_ops[k].name, name, len) == 0)
			return k;
	return -1;
}

void tp_op_arity(enum tp_op_kind kind, unsigned *least, unsigned *most)
{
	const char *dot = strchr(tp_ops[kind].args, '.');

	*most = (unsigned)strlen(tp_ops[kind].args) - (dot != NULL);
	*least = dot ? (unsigned)(dot - tp_ops[kind].args) : *most;
}

static bool plain_number(void *ctx, const char *word, size_t len, uint64_t *value,
			 struct tp_buf *err)
{
	char *copy = tp_strndup(word, len);
	bool ok = tp_parse_u64(copy, value);

	(void)ctx;
	if (!ok)
		tp_buf_printf(err, "\"%s\" is not a number", copy);
	free(copy);
	return ok;
}

/* "name@2": the name's kind and the slot. */
static bool parse_name(const char *word, size_t len, struct tp_op *op, struct tp_buf *err)
{
	const char *at = memchr(word, '@', len);
	size_t name_len = at ? (size_t)(at - word) : len;
	int kind = tp_op_find(word, name_len);

	if (kind < 0) {
		tp_buf_printf(err, "no operation is called \"%.*s\"", (int)name_len, word);
		return false;
	}
	op->kind = (enum tp_op_kind)kind;
	if (!at)
		return true;
	if (!(tp_ops[kind].flags & TP_OP_SLOT)) {
		tp_buf_printf(err, "%s uses no mapping", tp_ops[kind].name);
		return false;
	}
	if (word + len - at != 2 || at[1] < '0' || at[1] >= '0' + TP_MAX_SLOTS) {
		tp_buf_printf(err, "mapping \"%.*s\" is not one of @0 to @%d",
			      (int)(word + len - at), at, TP_MAX_SLOTS - 1);
		return false;
	}
	op->slot = (uint8_t)(at[1] - '0');
	return true;
}

static bool word_is(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

/* "fails EIO" or "may-fail EIO" behind the arguments. */
static bool parse_expect(const char *word, size_t len, const char **cursor, struct tp_op *op,
			 struct tp_buf *err)
{
	const char *name;
	size_t name_len;
	char *copy;

	op->expect = word_is(word, len, "fails") ? TP_EXPECT_FAIL : TP_EXPECT_EITHER;
	name = tp_next_word(cursor, &name_len);
	if (!name) {
		tp_buf_printf(err, "\"%.*s\" wants the name of an error", (int)len, word);
		return false;
	}
	copy = tp_strndup(name, name_len);
	op->expect_err = tp_errno_find(copy);
	if (op->expect_err < 0)
		tp_buf_printf(err, "\"%s\" is no error that tailpage knows", copy);
	free(copy);
	return op->expect_err >= 0;
}

bool tp_op_parse(const char *text, tp_arg_fn arg, void *ctx, struct tp_op *op,
		 struct tp_buf *err)
{
	const char *cursor = text, *word;
	unsigned least, most, nr = 0;
	size_t len;

	*op = (struct tp_op){ 0 };
	word = tp_next_word(&cursor, &len);
	if (!parse_name(word, len, op, err))
		return false;
	tp_op_arity(op->kind, &least, &most);
	while ((word = tp_next_word(&cursor, &len))) {
		if (word_is(word, len, "fails") || word_is(word, len, "may-fail")) {
			if (!parse_expect(word, len, &cursor, op, err))
				return false;
			continue;
		}
		if (nr == most || op->expect != TP_EXPECT_OK) {
			tp_buf_printf(err, "\"%.*s\" is one word too many", (int)len, word);
			return false;
		}
		if (!(arg ? arg : plain_number)(ctx, word, len, &op->arg[nr++], err))
			return false;
	}
	if (nr < least) {
		tp_buf_printf(err, "%s takes %u argument%s, not %u", tp_ops[op->kind].name, least,
			      least == 1 ? "" : "s", nr);
		return false;
	}
	return true;
}

void tp_op_print(const struct tp_op *op, struct tp_buf *out)
{
	const struct tp_op_info *info = &tp_ops[op->kind];
	unsigned least, most;

	tp_buf_puts(out, info->name);
	if (op->slot)
		tp_buf_printf(out, "@%u", op->slot);
	tp_op_arity(op->kind, &least, &most);
	for (unsigned i = 0; i < most; i++)
		tp_buf_printf(out, " %" PRIu64, op->arg[i]);
	if (op->expect != TP_EXPECT_OK)
		tp_buf_printf(out, " %s %s", op->expect == TP_EXPECT_FAIL ? "fails" : "may-fail",
			      tp_errno_name(op->expect_err));
}
