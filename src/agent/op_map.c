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

#include "agent/agent.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21 /* include/uapi/asm-generic/mman-common.h, since 5.4 */
#endif

static __thread sigjmp_buf fault_jump;
static __thread volatile sig_atomic_t fault_armed;

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

	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
}

static size_t step_bytes(const void *to, const void *from, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = len;
	size_t a = page - (uintptr_t)to % page, b = page - (uintptr_t)from % page;

	n = a < n ? a : n;
	return b < n ? b : n;
}

size_t guarded_copy(void *to, const void *from, size_t len, bool *faulted)
{
	volatile size_t done = 0;

	*faulted = false;
	if (sigsetjmp(fault_jump, 0) != 0) {
		fault_armed = 0;
		*faulted = true;
		return done;
	}
	fault_armed = 1;
	while (done < len) {
		size_t n = step_bytes((char *)to + done, (const char *)from + done, len - done);

		memcpy((char *)to + done, (const char *)from + done, n);
		done += n;
	}
	fault_armed = 0;
	return done;
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
		*m = (struct mapping){ p, a[0], a[1] };
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

void do_store(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	unsigned char *to = mapped(t, a[0], a[1], ev), *from;
	bool faulted;

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

void do_protect(struct task *t, struct tp_event *ev)
{
	on_mapping(t, ev, mprotect, PROT_READ);
	if (ev->err == 0)
		on_mapping(t, ev, mprotect, PROT_READ | PROT_WRITE);
}
