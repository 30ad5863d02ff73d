// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * history.c - frames: written, read, cut short, with flipped bits
 */
#include "model/history.h"
#include "base/buf.h"
#include "base/prng.h"
#include "tap.h"

#define NR_EVENTS 5

static struct tp_buf all;

static void add(enum tp_frame_kind kind, unsigned mount, const void *payload, size_t bytes)
{
	char *out = tp_alloc(tp_frame_bytes(bytes));

	tp_frame_put(kind, mount, payload, bytes, out);
	tp_buf_add(&all, out, tp_frame_bytes(bytes));
	free(out);
}

static void make(void)
{
	struct tp_event ev[NR_EVENTS] = { 0 };

	tp_buf_free(&all);
	for (unsigned i = 0; i < NR_EVENTS; i++)
		ev[i] = (struct tp_event){ .file = i, .op = 1, .result = 7 };
	add(TP_FRAME_TEXT, 0, "options rw,data=ordered", 23);
	add(TP_FRAME_EVENTS, 3, ev, sizeof(ev));
	add(TP_FRAME_DATA, 3, "12345678abc", 11);
	add(TP_FRAME_TEXT, 0, "mounted", 7);
	add(TP_FRAME_END, 0, NULL, 0);
}

/* How many sound frames a copy of the history has. */
static unsigned count(struct tp_history *h, const char *data, size_t len)
{
	unsigned nr = 0;

	*h = (struct tp_history){ .data = (const unsigned char *)data, .len = len };
	while (tp_history_next(h))
		nr++;
	return nr;
}

static void test_read(void)
{
	struct tp_history h = { 0 };
	const struct tp_frame *f;
	const struct tp_event *e;
	const char *text;
	size_t len;

	make();
	h.data = (const unsigned char *)all.text;
	h.len = all.len;
	f = tp_history_next(&h);
	text = tp_frame_text(f, "options", &len);
	ok(text && len == 15 && memcmp(text, "rw,data=ordered", len) == 0, "a text frame's text");
	ok(!tp_frame_text(f, "option", &len), "its word must be whole");
	ok(!tp_frame_text(f, "options rw,data=ordered and more", &len), "and not longer than it");
	f = tp_history_next(&h);
	is_int(f->kind, TP_FRAME_EVENTS, "then events");
	is_int(f->mount, 3, "of their mount");
	is_int(f->bytes, NR_EVENTS * sizeof(struct tp_event), "all of them");
	e = (const void *)(f + 1);
	is_int(e[4].file, 4, "as they were written");
	ok(!tp_frame_text(f, "", &len), "they are no text");
	is_int(tp_history_next(&h)->bytes, 11, "data of any length");
	text = tp_frame_text(tp_history_next(&h), "mounted", &len);
	ok(text && len == 0, "a word without text");
	ok(!h.ended, "not ended before the end");
	is_int(tp_history_next(&h)->kind, TP_FRAME_END, "the end");
	ok(h.ended && !tp_history_next(&h), "nothing behind it");
	is_int((int64_t)h.skipped, 0, "nothing was skipped");
}

static void test_cut(void)
{
	struct tp_history h;
	unsigned ended = 0, most = 0;

	for (size_t len = 0; len < all.len; len++) {
		char *copy = tp_alloc(len); /* so that memory checkers see an overrun */
		unsigned nr;

		memcpy(copy, all.text, len);
		nr = count(&h, copy, len);
		ended += h.ended;
		most = nr > most ? nr : most;
		free(copy);
	}
	is_int(ended, 0, "no shorter history has an end");
	is_int(most, 4, "its whole frames are read");
}

static void test_flipped(void)
{
	struct tp_history h;
	unsigned silent = 0, lost = 0;
	size_t padding = 0;

	for (size_t bit = 0; bit < all.len * 8; bit++) {
		char *copy = tp_alloc(all.len);
		unsigned nr;

		memcpy(copy, all.text, all.len);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		nr = count(&h, copy, all.len);
		if (nr == 5 && h.skipped == 0)
			padding++; /* behind a payload: nobody reads it */
		else if (nr == 4 && h.skipped == 0 && h.ended)
			silent++;
		lost += nr < 4;
		free(copy);
	}
	is_int(silent, 0, "a flipped bit never takes a frame away in silence");
	is_int(lost, 0, "and never more than its own frame");
	is_int((int64_t)padding, (9 + 5 + 9) * 8, "only padding may be wrong");
}

static void test_strange(void)
{
	struct tp_history h;
	struct tp_frame f = { .magic = TP_FRAME_MAGIC, .bytes = UINT32_MAX };
	char *zeros = tp_alloc(4096), *noise = tp_alloc(4096);
	struct tp_prng random = { 3 };

	is_int(count(&h, "", 0), 0, "an empty history has no frame");
	ok(!h.ended, "and no end");
	is_int(count(&h, zeros, 4096), 0, "nor have zeros");
	is_int((int64_t)h.skipped, 0, "which are what was never written");
	for (int i = 0; i < 4096; i++)
		noise[i] = (char)tp_prng_next(&random);
	is_int(count(&h, noise, 4096), 0, "noise has none");
	is_int((int64_t)h.skipped, 4096, "and is counted");
	memcpy(noise, &f, sizeof(f));
	is_int(count(&h, noise, 4096), 0, "a frame longer than all is none");
	memcpy(zeros + 1024, all.text, all.len);
	is_int(count(&h, zeros, 4096), 5, "frames behind a hole are found");
	ok(h.ended && h.skipped == 0, "without damage");
	free(zeros);
	free(noise);
}

int main(void)
{
	test_read();
	test_cut();
	test_flipped();
	test_strange();
	tp_buf_free(&all);
	return done();
}
