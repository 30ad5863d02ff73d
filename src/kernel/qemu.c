// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * qemu.c - another kernel on a machine that qemu makes, as any user
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "kernel/agentrun.h"
#include "kernel/bzimage.h"
#include "kernel/guest.h"
#include "kernel/modules.h"
#include "kernel/probe.h"
#include "plan/release.h"

#define GUEST_MIB 1024
#define GUEST_SMP 2
#define KVM_DEVICE "/dev/kvm"
#define KVM_PROBE_S 10 /* a kernel says its first word within a second */

/* A machine that can be made: one row an architecture. */
static const struct machine {
	const char *program;
	const char *machine;
	const char *console;
	int (*version)(const char *image, char **text);
} x86 = { "qemu-system-x86_64", "pc", "ttyS0", tp_bzimage_version };

/* How disks are attached. */
static const struct disk {
	const char *name;
	struct tp_disks disks;
	bool virtio;
} disk_kinds[] = {
	{ "virtio", { "/dev/vd", 20 }, true },
	{ "ide", { "/dev/sd", 4 }, false }, /* /dev/hd in kernels without libata */
};

/* Kernels before this one are given IDE disks, since few were built with virtio. */
static const struct tp_release first_virtio = { { 3, 0, 0 } };

static const struct disk *disk_of(const struct tp_target *t)
{
	struct tp_release release = { { 0 } };
	char *version = NULL;
	bool old;

	for (size_t i = 0; t->disk && i < ARRAY_SIZE(disk_kinds); i++)
		if (strcmp(t->disk, disk_kinds[i].name) == 0)
			return &disk_kinds[i];
	old = x86.version(t->arg, &version) == 0 && tp_release_parse(version, &release) &&
	      tp_release_compare(&release, &first_virtio) < 0;
	free(version);
	return &disk_kinds[old];
}

static size_t qemu_max_turns(const struct tp_target *t)
{
	return disk_of(t)->disks.most - 2; /* plan and history */
}

static bool qemu_sound(const struct tp_target *t)
{
	char *version = NULL;
	int err;

	if (!t->arg || !*t->arg)
		return tp_error(0, "the kernel \"qemu\" wants an image (qemu:BZIMAGE)"), false;
	err = x86.version(t->arg, &version);
	if (err == 0 && t->modules) {
		version[strcspn(version, " ")] = '\0';
		err = tp_modules_check(t->modules, version);
	}
	free(version);
	return err == 0;
}

static int qemu_check(const struct tp_target *t, struct tp_buf *why)
{
	(void)t;
	if (!tp_program_exists(x86.program)) {
		tp_buf_printf(why, "there is no %s (package qemu-system-x86)", x86.program);
		return 1;
	}
	return 0;
}

static char *qemu_release(const struct tp_target *t)
{
	char *version = NULL;

	return x86.version(t->arg, &version) < 0 ? NULL : version;
}

/* Where the modules of this kernel lie, to be freed; NULL: it needs none. */
static char *modules_of(const struct tp_target *t)
{
	char *version = NULL, *slash, *folder, *beside;

	if (t->modules)
		return tp_strdup(t->modules);
	if (x86.version(t->arg, &version) < 0)
		return NULL;
	version[strcspn(version, " ")] = '\0';
	beside = tp_strdup(t->arg); /* ROOT/boot/vmlinuz-V has ROOT/lib/modules/V */
	slash = strrchr(beside, '/');
	*(slash ? slash : beside) = '\0';
	folder = tp_printf("%s%s../lib/modules/%s", beside, slash ? "/" : "", version);
	if (access(folder, R_OK | X_OK) != 0) {
		free(folder);
		folder = tp_printf("/lib/modules/%s", version);
	}
	if (access(folder, R_OK | X_OK) != 0) {
		free(folder);
		folder = NULL;
	}
	free(beside);
	free(version);
	return folder;
}

struct words {
	char **w;
	size_t nr;
};

/* Takes text over. */
static void add(struct words *l, char *text)
{
	l->w = tp_grow(l->w, l->nr, sizeof(*l->w));
	l->w[l->nr++] = text;
}

static void add_option(struct words *l, const char *option, char *value)
{
	add(l, tp_strdup(option));
	add(l, value);
}

/* A comma ends a value of qemu's; two are one (qemu(1), -drive). */
static char *escaped(const char *path)
{
	struct tp_buf out = { 0 };

	for (; *path; path++)
		tp_buf_printf(&out, *path == ',' ? ",," : "%c", *path);
	return tp_buf_take(&out);
}

static void add_disks(struct words *l, const struct tp_guest *g, const struct disk *kind)
{
	for (size_t i = 0; i < g->nr_disks; i++) {
		char *file = escaped(g->disks[i]);

		add_option(l, "-drive", tp_printf("if=%s,index=%zu,id=d%zu,format=raw,cache=unsafe,file=%s",
						  kind->virtio ? "none" : "ide", i, i, file));
		if (kind->virtio)
			add_option(l, "-device", tp_printf("virtio-blk-pci,drive=d%zu", i));
		free(file);
	}
}

/* No time for a stall on a busy machine: emulated processors are slow.  Nor is a timer
 * that comes late a broken one, for which the kernel would panic (no_timer_check). */
