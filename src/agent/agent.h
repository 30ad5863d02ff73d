// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agent.h - what the parts of the agent share
 *
 * The agent carries out a plan and writes a history.  It knows nothing of what
 * is right; it is static and needs only what 2.6.30 had, and turns a missing
 * system call into a result.
 */
#ifndef TP_AGENT_AGENT_H
#define TP_AGENT_AGENT_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/memcg.h"
#include "model/history.h"
#include "model/pattern.h"
#include "model/plan.h"

/* Events wait here until the frame is written.  Only its thread adds; the
 * watcher may write out what is there when the agent must stop. */
#define TP_EVENTS_PER_FRAME 1024

struct writer {
	struct history_file *to;
	unsigned mount;
	_Atomic unsigned nr;
	struct tp_event events[TP_EVENTS_PER_FRAME];
};

/* The one history of the agent; frames are placed by an atomic offset.  In shared
 * memory, since processes write frames too. */
struct history_file {
	int fd;
	_Atomic uint64_t offset;
	_Atomic int err;     /* first write error; the agent then stops */
};

/* The history at path, empty; NULL when it cannot be had (reported). */
struct history_file *history_open(const char *path);
/* 0 or a negative errno, which also stays in h->err. */
int history_put(struct history_file *h, enum tp_frame_kind kind, unsigned mount,
		const void *payload, size_t bytes);
