// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * history.c - what every operation did
 */
#include <string.h>

#include "base/digest.h"
#include "model/history.h"

_Static_assert(sizeof(struct tp_frame) == 16, "frames must stay aligned");
_Static_assert(sizeof(struct tp_event) == 48, "events have no holes");

static size_t padded(size_t bytes)
{
	return (bytes + TP_FRAME_ALIGN - 1) / TP_FRAME_ALIGN * TP_FRAME_ALIGN;
}

size_t tp_frame_bytes(size_t payload)
{
	return sizeof(struct tp_frame) + padded(payload);
}

static uint32_t check_of(const struct tp_frame *f, const void *payload)
{
	uint64_t head = (uint64_t)f->bytes << 32 | (uint32_t)f->mount << 16 | f->kind;
	uint64_t digest = tp_digest_of(payload, f->bytes);

	head ^= digest;
	return (uint32_t)tp_digest_of(&head, sizeof(head));
}

void tp_frame_put(enum tp_frame_kind kind, unsigned mount, const void *payload, size_t bytes,
		  void *out)
{
	struct tp_frame f = {
		.magic = TP_FRAME_MAGIC,
		.kind = (uint16_t)kind,
		.mount = (uint16_t)mount,
		.bytes = (uint32_t)bytes,
	};
	unsigned char *p = out;

	f.check = check_of(&f, payload);
	memcpy(p, &f, sizeof(f));
	if (bytes)
		memcpy(p + sizeof(f), payload, bytes);
	memset(p + sizeof(f) + bytes, 0, padded(bytes) - bytes);
}

static const struct tp_frame *sound_frame(const struct tp_history *h)
{
	const struct tp_frame *f = (const void *)(h->data + h->at);

	if (h->len - h->at < sizeof(*f) || f->magic != TP_FRAME_MAGIC)
		return NULL;
	if (f->bytes > TP_FRAME_MAX || tp_frame_bytes(f->bytes) > h->len - h->at)
		return NULL;
	return f->check == check_of(f, f + 1) ? f : NULL;
}

/* What was never written is zero on a fresh disk or in a hole: not a damage. */
static bool untouched(const struct tp_history *h)
{
	static const unsigned char zero[TP_FRAME_ALIGN];

	return memcmp(h->data + h->at, zero, TP_FRAME_ALIGN) == 0;
}

const struct tp_frame *tp_history_next(struct tp_history *h)
{
	while (!h->ended && h->len - h->at >= TP_FRAME_ALIGN) {
		const struct tp_frame *f = sound_frame(h);

		if (f) {
			h->at += tp_frame_bytes(f->bytes);
			h->ended = f->kind == TP_FRAME_END;
			return f;
		}
		if (!untouched(h))
			h->skipped += TP_FRAME_ALIGN;
		h->at += TP_FRAME_ALIGN;
	}
	if (!h->ended) {
		h->skipped += h->len - h->at;
		h->at = h->len;
	}
	return NULL;
}

const char *tp_frame_text(const struct tp_frame *f, const char *word, size_t *len)
{
	const char *text = (const char *)(f + 1);
	size_t n = strlen(word);

	if (f->kind != TP_FRAME_TEXT || f->bytes < n || memcmp(text, word, n) != 0)
		return NULL;
	if (f->bytes > n && text[n] != ' ')
		return NULL;
	n += f->bytes > n;
	*len = f->bytes - n;
	return text + n;
}
