// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * schedule.c - jobs in parallel, those of one boot in a process of their own
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/file.h"
#include "cmd/session.h"
#include "judge/judge.h"

#define MOST_IMAGE_BYTES (UINT64_C(2) << 30) /* of one boot: images lie in memory */
#define FEW_FILES 500 /* take less time than a boot */

/* The jobs of one boot. */
struct slot {
	pid_t pid;      /* 0: free */
	struct tp_job *jobs;
	unsigned *rounds;
	size_t nr;
	char **folders;
	unsigned cpu;   /* 1 + the processor for its guests; 0: any */
};

/* What the feed gave and no slot took yet. */
struct intake {
	struct tp_job job;
	unsigned round;
	int got;        /* 1: there is a job; 0: no more come; or an error */
	uint64_t handed; /* files of all jobs so far */
};

#define MAX_KEPT 20 /* mounts whose images are kept */

static volatile sig_atomic_t stop;

static void on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

static uint64_t files_of(const struct intake *in)
{
	return in->job.plan.mounts[0].nr_files;
}

static void take(struct session *s, struct intake *in)
{
	in->got = s->feed.next(s, &in->job, &in->round);
	if (in->got == 1)
		in->handed += files_of(in);
}

/*
 * The next jobs for one boot: as many as the kernel takes, but so few that every slot
 * gets some boots, and its judge runs beside a guest.  A job that is enough for a boot
 * does not wait for others in it.
 */
static void gather(struct session *s, struct intake *in, struct slot *slot)
{
	size_t most = s->o->kernel->max_turns(&s->o->target);
	uint64_t bytes = 0, files = 0, left = files_of(in), enough;

	if (s->progress.planned_all > in->handed)
		left += s->progress.planned_all - in->handed;
	enough = left / (2 * s->o->jobs);
	if (enough < FEW_FILES)
		enough = FEW_FILES;
	while (in->got == 1 && slot->nr < most) {
		bytes += in->job.image_bytes;
		if (slot->nr && (bytes > MOST_IMAGE_BYTES || files >= enough || files_of(in) >= enough))
			break;
		slot->jobs = tp_grow(slot->jobs, slot->nr, sizeof(*slot->jobs));
		slot->rounds = tp_grow(slot->rounds, slot->nr, sizeof(*slot->rounds));
		slot->rounds[slot->nr] = in->round;
		slot->jobs[slot->nr++] = in->job;
		files += files_of(in);
		take(s, in);
	}
}

static int make_folders(const struct session *s, struct slot *slot)
{
	int err = 0;

	slot->folders = tp_alloc(slot->nr * sizeof(*slot->folders));
	for (size_t i = 0; i < slot->nr && err == 0; i++) {
		const char *name = slot->jobs[i].plan.mounts[0].name;
		unsigned round = slot->rounds[i];

		slot->folders[i] = round ? tp_printf("%s/%s.%u", s->results, name, round) :
					   tp_printf("%s/%s", s->results, name);
		err = tp_make_dirs(slot->folders[i]);
	}
	return err;
}

static int start(struct session *s, struct slot *slot)
{
	pid_t parent = getpid();
	int err = make_folders(s, slot);

	if (err < 0)
		return err;
	fflush(NULL);
	slot->pid = fork();
	if (slot->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		s->cpu = slot->cpu;
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		if (signal(SIGHUP, SIG_DFL) == SIG_IGN)
			signal(SIGHUP, SIG_IGN);
		_exit(getppid() == parent ? tp_work(s, slot->jobs, slot->nr, slot->folders) : 1);
	}
	if (slot->pid < 0) {
		slot->pid = 0;
		return tp_error(errno, "cannot start a worker");
	}
	return 0;
}

/* A worker that left no verdicts: all that it should have judged is BROKEN, unless we
 * killed it: then it was not run. */
static void lost_worker(const struct session *s, const struct tp_job *job, int status,
			struct tp_report *part)
{
	const struct tp_mount *m = &job->plan.mounts[0];
	char reason[96];

	if (s->interrupted)
		return; /* tp_complete counts what has no verdict */
	if (WIFSIGNALED(status))
		snprintf(reason, sizeof(reason), "the worker died of signal %d", WTERMSIG(status));
	else
		snprintf(reason, sizeof(reason), "its verdicts could not be written: %s",
			 strerror(WEXITSTATUS(status)));
	for (size_t i = 0; i < m->nr_files; i++)
		tp_record_raise(tp_report_case(part, m->files[i].scenario, m->cell), TP_BROKEN,
				reason);
	tp_record_raise(tp_report_case(part, TP_FILE_SYSTEM, m->cell), TP_BROKEN, reason);
}