static char *command_line(const struct tp_guest *g)
{
	return tp_printf("console=%s panic=-1 oops=panic printk.devkmsg=on sysrq_always_enabled "
			 "unknown_nmi_panic rcupdate.rcu_cpu_stall_timeout=120 no_timer_check "
			 "tailpage.plan=%s tailpage.history=%s",
			 x86.console, g->plan_device, g->history_device);
}

static void add_machine(struct words *l, const struct tp_target *t, const char *accel)
{
	add(l, tp_strdup(x86.program));
	add_option(l, "-machine", tp_strdup(x86.machine));
	add_option(l, "-accel", tp_strdup(accel));
	add_option(l, "-cpu", tp_strdup("max"));
	add_option(l, "-smp", tp_printf("%" PRIu64, t->smp ? t->smp : GUEST_SMP));
	add_option(l, "-m", tp_printf("%" PRIu64, t->mem_mib ? t->mem_mib : GUEST_MIB));
	add(l, tp_strdup("-nodefaults"));
	add(l, tp_strdup("-no-user-config"));
	add(l, tp_strdup("-no-reboot"));
	add_option(l, "-display", tp_strdup("none"));
	add_option(l, "-kernel", tp_strdup(t->arg));
}

/* Found out once per run, before the workers are forked. */
static const char *accel_found = "tcg";

static char **words_of(const struct tp_boot *b, const struct tp_guest *g)
{
	struct words l = { 0 };
	char *dir = escaped(g->dir), *console = escaped(g->console);

	add_machine(&l, b->target, accel_found);
	add_option(&l, "-initrd", tp_strdup(g->initramfs));
	add_option(&l, "-append", command_line(g));
	add_option(&l, "-chardev",
		   tp_printf("socket,id=serial,path=%s/" TP_QEMU_SERIAL
			     ",server=on,wait=off,logfile=%s,logappend=on", dir, console));
	add_option(&l, "-serial", tp_strdup("chardev:serial"));
	add_option(&l, "-monitor",
		   tp_printf("unix:%s/" TP_QEMU_MONITOR ",server=on,wait=off", dir));
	add_disks(&l, g, disk_of(b->target));
	add(&l, NULL);
	free(dir);
	free(console);
	return l.w;
}

/* Waiting for the first word. */
struct hearing {
	const char *console;
	uint64_t until_ns;
	bool heard;
};

static bool heard_or_over(void *ctx)
{
	struct hearing *h = ctx;
	struct stat st;

	h->heard = stat(h->console, &st) == 0 && st.st_size > 0;
	return h->heard || tp_now_ns() > h->until_ns;
}

/*
 * KVM may be there and hang: boot the kernel up to its first word.  It then dies
 * for want of a root file system, or is killed.
 */
static bool kvm_works(const struct tp_target *t, const char *work)
{
	struct words l = { 0 };
	char *console = tp_printf("%s/kvm.console", work), *log = tp_printf("%s/kvm.log", work);
	struct hearing h = { console, tp_now_ns() + KVM_PROBE_S * UINT64_C(1000000000), false };
	struct tp_spawn s = { .output = log, .whole_family = true, .look = heard_or_over,
			      .ctx = &h };

	add_machine(&l, t, "kvm");
	add_option(&l, "-append", tp_printf("console=%s earlyprintk=serial panic=-1", x86.console));
	add_option(&l, "-serial", tp_printf("file:%s", console));
	add(&l, NULL);
	s.argv = l.w;
	tp_run(&s);
	heard_or_over(&h);
	for (size_t i = 0; l.w[i]; i++)
		free(l.w[i]);
	free(l.w);
	free(console);
	free(log);
	return h.heard;
}

static int qemu_prepare(const struct tp_target *t, const char *results, char **work)
{
	int err = tp_guest_prepare(t, results, work);
	bool must;

	if (err < 0)
		return err;
	if (t->accel && strcmp(t->accel, "tcg") == 0)
		return 0;
	must = t->accel && strcmp(t->accel, "kvm") == 0;
	if (access(KVM_DEVICE, R_OK | W_OK) != 0)
		return must ? tp_error(errno, "--accel kvm: cannot use " KVM_DEVICE
					      " (--accel tcg works without it)") : 0;
	if (kvm_works(t, *work))
		accel_found = "kvm";
	else if (must)
		return tp_error(0, "--accel kvm: with KVM the kernel said nothing within %d s "
				   "(--accel tcg works without it)", KVM_PROBE_S);
	else
		fprintf(stderr, "tailpage: with KVM the kernel said nothing within %d s: going on "
				"without (--accel tcg saves this wait)\n", KVM_PROBE_S);
	return 0;
}

static int qemu_boot(struct tp_boot *b)
{
	char *modules = modules_of(b->target);
	const struct tp_guest_kind kind = { .disks = &disk_of(b->target)->disks,
					    .modules = modules, .words = words_of,
					    .probe = tp_probe_qemu };
	int err = tp_guest_boot(b, &kind);

	free(modules);
	return err;
}

static const char *const heeded[] = { "smp", "mem", "accel", "disk", "modules", NULL };

const struct tp_kernel tp_kernel_qemu = {
	.name = "qemu",
	.help = "a kernel image on a machine of qemu's, as any user (qemu:BZIMAGE)",
	.max_turns = qemu_max_turns,
	.options = heeded,
	.sound = qemu_sound,
	.check = qemu_check,
	.release = qemu_release,
	.prepare = qemu_prepare,
	.finish = tp_work_remove,
	.boot = qemu_boot,
};
