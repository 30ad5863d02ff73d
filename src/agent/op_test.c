// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_test.c - faults on purpose, for tailpage's own tests
 *
 * What these do is not in the oracle's rules: the judge must find it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/init.h"
#include "base/error.h"

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

void do_test_kill(struct task *t, struct tp_event *ev)
{
	(void)t;
	(void)ev;
	raise(SIGKILL);
}

/* What the next three do is for guests only. */
static bool in_guest(struct tp_event *ev)
{
	if (!init_is())
		set_error(ev, EPERM);
	return init_is();
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		tp_error(errno, "cannot write to %s", path);
	close(fd);
}

void do_test_panic(struct task *t, struct tp_event *ev)
{
	(void)t;
	if (!in_guest(ev))
		return;
	write_to("/proc/sys/kernel/sysrq", "1");
	write_to("/proc/sysrq-trigger", "c");
	set_error(ev, EOPNOTSUPP); /* a kernel without CONFIG_MAGIC_SYSRQ */
}

static void *spin(void *arg)
{
	const struct sched_param p = { .sched_priority = 99 };

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
	for (volatile unsigned long i = 0;; i++)
		;
	return arg;
}

/* One such thread a processor, and no time set aside for others. */
void do_test_silent(struct task *t, struct tp_event *ev)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t thread;

	(void)t;
	if (!in_guest(ev))
		return;
	write_to("/proc/sys/kernel/sched_rt_runtime_us", "-1");
	for (long i = 1; i < cpus; i++)
		pthread_create(&thread, NULL, spin, NULL);
	spin(NULL);
}

void do_test_reboot(struct task *t, struct tp_event *ev)
{
	(void)t;
	if (in_guest(ev))
		set_result(ev, reboot(RB_AUTOBOOT));
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
