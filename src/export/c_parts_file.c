// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_file.c - pieces of exported C programs: the file: opened, closed, looked at in the end
 */
#include "export/c_parts.h"

#define CHECK_SIZE                                                                           \
	"\topen_file(0);\n"                                                                     \
	"\tif (fstat(fd, &st) != 0)\n"                                                          \
	"\t\tcannot_tell(name);\n"                                                              \
	"\tbad = wrong_size(st.st_size);\n"                                                     \
	"\tif (bad)\n"                                                                          \
	"\t\tprintf(\"%s: the size is %lld\\n\", name, (long long)st.st_size);\n"

const struct tp_c_part tp_c_parts_file[] = {
	{ "FILE", NULL, NULL,
		"static void open_file(int flags)\n"
		"{\n"
		"\tsnprintf(name, sizeof(name), MNT \"/f%d\", trial);\n"
		"\tfd = open(name, O_RDWR | flags, 0644);\n"
		"\tif (fd < 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "FILE_ONE", NULL, NULL,
		"static void open_file(int flags)\n"
		"{\n"
		"\tfd = open(name, O_RDWR | flags, 0644);\n"
		"\tif (fd < 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "CLOSE", NULL, NULL,
		"static void close_file(void)\n"
		"{\n"
		"\tif (close(fd) != 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "CLOSE_MAP", "MAP", NULL,
		"static void close_file(void)\n"
		"{\n"
		"\tfor (int n = 0; n < 4; n++)\n"
		"\t\tif (map[n].at)\n"
		"\t\t\tmunmap(map[n].at, map[n].len);\n"
		"\tmemset(map, 0, sizeof(map));\n"
		"\tif (close(fd) != 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "CLOSE_DIRECT", "DIRECT_FD", NULL,
		"static void close_file(void)\n"
		"{\n"
		"\tif (direct_fd >= 0)\n"
		"\t\tclose(direct_fd);\n"
		"\tdirect_fd = -1;\n"
		"\tif (close(fd) != 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "CLOSE_MAP_DIRECT", "MAP,DIRECT_FD", NULL,
		"static void close_file(void)\n"
		"{\n"
		"\tfor (int n = 0; n < 4; n++)\n"
		"\t\tif (map[n].at)\n"
		"\t\t\tmunmap(map[n].at, map[n].len);\n"
		"\tmemset(map, 0, sizeof(map));\n"
		"\tif (direct_fd >= 0)\n"
		"\t\tclose(direct_fd);\n"
		"\tdirect_fd = -1;\n"
		"\tif (close(fd) != 0)\n"
		"\t\tcannot_tell(name);\n"
		"}\n" },
	{ "REMOUNT", NULL, NULL,
		"static int remount(void)\n"
		"{\n"
		"\tclose_file();\n"
		"\tumount_it();\n"
		"\tmount_it();\n"
		"\topen_file(0);\n"
		"\treturn 0;\n"
		"}\n" },
	{ "SIZES", NULL, NULL,
		"static int wrong_size(long long size)\n"
		"{\n"
		"\tfor (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)\n"
		"\t\tif (size == sizes[i])\n"
		"\t\t\treturn 0;\n"
		"\treturn 1;\n"
		"}\n" },
	{ "SIZE_ONE", NULL, NULL,
		"#define wrong_size(size) ((size) != SIZE)\n" },
	{ "SIZES_ANY", NULL, NULL,
		"#define wrong_size(size) ((size) > SIZE)\n" },
	{ "CHECK_FILE", "CHECK", NULL,
		"/* As a fresh mount shows it. */\n"
		"static int check_file(void)\n"
		"{\n"
		"\tstatic unsigned char chunk[65536];\n"
		"\tstruct stat st;\n"
		"\tssize_t n;\n"
		"\tint bad;\n"
		"\n"
		CHECK_SIZE
		"\tfor (long long x = 0; x < st.st_size && !bad; x += n) {\n"
		"\t\tn = pread(fd, chunk, sizeof(chunk), x);\n"
		"\t\tif (n <= 0)\n"
		"\t\t\tcannot_tell(name);\n"
		"\t\tbad = check(name, at_the_end, chunk, x, n);\n"
		"\t}\n"
		"\tclose(fd);\n"
		"\treturn bad;\n"
		"}\n" },
	{ "CHECK_FILE_SPARSE", "CHECK", NULL,
		"/* No bytes are stored in [from, to): may they be zero? */\n"
		"static int check_hole(const struct span *s, long long from, long long to)\n"
		"{\n"
		"\tfor (; s->to; s++)\n"
		"\t\tif (s->from < to && s->to > from && !strchr(s->may_be, '0')) {\n"
		"\t\t\tprintf(\"%s: bytes %lld-%lld: expected %s, found a hole\\n\", name,\n"
		"\t\t\t       s->from > from ? s->from : from, (s->to < to ? s->to : to) - 1,\n"
		"\t\t\t       s->may_be);\n"
		"\t\t\treturn 1;\n"
		"\t\t}\n"
		"\treturn 0;\n"
		"}\n"
		"\n"
		"/* As a fresh mount shows it, without its holes. */\n"
		"static int check_file(void)\n"
		"{\n"
		"\tstatic unsigned char chunk[65536];\n"
		"\tlong long x = 0, data;\n"
		"\tstruct stat st;\n"
		"\tssize_t n;\n"
		"\tint bad;\n"
		"\n"
		CHECK_SIZE
		"\twhile (x < st.st_size && !bad) {\n"
		"\t\tdata = lseek(fd, x, SEEK_DATA);\n"
		"\t\tif (data < 0 && errno != ENXIO)\n"
		"\t\t\tcannot_tell(name);\n"
		"\t\tdata = data < 0 ? st.st_size : data;\n"
		"\t\tbad = check_hole(at_the_end, x, data);\n"
		"\t\tx = data;\n"
		"\t\tn = pread(fd, chunk, sizeof(chunk), x);\n"
		"\t\tif (n < 0)\n"
		"\t\t\tcannot_tell(name);\n"
		"\t\tbad = bad || check(name, at_the_end, chunk, x, n);\n"
		"\t\tx += n;\n"
		"\t}\n"
		"\tclose(fd);\n"
		"\treturn bad;\n"
		"}\n" },
	{ "CHECK_FILE_SMALL", NULL, NULL,
		"/* As a fresh mount shows it.  Tells the first bytes that are not as they must be. */\n"
		"static int check_file(void)\n"
		"{\n"
		"\tstatic unsigned char got[SIZE + 1];\n"
		"\tlong long x, y;\n"
		"\n"
		"\topen_file(0);\n"
		"\tif (pread(fd, got, sizeof(got), 0) != SIZE) {\n"
		"\t\tprintf(\"%s: the size is not %lld\\n\", name, SIZE);\n"
		"\t\treturn 1;\n"
		"\t}\n"
		"\tfor (const struct span *s = at_the_end; s->to; s++) {\n"
		"\t\tint want = *s->may_be == '0' ? 0 : *s->may_be;\n"
		"\n"
		"\t\tfor (x = s->from; x < s->to && got[x] == want; x++)\n"
		"\t\t\t;\n"
		"\t\tfor (y = x; y < s->to && got[y] != want; y++)\n"
		"\t\t\t;\n"
		"\t\tif (x == s->to)\n"
		"\t\t\tcontinue;\n"
		"\t\tprintf(\"%s: bytes %lld-%lld: expected %s, found 0x%02x\\n\", name, x, y - 1,\n"
		"\t\t       s->may_be, got[x]);\n"
		"\t\treturn 1;\n"
		"\t}\n"
		"\treturn close(fd);\n"
		"}\n" },
	{ .name = NULL },
};
