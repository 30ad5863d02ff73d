// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe.c - questions to a guest that says nothing
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "kernel/probe.h"

/* arch/um/drivers/mconsole.h */
#define MCONSOLE_MAGIC 0xcafebabeu
#define MCONSOLE_VERSION 2
struct mconsole_request {
	uint32_t magic, version, len;
	char data[512];
};

/* A socket with this name in dir, connected; -1 when it cannot be. */
static int connect_to(const char *dir, const char *name, int type)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int len = snprintf(to.sun_path, sizeof(to.sun_path), "%s/%s", dir, name);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || len >= (int)sizeof(to.sun_path) ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static bool tell(const char *dir, const char *name, int type, const void *data, size_t len)
{
	int fd = connect_to(dir, name, type);
	bool told = fd >= 0 && send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;

	if (fd >= 0) {
		usleep(50000); /* qemu drops what it has not read when we hang up */
		close(fd);
	}
	return told;
}

bool tp_probe_uml(const char *dir, unsigned step)
{
	static const char *const questions[] = { "sysrq w", "sysrq p" };
	struct mconsole_request r = { .magic = MCONSOLE_MAGIC, .version = MCONSOLE_VERSION };

	if (step >= ARRAY_SIZE(questions))
		return false;
	r.len = (uint32_t)strlen(questions[step]);
	memcpy(r.data, questions[step], r.len);
	return tell(dir, TP_UML_ID "/mconsole", SOCK_DGRAM, &r, sizeof(r));
}

/* A break and a letter on the serial line is SysRq (drivers/tty/serial/8250). */
bool tp_probe_qemu(const char *dir, unsigned step)
{
	static const char letters[] = { 'w', 'p', 'l' };
	static const char send_break[] = "chardev-send-break serial\n", nmi[] = "nmi\n";

	if (step == ARRAY_SIZE(letters))
		return tell(dir, TP_QEMU_MONITOR, SOCK_STREAM, nmi, strlen(nmi));
	return step < ARRAY_SIZE(letters) &&
	       tell(dir, TP_QEMU_MONITOR, SOCK_STREAM, send_break, strlen(send_break)) &&
	       tell(dir, TP_QEMU_SERIAL, SOCK_STREAM, &letters[step], 1);
}
