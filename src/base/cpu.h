// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpu.h - processors
 */
#ifndef TP_BASE_CPU_H
#define TP_BASE_CPU_H

/* The processor that this process runs on at this moment; 0 when it cannot be told. */
unsigned tp_cpu_now(void);

/*
 * Of the processors that this process may use the nth from this one on, counted round
 * and round: those who count up from 0 share them evenly.  Returns its number plus 1, or
 * 0 when it cannot be told (sched_getaffinity(2): more than 1024 of them).
 */
unsigned tp_cpu_nth(unsigned from, unsigned n);

/* From now on this process and all that it starts run on this processor; where that is
 * refused, on any. */
void tp_cpu_stay(unsigned cpu);

#endif
