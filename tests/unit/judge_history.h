// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_history.h - histories for tests of the judge, straight or twisted
 */
#ifndef TP_TESTS_UNIT_JUDGE_HISTORY_H
#define TP_TESTS_UNIT_JUDGE_HISTORY_H

#include "base/digest.h"
#include "judge_model.h"
#include "model/history.h"

/* What of a file's history is left out or changed. */
struct twist {
	int file;         /* -1: nothing */
	int drop_op;      /* no event for it and later ones; -1: all are there */
	int fail_op, err; /* it failed, and the agent stopped */
	int wrong_read;   /* flip a byte of what it read */
	int wrong_size;   /* the close event's size is off by one */
};

static const struct twist straight = { -1, -1, -1, 0, -1, 0 };

static inline void frame(enum tp_frame_kind kind, const void *payload, size_t bytes)
{
	char *out = tp_alloc(tp_frame_bytes(bytes));

	tp_frame_put(kind, 0, payload, bytes, out);
	tp_buf_add(&w.frames, out, tp_frame_bytes(bytes));
	free(out);
}

static inline void text(const char *words)
{
	frame(TP_FRAME_TEXT, words, strlen(words));
}

static inline struct tp_event event_of(const struct tp_file *f, size_t i, const struct model *m)
{
	const struct tp_op *op = &f->seq.ops[i];
	struct tp_event e = {
		.file = f->id,
		.op = (uint16_t)i,
		.begin_ns = 10 * i,
		.end_ns = 10 * i + 5,
	};

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_STORE:
		e.result = (int64_t)op->arg[1];
		break;
	case TP_EFFECT_READ:
		e.result = (int64_t)op->arg[1];
		break;
	case TP_EFFECT_SIZE:
		e.size = m->size;
		break;
	default:
		break;
	}
	if (op->expect != TP_EXPECT_OK) {
		e.result = -1;
		e.err = op->expect_err;
	}
	return e;
}

static inline void data_frame(const struct tp_event *e, const struct model *m,
			      const struct tp_op *op)
{
	struct tp_data_head head = { .file = e->file, .op = e->op };
	size_t bytes = sizeof(head) + (size_t)op->arg[1];
	char *payload = tp_alloc(bytes);

	memcpy(payload, &head, sizeof(head));
	memcpy(payload + sizeof(head), m->bytes + op->arg[0], (size_t)op->arg[1]);
	frame(TP_FRAME_DATA, payload, bytes);
	free(payload);
}

static inline void file_history(const struct tp_file *f, struct model *m, const struct twist *t)
{
	bool mine = t->file == (int)f->id;

	*m = (struct model){ 0 };
	for (size_t i = 0; i < f->seq.nr; i++) {
		struct tp_event e;

		if (mine && t->drop_op >= 0 && (int)i >= t->drop_op)
			return;
		perform(m, f, i);
		e = event_of(f, i, m);
		if (mine && t->fail_op == (int)i) {
			e.err = t->err;
			e.result = -1;
		}
		frame(TP_FRAME_EVENTS, &e, sizeof(e));
		if (e.err == 0 && tp_ops[f->seq.ops[i].kind].effect == TP_EFFECT_READ) {
			if (mine && t->wrong_read == (int)i)
				m->bytes[f->seq.ops[i].arg[0] + 10] ^= 0x10;
			data_frame(&e, m, &f->seq.ops[i]);
			if (mine && t->wrong_read == (int)i)
				m->bytes[f->seq.ops[i].arg[0] + 10] ^= 0x10;
		}
		if (mine && t->fail_op == (int)i)
			break;
	}
	const struct tp_event close = {
		.file = f->id,
		.op = TP_EVENT_CLOSE,
		.size = m->size + (mine && t->wrong_size),
	};
	frame(TP_FRAME_EVENTS, &close, sizeof(close));
}

static inline struct tp_look look_of(const struct tp_file *f, struct model *m)
{
	struct tp_digest *d = tp_digest_new();
	struct tp_look look = { .file = f->id };

	perform_all(m, f);
	look.size = m->size;
	for (uint64_t x = 0; x < m->size; x += TP_DIGEST_UNIT)
		tp_digest_unit(d, m->bytes + x,
			       m->size - x < TP_DIGEST_UNIT ? (size_t)(m->size - x)
							    : TP_DIGEST_UNIT);
	look.digest = tp_digest_value(d);
	tp_digest_free(d);
	return look;
}

static inline void begin_history(void)
{
	tp_buf_free(&w.frames);
	text("kernel 6.18.0 #1");
	text("page 4096");
	text("mounted");
	text("options rw,relatime");
	text("proc-options rw,delalloc,dioread_nolock,data=ordered");
}

/* The whole history; looks false leaves the last file's look out. */
static inline void make_history(const struct twist *t, bool looks)
{
	static struct model m;
	struct tp_look look[8];

	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++) {
		file_history(&w.mount->files[i], &m, t);
		look[i] = look_of(&w.mount->files[i], &m);
	}
	text("unmounted");
	text("second-look");
	text("mounted");
	frame(TP_FRAME_LOOK, look, (w.mount->nr_files - !looks) * sizeof(look[0]));
	text("unmounted");
	frame(TP_FRAME_END, NULL, 0);
}

/* Replace the last frames by these words and END. */
static inline void end_with(const char *words)
{
	static struct model m;

	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++)
		file_history(&w.mount->files[i], &m, &straight);
	text(words);
	frame(TP_FRAME_END, NULL, 0);
}

#endif
