// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * writer.c - frames of the history
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "base/error.h"
#include "base/file.h"

struct history_file *history_open(const char *path)
{
	struct history_file *h = shared_new(sizeof(*h));

	if (!h) {
		tp_error(errno, "cannot have shared memory");
		return NULL;
	}
	h->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (h->fd >= 0)
		return h;
	tp_error(errno, "cannot open the history %s", path);
	shared_free(h, sizeof(*h));
	return NULL;
}

int history_put(struct history_file *h, enum tp_frame_kind kind, unsigned mount,
		const void *payload, size_t bytes)
{
	size_t all = tp_frame_bytes(bytes);
	uint64_t at = atomic_fetch_add(&h->offset, all);
	unsigned char small[256], *frame = all <= sizeof(small) ? small : malloc(all);
	int err = -ENOMEM, none = 0;

	if (frame) {
		tp_frame_put(kind, mount, payload, bytes, frame);
		err = tp_pwrite_all(h->fd, frame, all, at);
	}
	if (frame != small)
		free(frame);
	if (err < 0)
		atomic_compare_exchange_strong(&h->err, &none, err);
	return err;
}

int history_text(struct history_file *h, unsigned mount, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	return history_put(h, TP_FRAME_TEXT, mount, text, (size_t)len);
}

void writer_flush(struct writer *w)
{
	unsigned nr = atomic_exchange(&w->nr, 0);

	if (nr)
		history_put(w->to, TP_FRAME_EVENTS, w->mount, w->events,
			    nr * sizeof(w->events[0]));
}

void writer_event(struct writer *w, const struct tp_event *ev)
{
	unsigned nr = atomic_load_explicit(&w->nr, memory_order_relaxed);

	w->events[nr] = *ev;
	atomic_store_explicit(&w->nr, nr + 1, memory_order_release);
	if (nr + 1 == TP_EVENTS_PER_FRAME)
		writer_flush(w);
}
