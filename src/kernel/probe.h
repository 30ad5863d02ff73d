// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe.h - questions to a guest that says nothing
 */
#ifndef TP_KERNEL_PROBE_H
#define TP_KERNEL_PROBE_H

#include <stdbool.h>

/* As tp_probe_fn of console.h: SysRq w (blocked tasks), then p and l (what the processors
 * do; UML has only p), over mconsole (arch/um/drivers/mconsole.h) or over qemu's monitor and a break
 * on the serial line; qemu is asked for an NMI last. */
bool tp_probe_uml(const char *dir, unsigned step);
bool tp_probe_qemu(const char *dir, unsigned step);

/* Names of the sockets in a guest's folder. */
#define TP_UML_ID "uml"           /* DIR/uml/mconsole is made by UML */
#define TP_QEMU_MONITOR "monitor"
#define TP_QEMU_SERIAL "serial"

#endif
