// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * events.c - a history sorted by file
 *
 * The history comes from the kernel under test, perhaps over a broken disk:
 * each number is checked against the plan, and what fits nowhere is counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "judge/events.h"

#define MAGIC_OTHER_ORDER __builtin_bswap32(TP_FRAME_MAGIC)
#define MAX_ERR           4095

struct reader {
	const struct tp_mount *mount;
	struct tp_events *out;
	struct tp_facts *facts;
};

/* Could the operation have ended like this at all? */
static bool plausible(const struct tp_op *op, const struct tp_event *e)
{
	uint64_t start, end;

	if (e->err < 0 || e->err > MAX_ERR || e->end_ns < e->begin_ns)
		return false;
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_STORE:
	case TP_EFFECT_COPY:
	case TP_EFFECT_READ:
		tp_op_range(op, &start, &end);
		return e->result <= (int64_t)(end - start);
	default:
		return true;
	}
}

static bool take_event(struct reader *r, const struct tp_event *e)
{
	const struct tp_file *file;
	struct tp_seen *seen;

	if (e->file >= r->mount->nr_files)
		return false;
	file = &r->mount->files[e->file];
	seen = &r->out->files[e->file];
	if (e->end_ns > r->out->last_ns)
		r->out->last_ns = e->end_ns;
	if (e->op == TP_EVENT_CLOSE) {
		if (seen->close)
			return false;
		seen->close = e;
		return true;
	}
	if (e->op >= file->seq.nr || seen->ops[e->op] || !plausible(&file->seq.ops[e->op], e))
		return false;
	seen->ops[e->op] = e;
	if (e->err == ENOSPC || e->err == EDQUOT)
		r->out->no_space = true;
	return true;
}

static void take_events(struct reader *r, const struct tp_frame *f)
{
	const struct tp_event *e = (const void *)(f + 1);
	size_t nr = f->bytes / sizeof(*e);

	r->out->nonsense += f->bytes % sizeof(*e) != 0;
	for (size_t i = 0; i < nr; i++)
		r->out->nonsense += !take_event(r, &e[i]);
}

static bool take_data(struct reader *r, const struct tp_frame *f)
{
	const struct tp_data_head *head = (const void *)(f + 1);
	const struct tp_frame **slot;

	if (f->bytes < sizeof(*head) || head->file >= r->mount->nr_files ||
	    head->op >= r->mount->files[head->file].seq.nr)
		return false;
	slot = &r->out->files[head->file].data[head->op];
	if (*slot)
		return false;
	*slot = f;
	return true;
}

static void take_looks(struct reader *r, const struct tp_frame *f)
{
	const struct tp_look *look = (const void *)(f + 1);
	size_t nr = f->bytes / sizeof(*look);

	r->out->nonsense += f->bytes % sizeof(*look) != 0;
	for (size_t i = 0; i < nr; i++) {
		if (look[i].file >= r->mount->nr_files || r->out->files[look[i].file].look) {
			r->out->nonsense++;
			continue;
		}
		r->out->files[look[i].file].look = &look[i];
	}
}

/* "FILE OP SECONDS" */
static bool take_hang(struct reader *r, const char *text, size_t len)
{
	char *copy = tp_strndup(text, len), *save = NULL;
	uint64_t number[3] = { 0 };
	bool sound = true;
	char *word = strtok_r(copy, " ", &save);

	for (int i = 0; i < 3 && sound; i++, word = strtok_r(NULL, " ", &save))
		sound = word && tp_parse_u64(word, &number[i]);
	free(copy);
	if (!sound || number[0] >= r->mount->nr_files ||
	    (number[1] >= r->mount->files[number[0]].seq.nr && number[1] != TP_EVENT_CLOSE))
		return false;
	r->out->files[number[0]].hung = true;
	r->out->files[number[0]].hung_op = (uint16_t)number[1];
	r->out->files[number[0]].hung_s = number[2];
	return true;
}

static void take_text(struct reader *r, const struct tp_frame *f)
{
	size_t len;
	const char *hang = tp_frame_text(f, "hang", &len);

	if (!(hang && take_hang(r, hang, len)))
		r->out->nonsense += !tp_facts_take(r->facts, f);
}

static void take_frame(struct reader *r, const struct tp_frame *f)
{
	switch (f->kind) {
	case TP_FRAME_EVENTS:
		take_events(r, f);
		break;
	case TP_FRAME_DATA:
		r->out->nonsense += !take_data(r, f);
		break;
	case TP_FRAME_LOOK:
		take_looks(r, f);
		break;
	case TP_FRAME_TEXT:
		take_text(r, f);
		break;
	case TP_FRAME_END:
		break;
	default:
		r->out->nonsense++;
	}
}

static void make_room(struct tp_events *out, const struct tp_mount *m)
{
	size_t all = 0;

	for (size_t i = 0; i < m->nr_files; i++)
		all += m->files[i].seq.nr;
	out->files = tp_alloc(m->nr_files * sizeof(*out->files));
	out->ops = tp_alloc(all * sizeof(const struct tp_event *));
	out->data = tp_alloc(all * sizeof(const struct tp_frame *));
	all = 0;
	for (size_t i = 0; i < m->nr_files; i++) {
		out->files[i].ops = out->ops + all;
		out->files[i].data = out->data + all;
		all += m->files[i].seq.nr;
	}
}

int tp_events_read(const char *path, const struct tp_plan *plan, size_t mount,
		   struct tp_events *out, struct tp_facts *facts, struct tp_buf *why)
{
	struct reader r = { .mount = &plan->mounts[mount], .out = out, .facts = facts };
	struct tp_history h = { 0 };
	const struct tp_frame *f;
	uint32_t magic;
	int ret;

	*out = (struct tp_events){ 0 };
	make_room(out, r.mount);
	ret = tp_read_file(path, &out->text, &out->len);
	if (ret < 0) {
		out->text = NULL;
		tp_buf_printf(why, "cannot read the history: %s", strerror(-ret));
		return ret;
	}
	if (out->len >= sizeof(magic)) {
		memcpy(&magic, out->text, sizeof(magic));
		if (magic == MAGIC_OTHER_ORDER) {
			tp_buf_puts(why, "the history is of a machine of the other byte order");
			return -EINVAL;
		}
	}
	h.data = (const unsigned char *)out->text;
	h.len = out->len;
	while ((f = tp_history_next(&h))) {
		/* Which kernel it was is said once for all mounts. */
		if (f->mount == mount)
			take_frame(&r, f);
		else if (f->mount >= plan->nr_mounts && f->kind != TP_FRAME_END)
			out->nonsense++;
	}
	out->ended = h.ended;
	out->skipped = h.skipped;
	return 0;
}

void tp_events_free(struct tp_events *ev)
{
	free(ev->text);
	free(ev->files);
	free(ev->ops);
	free(ev->data);
	*ev = (struct tp_events){ 0 };
}

const unsigned char *tp_seen_data(const struct tp_seen *seen, size_t op, size_t *len)
{
	const struct tp_frame *f = seen->data[op];

	if (!f)
		return NULL;
	*len = f->bytes - sizeof(struct tp_data_head);
	return (const unsigned char *)(f + 1) + sizeof(struct tp_data_head);
}
