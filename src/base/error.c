// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * error.c - one way to report a failure
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

const char *tp_program = "tailpage";

static char *capture;
static unsigned long capture_bytes;

void tp_error_capture(char *buf, unsigned long bytes)
{
	capture = buf;
	capture_bytes = bytes;
}

static void say(int err, const char *fmt, va_list ap)
{
	char text[1600], line[2000];
	int len;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (err != 0)
		len = snprintf(line, sizeof(line), "%s: %s: %s\n", tp_program, text,
			       strerror(err));
	else
		len = snprintf(line, sizeof(line), "%s: %s\n", tp_program, text);
	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		return; /* nowhere left to complain */
}

int tp_error(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	if (capture) {
		size_t used;

		va_start(ap, fmt);
		vsnprintf(capture, capture_bytes, fmt, ap);
		va_end(ap);
		used = strlen(capture);
		if (err != 0 && used + 4 < capture_bytes)
			snprintf(capture + used, capture_bytes - used, ": %s", strerror(err));
	}
	return err ? -err : -EINVAL;
}

void tp_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(0, fmt, ap);
	va_end(ap);
}
