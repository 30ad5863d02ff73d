// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tap.h - TAP 13 for unit tests
 *
 *	plan(2);                  or no plan() at all: done() prints it behind
 *	ok(a == b, "a is b for %s", name);
 *	is_str(text, "expected", "the text");
 *	return done();
 */
#ifndef TP_TESTS_UNIT_TAP_H
#define TP_TESTS_UNIT_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	unsigned planned, run, failed;
	bool begun;
} tap;

/* Flushed at once: a crash must not take the lines before it along. */
static inline void tap_begin(void)
{
	if (!tap.begun)
		puts("TAP version 13");
	tap.begun = true;
	fflush(stdout);
}

static inline void plan(unsigned nr)
{
	tap_begin();
	tap.planned = nr;
	printf("1..%u\n", nr);
	fflush(stdout);
}

/* Nothing can be tested here: why. */
static inline int skip_all(const char *why)
{
	tap_begin();
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

/* A comment; several lines are several comments. */
__attribute__((format(printf, 1, 2))) static inline void diag(const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *line = text; line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		if (*line || end)
			printf("# %s\n", line);
		line = end;
	}
	fflush(stdout);
}

__attribute__((format(printf, 2, 3))) static inline bool ok(bool cond, const char *fmt, ...)
{
	char name[512];
	va_list ap;

	tap_begin();
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	/* '#' would begin a directive, a newline would end the line. */
	for (char *p = name; *p; p++)
		if (*p == '#' || *p == '\n')
			*p = *p == '#' ? '=' : ' ';
	printf("%sok %u - %s\n", cond ? "" : "not ", ++tap.run, name);
	tap.failed += !cond;
	fflush(stdout);
	return cond;
}

static inline bool is_str(const char *got, const char *want, const char *name)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	ok(same, "%s", name);
	if (!same)
		diag("got:  %s\nwant: %s", got ? got : "(none)", want ? want : "(none)");
	return same;
}

static inline bool has_str(const char *text, const char *part, const char *name)
{
	bool has = text && strstr(text, part);

	ok(has, "%s", name);
	if (!has)
		diag("no \"%s\" in:\n%s", part, text ? text : "(none)");
	return has;
}

static inline bool is_int(int64_t got, int64_t want, const char *name)
{
	ok(got == want, "%s", name);
	if (got != want)
		diag("got %" PRId64 ", want %" PRId64, got, want);
	return got == want;
}

/* The exit status: 0 when as many tests as planned passed. */
static inline int done(void)
{
	tap_begin();
	if (!tap.planned)
		printf("1..%u\n", tap.run);
	if (tap.failed)
		diag("%u of %u failed", tap.failed, tap.run);
	if (tap.planned && tap.planned != tap.run)
		diag("planned %u, ran %u", tap.planned, tap.run);
	return tap.failed || tap.run == 0 || (tap.planned && tap.planned != tap.run);
}

#endif
