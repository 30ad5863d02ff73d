// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * process.c - an actor in a process of its own
 *
 * It is forked when its block begins, so that it has main's descriptors, and main's
 * mappings in page tables of its own: those of a shared mapping are not copied
 * (copy_page_range() in mm/memory.c), so that each page faults again there, and is
 * write-protected there.  What it tells goes through shared memory, as a thread's
 * does; what it maps, opens and allocates ends with it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/race.h"
#include "base/clock.h"

void *shared_new(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void shared_free(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

/* The scheduler likes to put a new process beside another one, which it is to race with. */
static void stay_on(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return; /* a kernel that does not tell */
	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/*
 * The contexts of the engines are the parent's memory and do not work here.  The
 * end of the process is the last thing that may hang: mappings and descriptors go.
 */
static void in_child(struct task *t, unsigned actor, pid_t parent, int cpu)
{
	struct worker *w = t->w;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1); /* who had died before that */
	watch_forked();
	w->aio = w->uring = NULL;
	stay_on(cpu);
	say_task(w->run);
	atomic_fetch_add(&t->block->forked, 1);
	act(t, actor);
	atomic_store(&w->progress->since_ns, tp_now_ns());
	_exit(0);
}

static void give_up(const struct task *t, unsigned actor, int status)
{
	const struct progress *p = t->w->progress;

	if (WIFSIGNALED(status))
		watch_give_up(128 + WTERMSIG(status),
			      "the process of actor %u of file %s was killed by signal %d at op %u",
			      actor, t->name, WTERMSIG(status), atomic_load(&p->op) + 1);
	watch_give_up(1, "the process of actor %u of file %s ended with %d", actor, t->name,
		      WEXITSTATUS(status));
}

void act_apart(struct task *t, unsigned actor)
{
	const int cpu = sched_getcpu();
	const pid_t parent = getpid(), pid = fork();
	int status;

	if (pid == 0)
		in_child(t, actor, parent, cpu);
	if (pid < 0)
		watch_give_up(1, "cannot make the process of actor %u of file %s: %s", actor,
			      t->name, strerror(errno));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			watch_give_up(1, "cannot wait for the process of actor %u of file %s: %s",
				      actor, t->name, strerror(errno));
	if (status != 0)
		give_up(t, actor, status);
	atomic_store(&t->w->progress->since_ns, 0);
}
