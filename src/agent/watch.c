// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * watch.c - an operation that never returns is a finding, not a broken run
 *
 * A thread of its own looks at what every worker does.  It must not touch the
 * file system under test: it only writes the history and leaves.
 */
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/init.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/message.h"

#define LOOK_EVERY_NS 100000000
#define EXIT_HANG 3 /* an operation hangs */

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	struct run *run;
	const char *phase;
	uint64_t phase_since_ns;
	struct history_file *history;
	uint64_t deadline_ns;
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER };

/* Write out the events of every worker of the watched run (async-signal-safe). */
static void flush(void)
{
	struct run *r = watch.run;

	for (unsigned i = 0; r && i < run_threads(r); i++)
		writer_flush(r->workers[i].writer);
}

/* Leaving may wait for a stuck thread; the history is complete by then. */
void watch_give_up(int status, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	flush();
	history_text(watch.history, watch.run ? watch.run->index : 0, "stopped %s", why);
	if (init_is())
		fsync(watch.history->fd);
	agent_leave(status);
}

static void look_at(const struct worker *w, uint64_t now)
{
	const struct progress *p = w->progress;
	uint64_t since = atomic_load(&p->since_ns);

	if (since == 0 || now < since + watch.deadline_ns)
		return;
	history_text(watch.history, w->run->index, "hang %u %u %llu", atomic_load(&p->file),
		     atomic_load(&p->op), (unsigned long long)((now - since) / 1000000000));
	watch_give_up(EXIT_HANG, "hang");
}

static void look(void)
{
	uint64_t now = tp_now_ns();
	struct run *r = watch.run;

	for (unsigned i = 0; r && i < run_threads(r); i++)
		look_at(&r->workers[i], now);
	/* umount writes back all that is dirty: give it longer than one operation */
	if (watch.phase && now > watch.phase_since_ns + 3 * watch.deadline_ns) {
		history_text(watch.history, r ? r->index : 0, "hang - - %llu %s",
			     (unsigned long long)((now - watch.phase_since_ns) / 1000000000),
			     watch.phase);
		watch_give_up(EXIT_HANG, "hang");
	}
}

/* A guest that says nothing is taken for dead: say that it lives, so often that
 * one lost word does no harm. */
static void heartbeat(void)
{
	static uint64_t said_ns;
	uint64_t now = tp_now_ns();

	if (now < said_ns + watch.deadline_ns / 4)
		return;
	said_ns = now;
	init_say(TP_SAYS_ALIVE);
}

static void *watch_thread(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&watch.lock);
	while (!watch.stop) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_EVERY_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&watch.wake, &watch.lock, &until);
		if (watch.stop)
			break;
		look();
		heartbeat();
	}
	pthread_mutex_unlock(&watch.lock);
	return NULL;
}

/* The agent's own crash must not take the history with it. */
static void crashed(int sig)
{
	flush();
	history_text(watch.history, watch.run ? watch.run->index : 0, "stopped signal %d", sig);
	if (init_is()) { /* whose death would be a panic of the kernel */
		fsync(watch.history->fd);
		agent_leave(128 + sig);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static const int fatal[] = { SIGSEGV, SIGILL, SIGFPE, SIGABRT };

void watch_forked(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		signal(fatal[i], SIG_DFL);
}

int watch_start(struct history_file *h, unsigned deadline_s)
{
	int err;

	watch.history = h;
	watch.deadline_ns = deadline_s * UINT64_C(1000000000);
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		signal(fatal[i], crashed);
	err = pthread_create(&watch.thread, NULL, watch_thread, NULL);
	return err ? tp_error(err, "cannot start the watcher") : 0;
}

void watch_run(struct run *r)
{
	pthread_mutex_lock(&watch.lock);
	watch.run = r;
	pthread_mutex_unlock(&watch.lock);
}

void watch_phase(const char *what)
{
	pthread_mutex_lock(&watch.lock);
	watch.phase = what;
	watch.phase_since_ns = tp_now_ns();
	pthread_mutex_unlock(&watch.lock);
}

void watch_stop(void)
{
	pthread_mutex_lock(&watch.lock);
	watch.stop = true;
	pthread_cond_signal(&watch.wake);
	pthread_mutex_unlock(&watch.lock);
	pthread_join(watch.thread, NULL);
}
