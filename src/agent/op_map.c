// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_map.c - mappings: map, store, load, and what the kernel does to them
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/race.h"
#include "base/clock.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21 /* include/uapi/asm-generic/mman-common.h, since 5.4 */
#endif

static __thread sigjmp_buf fault_jump;
static __thread volatile sig_atomic_t fault_armed;
static size_t page_bytes;

/* A SIGBUS that no store of ours asked for keeps its meaning. */
static void on_sigbus(int sig)
{
	if (fault_armed)
		siglongjmp(fault_jump, 1);
	signal(sig, SIG_DFL);
	raise(sig);
}

void fault_setup(void)
{
	struct sigaction sa = { .sa_handler = on_sigbus, .sa_flags = SA_NODEFER };

	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
}

static size_t step_bytes(const void *to, const void *from, size_t len)
{
	size_t a = page_bytes - (uintptr_t)to % page_bytes, n = len;
	size_t b = page_bytes - (uintptr_t)from % page_bytes;

	n = a < n ? a : n;
	return b < n ? b : n;
}

size_t guarded_copy_when(void *to, const void *from, size_t len, bool *faulted,
			 bool (*when)(void *ctx), void *ctx)
{
	volatile size_t done = 0;

	*faulted = false;
	if (sigsetjmp(fault_jump, 0) != 0) {
		fault_armed = 0;
		*faulted = true;
		return done;
	}
	fault_armed = 1;
	if (when && !when(ctx))
		len = 0;
	while (done < len) {
		size_t n = step_bytes((char *)to + done, (const char *)from + done, len - done);

		memcpy((char *)to + done, (const char *)from + done, n);
		done += n;
	}
	fault_armed = 0;
	return done;
}

size_t guarded_copy(void *to, const void *from, size_t len, bool *faulted)
{
	return guarded_copy_when(to, from, len, faulted, NULL, NULL);
}

static struct mapping *slot(struct task *t)
{
	return &t->map[t->op->slot];
}

/* The mapped address of a file range; NULL and EINVAL when it is not mapped. */
static unsigned char *mapped(struct task *t, uint64_t off, uint64_t len, struct tp_event *ev)
{
	const struct mapping *m = slot(t);

	if (m->addr && off >= m->off && len <= m->len && off - m->off <= m->len - len)
		return m->addr + (off - m->off);
	set_error(ev, EINVAL);
	return NULL;
}

static void map_with(struct task *t, int prot, int flags, struct tp_event *ev)
{
	struct mapping *m = slot(t);
	const uint64_t *a = t->op->arg;
	void *p;

	if (m->addr)
		munmap(m->addr, m->len);
	p = mmap(NULL, a[1], prot, flags, t->fd, (off_t)a[0]);
	*m = (struct mapping){ 0 };
	set_result(ev, p == MAP_FAILED ? -1 : 0);
	if (p != MAP_FAILED)
		*m = (struct mapping){ p, a[0], a[1], !(prot & PROT_WRITE) };
}

void do_map(struct task *t, struct tp_event *ev)
{
	map_with(t, PROT_READ | PROT_WRITE, MAP_SHARED, ev);
}

void do_map_private(struct task *t, struct tp_event *ev)
{
	map_with(t, PROT_READ, MAP_PRIVATE, ev);
}

void do_remap(struct task *t, struct tp_event *ev)
{
	struct mapping *m = slot(t);
	void *p = MAP_FAILED;

	errno = EINVAL;
	if (m->addr)
		p = mremap(m->addr, m->len, t->op->arg[0], MREMAP_MAYMOVE);
	set_result(ev, p == MAP_FAILED ? -1 : 0);
	if (p != MAP_FAILED) {
		m->addr = p;
		m->len = t->op->arg[0];
	}
}

void do_unmap(struct task *t, struct tp_event *ev)
{
	struct mapping *m = slot(t);

	errno = EINVAL;
	set_result(ev, m->addr ? munmap(m->addr, m->len) : -1);
	*m = (struct mapping){ 0 };
}

/* As mapped(), for a store: EACCES where it would only be a SIGSEGV. */
static unsigned char *writable(struct task *t, uint64_t off, uint64_t len, struct tp_event *ev)
{
	unsigned char *to = mapped(t, off, len, ev);

	if (!to || !slot(t)->read_only)
		return to;
	set_error(ev, EACCES);
	return NULL;
}