int history_text(struct history_file *h, unsigned mount, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void writer_event(struct writer *w, const struct tp_event *ev);
void writer_flush(struct writer *w);

struct mapping {
	unsigned char *addr; /* NULL: not mapped */
	uint64_t off;        /* file offset of its first byte */
	size_t len;
	bool read_only;
};

/* What a worker thread, or its process, is doing, for the watcher. */
struct progress {
	_Atomic uint64_t since_ns; /* when the operation began; 0: none */
	_Atomic uint32_t file;
	_Atomic uint32_t op;
};

/* A thread that carries out operations, with what it keeps between files: it
 * takes files and does main's part and actor 1's; or it does another actor's
 * part for such a thread. */
struct worker {
	struct run *run;
	unsigned index;         /* in run->workers */
	pthread_t thread;
	struct writer *writer;     /* in shared memory, as an actor may be a process */
	struct progress *progress; /* likewise */
	unsigned char *buffer;  /* aligned for O_DIRECT */
	size_t buffer_bytes;
	unsigned char *edge;    /* ends at a page that faults; see short_write */
	int other_fd;           /* fsync-other's file; -1: none */
	void *aio;              /* lazily made contexts of the engines */
	void *uring;
	struct race *race;      /* its other actors, made at the first block */
};

/* A store that the operation before it did at once; see store_when. */
struct early {
	uint16_t index;
	int err;
	int64_t result;
	uint64_t begin_ns, end_ns; /* 0: there is none */
};

/* One file while its sequence runs. */
struct task {
	struct worker *w;
	const struct tp_file *file;
	const struct tp_op *op; /* the one that runs */
	uint16_t index;
	char name[TP_FILE_NAME];
	int fd;
	int direct_fd;          /* opened at the first direct operation; -1 */
	struct mapping map[TP_MAX_SLOTS];
	struct block *block;    /* in which this actor races; NULL: main */
	uint64_t ended_ns;      /* when main's last operation ended; 0: not known */
	struct early early;
};

/*
 * tailpage-agent --floor: the plan's system calls and nothing else.  No bytes are made,
 * nothing is written down, nobody looks a second time: what bookkeeping costs is
 * measured against it.  Its history holds no operation, so that it proves nothing.
 */
extern bool agent_floor;

/* One mount being run. */
struct run {
	const struct tp_plan *plan;
	const struct tp_mount *mount;
	unsigned index;         /* of the mount in the plan */
	struct history_file *history;
	uint64_t key;
	int dir;                /* the mountpoint */
	struct tp_memcg memcg;  /* in which it runs, when the mount has one */
	size_t from, to;        /* the files of this batch */
	unsigned stage;         /* of the batch */
	bool looking;           /* second look instead of sequences */
	_Atomic size_t next;    /* next file to take */
	uint16_t *done;         /* for each file: the next operation */
	unsigned nr_workers;    /* threads that take files */
	unsigned actors;        /* of the largest block, at least 1 */
	struct worker *workers; /* for each of them: itself, then its actors 2 and up */
	struct writer *writers; /* one for each */
	struct progress *progress;
	struct cpus *cpus;      /* race.c: who may use them */
	struct sweeps *sweeps;  /* sweep.c: how long what takes */
};

static inline unsigned run_threads(const struct run *r)
{
	return r->workers ? r->nr_workers * r->actors : 0;
}

/*
 * i_size, by fstat(2).  A libc whose fstat needs AT_EMPTY_PATH (glibc since 2.33) gets
 * EINVAL from kernels before 2.6.39, which are asked by lseek(2).  0, or -1 with errno.
 */
int size_of(int fd, uint64_t *size);

/* Perform an operation: set ev->result and ev->err (0, errno or TP_SIGBUS); end_ns is
 * set behind it unless it is set already. */
typedef void (*op_fn)(struct task *t, struct tp_event *ev);

/* Every operation's function, from the table. */
#define OP(id, name, args, effect, fn, flags, help) void do_##fn(struct task *t, struct tp_event *ev);
#include "model/ops.def"
#undef OP

/* The result of the system call that was the argument: errno is read here, after
 * it, since the order in which arguments are evaluated is nobody's promise. */
static inline void set_result(struct tp_event *ev, long result)
{
	ev->result = result;
	ev->err = result < 0 ? errno : 0;
}

static inline void set_error(struct tp_event *ev, int err)
{
	ev->result = -1;
	ev->err = err;
}

/* The worker's aligned buffer with at least len bytes; NULL when memory is out. */
unsigned char *worker_buffer(struct worker *w, size_t len);
/* The buffer filled with what the running operation writes at [off, off+len). */
unsigned char *own_bytes(struct task *t, uint64_t off, size_t len);
void own_fill(struct task *t, uint64_t off, void *out, size_t len);
/* An O_DIRECT descriptor of the file, or -1 with errno. */
int direct_fd(struct task *t);
/* Write the bytes that a read returned to the history. */
void put_data(struct task *t, const void *data, size_t len);

/* Copy that survives SIGBUS: bytes copied before the fault, in steps that do
 * not cross a page.  Sets *faulted. */
size_t guarded_copy(void *to, const void *from, size_t len, bool *faulted);
/* The same, but when(ctx) is called before, with the guard up; false: copy nothing. */
size_t guarded_copy_when(void *to, const void *from, size_t len, bool *faulted,
			 bool (*when)(void *ctx), void *ctx);
void fault_setup(void);

/* engine_aio.c, engine_uring.c: release what a worker holds. */
void aio_release(struct worker *w);
void uring_release(struct worker *w);

/* run.c: all batches of a mounted file system, each with its stages; remount is called
 * between these. */
int run_stages(struct run *r, int (*remount)(void *ctx), void *ctx);
/* look.c, through the same workers: read everything, write TP_FRAME_LOOK. */
int run_look(struct run *r);
void look_file(struct worker *w, const struct tp_file *f, struct tp_look *out);
int run_setup(struct run *r);
void run_release(struct run *r);

/*
 * Name the thread that works on a file "tailpage:FILE": the kernel writes the
 * name (Comm:) into every oops, warning and hung-task report (TASK_COMM_LEN, 16
 * bytes with the NUL), which so name the file.  Call it in every thread that
 * does operations of a file.
 */
#define TASK_NAME 16
void name_thread(const struct task *t);

/* Perform one operation and write its event; false when the sequence must stop. */
bool run_step(struct task *t, uint16_t index);
/* A thread ends: its events and what it holds. */
void worker_release(struct worker *w);

/* process.c: zeroed memory that processes share with their parent; NULL: none. */
void *shared_new(size_t bytes);
void shared_free(void *p, size_t bytes);

/* race.c: the block of operations [from, to); false when main must stop. */
bool race_block(struct task *t, uint16_t from, uint16_t to, unsigned actors);
void race_release(struct worker *w);
int race_setup(struct run *r);

/* Tell which thread this is, so that the kernel's log can be read. */
void say_task(struct run *r);

/* mounts.c: one mount of the plan from mount to second look. */
int run_mount(const struct tp_plan *plan, unsigned index, struct history_file *h);

/* watch.c: a thread that ends the agent when an operation never returns. */
int watch_start(struct history_file *h, unsigned deadline_s);
void watch_run(struct run *r);    /* the workers to watch; NULL: none */
void watch_phase(const char *what); /* what the main thread does; NULL: nothing */
void watch_stop(void);
/* Something went wrong that no operation's result can tell: write down all that is
 * known and why it ends here ("stopped ..."), and leave.  Does not return. */
void watch_give_up(int status, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* In a process of an actor: faults are for its parent to tell. */
void watch_forked(void);

#endif
