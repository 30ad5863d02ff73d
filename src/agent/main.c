// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - tailpage-agent [--floor] PLAN HISTORY; or, in a guest, /init
 *
 * Carries out every mount of the plan and writes the history.  Exit status: 0
 * the plan was carried out (what came of it is in the history), 1 it could not
 * be, 2 usage, 3 an operation hangs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/init.h"
#include "base/error.h"
#include "base/file.h"
#include "model/message.h"

static int read_plan(const char *path, struct tp_plan *plan)
{
	struct tp_buf why = { 0 };
	char *text;
	int err = tp_read_file(path, &text, NULL);

	if (err < 0)
		return err;
	err = tp_plan_parse(text, plan, &why);
	if (err < 0)
		tp_error(0, "%s: %s", path, why.text);
	tp_buf_free(&why);
	free(text);
	return err;
}

/* In a guest: what was begun and what was finished must outlive its death. */
static void sync_history(const struct history_file *h)
{
	if (init_is())
		fsync(h->fd);
}

static int one_mount(const struct tp_plan *plan, unsigned i, struct history_file *h)
{
	struct utsname u;
	int err;

	uname(&u);
	init_say(TP_SAYS_MOUNT "%u %s", i, plan->mounts[i].name);
	history_text(h, i, "kernel %s %s %s", u.release, u.version, u.machine);
	history_text(h, i, "page %ld", sysconf(_SC_PAGESIZE));
	if (init_is())
		history_text(h, i, "alone");
	sync_history(h);
	err = run_mount(plan, i, h);
	history_text(h, i, "done");
	sync_history(h);
	return err;
}

static int run_plan(const struct tp_plan *plan, struct history_file *h)
{
	int err = 0, write_err;

	for (unsigned i = 0; i < plan->nr_mounts; i++)
		if (one_mount(plan, i, h) < 0)
			err = 1;
	history_put(h, TP_FRAME_END, 0, "", 0);
	write_err = atomic_load(&h->err);
	if (write_err < 0)
		tp_error(-write_err, "cannot write the history");
	return write_err < 0 ? 1 : err;
}

static void name_disks(struct tp_plan *plan)
{
	for (size_t i = 0; i < plan->nr_mounts; i++)
		init_disk(plan->mounts[i].device);
}

static int carry_out(char **argv)
{
	struct history_file *history;
	struct tp_plan plan;
	int status;

	if (read_plan(argv[1], &plan) < 0)
		return 2;
	if (init_is())
		name_disks(&plan);
	history = history_open(argv[2]);
	if (!history)
		return 1;
	fault_setup();
	if (watch_start(history, plan.op_deadline_s) < 0)
		return 1;
	status = run_plan(&plan, history);
	watch_stop();
	sync_history(history);
	close(history->fd);
	tp_plan_free(&plan);
	return status;
}

static int first_process(void)
{
	char *argv[3] = { NULL };

	agent_leave(init_begin(argv) < 0 ? 1 : carry_out(argv));
}

int main(int argc, char **argv)
{
	tp_program = "tailpage-agent";
	if (init_is())
		return first_process();
	if (argc == 4 && strcmp(argv[1], "--floor") == 0) {
		agent_floor = true;
		argv++;
		argc--;
	}
	if (argc != 3) {
		fputs("usage: tailpage-agent [--floor] PLAN HISTORY\n", stderr);
		return 2;
	}
	return carry_out(argv);
}
