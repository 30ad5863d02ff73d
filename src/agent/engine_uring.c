// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * engine_uring.c - reads and writes through io_uring
 */
#include <errno.h>
#include <stdlib.h>

#include "agent/agent.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LIBURING
#include <liburing.h>

/* IORING_OP_READ and IORING_OP_WRITE came in 5.6, and io_uring_get_probe_ring() with them. */
static bool has_opcodes(struct io_uring *r)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(r);
	bool has = probe && io_uring_opcode_supported(probe, IORING_OP_READ) &&
		   io_uring_opcode_supported(probe, IORING_OP_WRITE);

	io_uring_free_probe(probe);
	return has;
}

/* The worker's ring, made at its first use; NULL and errno when it cannot be.
 * EPERM is how kernel.io_uring_disabled and seccomp say that there is none. */
static struct io_uring *ring(struct worker *w)
{
	struct io_uring *r;
	int err;

	if (w->uring)
		return w->uring;
	r = malloc(sizeof(*r));
	err = r ? io_uring_queue_init(4, r, 0) : -ENOMEM;
	if (err == 0 && !has_opcodes(r)) {
		io_uring_queue_exit(r);
		err = -ENOSYS;
	}
	if (err < 0) {
		free(r);
		errno = err == -EPERM ? ENOSYS : -err;
		return NULL;
	}
	w->uring = r;
	return r;
}

static void transfer(struct task *t, int opcode, int fd, unsigned char *bytes, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	struct io_uring *r = bytes && fd >= 0 ? ring(t->w) : NULL;
	struct io_uring_cqe *cqe;
	int n;

	if (!r) {
		set_error(ev, bytes ? errno : ENOMEM);
		return;
	}
	io_uring_prep_rw(opcode, io_uring_get_sqe(r), fd, bytes, (unsigned)a[1], a[0]);
	n = io_uring_submit(r);
	if (n == 1)
		n = io_uring_wait_cqe(r, &cqe);
	if (n < 0) {
		set_error(ev, -n);
		return;
	}
	n = cqe->res;
	io_uring_cqe_seen(r, cqe);
	if (n < 0)
		set_error(ev, -n);
	else
		set_result(ev, n);
}

static void write_by(struct task *t, int fd, struct tp_event *ev)
{
	transfer(t, IORING_OP_WRITE, fd, own_bytes(t, t->op->arg[0], t->op->arg[1]), ev);
}

static void read_by(struct task *t, int fd, struct tp_event *ev)
{
	unsigned char *bytes = worker_buffer(t->w, t->op->arg[1]);

	transfer(t, IORING_OP_READ, fd, bytes, ev);
	if (ev->err == 0)
		put_data(t, bytes, (size_t)ev->result);
}

void uring_release(struct worker *w)
{
	if (!w->uring)
		return;
	io_uring_queue_exit(w->uring);
	free(w->uring);
	w->uring = NULL;
}
#else
static void write_by(struct task *t, int fd, struct tp_event *ev)
{
	(void)t;
	(void)fd;
	set_error(ev, ENOSYS);
}

static void read_by(struct task *t, int fd, struct tp_event *ev)
{
	write_by(t, fd, ev);
}

void uring_release(struct worker *w)
{
	(void)w;
}
#endif

void do_uring_write(struct task *t, struct tp_event *ev)
{
	write_by(t, t->fd, ev);
}

void do_uring_dio_write(struct task *t, struct tp_event *ev)
{
	write_by(t, direct_fd(t), ev);
}

void do_uring_read(struct task *t, struct tp_event *ev)
{
	read_by(t, t->fd, ev);
}

void do_uring_dio_read(struct task *t, struct tp_event *ev)
{
	read_by(t, direct_fd(t), ev);
}
