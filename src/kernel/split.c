// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * split.c - one boot's history and console become those of its mounts
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "kernel/split.h"
#include "model/history.h"
#include "model/message.h"

static void put_frame(struct tp_buf *out, enum tp_frame_kind kind, const void *payload, size_t bytes)
{
	size_t all = tp_frame_bytes(bytes);
	char *frame = tp_alloc(all);

	tp_frame_put(kind, 0, payload, bytes, frame);
	tp_buf_add(out, frame, all);
	free(frame);
}

static void put_garbage(struct tp_buf *out, size_t nr, const char *data, size_t bytes)
{
	for (size_t i = 0; i < nr; i++)
		tp_buf_add(&out[i], data, bytes);
}

static void take_frame(const struct tp_frame *f, struct tp_part *parts, size_t nr,
		       struct tp_buf *out)
{
	size_t len;

	if (f->kind == TP_FRAME_END)
		return;
	if (f->mount >= nr) { /* names what the plan has not: each part is in doubt */
		for (size_t i = 0; i < nr; i++)
			put_frame(&out[i], TP_FRAME_TEXT, "?", 1);
		return;
	}
	parts[f->mount].begun = true;
	parts[f->mount].done |= tp_frame_text(f, "done", &len) != NULL;
	put_frame(&out[f->mount], f->kind, f + 1, f->bytes);
}

static void sort_frames(const char *text, size_t len, struct tp_part *parts, size_t nr,
			struct tp_buf *out)
{
	struct tp_history h = { .data = (const void *)text, .len = len };
	size_t skipped = 0, from = 0;
	const struct tp_frame *f;

	do {
		f = tp_history_next(&h);
		if (h.skipped > skipped)
			put_garbage(out, nr, text + from,
				    (f ? (size_t)((const char *)f - text) : h.at) - from);
		skipped = h.skipped;
		from = h.at;
		if (f)
			take_frame(f, parts, nr, out);
	} while (f);
}

int tp_split_history(const char *path, struct tp_part *parts, size_t nr)
{
	struct tp_buf *out = tp_alloc(nr * sizeof(*out));
	char *text = NULL;
	size_t len;
	int err = tp_read_file(path, &text, &len);

	if (err == 0)
		sort_frames(text, len, parts, nr, out);
	for (size_t i = 0; i < nr; i++) {
		if (parts[i].done)
			put_frame(&out[i], TP_FRAME_END, "", 0);
		if (err == 0)
			err = tp_write_file(parts[i].history, out[i].text ? out[i].text : "", out[i].len);
		tp_buf_free(&out[i]);
	}
	free(text);
	free(out);
	return err;
}

/* The mount whose turn begins with this line; nr when none does. */
static size_t begins(const char *line, size_t len, size_t nr)
{
	const char *at = memmem(line, len, TP_SAYS_MOUNT, strlen(TP_SAYS_MOUNT));
	unsigned long number;
	char *end;

	if (!at)
		return nr;
	at += strlen(TP_SAYS_MOUNT);
	number = strtoul(at, &end, 10);
	return end > at && *end == ' ' && number < nr ? number : nr;
}

int tp_split_console(const char *path, const struct tp_part *parts, size_t nr)
{
	struct tp_buf *out = tp_alloc(nr * sizeof(*out));
	char *text = NULL;
	size_t len, at = 0;
	int err = tp_read_file(path, &text, &len);

	for (const char *line = text; err == 0 && line < text + len;) {
		const char *end = memchr(line, '\n', (size_t)(text + len - line));
		size_t bytes = end ? (size_t)(end + 1 - line) : (size_t)(text + len - line);
		size_t next = begins(line, bytes, nr);

		at = next < nr ? next : at;
		tp_buf_add(&out[at], line, bytes);
		line += bytes;
	}
	for (size_t i = 0; i < nr; i++) {
		if (err == 0)
			err = tp_write_file(parts[i].console, out[i].text ? out[i].text : "", out[i].len);
		tp_buf_free(&out[i]);
	}
	free(text);
	free(out);
	return err;
}
