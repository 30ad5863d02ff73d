// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_race.c - pieces of exported C programs: actors that race, and time
 */
#include "export/c_parts.h"

const struct tp_c_part tp_c_parts_race[] = {
	{ "NOW", NULL, "time.h",
		"static long long now_ns(void)\n"
		"{\n"
		"\tstruct timespec ts;\n"
		"\n"
		"\tclock_gettime(CLOCK_MONOTONIC, &ts);\n"
		"\treturn ts.tv_sec * 1000000000LL + ts.tv_nsec;\n"
		"}\n" },
	{ "SPIN", "NOW", NULL,
		"static int spin(long long ns)\n"
		"{\n"
		"\tfor (long long end = now_ns() + ns; now_ns() < end;)\n"
		"\t\t;\n"
		"\treturn 0;\n"
		"}\n" },
	{ "FREEZE", "SPIN", "sys/ioctl.h,linux/fs.h",
		"/* Killed in between it leaves a frozen file system: do this in a guest. */\n"
		"static int freeze(long long ns)\n"
		"{\n"
		"\tint dir = open(MNT, O_RDONLY | O_DIRECTORY), ret;\n"
		"\n"
		"\tif (dir < 0)\n"
		"\t\treturn -1;\n"
		"\tret = ioctl(dir, FIFREEZE, 0);\n"
		"\tif (ret == 0) {\n"
		"\t\tspin(ns);\n"
		"\t\tret = ioctl(dir, FITHAW, 0);\n"
		"\t}\n"
		"\tclose(dir);\n"
		"\treturn ret;\n"
		"}\n" },
	{ "RACE", NULL, "pthread.h,sched.h,stdatomic.h",
		"static atomic_int here;\n"
		"\n"
		"/* Spin until so many have come: nobody is to be woken up first. */\n"
		"static void meet(int how_many)\n"
		"{\n"
		"\tatomic_fetch_add(&here, 1);\n"
		"\tfor (unsigned turn = 0; atomic_load(&here) < how_many; turn++)\n"
		"\t\tif (turn > 5000)\n"
		"\t\t\tsched_yield();\n"
		"}\n"
		"\n"
		"static void race(int actors, void *(*const actor[])(void *))\n"
		"{\n"
		"\tpthread_t thread[8];\n"
		"\n"
		"\tatomic_store(&here, 0);\n"
		"\tfor (int i = 0; i < actors; i++)\n"
		"\t\tif ((errno = pthread_create(&thread[i], NULL, actor[i], NULL)) != 0)\n"
		"\t\t\tcannot_tell(\"pthread_create\");\n"
		"\tfor (int i = 0; i < actors; i++)\n"
		"\t\tpthread_join(thread[i], NULL);\n"
		"}\n" },
	{ "WAIT_SIZE", "NOW", "sched.h",
		"/* Until the file is so long; not for ever. */\n"
		"static int wait_size(long long size)\n"
		"{\n"
		"\tlong long end = now_ns() + 2000000000;\n"
		"\n"
		"\tfor (unsigned turn = 0; lseek(fd, 0, SEEK_END) < size; turn++) {\n"
		"\t\tif (turn > 5000)\n"
		"\t\t\tsched_yield();\n"
		"\t\tif (turn % 64 == 63 && now_ns() > end) {\n"
		"\t\t\terrno = ETIMEDOUT;\n"
		"\t\t\treturn -1;\n"
		"\t\t}\n"
		"\t}\n"
		"\treturn 0;\n"
		"}\n" },
	{ "SWEEP", "SPIN", NULL,
		"static long long took_ns[9], delay_ns[9]; /* of actors 1 to 8 */\n"
		"\n"
		"/* Actor begins at place k of n, from \"it ends as the other begins\" to the reverse;\n"
		" * how long they take is known from the file before. */\n"
		"static void sweep(int actors, int actor, int other, long long k, long long n)\n"
		"{\n"
		"\tlong long own = took_ns[actor] < 1000000 ? took_ns[actor] : 1000000;\n"
		"\tlong long window = own + (took_ns[other] < 1000000 ? took_ns[other] : 1000000);\n"
		"\tlong long at = (window * (k - 1) + window * (trial % 16) / 16) / n - own;\n"
		"\n"
		"\tfor (int i = 1; i <= actors && at < 0; i++)\n"
		"\t\tdelay_ns[i] += i == actor ? 0 : -at;\n"
		"\tif (at > 0)\n"
		"\t\tdelay_ns[actor] += at;\n"
		"}\n" },
	{ .name = NULL },
};
