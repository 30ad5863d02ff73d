// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run.c - worker threads carry out the sequences, stage by stage
 *
 * A stage ends at the remount operations: the other files wait there.  They do not wait
 * for the whole mount: a batch has gone through all its stages when the next one begins,
 * so that what is lost over a remount shows early.  Each is twice as large as the last one,
 * for remounts cost time.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/init.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/message.h"

static const op_fn functions[TP_NR_OP_KINDS] = {
#define OP(id, name, args, effect, fn, flags, help) [TP_OP_KIND_##id] = do_##fn,
#include "model/ops.def"
#undef OP
};

bool agent_floor;

#define FIRST_BATCH 1024 /* files */

/* A sequence that came to its end, or was stopped by a failure. */
#define FINISHED UINT16_MAX

static int open_file(struct task *t)
{
	t->fd = openat(t->w->run->dir, t->name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	return t->fd < 0 ? -errno : 0;
}

static void close_file(struct task *t)
{
	for (unsigned i = 0; i < TP_MAX_SLOTS; i++)
		if (t->map[i].addr)
			munmap(t->map[i].addr, t->map[i].len);
	if (t->direct_fd >= 0)
		close(t->direct_fd);
	if (t->fd >= 0)
		close(t->fd);
}

/*
 * Nothing races with main, so that its next operation may be said to begin when the last
 * one ended: reading the clock is a system call in UML, as dear as most operations.
 */
static uint64_t begin_time(const struct task *t)
{
	return !t->block && t->ended_ns ? t->ended_ns : tp_now_ns();
}

static struct tp_event new_event(const struct task *t, uint16_t op)
{
	return (struct tp_event){
		.file = t->file->id,
		.op = op,
		.actor = op == TP_EVENT_CLOSE ? 0 : t->op->actor,
		.thread = t->w->index,
		.begin_ns = begin_time(t),
	};
}

/* Did the operation end in one of the ways the sequence allows? */
static bool expected(const struct tp_op *op, int err)
{
	return err == 0 || (op->expect != TP_EXPECT_OK && err == op->expect_err);
}

bool run_step(struct task *t, uint16_t index)
{
	struct progress *p = t->w->progress;
	struct tp_event ev;

	t->op = &t->file->seq.ops[index];
	t->index = index;
	if (agent_floor) {
		ev = (struct tp_event){ 0 };
		functions[t->op->kind](t, &ev);
		return expected(t->op, ev.err);
	}
	atomic_store_explicit(&p->file, t->file->id, memory_order_relaxed);
	atomic_store_explicit(&p->op, index, memory_order_relaxed);
	ev = new_event(t, index);
	atomic_store_explicit(&p->since_ns, ev.begin_ns, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst); /* what it reads is not older */
	functions[t->op->kind](t, &ev);
	if (!ev.end_ns) {
		atomic_thread_fence(memory_order_seq_cst); /* others see what it stored */
		ev.end_ns = tp_now_ns();
	}
	t->ended_ns = t->block ? 0 : ev.end_ns;
	atomic_store_explicit(&p->since_ns, 0, memory_order_release);
	writer_event(t->w->writer, &ev);
	return expected(t->op, ev.err);
}

int size_of(int fd, uint64_t *size)
{
	struct stat st;
	off_t end;

	if (fstat(fd, &st) == 0) {
		*size = (uint64_t)st.st_size;
		return 0;
	}
	end = errno == EINVAL ? lseek(fd, 0, SEEK_END) : -1;
	*size = end < 0 ? 0 : (uint64_t)end;
	return end < 0 ? -1 : 0;
}

static void close_event(struct task *t)
{
	struct tp_event ev = new_event(t, TP_EVENT_CLOSE);

	if (agent_floor)
		return;
	set_result(&ev, size_of(t->fd, &ev.size));
	ev.end_ns = tp_now_ns();
	writer_event(t->w->writer, &ev);
}

/* Operations up to the next remount or the end; gives the next operation. */
static uint16_t steps(struct task *t, uint16_t from)
{
	const struct tp_seq *s = &t->file->seq;
	size_t end;

	for (size_t i = from; i < s->nr; i = end) {
		unsigned actors = tp_seq_block(s, i, &end);

		if (i > from && (tp_ops[s->ops[i].kind].flags & TP_OP_STAGE))
			return (uint16_t)i;
		if (actors ? !race_block(t, (uint16_t)i, (uint16_t)end, actors)
			   : !run_step(t, (uint16_t)i))
			break;
	}
	close_event(t);
	return FINISHED;
}

void name_thread(const struct task *t)
{
	char name[TASK_NAME];

	snprintf(name, sizeof(name), "tailpage:%u", t->file->id);
	prctl(PR_SET_NAME, name);
}

static void run_file(struct worker *w, const struct tp_file *f)
{
	struct task t = { .w = w, .file = f, .fd = -1, .direct_fd = -1 };
	uint16_t *done = &w->run->done[f->id];
	int err;

	if (*done == FINISHED || (*done >= f->seq.nr && w->run->stage > 0))
		return;
	name_thread(&t);
	if (w->run->mount->announce)
		init_say(TP_SAYS_FILE "%u", f->id);
	tp_file_name(f->id, t.name);
	err = open_file(&t);
	if (err < 0) {
		struct tp_event ev = new_event(&t, TP_EVENT_CLOSE);

		set_error(&ev, -err);
		ev.end_ns = ev.begin_ns;
		writer_event(w->writer, &ev);
		*done = FINISHED;
		return;
	}
	*done = steps(&t, *done);
	close_file(&t);
}

/*
 * The kernel's log names tasks by their number in the first PID namespace
 * (its inode is PROC_PID_INIT_INO, include/linux/proc_ns.h); in another one we
 * do not know our own.
 */
void say_task(struct run *r)
{
	char ns[32] = "";

	if (readlink("/proc/self/ns/pid", ns, sizeof(ns) - 1) > 0 &&
	    strcmp(ns, "pid:[4026531836]") == 0)
		history_text(r->history, r->index, "task %ld", syscall(SYS_gettid));
}

static void look_all(struct worker *w)
{
	struct tp_look looks[256];
	const struct tp_mount *m = w->run->mount;
	size_t i, nr = 0;

	while ((i = atomic_fetch_add(&w->run->next, 1)) < m->nr_files) {
		look_file(w, &m->files[i], &looks[nr++]);
		if (nr == ARRAY_SIZE(looks)) {
			history_put(w->run->history, TP_FRAME_LOOK, w->run->index, looks,
				    nr * sizeof(looks[0]));
			nr = 0;
		}
	}
	if (nr)
		history_put(w->run->history, TP_FRAME_LOOK, w->run->index, looks,
			    nr * sizeof(looks[0]));
}

void worker_release(struct worker *w)
{
	writer_flush(w->writer);
	if (w->other_fd >= 0)
		close(w->other_fd);
	w->other_fd = -1;
	aio_release(w);
	uring_release(w);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	const struct tp_mount *m = w->run->mount;
	size_t i;

	say_task(w->run);
	if (w->run->looking) {
		look_all(w);
		return NULL;
	}
	while ((i = atomic_fetch_add(&w->run->next, 1)) < w->run->to &&
	       atomic_load(&w->run->history->err) == 0)
		run_file(w, &m->files[i]);
	race_release(w);
	worker_release(w);
	return NULL;
}

/* All workers over the files of the batch, once. */
static int work(struct run *r)
{
	unsigned started = 0;
	int err = 0;

	atomic_store(&r->next, r->from);
	watch_run(r);
	for (; started < r->nr_workers && err == 0; started++) {
		struct worker *w = &r->workers[started * r->actors];

		err = pthread_create(&w->thread, NULL, worker_main, w);
		if (err)
			break;
	}
	for (unsigned i = 0; i < started; i++)
		pthread_join(r->workers[i * r->actors].thread, NULL);
	watch_run(NULL);
	if (err)
		return tp_error(err, "cannot start worker thread %u", started);
	return atomic_load(&r->history->err);
}

static bool unfinished(const struct run *r)
{
	for (size_t i = r->from; i < r->to; i++)
		if (r->done[i] != FINISHED)
			return true;
	return false;
}

static int run_batch(struct run *r, int (*remount)(void *ctx), void *ctx)
{
	int err;

	r->stage = 0;
	err = work(r);
	while (err == 0 && unfinished(r)) {
		err = remount(ctx);
		if (err < 0)
			break;
		r->stage++;
		err = work(r);
	}
	return err;
}

int run_stages(struct run *r, int (*remount)(void *ctx), void *ctx)
{
	size_t files = r->mount->nr_files;
	size_t size = r->mount->load ? files : FIRST_BATCH; /* the load ends before a remount */
	int err = 0;

	r->to = 0;
	for (; err == 0 && r->to < files; size *= 2) {
		r->from = r->to;
		r->to = size < files - r->from ? r->from + size : files;
		err = run_batch(r, remount, ctx);
	}
	return err;
}

int run_look(struct run *r)
{
	int err;

	r->looking = true;
	r->from = 0;
	err = work(r);
	r->looking = false;
	return err;
}

/* How many actors has the largest block? */
static unsigned most_actors(const struct tp_mount *m)
{
	unsigned most = 1;

	for (size_t i = 0; i < m->nr_files; i++)
		for (size_t k = 0; k < m->files[i].seq.nr; k++)
			if (m->files[i].seq.ops[k].actor > most)
				most = m->files[i].seq.ops[k].actor;
	return most;
}

int run_setup(struct run *r)
{
	r->key = tp_pattern_key(tp_mount_seed(r->plan, r->mount), r->mount->name);
	r->nr_workers = r->mount->threads ? r->mount->threads : r->plan->threads;
	r->done = calloc(r->mount->nr_files + 1, sizeof(*r->done));
	r->actors = most_actors(r->mount);
	r->workers = calloc((size_t)r->nr_workers * r->actors, sizeof(*r->workers));
	r->writers = shared_new(run_threads(r) * sizeof(*r->writers));
	r->progress = shared_new(run_threads(r) * sizeof(*r->progress));
	if (!r->done || !r->workers || !r->writers || !r->progress || race_setup(r) < 0)
		return tp_error(ENOMEM, "cannot set up %u workers", r->nr_workers);
	for (unsigned i = 0; i < run_threads(r); i++) {
		struct worker *w = &r->workers[i];

		w->run = r;
		w->index = i;
		w->other_fd = -1;
		w->writer = &r->writers[i];
		w->progress = &r->progress[i];
		w->writer->to = r->history;
		w->writer->mount = r->index;
	}
	return 0;
}

void run_release(struct run *r)
{
	for (unsigned i = 0; i < run_threads(r); i++)
		free(r->workers[i].buffer);
	shared_free(r->writers, run_threads(r) * sizeof(*r->writers));
	shared_free(r->progress, run_threads(r) * sizeof(*r->progress));
	free(r->workers);
	free(r->cpus);
	free(r->sweeps);
	free(r->done);
}