static void count_progress(struct session *s, const struct tp_job *job,
			   const struct tp_report *part)
{
	struct tp_progress *p = &s->progress;

	p->cells_done++;
	p->cases_done += job->nr_cases;
	p->planned_done += job->plan.mounts[0].nr_files;
	for (size_t i = 0; i < part->nr; i++) {
		p->files_done += part->records[i].files;
		p->findings += part->records[i].nr_findings_all;
	}
	tp_progress_show(p, job->plan.mounts[0].name, (double)tp_now_ns() / 1e9);
}

/* Hours of --keep-going must not fill the disk: the first failures have their images,
 * the others all that is small. */
static void drop_image(struct session *s, const char *folder)
{
	char *image = tp_printf("%s/image", folder);

	if (unlink(image) == 0)
		s->dropped++;
	free(image);
}

static void collect_job(struct session *s, const struct tp_job *job, const char *folder, int status)
{
	char *path = tp_printf("%s/verdicts.json", folder);
	struct tp_report part = { 0 };
	uint64_t count[TP_NR_VERDICTS];

	if (!tp_exists(path) || tp_report_load(path, &part) < 0)
		lost_worker(s, job, status, &part);
	count_progress(s, job, &part);
	tp_report_count(&part, count);
	s->failed |= count[TP_FAIL] > 0;
	if (s->scratch || (!s->o->keep && count[TP_FAIL] + count[TP_BROKEN] == 0))
		tp_remove_tree(folder);
	else if (!s->o->keep && ++s->kept > MAX_KEPT)
		drop_image(s, folder);
	tp_merge_report(&s->report, &part);
	free(path);
}

static void release(struct slot *slot)
{
	for (size_t i = 0; i < slot->nr; i++) {
		tp_job_free(&slot->jobs[i]);
		if (slot->folders)
			free(slot->folders[i]);
	}
	free(slot->folders);
	free(slot->jobs);
	free(slot->rounds);
	*slot = (struct slot){ .cpu = slot->cpu };
}

static void collect(struct session *s, struct slot *slot, int status)
{
	for (size_t i = 0; i < slot->nr; i++)
		collect_job(s, &slot->jobs[i], slot->folders[i], status);
	release(slot);
}

/* Of a terminal that goes away, too, unless that is to be ignored (nohup). */
static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_stop };
	struct sigaction hangup;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &sa, NULL);
}

static void interrupt(struct session *s, struct slot *slots)
{
	s->interrupted = true;
	for (uint64_t i = 0; i < s->o->jobs; i++)
		if (slots[i].pid)
			kill(slots[i].pid, SIGKILL);
}

/* Wait for one worker and take what it left. */
static int reap(struct session *s, struct slot *slots)
{
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	if (pid < 0 && errno != EINTR)
		return tp_error(errno, "cannot wait for the workers");
	if (stop && !s->interrupted)
		interrupt(s, slots);
	for (uint64_t i = 0; pid > 0 && i < s->o->jobs; i++)
		if (slots[i].pid == pid)
			collect(s, &slots[i], status);
	return 0;
}

static unsigned running(const struct session *s, const struct slot *slots)
{
	unsigned nr = 0;

	for (uint64_t i = 0; i < s->o->jobs; i++)
		nr += slots[i].pid != 0;
	return nr;
}

static struct slot *free_slot(const struct session *s, struct slot *slots)
{
	for (uint64_t i = 0; i < s->o->jobs; i++)
		if (!slots[i].pid)
			return &slots[i];
	return NULL;
}

static int next_boot(struct session *s, struct intake *in, struct slot *slot)
{
	int err;

	gather(s, in, slot);
	err = start(s, slot);
	if (err < 0)
		release(slot);
	return err;
}

/* Runs that are started beside each other hardly begin with the same processor. */
static void deal_cpus(const struct session *s, struct slot *slots)
{
	const unsigned first = tp_cpu_now();

	for (unsigned i = 0; i < s->o->jobs; i++)
		slots[i].cpu = tp_cpu_nth(first, i);
}

int tp_schedule(struct session *s)
{
	struct slot *slots = tp_alloc(s->o->jobs * sizeof(*slots));
	struct intake in = { 0 };
	int err = 0;

	deal_cpus(s, slots);
	catch_signals();
	take(s, &in);
	while (err == 0 && ((in.got == 1 && !stop) || running(s, slots))) {
		struct slot *slot = free_slot(s, slots);

		if (slot && in.got == 1 && !stop)
			err = next_boot(s, &in, slot);
		else
			err = reap(s, slots);
		err = err ? err : in.got < 0 ? in.got : 0;
	}
	s->interrupted |= stop;
	if (err < 0)
		interrupt(s, slots);
	while (running(s, slots) && reap(s, slots) == 0)
		;
	if (in.got == 1)
		tp_job_free(&in.job);
	free(slots);
	return err;
}
