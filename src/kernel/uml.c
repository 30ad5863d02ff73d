// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uml.c - User-Mode Linux: another kernel, as any user
 *
 * The guest gets three block devices (file system, plan, history) and its
 * console goes to a file.  It never sees the host's root file system.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "kernel/agentrun.h"
#include "kernel/guest.h"

#define DEFAULT_UML "linux.uml" /* of Debian's package user-mode-linux */
#define GUEST_MIB 512

static const char *program(const char *arg)
{
	return arg ? arg : DEFAULT_UML;
}

static int uml_check(const char *arg, struct tp_buf *why)
{
	char *argv[] = { (char *)(uintptr_t)program(arg), (char *)"--version", NULL };
	struct tp_spawn s = { .argv = argv, .output = "/dev/null", .deadline_s = 30 };

	if (arg && access(arg, X_OK) != 0)
		return tp_error(errno, "cannot run the kernel %s", arg);
	if (!arg && !tp_program_exists(DEFAULT_UML)) {
		tp_buf_puts(why, "there is no User-Mode Linux (package user-mode-linux)");
		return 1;
	}
	return tp_run(&s) == 0 ? 0 : tp_error(0, "%s is no User-Mode Linux kernel", program(arg));
}

static int uml_prepare(const char *arg, const char *image_dir, const char *results, char **work)
{
	const char *tmp = getenv("TMPDIR");

	(void)arg;
	(void)results;
	if (!image_dir)
		image_dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : tmp ? tmp : "/tmp";
	return tp_work_make(image_dir, work);
}

/* Returns 0 when the guest ran at all: the history says what came of it. */
static int boot(const struct tp_boot *b, const struct tp_guest *g)
{
	const char *name = b->job->plan.mounts[0].name;
	char *words[] = {
		tp_strdup(program(b->arg)),
		tp_printf("mem=%dM", GUEST_MIB),
		tp_printf("initrd=%s", g->initramfs),
		tp_printf("ubd0=%s", b->image),
		tp_printf("ubd1r=%s", g->plan),
		tp_printf("ubd2=%s", g->history),
		tp_printf("uml_dir=%s", b->work),
		tp_printf("umid=%s", name),
		tp_strdup("con=null"),
		tp_strdup("con0=null,fd:1"),
		tp_strdup("ssl=null"),
		tp_strdup("panic=-1"),
		tp_strdup("tailpage.plan=/dev/ubdb"),
		tp_strdup("tailpage.history=/dev/ubdc"),
		NULL,
	};
	struct tp_spawn s = { .argv = words, .output = g->console, .whole_family = true,
			      .deadline_s = 10 * b->job->plan.op_deadline_s };
	int status = tp_run(&s);

	if (status == 126 || status == 127)
		status = tp_error(0, "User-Mode Linux could not run (see %s)", g->console);
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	return status == -ETIMEDOUT || status > 0 ? 0 : status;
}

static int uml_boot(struct tp_boot *b, struct tp_buf *why)
{
	struct tp_guest g;
	int err = tp_guest_make(b, "/dev/ubda", &g, why);

	if (err == 0)
		err = boot(b, &g);
	if (err == 0) {
		err = tp_guest_collect(&g);
		b->console = true;
	}
	tp_guest_free(&g);
	return err;
}

const struct tp_kernel tp_kernel_uml = {
	.name = "uml",
	.help = "User-Mode Linux, as any user (uml:LINUX for a kernel of your own)",
	.check = uml_check,
	.prepare = uml_prepare,
	.finish = tp_work_remove,
	.boot = uml_boot,
};
