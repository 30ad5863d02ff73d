// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_write.c - write and read system calls
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent/agent.h"

#define ALIGN 4096          /* of memory for O_DIRECT; enough for every sector size */
#define EDGE_BYTES (1u << 18)

unsigned char *worker_buffer(struct worker *w, size_t len)
{
	void *p;

	if (w->buffer && w->buffer_bytes >= len)
		return w->buffer;
	len += len == 0;
	len = (len + ALIGN - 1) / ALIGN * ALIGN;
	if (posix_memalign(&p, ALIGN, len) != 0)
		return NULL;
	free(w->buffer);
	w->buffer = p;
	w->buffer_bytes = len;
	return p;
}

void own_fill(struct task *t, uint64_t off, void *out, size_t len)
{
	const struct tp_ident id = { t->w->run->key, t->file->id, t->index };

	if (agent_floor)
		return;
	tp_pattern_fill(&id, off, out, len);
}

unsigned char *own_bytes(struct task *t, uint64_t off, size_t len)
{
	unsigned char *buffer = worker_buffer(t->w, len);

	if (buffer)
		own_fill(t, off, buffer, len);
	return buffer;
}

int direct_fd(struct task *t)
{
	if (t->direct_fd < 0)
		t->direct_fd = openat(t->w->run->dir, t->name, O_RDWR | O_DIRECT | O_CLOEXEC);
	return t->direct_fd;
}

/* One positioned write by any descriptor, short results as they come. */
static void write_by(struct task *t, int fd, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *bytes = own_bytes(t, a[0], a[1]);

	if (!bytes)
		set_error(ev, ENOMEM);
	else if (fd < 0)
		set_error(ev, errno);
	else
		set_result(ev, pwrite(fd, bytes, a[1], (off_t)a[0]));
}

void do_pwrite(struct task *t, struct tp_event *ev)
{
	write_by(t, t->fd, ev);
}

void do_dio_write(struct task *t, struct tp_event *ev)
{
	write_by(t, direct_fd(t), ev);
}

void do_dsync_write(struct task *t, struct tp_event *ev)
{
#if defined(SYS_pwritev2) && defined(RWF_DSYNC)
	const uint64_t *a = t->op->arg;
	struct iovec iov = { own_bytes(t, a[0], a[1]), a[1] };

	if (!iov.iov_base)
		set_error(ev, ENOMEM);
	else
		set_result(ev, syscall(SYS_pwritev2, t->fd, &iov, 1UL, (long)a[0], 0L, RWF_DSYNC));
#else
	(void)t;
	set_error(ev, ENOSYS);
#endif
}

/* Memory whose last page faults, made once for each worker. */
static unsigned char *edge(struct worker *w)
{
	long page = sysconf(_SC_PAGESIZE);

	if (!w->edge) {
		unsigned char *p = mmap(NULL, EDGE_BYTES + (size_t)page, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED || mprotect(p + EDGE_BYTES, (size_t)page, PROT_NONE) != 0)
			return NULL;
		w->edge = p + EDGE_BYTES;
	}
	return w->edge;
}

/* The first half of the bytes is readable, the second is not: the kernel copies
 * what it gets and returns a short count (or EFAULT). */
void do_short_write(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	size_t half = a[1] / 2;
	unsigned char *end = edge(t->w);

	if (!end || half > EDGE_BYTES) {
		set_error(ev, ENOMEM);
		return;
	}
	own_fill(t, a[0], end - half, half);
	set_result(ev, pwrite(t->fd, end - half, a[1], (off_t)a[0]));
}

void do_copy_range(struct task *t, struct tp_event *ev)
{
#ifdef SYS_copy_file_range
	loff_t from = (loff_t)t->op->arg[0], to = (loff_t)t->op->arg[1];

	set_result(ev, syscall(SYS_copy_file_range, t->fd, &from, t->fd, &to,
			       (size_t)t->op->arg[2], 0u));
#else
	(void)t;
	set_error(ev, ENOSYS);
#endif
}

void put_data(struct task *t, const void *data, size_t len)
{
	size_t all = sizeof(struct tp_data_head) + len;
	unsigned char *p = agent_floor ? NULL : malloc(all);
	const struct tp_data_head head = { .file = t->file->id, .op = t->index };

	if (!p)
		return; /* the judge misses the bytes and says BROKEN */
	memcpy(p, &head, sizeof(head));
	if (len)
		memcpy(p + sizeof(head), data, len);
	history_put(t->w->run->history, TP_FRAME_DATA, t->w->run->index, p, all);
	free(p);
}

static void read_by(struct task *t, int fd, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *buffer = worker_buffer(t->w, a[1]);

	if (!buffer || fd < 0) {
		set_error(ev, buffer ? errno : ENOMEM);
		return;
	}
	set_result(ev, pread(fd, buffer, a[1], (off_t)a[0]));
	if (ev->result >= 0)
		put_data(t, buffer, (size_t)ev->result);
}

void do_read(struct task *t, struct tp_event *ev)
{
	read_by(t, t->fd, ev);
}

void do_dio_read(struct task *t, struct tp_event *ev)
{
	read_by(t, direct_fd(t), ev);
}

void do_size(struct task *t, struct tp_event *ev)
{
	set_result(ev, size_of(t->fd, &ev->size));
}
