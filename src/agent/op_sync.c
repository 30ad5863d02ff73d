// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op_sync.c - writeback, the page cache, and nothing at all
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/init.h"
#include "base/clock.h"

#define FREEZE_PATIENCE_NS UINT64_C(5000000000)

void do_none(struct task *t, struct tp_event *ev)
{
	(void)t;
	(void)ev;
}

void do_fsync(struct task *t, struct tp_event *ev)
{
	set_result(ev, fsync(t->fd));
}

void do_fdatasync(struct task *t, struct tp_event *ev)
{
	set_result(ev, fdatasync(t->fd));
}

void do_sync_range(struct task *t, struct tp_event *ev)
{
	set_result(ev, sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE |
					       SYNC_FILE_RANGE_WRITE |
					       SYNC_FILE_RANGE_WAIT_AFTER));
}

/* As the flusher does: WB_SYNC_NONE, which passes over what is busy (fs/sync.c). */
void do_start_writeback(struct task *t, struct tp_event *ev)
{
	set_result(ev, sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE));
}

void do_syncfs(struct task *t, struct tp_event *ev)
{
#ifdef SYS_syncfs
	set_result(ev, syscall(SYS_syncfs, t->fd));
#else
	(void)t;
	set_error(ev, ENOSYS);
#endif
}

/* Each worker has a file of its own, so that commits do not wait in line. */
static int other_file(struct worker *w)
{
	char name[32];

	if (w->other_fd < 0) {
		snprintf(name, sizeof(name), "other-%u", w->index);
		w->other_fd = openat(w->run->dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	}
	return w->other_fd;
}

void do_fsync_other(struct task *t, struct tp_event *ev)
{
	int fd = other_file(t->w);

	if (fd < 0 || pwrite(fd, "other\n", 6, 0) != 6)
		set_error(ev, errno);
	else
		set_result(ev, fsync(fd));
}

/* Length 0, without arguments, is to the end.  Pages that are only partly in the range stay,
 * but for the last one of the file (mm/fadvise.c). */
void do_fadvise_drop(struct task *t, struct tp_event *ev)
{
	const uint64_t *a = t->op->arg;
	int err = posix_fadvise(t->fd, (off_t)a[0], (off_t)a[1], POSIX_FADV_DONTNEED);

	if (err)
		set_error(ev, err);
}

/* Only clean pages go; see Documentation/admin-guide/sysctl/vm.rst. */
void do_drop_caches(struct task *t, struct tp_event *ev)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	(void)t;
	if (fd < 0) {
		set_error(ev, errno == EACCES || errno == ENOENT ? EOPNOTSUPP : errno);
		return;
	}
	set_result(ev, write(fd, "1", 1));
	close(fd);
}

/* Who else freezes the file system is about to thaw it. */
static int freeze_fs(int dir)
{
	uint64_t end = tp_now_ns() + FREEZE_PATIENCE_NS;

	while (ioctl(dir, FIFREEZE, 0) != 0) {
		if (errno != EBUSY || tp_now_ns() > end)
			return errno;
		sched_yield();
	}
	return 0;
}

/*
 * Frozen and thawed by a process that touches nothing else: one of the agent's threads
 * could come to wait for another one's page fault, which waits for the thaw.
 */
static void freeze_and_thaw(int dir, uint64_t ns)
{
	int err = freeze_fs(dir);
	uint64_t end = tp_now_ns() + ns;

	if (err)
		_exit(err);
	while (tp_now_ns() < end)
		;
	_exit(ioctl(dir, FITHAW, 0) == 0 ? 0 : errno);
}

/* A super block that is frozen when all that could thaw it are killed stays for good:
 * that is for guests, which end with it. */
void do_freeze(struct task *t, struct tp_event *ev)
{
	int status;
	pid_t pid;

	if (!init_is()) {
		set_error(ev, EOPNOTSUPP);
		return;
	}
	pid = fork();
	if (pid == 0)
		freeze_and_thaw(t->w->run->dir, t->op->arg[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		set_error(ev, errno);
	else if (!WIFEXITED(status))
		set_error(ev, EINTR);
	else if (WEXITSTATUS(status))
		set_error(ev, WEXITSTATUS(status));
}

void do_reopen(struct task *t, struct tp_event *ev)
{
	if (t->direct_fd >= 0)
		close(t->direct_fd);
	t->direct_fd = -1;
	if (close(t->fd) != 0) {
		set_error(ev, errno);
		t->fd = openat(t->w->run->dir, t->name, O_RDWR | O_CLOEXEC);
		return;
	}
	t->fd = openat(t->w->run->dir, t->name, O_RDWR | O_CLOEXEC);
	set_result(ev, t->fd < 0 ? -1 : 0);
}
