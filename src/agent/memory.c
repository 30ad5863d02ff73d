// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory.c - the memory cgroup in which a mount's sequences run
 *
 * Its limit keeps the page cache small: whoever asks for memory then reclaims.  The
 * operation "pressure" has all reclaimed that can be.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/init.h"
#include "agent/memory.h"
#include "base/clock.h"

#define TOP "/cgroup"       /* in a guest, where nothing is mounted yet */
#define PRESSURE_TRIES 10   /* a dirty page is written back first, and dropped later */
#define PRESSURE_LEAST 3
#define PRESSURE_NS UINT64_C(200000000)
#define PRESSURE_WAIT_US 1000
#define WINDOW_PAGES 64     /* in front of the end of the file */
#define HISTORY_SLACK (UINT64_C(1) << 20)

/* Version 2 where it has the memory controller, else version 1. */
static bool mount_hierarchy(struct tp_memcg *g)
{
	mkdir(TOP, 0755);
	if (mount("cgroup2", TOP, "cgroup2", 0, NULL) == 0) {
		if (tp_memcg_enable(TOP))
			return tp_memcg_find(TP_MEMCG_MOUNTS, g);
		umount2(TOP, 0);
	}
	return mount("cgroup", TOP, "cgroup", 0, "memory") == 0 &&
	       tp_memcg_find(TP_MEMCG_MOUNTS, g);
}

/*
 * The history may lie on a tmpfs, whose pages cannot be reclaimed: they are had now, so
 * that they are not charged to the cgroup.  Where this cannot be done it is not needed.
 */
static void reserve_history(const struct run *r)
{
	uint64_t bytes = HISTORY_SLACK + tp_mount_history(r->mount);

	if (!init_is())
		fallocate(r->history->fd, FALLOC_FL_KEEP_SIZE,
			  (off_t)atomic_load(&r->history->offset), (off_t)bytes);
}

/* Give back what was not used. */
static int trim_history(const struct run *r)
{
	return init_is() ? 0 : ftruncate(r->history->fd, (off_t)atomic_load(&r->history->offset));
}

int memory_enter(struct run *r)
{
	struct tp_memcg *g = &r->memcg;
	struct tp_buf why = { 0 };
	int err = 0;

	if (!r->mount->memory_bytes)
		return 0;
	if (!tp_memcg_find(TP_MEMCG_MOUNTS, g) && !(init_is() && mount_hierarchy(g))) {
		tp_buf_puts(&why, init_is() ? "the kernel has no memory cgroups (CONFIG_MEMCG)"
					    : "no cgroup hierarchy with the memory controller is "
					      "mounted");
		err = -ENOENT;
	}
	if (err == 0) {
		reserve_history(r);
		err = tp_memcg_enter(g, r->mount->memory_bytes, &why);
	}
	if (err < 0)
		history_text(r->history, r->index, "absent %s", why.text);
	tp_buf_free(&why);
	return err;
}

void memory_leave(struct run *r)
{
	if (r->memcg.folder && trim_history(r) < 0)
		atomic_store(&r->history->err, -errno);
	tp_memcg_leave(&r->memcg);
}

/* How many pages at the end of the file are in the page cache? */
static unsigned cached_pages(int fd)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), window = WINDOW_PAGES * page;
	unsigned char in[WINDOW_PAGES + 1] = { 0 };
	uint64_t size, from;
	unsigned nr = 0;
	void *map;

	if (size_of(fd, &size) < 0 || size == 0)
		return 0;
	from = size > window ? (size - window) / page * page : 0;
	map = mmap(NULL, size - from, PROT_READ, MAP_SHARED, fd, (off_t)from);
	if (map == MAP_FAILED)
		return 0;
	if (mincore(map, size - from, in) == 0)
		for (unsigned i = 0; i <= WINDOW_PAGES; i++)
			nr += in[i] & 1;
	munmap(map, size - from);
	return nr;
}

/*
 * Pages that were just made wait in a list of the CPU that made them, which reclaim finds
 * when it runs there (lru_add_drain() in mm/swap.c): each turn on another one.
 */
static void next_cpu(const cpu_set_t *all, unsigned turn)
{
	unsigned at = turn % (unsigned)CPU_COUNT(all);
	cpu_set_t one;

	CPU_ZERO(&one);
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, all) && at-- == 0)
			CPU_SET(i, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/*
 * Reclaim finds dirty pages, has the flusher write them, and drops them when it comes
 * again.  Some stay, those that the journal holds: the result is their number.
 */
void do_pressure(struct task *t, struct tp_event *ev)
{
	const struct tp_memcg *g = &t->w->run->memcg;
	uint64_t end = tp_now_ns() + PRESSURE_NS;
	unsigned left = WINDOW_PAGES;
	int err = g->folder ? 0 : -EOPNOTSUPP;
	cpu_set_t all;
	bool pinned = sched_getaffinity(0, sizeof(all), &all) == 0;

	for (unsigned i = 0; err == 0 && left && i < PRESSURE_TRIES; i++) {
		if (i >= PRESSURE_LEAST && tp_now_ns() > end)
			break;
		if (i)
			usleep(PRESSURE_WAIT_US);
		if (pinned && i)
			next_cpu(&all, i);
		err = tp_memcg_reclaim(g);
		left = cached_pages(t->fd);
	}
	if (pinned)
		sched_setaffinity(0, sizeof(all), &all);
	if (err < 0)
		set_error(ev, -err);
	else
		set_result(ev, left);
}
