// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpu.c - processors
 */
#include <sched.h>

#include "base/cpu.h"

unsigned tp_cpu_now(void)
{
	const int now = sched_getcpu();

	return now < 0 ? 0 : (unsigned)now;
}

unsigned tp_cpu_nth(unsigned from, unsigned n)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0 || CPU_COUNT(&set) == 0)
		return 0;
	n %= (unsigned)CPU_COUNT(&set);
	for (unsigned cpu = from % CPU_SETSIZE;; cpu = (cpu + 1) % CPU_SETSIZE)
		if (CPU_ISSET(cpu, &set) && n-- == 0)
			return cpu + 1;
}

void tp_cpu_stay(unsigned cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}
