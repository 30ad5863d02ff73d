// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uml.c - User-Mode Linux: another kernel, as any user
 *
 * The guest gets block devices (plan, history, file systems) and its console goes
 * to a file.  It never sees the host's root file system.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "kernel/agentrun.h"
#include "kernel/guest.h"
#include "kernel/probe.h"

#define DEFAULT_UML "linux.uml" /* of Debian's package user-mode-linux */
#define GUEST_MIB 512

/* arch/um/drivers/ubd_kern.c: MAX_DEV */
static const struct tp_disks ubd = { .prefix = "/dev/ubd", .most = 16 };

static const char *program(const struct tp_target *t)
{
	return t->arg ? t->arg : DEFAULT_UML;
}

static size_t uml_max_turns(const struct tp_target *t)
{
	(void)t;
	return ubd.most - 2; /* plan and history */
}

/* Does it tell a version, as User-Mode Linux does? */
static int ask_version(const struct tp_target *t)
{
	char *argv[] = { (char *)(uintptr_t)program(t), (char *)"--version", NULL };
	struct tp_spawn s = { .argv = argv, .output = "/dev/null", .deadline_s = 30 };

	return tp_run(&s) == 0 ? 0 : tp_error(0, "%s is no User-Mode Linux kernel", program(t));
}

static bool uml_sound(const struct tp_target *t)
{
	struct stat st;

	if (!t->arg)
		return true;
	if (stat(t->arg, &st) == 0 && S_ISDIR(st.st_mode))
		return tp_error(EISDIR, "cannot run the kernel %s", t->arg), false;
	if (access(t->arg, X_OK) != 0)
		return tp_error(errno, "cannot run the kernel %s", t->arg), false;
	return ask_version(t) == 0;
}

static int uml_check(const struct tp_target *t, struct tp_buf *why)
{
	if (t->arg)
		return 0;
	if (!tp_program_exists(DEFAULT_UML)) {
		tp_buf_puts(why, "there is no User-Mode Linux (package user-mode-linux)");
		return 1;
	}
	return ask_version(t);
}

/* "linux --version" prints the release and nothing else (arch/um/kernel/um_arch.c). */
static char *uml_release(const struct tp_target *t)
{
	const char *tmp = getenv("TMPDIR");
	char *path = tp_printf("%s/tailpage-version.XXXXXX", tmp ? tmp : "/tmp"), *text = NULL;
	char *argv[] = { (char *)(uintptr_t)program(t), (char *)"--version", NULL };
	struct tp_spawn s = { .argv = argv, .output = path, .deadline_s = 30 };
	int fd = mkstemp(path), err;

	if (fd >= 0) {
		close(fd);
		err = tp_run(&s) == 0 ? tp_read_file(path, &text, NULL) : -EIO;
		unlink(path);
		if (err == 0)
			text[strcspn(text, "\n")] = '\0';
	}
	free(path);
	return text;
}

/* The kernel's words; NULL behind the last. */
static char **words_of(const struct tp_boot *b, const struct tp_guest *g)
{
	uint64_t mem = b->target->mem_mib ? b->target->mem_mib : GUEST_MIB;
	char *fixed[] = {
		tp_strdup(program(b->target)),
		tp_printf("mem=%" PRIu64 "M", mem),
		tp_printf("initrd=%s", g->initramfs),
		tp_printf("uml_dir=%s", g->dir),
		tp_strdup("umid=" TP_UML_ID),
		tp_strdup("con=null"),
		tp_strdup("con0=null,fd:1"),
		tp_strdup("ssl=null"),
		tp_strdup("panic=-1"),
		tp_strdup("printk.devkmsg=on"),
		/* measures algorithms for most of a second, of which none is used */
		tp_strdup("initcall_blacklist=raid6_select_algo"),
		tp_strdup("pty.legacy_count=0"),
		tp_printf("tailpage.plan=%s", g->plan_device),
		tp_printf("tailpage.history=%s", g->history_device),
	};
	char **words = tp_alloc((ARRAY_SIZE(fixed) + g->nr_disks + 1) * sizeof(*words));

	memcpy(words, fixed, sizeof(fixed));
	for (size_t i = 0; i < g->nr_disks; i++)
		words[ARRAY_SIZE(fixed) + i] =
			tp_printf("ubd%zu%s=%s", i, i == 0 ? "r" : "", g->disks[i]);
	return words;
}

static int uml_boot(struct tp_boot *b)
{
	/* The kernel and the process that it runs hand over to each other by ptrace(2), at
	 * each call and fault; between two processors that takes half as much time again. */
	const struct tp_guest_kind kind = { .disks = &ubd, .words = words_of, .one_cpu = true,
					    .probe = tp_probe_uml };

	return tp_guest_boot(b, &kind);
}

static const char *const heeded[] = { "mem", NULL };

const struct tp_kernel tp_kernel_uml = {
	.name = "uml",
	.help = "User-Mode Linux, as any user (uml:LINUX for a kernel of your own)",
	.max_turns = uml_max_turns,
	.options = heeded,
	.sound = uml_sound,
	.check = uml_check,
	.release = uml_release,
	.prepare = tp_guest_prepare,
	.finish = tp_work_remove,
	.boot = uml_boot,
};
