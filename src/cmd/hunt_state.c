// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt_state.c - the folder of a hunt, and the signals that end one
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "cmd/hunt.h"

static volatile sig_atomic_t stop_signal;

static void on_signal(int sig)
{
	stop_signal = sig;
}

void hunt_catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

bool hunt_stopped(void)
{
	return stop_signal != 0;
}

bool hunt_look(void *ctx)
{
	(void)ctx;
	return hunt_stopped();
}

int hunt_stop_status(void)
{
	return 128 + stop_signal;
}

char *hunt_path(const struct hunt *s, const char *name)
{
	return tp_printf("%s/%s", s->dir, name);
}

static int lock(struct hunt *s)
{
	char *path = hunt_path(s, "lock");
	int err = 0;

	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->lock < 0)
		err = tp_error(errno, "cannot open %s", path);
	else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		err = tp_error(EBUSY, "another tailpage works in %s", s->dir);
	free(path);
	return err;
}

int hunt_open(const char *dir, bool make, struct hunt *s)
{
	int err = make ? tp_make_dirs(dir) : 0;

	*s = (struct hunt){ .lock = -1 };
	if (err < 0)
		return err;
	s->dir = realpath(dir, NULL);
	return s->dir ? lock(s) : tp_error(errno, "cannot open the folder %s", dir);
}

void hunt_close(struct hunt *s)
{
	if (s->lock >= 0)
		close(s->lock);
	tp_hunt_free(&s->h);
	tp_tested_list_free(&s->log);
	free(s->dir);
	free(s->tree);
}

bool hunt_exists(const struct hunt *s)
{
	char *path = hunt_path(s, "hunt.json");
	bool exists = tp_exists(path);

	free(path);
	return exists;
}

int hunt_load(struct hunt *s)
{
	char *path = hunt_path(s, "hunt.json"), *log = hunt_path(s, "log.jsonl");
	int err = tp_hunt_load(path, &s->h);

	if (err == 0)
		err = tp_tested_load(log, &s->log);
	free(path);
	free(log);
	return err;
}

int hunt_save(const struct hunt *s)
{
	char *path = hunt_path(s, "hunt.json");
	int err = tp_hunt_save(&s->h, path);

	free(path);
	return err;
}

/* A commit may have been tested twice; it is one that could be wrong. */
uint64_t hunt_decided(const struct hunt *s)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < s->log.nr; i++) {
		const struct tp_tested *t = &s->log.t[i];

		nr += (t->verdict == TP_TRIED_GOOD || t->verdict == TP_TRIED_BAD) &&
		      tp_tested_find(&s->log, "step", t->commit) == t;
	}
	return nr;
}
