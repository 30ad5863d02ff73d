// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_fs.c - pieces of exported C programs: what is done to the whole file or file system
 */
#include "export/c_parts.h"

const struct tp_c_part tp_c_parts_fs[] = {
	{ "FSYNC_OTHER", NULL, NULL,
		"/* Writes and syncs another file: the journal commits. */\n"
		"static int fsync_other(void)\n"
		"{\n"
		"\tint other = open(MNT \"/other\", O_RDWR | O_CREAT, 0600), ret = -1;\n"
		"\n"
		"\tif (other >= 0 && pwrite(other, \"other\\n\", 6, 0) == 6)\n"
		"\t\tret = fsync(other);\n"
		"\tif (other >= 0)\n"
		"\t\tclose(other);\n"
		"\treturn ret;\n"
		"}\n" },
	{ "FADVISE", NULL, NULL,
		"static int fadvise_drop(long long off, long long len)\n"
		"{\n"
		"\terrno = posix_fadvise(fd, off, len, POSIX_FADV_DONTNEED);\n"
		"\treturn errno ? -1 : 0;\n"
		"}\n" },
	{ "DROP_CACHES", NULL, NULL,
		"static int drop_caches(void)\n"
		"{\n"
		"\tint file = open(\"/proc/sys/vm/drop_caches\", O_WRONLY), ret;\n"
		"\n"
		"\tif (file < 0)\n"
		"\t\treturn -1;\n"
		"\tret = write(file, \"1\", 1) == 1 ? 0 : -1;\n"
		"\tclose(file);\n"
		"\treturn ret;\n"
		"}\n" },
	{ "REOPEN", "DIRECT_FD", NULL,
		"static int reopen(void)\n"
		"{\n"
		"\tif (direct_fd >= 0)\n"
		"\t\tclose(direct_fd);\n"
		"\tdirect_fd = -1;\n"
		"\tif (close(fd) != 0)\n"
		"\t\treturn -1;\n"
		"\tfd = open(name, O_RDWR);\n"
		"\treturn fd < 0 ? -1 : 0;\n"
		"}\n" },
	{ "MOVE_EXTENTS", NULL, "sys/ioctl.h",
		"/* fs/ext4/ext4.h */\n"
		"struct move_extent {\n"
		"\tunsigned reserved, donor_fd;\n"
		"\tunsigned long long orig_start, donor_start, len, moved_len;\n"
		"};\n"
		"#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)\n"
		"\n"
		"/* Blocks of a donor that is full of '?' take the place of the file's. */\n"
		"static int move_extents(long long off, long long len)\n"
		"{\n"
		"\tint donor = open(MNT \"/donor\", O_RDWR | O_CREAT | O_TRUNC, 0600), ret;\n"
		"\tstruct move_extent move = { .donor_fd = (unsigned)donor };\n"
		"\tchar d[4096];\n"
		"\n"
		"\tmemset(d, '?', sizeof(d));\n"
		"\tfor (long long x = 0; x < off + len; x += (long long)sizeof(d))\n"
		"\t\tif (pwrite(donor, d, sizeof(d), x) != (long)sizeof(d))\n"
		"\t\t\tcannot_tell(\"donor\");\n"
		"\tif (fsync(donor) != 0)\n"
		"\t\tcannot_tell(\"donor\");\n"
		"\tmove.orig_start = move.donor_start = (unsigned long long)off / BLOCK;\n"
		"\tmove.len = (unsigned long long)len / BLOCK;\n"
		"\tret = ioctl(fd, EXT4_IOC_MOVE_EXT, &move);\n"
		"\tclose(donor);\n"
		"\tunlink(MNT \"/donor\");\n"
		"\treturn ret;\n"
		"}\n" },
	{ "FILL", NULL, "sys/statvfs.h",
		"/* One file takes all space but so many bytes. */\n"
		"static int fill_fs(unsigned long long rest)\n"
		"{\n"
		"\tint filler = open(MNT \"/filler\", O_RDWR | O_CREAT, 0600);\n"
		"\tstruct statvfs v = { 0 };\n"
		"\tstruct stat st;\n"
		"\n"
		"\tif (filler < 0 || fstatvfs(filler, &v) != 0)\n"
		"\t\treturn -1;\n"
		"\tfor (unsigned long long step = 1 << 30; step >= v.f_frsize; step /= 2)\n"
		"\t\twhile (fstatvfs(filler, &v) == 0 && fstat(filler, &st) == 0 &&\n"
		"\t\t       (unsigned long long)v.f_bavail * v.f_frsize >= rest + step &&\n"
		"\t\t       fallocate(filler, 0, st.st_size, (off_t)step) == 0)\n"
		"\t\t\t;\n"
		"\tclose(filler);\n"
		"\treturn 0;\n"
		"}\n" },
	{ .name = NULL },
};
