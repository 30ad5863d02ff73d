// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * engine_aio.c - writes through libaio
 */
#include <errno.h>
#include <stdlib.h>

#include "agent/agent.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LIBAIO
#include <libaio.h>

/* The worker's context, made at its first use; NULL and errno when it cannot be. */
static io_context_t context(struct worker *w)
{
	io_context_t c = NULL;
	int err;

	if (!w->aio) {
		err = io_setup(4, &c);
		if (err < 0)
			errno = -err;
		w->aio = err < 0 ? NULL : c;
	}
	return w->aio;
}

static void write_by(struct task *t, int fd, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *bytes = own_bytes(t, a[0], a[1]);
	io_context_t c = bytes && fd >= 0 ? context(t->w) : NULL;
	struct iocb cb, *list[1] = { &cb };
	struct io_event done;
	int n;

	if (!c) {
		set_error(ev, bytes ? errno : ENOMEM);
		return;
	}
	io_prep_pwrite(&cb, fd, bytes, a[1], (long long)a[0]);
	n = io_submit(c, 1, list);
	if (n == 1)
		n = io_getevents(c, 1, 1, &done, NULL);
	if (n != 1) {
		set_error(ev, n < 0 ? -n : EIO);
		return;
	}
	n = (int)(long)done.res;
	if (n < 0)
		set_error(ev, -n);
	else
		set_result(ev, n);
}

void aio_release(struct worker *w)
{
	if (w->aio)
		io_destroy(w->aio);
	w->aio = NULL;
}
#else
static void write_by(struct task *t, int fd, struct tp_event *ev)
{
	(void)t;
	(void)fd;
	set_error(ev, ENOSYS);
}

void aio_release(struct worker *w)
{
	(void)w;
}
#endif

void do_aio_write(struct task *t, struct tp_event *ev)
{
	write_by(t, t->fd, ev);
}

void do_aio_dio_write(struct task *t, struct tp_event *ev)
{
	write_by(t, direct_fd(t), ev);
}
