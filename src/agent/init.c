// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.c - the agent as the first process of a guest
 *
 * A guest has an initramfs with nothing but this program and /dev/console.
 * Kernels before 2.6.32 have no devtmpfs, so nodes are made by the numbers that
 * /proc/partitions gives.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent/init.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "model/message.h"

bool init_is(void)
{
	static pid_t first;

	if (!first)
		first = getpid();
	return first == 1;
}

static bool uml;

bool init_is_uml(void)
{
	return uml;
}

/* arch/um/kernel/um_arch.c: "vendor_id : User Mode Linux". */
static bool find_uml(void)
{
	char *text;
	bool is;

	if (tp_read_file("/proc/cpuinfo", &text, NULL) < 0)
		return false;
	is = strstr(text, "User Mode Linux") != NULL;
	free(text);
	return is;
}

static void make_nodes(void)
{
	char line[256], name[64], path[80];
	unsigned number_major, number_minor;
	FILE *f = fopen("/proc/partitions", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %u %*u %63s", &number_major, &number_minor, name) != 3)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", name);
		mknod(path, S_IFBLK | 0600, makedev(number_major, number_minor));
	}
	if (f)
		fclose(f);
	mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
}

static void load_module(const char *path)
{
	char *data;
	size_t bytes;

	if (tp_read_file(path, &data, &bytes) < 0)
		return;
	if (syscall(SYS_init_module, data, bytes, "") != 0 && errno != EEXIST)
		tp_error(errno, "cannot load the module %s", path);
	free(data);
}

/* Modules are numbered in the order in which they must be loaded.  One that cannot be
 * loaded may not be needed: what is missing shows in what follows. */
static void load_modules(void)
{
	char path[32];

	for (unsigned i = 0;; i++) {
		snprintf(path, sizeof(path), "/modules/%03u.ko", i);
		if (!tp_exists(path))
			return;
		load_module(path);
	}
}

/* Disks that libata calls sd were hd before (drivers/ide, gone in 5.14). */
char *init_disk(char *device)
{
	if (device && tp_starts(device, "/dev/sd") && !tp_exists(device))
		memcpy(device, "/dev/hd", strlen("/dev/hd"));
	return device;
}

/* The value of NAME=VALUE on the kernel's command line; NULL when absent. */
static char *parameter(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	return at ? tp_strndup(at + strlen(name), strcspn(at + strlen(name), " \n")) : NULL;
}

int init_begin(char **argv)
{
	char *line;
	int err;

	mkdir("/proc", 0755);
	mkdir("/dev", 0755);
	mkdir("/mnt", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) != 0)
		return tp_error(errno, "cannot mount /proc");
	uml = find_uml();
	load_modules();
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) != 0 && errno != EBUSY)
		make_nodes();
	err = tp_read_file("/proc/cmdline", &line, NULL);
	if (err < 0)
		return err;
	argv[1] = init_disk(parameter(line, "tailpage.plan="));
	argv[2] = init_disk(parameter(line, "tailpage.history="));
	free(line);
	return argv[1] && argv[2] ? 0 :
				    tp_error(0, "the kernel's command line names no plan or history");
}

/* One write a line: /dev/kmsg takes each as a message (since 2.5; before 3.5 it
 * knows no levels, so none is given). */
void init_say(const char *fmt, ...)
{
	static int fd = -1;
	char line[256];
	va_list ap;
	int len;

	if (!init_is())
		return;
	if (fd < 0)
		fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (len < 0 || len >= (int)sizeof(line) - 1)
		len = (int)sizeof(line) - 2;
	line[len++] = '\n';
	if (write(fd >= 0 ? fd : STDOUT_FILENO, line, (size_t)len) < 0)
		return; /* there is nobody to tell */
}

/* The line says to the watcher of the console that the end was meant. */
void agent_leave(int status)
{
	if (!init_is())
		_exit(status);
	printf(TP_SAYS_END "%d\n", status);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
