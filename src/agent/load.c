// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load.c - a program that runs beside the sequences and judges its own data
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/load.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/spawn.h"

#define MAX_WORDS 64
#define LOAD_DEADLINE_S 3600

/* The command's words, %m replaced; they stay in *text. */
static void split(const char *command, const char *folder, struct tp_buf *text, char **argv)
{
	unsigned nr = 0;
	char *save = NULL;

	for (const char *p = command; *p; p++) {
		if (p[0] == '%' && p[1] == 'm') {
			tp_buf_puts(text, folder);
			p++;
		} else {
			tp_buf_add(text, p, 1);
		}
	}
	for (char *w = strtok_r(text->text, " ", &save); w && nr < MAX_WORDS - 1;
	     w = strtok_r(NULL, " ", &save))
		argv[nr++] = w;
	argv[nr] = NULL;
}

static pid_t start(struct run *r, const char *command)
{
	char *folder = tp_printf("%s/load", r->mount->mountpoint);
	char *argv[MAX_WORDS];
	struct tp_buf text = { 0 };
	struct tp_spawn spawn = { .argv = argv };
	pid_t pid;

	split(command, folder, &text, argv);
	if (argv[0]) {
		mkdirat(r->dir, "load", 0755); /* on the second look it is there */
		pid = tp_start(&spawn);
	} else {
		pid = -EINVAL;
	}
	tp_buf_free(&text);
	free(folder);
	return pid;
}

int load_start(struct load *l, struct run *r)
{
	if (!r->mount->load)
		return 0;
	l->pid = start(r, r->mount->load);
	if (l->pid > 0)
		return 0;
	history_text(r->history, r->index, "load-exit 127");
	l->pid = 0;
	return 0;
}

int load_wait(struct load *l, struct run *r)
{
	int status;

	if (l->pid == 0)
		return 0;
	status = tp_wait(l->pid, "the load", LOAD_DEADLINE_S);
	l->pid = 0;
	history_text(r->history, r->index, "load-exit %d", status < 0 ? 255 : status);
	return 0;
}

int load_check(struct load *l, struct run *r)
{
	pid_t pid;
	int status;

	(void)l;
	if (!r->mount->check)
		return 0;
	pid = start(r, r->mount->check);
	status = pid > 0 ? tp_wait(pid, "the load's check", LOAD_DEADLINE_S) : 127;
	history_text(r->history, r->index, "check-exit %d", status < 0 ? 255 : status);
	return 0;
}

void load_kill(struct load *l)
{
	if (l->pid <= 0)
		return;
	kill(l->pid, SIGKILL);
	waitpid(l->pid, NULL, 0);
	l->pid = 0;
}