/* Was it done by the operation before it already? */
static bool stored_early(struct task *t, struct tp_event *ev)
{
	const struct early *e = &t->early;

	if (e->index != t->index || !e->end_ns)
		return false;
	ev->begin_ns = e->begin_ns;
	ev->end_ns = e->end_ns;
	ev->result = e->result;
	ev->err = e->err;
	return true;
}

void do_store(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *to, *from;
	bool faulted;

	if (stored_early(t, ev))
		return;
	to = writable(t, a[0], a[1], ev);
	if (!to)
		return;
	from = own_bytes(t, a[0], a[1]);
	if (!from) {
		set_error(ev, ENOMEM);
		return;
	}
	ev->result = (int64_t)guarded_copy(to, from, a[1], &faulted);
	ev->err = faulted ? TP_SIGBUS : 0;
}

bool store_when(struct task *t, uint16_t index, bool (*when)(void *ctx), void *ctx)
{
	const struct task now = *t;
	const struct tp_op *op = &t->file->seq.ops[index];
	struct tp_event unused;
	unsigned char *to, *from = NULL;
	bool faulted;
	size_t done;

	t->op = op;
	t->index = index;
	to = writable(t, op->arg[0], op->arg[1], &unused);
	if (to)
		from = own_bytes(t, op->arg[0], op->arg[1]);
	t->op = now.op;
	t->index = now.index;
	if (!from)
		return when(ctx);
	done = guarded_copy_when(to, from, op->arg[1], &faulted, when, ctx);
	atomic_thread_fence(memory_order_seq_cst);
	t->early.index = index;
	t->early.end_ns = t->early.begin_ns ? tp_now_ns() : 0;
	t->early.result = (int64_t)done;
	t->early.err = faulted ? TP_SIGBUS : 0;
	return t->early.begin_ns != 0;
}

void do_load(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *from = mapped(t, a[0], a[1], ev), *to;
	bool faulted;

	if (!from)
		return;
	to = worker_buffer(t->w, a[1]);
	if (!to) {
		set_error(ev, ENOMEM);
		return;
	}
	ev->result = (int64_t)guarded_copy(to, from, a[1], &faulted);
	ev->err = faulted ? TP_SIGBUS : 0;
	put_data(t, to, (size_t)ev->result);
}

void do_touch(struct task *t, struct tp_event *ev)
{
	unsigned char *from = mapped(t, t->op->arg[0], 1, ev), byte;
	bool faulted;

	if (!from)
		return;
	guarded_copy(&byte, from, 1, &faulted);
	ev->err = faulted ? TP_SIGBUS : 0;
}

static void on_mapping(struct task *t, struct tp_event *ev, int (*call)(void *, size_t, int), int arg)
{
	const struct mapping *m = slot(t);

	errno = EINVAL;
	set_result(ev, m->addr ? call(m->addr, m->len, arg) : -1);
}

void do_msync(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, msync, MS_SYNC);
}

void do_msync_async(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, msync, MS_ASYNC);
}

void do_madvise_drop(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, madvise, MADV_DONTNEED);
}

/* EINVAL from a kernel before 5.4, which does not know it: not supported. */
void do_madvise_pageout(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, madvise, MADV_PAGEOUT);
	if (ev->err == EINVAL && slot(t)->addr)
		ev->err = EOPNOTSUPP;
}

/* madvise(2) rounds the length up to whole pages; what a sequence says is what is done. */
void do_madvise_remove(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *from = mapped(t, a[0], a[1], ev);

	if (from && (a[0] % page_bytes || a[1] % page_bytes))
		set_error(ev, EINVAL);
	else if (from)
		set_result(ev, madvise(from, a[1], MADV_REMOVE));
}

void do_protect_read(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, mprotect, PROT_READ);
	if (ev->err == 0)
		slot(t)->read_only = true;
}

void do_protect_write(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, mprotect, PROT_READ | PROT_WRITE);
	if (ev->err == 0)
		slot(t)->read_only = false;
}

void do_protect(struct task *t, struct tp_event *ev)
{
	do_protect_read(t, ev);
	if (ev->err == 0)
		do_protect_write(t, ev);
}
