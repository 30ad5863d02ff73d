// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * console.h - a guest's console, watched while the guest runs
 *
 * The console is a file that grows.  A message after which nothing proves
 * anything (model/message.h), a second start of the kernel and silence end the
 * guest; what the watcher does it writes into the console itself, where the judge
 * finds it.
 */
#ifndef TP_KERNEL_CONSOLE_H
#define TP_KERNEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make a silent guest talk (sysrq); step counts from 0.  False: nothing is left to
 * try.  dir is the guest's folder, with its control sockets. */
typedef bool (*tp_probe_fn)(const char *dir, unsigned step);

struct tp_console {
	const char *path;
	const char *dir;
	tp_probe_fn probe;   /* or NULL */
	unsigned silent_s;   /* after so long without a word it is probed */
	uint64_t at;         /* bytes read */
	char line[1024];
	size_t len;
	unsigned starts;     /* banners of a kernel */
	unsigned probes;
	bool meant;          /* the agent said that it ends */
	bool panicked;
	const char *verdict; /* what to write behind it (TP_SAYS_...), or NULL */
	uint64_t heard_ns;   /* when the console last grew */
	uint64_t stop_ns;    /* when the guest is to be ended; 0: not yet */
};

/* Begin; the console file need not exist yet. */
void tp_console_begin(struct tp_console *c);

/* Look for news.  Returns true when the guest is to be ended.  ctx: the console. */
bool tp_console_look(void *ctx);

/* The guest's program has ended; late: it had to be ended because its time was over.
 * Writes what is to be said about that.  0 or a negative errno (reported). */
int tp_console_end(struct tp_console *c, bool late);

#endif
