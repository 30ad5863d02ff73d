// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_check.c - pieces of exported C programs: what it says, and bytes that are checked
 */
#include "export/c_parts.h"

const struct tp_c_part tp_c_parts_check[] = {
	{ "LEAVE", NULL, NULL,
		"static _Noreturn void leave(int status, const char *word)\n"
		"{\n"
		"\tprintf(\"%s\\n\", word);\n"
		"\tfflush(stdout);\n"
		"\tif (getpid() == 1)\n"
		"\t\treboot(RB_POWER_OFF);\n"
		"\texit(status);\n"
		"}\n"
		"\n"
		"static _Noreturn void cannot_tell(const char *what)\n"
		"{\n"
		"\tprintf(\"%s: %s\\n\", what, strerror(errno));\n"
		"\tleave(2, \"CANNOT TELL\");\n"
		"}\n" },
	{ "MUST", "LEAVE", NULL,
		"/* The operation ends like this: with so many bytes or 0, or with minus an errno. */\n"
		"static void must(const char *op, long got, long want)\n"
		"{\n"
		"\tgot = got < 0 ? -errno : got;\n"
		"\tif (got == want)\n"
		"\t\treturn;\n"
		"\tprintf(\"%s: %ld %s, not %ld\\n\", op, got, got < 0 ? strerror((int)-got) : \"\", want);\n"
		"\tif (got == -EFAULT || (want < 0 && got >= 0))\n"
		"\t\tleave(1, \"FAIL\");\n"
		"\tleave(2, \"CANNOT TELL\");\n"
		"}\n" },
	{ "MAY", "MUST", NULL,
		"/* The same, but it may fail with this errno, or do a part: returns whether it did. */\n"
		"static int may(const char *op, long got, long want, int err)\n"
		"{\n"
		"\tif (got < 0 ? errno == err : got < want)\n"
		"\t\treturn 1;\n"
		"\tmust(op, got, want);\n"
		"\treturn 0;\n"
		"}\n" },
	{ "BYTE_OF", NULL, NULL,
		"/* What the operation of this letter writes at offset x: blocks that move are seen. */\n"
		"static int byte_of(int c, long long x)\n"
		"{\n"
		"\treturn 0x80 | ((c + x / 16 * 37) & 0x7f);\n"
		"}\n" },
	{ "WRONG", NULL, NULL,
		"static int wrong(const struct span *s, long long x, unsigned char got)\n"
		"{\n"
		"\t(void)x;\n"
		"\tfor (const char *c = s->may_be; *c; c++)\n"
		"\t\tif (got == (*c == '0' ? 0 : *c))\n"
		"\t\t\treturn 0;\n"
		"\treturn 1;\n"
		"}\n" },
	{ "WRONG_SHIFTED", "BYTE_OF", NULL,
		"static int wrong(const struct span *s, long long x, unsigned char got)\n"
		"{\n"
		"\tfor (int i = 0; s->may_be[i]; i++)\n"
		"\t\tif (got == (s->may_be[i] == '0' ? 0 : byte_of(s->may_be[i], x - s->moved[i])))\n"
		"\t\t\treturn 0;\n"
		"\treturn 1;\n"
		"}\n" },
	{ "CHECK", NULL, NULL,
		"/* Are the bytes found at from as they must be?  Tells the first that are not. */\n"
		"static int check(const char *who, const struct span *s, const unsigned char *got,\n"
		"\t\t long long from, long long len)\n"
		"{\n"
		"\tfor (; s->to; s++) {\n"
		"\t\tlong long x = s->from > from ? s->from : from, y;\n"
		"\t\tlong long end = s->to < from + len ? s->to : from + len;\n"
		"\n"
		"\t\twhile (x < end && !wrong(s, x, got[x - from]))\n"
		"\t\t\tx++;\n"
		"\t\tif (x >= end)\n"
		"\t\t\tcontinue;\n"
		"\t\tfor (y = x; y + 1 < end && wrong(s, y + 1, got[y + 1 - from]); y++)\n"
		"\t\t\t;\n"
		"\t\tprintf(\"%s: bytes %lld-%lld: expected %s, found 0x%02x\\n\", who, x, y,\n"
		"\t\t       s->may_be, got[x - from]);\n"
		"\t\treturn 1;\n"
		"\t}\n"
		"\treturn 0;\n"
		"}\n" },
	{ "LETTERS", NULL, NULL,
		"static void *letters(int c, size_t len)\n"
		"{\n"
		"\treturn memset(bytes, c, len);\n"
		"}\n" },
	{ "LETTERS_SHIFTED", "BYTE_OF", NULL,
		"static void *letters(int c, long long off, size_t len)\n"
		"{\n"
		"\tfor (size_t i = 0; i < len; i++)\n"
		"\t\tbytes[i] = (unsigned char)byte_of(c, off + (long long)i);\n"
		"\treturn bytes;\n"
		"}\n" },
	{ .name = NULL },
};
