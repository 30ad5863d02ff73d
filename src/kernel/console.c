// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * console.c - a guest's console, watched while the guest runs
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "kernel/console.h"
#include "model/message.h"

#define SECOND UINT64_C(1000000000)
#define GRACE_NS (2 * SECOND)   /* for the call trace behind a fatal message */
#define MOST_BYTES (8 << 20)
#define ANSWER_NS (3 * SECOND)  /* for the answer to a probe */

void tp_console_begin(struct tp_console *c)
{
	c->heard_ns = tp_now_ns();
}

/* The first reason stays; the guest gets time to say the rest of it. */
static void stop(struct tp_console *c, uint64_t after_ns, const char *verdict)
{
	if (c->stop_ns)
		return;
	c->stop_ns = tp_now_ns() + after_ns;
	c->verdict = verdict;
}

static void take_line(struct tp_console *c)
{
	const struct tp_message *m;

	c->line[c->len] = '\0';
	c->len = 0;
	if (strstr(c->line, "Linux version ") && ++c->starts > 1)
		stop(c, 0, TP_SAYS_REBOOT);
	c->meant |= strstr(c->line, TP_SAYS_END) != NULL;
	m = tp_message_of(c->line);
	if (m && m->ends) {
		c->panicked = true;
		stop(c, GRACE_NS, NULL);
	}
}

static void take(struct tp_console *c, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || c->len == sizeof(c->line) - 1)
			take_line(c);
		if (text[i] != '\n')
			c->line[c->len++] = text[i] ? text[i] : ' ';
	}
}

static void read_news(struct tp_console *c)
{
	int fd = open(c->path, O_RDONLY | O_CLOEXEC);
	char news[8192];
	ssize_t got = 0;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > MOST_BYTES)
		stop(c, 0, TP_SAYS_FLOOD);
	while (fd >= 0 && c->at < MOST_BYTES && (got = pread(fd, news, sizeof(news), (off_t)c->at)) > 0) {
		c->at += (uint64_t)got;
		c->heard_ns = tp_now_ns();
		take(c, news, (size_t)got);
	}
	if (fd >= 0)
		close(fd);
}

/* What a probe makes it say is no sign of life: the time for answers is short. */
static void probe(struct tp_console *c)
{
	if (c->probe && c->probe(c->dir, c->probes++)) {
		c->heard_ns = tp_now_ns() - c->silent_s * SECOND + ANSWER_NS;
		return;
	}
	stop(c, 0, TP_SAYS_SILENT);
}

bool tp_console_look(void *ctx)
{
	struct tp_console *c = ctx;

	read_news(c);
	if (!c->stop_ns && tp_now_ns() > c->heard_ns + c->silent_s * SECOND)
		probe(c);
	return c->stop_ns && tp_now_ns() >= c->stop_ns;
}

static int say(const struct tp_console *c, const char *what)
{
	int fd = open(c->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644), err = 0;
	char *text = tp_printf("\n%s\n", what);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = tp_error(errno, "cannot write to the console %s", c->path);
	if (fd >= 0)
		close(fd);
	free(text);
	return err;
}

int tp_console_end(struct tp_console *c, bool late)
{
	read_news(c);
	take_line(c);
	if (c->at >= MOST_BYTES && truncate(c->path, MOST_BYTES) != 0)
		return tp_error(errno, "cannot cut the console %s", c->path);
	if (c->verdict)
		return say(c, c->verdict);
	if (late && !c->stop_ns)
		return say(c, TP_SAYS_LATE);
	if (!c->meant && !c->panicked)
		return say(c, TP_SAYS_GONE);
	return 0;
}
