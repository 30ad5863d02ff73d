// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * error.h - one way to report a failure
 *
 * The callee reports with name and numbers and returns a negative errno; the
 * callers unwind; only src/cmd exits.
 */
#ifndef TP_BASE_ERROR_H
#define TP_BASE_ERROR_H

/* The name in front of every message; set once at start. */
extern const char *tp_program;

/*
 * Print "PROGRAM: MESSAGE: strerror(err)" on stderr as one write, so that
 * messages of several processes do not mix.  With err == 0 no errno text is
 * added.  Returns -err, or -EINVAL when err is 0, so it can be returned.
 */
int tp_error(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for what is worth saying but fails nothing. */
void tp_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Send the texts of later tp_error calls of this process also into buf
 * (bytes long, kept NUL-terminated, last message wins).  NULL ends it.  Lets a
 * worker hand the reason of a BROKEN verdict to the report.
 */
void tp_error_capture(char *buf, unsigned long bytes);

#endif
