// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_map.c - pieces of exported C programs: mappings, and what is done through them
 */
#include "export/c_parts.h"

#define MAPPINGS                         \
	"static struct {\n"              \
	"\tunsigned char *at;\n"        \
	"\tlong long off;\n"            \
	"\tsize_t len;\n"               \
	"} map[4];\n"                    \
	"\n"

const struct tp_c_part tp_c_parts_map[] = {
	{ "MAP", NULL, "sys/mman.h",
		MAPPINGS
		"static int map_it(int n, long long off, size_t len, int prot, int flags)\n"
		"{\n"
		"\tvoid *p;\n"
		"\n"
		"\tif (map[n].at)\n"
		"\t\tmunmap(map[n].at, map[n].len);\n"
		"\tmap[n].at = NULL;\n"
		"\tp = mmap(NULL, len, prot, flags, fd, off);\n"
		"\tif (p == MAP_FAILED)\n"
		"\t\treturn -1;\n"
		"\tmap[n].at = p;\n"
		"\tmap[n].off = off;\n"
		"\tmap[n].len = len;\n"
		"\treturn 0;\n"
		"}\n" },
	{ "MAP_PLAIN", NULL, "sys/mman.h",
		MAPPINGS
		"static int map_it(int n, long long off, size_t len, int prot, int flags)\n"
		"{\n"
		"\tmap[n].at = mmap(NULL, len, prot, flags, fd, off);\n"
		"\tmap[n].off = off;\n"
		"\tmap[n].len = len;\n"
		"\treturn map[n].at == MAP_FAILED ? -1 : 0;\n"
		"}\n" },
	{ "UNMAP", "MAP", NULL,
		"static int unmap(int n)\n"
		"{\n"
		"\tint ret = munmap(map[n].at, map[n].len);\n"
		"\n"
		"\tmap[n].at = NULL;\n"
		"\treturn ret;\n"
		"}\n" },
	{ "REMAP", "MAP", NULL,
		"static int remap(int n, size_t len)\n"
		"{\n"
		"\tvoid *p = mremap(map[n].at, map[n].len, len, MREMAP_MAYMOVE);\n"
		"\n"
		"\tif (p == MAP_FAILED)\n"
		"\t\treturn -1;\n"
		"\tmap[n].at = p;\n"
		"\tmap[n].len = len;\n"
		"\treturn 0;\n"
		"}\n" },
	{ "FAULT", "MAP", "setjmp.h,signal.h",
		"static _Thread_local sigjmp_buf fault;\n"
		"\n"
		"static void on_sigbus(int sig)\n"
		"{\n"
		"\t(void)sig;\n"
		"\tsiglongjmp(fault, 1);\n"
		"}\n"
		"\n"
		"/* The mapped bytes; NULL and an errno when they are not mapped. */\n"
		"static volatile unsigned char *mapped(int n, long long off, size_t len)\n"
		"{\n"
		"\terrno = EINVAL;\n"
		"\tif (!map[n].at || off < map[n].off || (size_t)(off - map[n].off) + len > map[n].len)\n"
		"\t\treturn NULL;\n"
		"\terrno = EFAULT; /* of a SIGBUS */\n"
		"\treturn map[n].at + (off - map[n].off);\n"
		"}\n" },
	{ "FAULT_PLAIN", "MAP", "signal.h",
		"static void on_sigbus(int sig)\n"
		"{\n"
		"\t(void)sig;\n"
		"\tleave(1, \"SIGBUS\\nFAIL\");\n"
		"}\n" },
	{ "STORE_PLAIN", "FAULT", NULL,
		"static long store(int n, long long off, size_t len, int c)\n"
		"{\n"
		"\tmemset(map[n].at + (off - map[n].off), c, len);\n"
		"\treturn (long)len;\n"
		"}\n" },
	{ "LOAD_PLAIN", "FAULT", NULL,
		"static long load(int n, long long off, size_t len)\n"
		"{\n"
		"\tmemcpy(bytes, map[n].at + (off - map[n].off), len);\n"
		"\treturn (long)len;\n"
		"}\n" },
	{ "TOUCH_PLAIN", "FAULT", NULL,
		"static long touch(int n, long long off)\n"
		"{\n"
		"\t(void)*(volatile unsigned char *)(map[n].at + (off - map[n].off));\n"
		"\treturn 0;\n"
		"}\n" },
	{ "STORE", "FAULT", NULL,
		"static long store(int n, long long off, size_t len, int c)\n"
		"{\n"
		"\tvolatile unsigned char *p = mapped(n, off, len);\n"
		"\n"
		"\tif (!p || sigsetjmp(fault, 0))\n"
		"\t\treturn -1;\n"
		"\tfor (size_t i = 0; i < len; i++)\n"
		"\t\tp[i] = (unsigned char)c;\n"
		"\treturn (long)len;\n"
		"}\n" },
	{ "STORE_SHIFTED", "FAULT,BYTE_OF", NULL,
		"static long store(int n, long long off, size_t len, int c)\n"
		"{\n"
		"\tvolatile unsigned char *p = mapped(n, off, len);\n"
		"\n"
		"\tif (!p || sigsetjmp(fault, 0))\n"
		"\t\treturn -1;\n"
		"\tfor (size_t i = 0; i < len; i++)\n"
		"\t\tp[i] = (unsigned char)byte_of(c, off + (long long)i);\n"
		"\treturn (long)len;\n"
		"}\n" },
	{ "LOAD", "FAULT", NULL,
		"static long load(int n, long long off, size_t len)\n"
		"{\n"
		"\tvolatile unsigned char *p = mapped(n, off, len);\n"
		"\n"
		"\tif (!p || sigsetjmp(fault, 0))\n"
		"\t\treturn -1;\n"
		"\tfor (size_t i = 0; i < len; i++)\n"
		"\t\tbytes[i] = p[i];\n"
		"\treturn (long)len;\n"
		"}\n" },
	{ "TOUCH", "FAULT", NULL,
		"static long touch(int n, long long off)\n"
		"{\n"
		"\tvolatile unsigned char *p = mapped(n, off, 1);\n"
		"\n"
		"\tif (!p || sigsetjmp(fault, 0))\n"
		"\t\treturn -1;\n"
		"\t(void)*p;\n"
		"\treturn 0;\n"
		"}\n" },
	{ "PROTECT", "MAP", NULL,
		"static int protect(int n)\n"
		"{\n"
		"\tif (mprotect(map[n].at, map[n].len, PROT_READ) != 0)\n"
		"\t\treturn -1;\n"
		"\treturn mprotect(map[n].at, map[n].len, PROT_READ | PROT_WRITE);\n"
		"}\n" },
	{ .name = NULL },
};
