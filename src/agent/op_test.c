// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_test.c - faults on purpose, for tailpage's own tests
 *
 * What these do is not in the oracle's rules: the judge must find it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"

void do_test_lose(struct task *t, struct tp_event *ev)
{
	unsigned char *zeros = worker_buffer(t->w, t->op->arg[1]);

	if (!zeros) {
		set_error(ev, ENOMEM);
		return;
	}
	memset(zeros, 0, t->op->arg[1]);
	set_result(ev, pwrite(t->fd, zeros, t->op->arg[1], (off_t)t->op->arg[0]));
}

void do_test_stale(struct task *t, struct tp_event *ev)
{
	unsigned char *old = worker_buffer(t->w, t->op->arg[1]);
	const struct tp_ident first = { t->w->run->key, t->file->id, 0 };

	if (!old) {
		set_error(ev, ENOMEM);
		return;
	}
	tp_pattern_fill(&first, t->op->arg[0], old, t->op->arg[1]);
	set_result(ev, pwrite(t->fd, old, t->op->arg[1], (off_t)t->op->arg[0]));
}

void do_test_hang(struct task *t, struct tp_event *ev)
{
	(void)t;
	(void)ev;
	for (;;)
		pause();
}

void do_test_crash(struct task *t, struct tp_event *ev)
{
	(void)t;
	(void)ev;
	raise(SIGSEGV);
}

void do_test_unsupported(struct task *t, struct tp_event *ev)
{
	(void)t;
	set_error(ev, EOPNOTSUPP);
}

void do_test_eio(struct task *t, struct tp_event *ev)
{
	(void)t;
	set_error(ev, EIO);
}
