// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * explain.c - each run of wrong bytes as one readable paragraph
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/check.h"
#include "judge/race_story.h"
#include "judge/story.h"

static void add_place(const struct tp_check *c, const struct tp_run *run, struct tp_buf *out)
{
	const struct tp_subject *s = c->s;
	uint64_t first = run->start / c->block_bytes, last = (run->end - 1) / c->block_bytes;
	uint64_t physical;

	tp_buf_printf(out, "file %s (%s), page %" PRIu64, s->name, s->file->params,
		      run->start / s->job->plan->page_bytes);
	if (last == first)
		tp_buf_printf(out, ", block %" PRIu64, first);
	else
		tp_buf_printf(out, ", blocks %" PRIu64 "-%" PRIu64, first, last);
	switch (run->where) {
	case TP_IN_BLOCK:
		tp_inode_where(&s->inode, c->block_bytes, run->start, &physical);
		tp_buf_printf(out, ", physical: %" PRIu64, physical);
		break;
	case TP_IN_UNWRITTEN:
		tp_inode_where(&s->inode, c->block_bytes, run->start, &physical);
		tp_buf_printf(out, ", physical: %" PRIu64 " (unwritten)", physical);
		break;
	case TP_IN_HOLE:
		tp_buf_puts(out, ", physical: none (a hole)");
		break;
	case TP_IN_INODE:
		tp_buf_printf(out, ", physical: none (inline in inode %" PRIu32 ")", s->inode.ino);
		break;
	case TP_IN_MEMORY:
		break;
	}
}

static void add_hex(struct tp_buf *out, const unsigned char *bytes, size_t nr, uint64_t all)
{
	tp_buf_puts(out, " (");
	for (size_t i = 0; i < nr; i++)
		tp_buf_printf(out, "%s%02x", i ? " " : "", bytes[i]);
	tp_buf_puts(out, all > nr ? " ...)" : ")");
}

static void add_op(const struct tp_file *file, uint16_t index, struct tp_buf *out)
{
	tp_buf_printf(out, "op %u \"", index + 1u);
	tp_op_print(&file->seq.ops[index], out);
	tp_buf_puts(out, "\"");
}

/* The size that a store met which was made wholly behind it; such bytes must not last. */
static bool stored_behind(const struct tp_subject *s, const struct tp_run *run, uint64_t *size)
{
	const struct tp_source *source = &run->source;

	if (source->found != TP_FOUND_OWN ||
	    tp_ops[s->file->seq.ops[source->op].kind].effect != TP_EFFECT_STORE)
		return false;
	*size = s->steps[source->op].before;
	return s->steps[source->op].ran && run->start - (uint64_t)source->shift >= *size;
}

/* What else the order of racing operations may have left there. */
static void add_others(const struct tp_file *file, const struct tp_run *run, struct tp_buf *out)
{
	for (unsigned i = 0; i < run->values.nr; i++) {
		const struct tp_value *v = &run->values.value[i];

		if (v->op == run->wanted.op && v->shift == run->wanted.shift)
			continue;
		tp_buf_puts(out, ", or ");
		if (v->op == TP_VALUE_ZERO)
			tp_buf_puts(out, "zero");
		else
			add_op(file, v->op, out);
	}
}

static void add_wanted(const struct tp_check *c, const struct tp_run *run, struct tp_buf *out)
{
	uint64_t len = run->end - run->start, size;

	tp_buf_puts(out, "expected ");
	if (run->kind == TP_BEYOND) {
		tp_buf_printf(out, "zeros behind the end of file at %" PRIu64, c->s->inode.size);
	} else if (run->wanted.op == TP_VALUE_ZERO && stored_behind(c->s, run, &size)) {
		tp_buf_printf(out,
			      "zeros: what op %u stored there lay behind the end of file, %" PRIu64
			      " then, and must not last",
			      run->source.op + 1u, size);
	} else if (run->wanted.op == TP_VALUE_ZERO) {
		tp_buf_puts(out, "zeros: nothing that was written belongs there");
	} else {
		tp_buf_printf(out, "%s of ", len == 1 ? "the byte" : "the bytes");
		add_op(c->s->file, run->wanted.op, out);
		if (run->wanted.shift)
			tp_buf_printf(out, ", moved by %+" PRId64, run->wanted.shift);
		add_hex(out, run->wanted_sample, run->nr_sample, len);
	}
	if (run->choice && c->s->raced)
		add_others(c->s->file, run, out);
	else if (run->choice)
		tp_buf_puts(out, ", or what was there before");
}

static void add_poison(const struct tp_run *run, struct tp_buf *out)
{
	tp_buf_puts(out,
		    "found poison, with which free blocks were filled before mkfs: old content "
		    "of the disk");
	add_hex(out, run->sample, run->nr_sample, run->end - run->start);
}

static void add_other(const struct tp_check *c, const struct tp_run *run, struct tp_buf *out)
{
	const struct tp_source *source = &run->source;
	const struct tp_file *file = &c->s->job->mount->files[source->file];
	char name[TP_FILE_NAME];

	tp_file_name(source->file, name);
	tp_buf_puts(out, "found bytes of ");
	if (source->found == TP_FOUND_OTHER)
		tp_buf_printf(out, "another file, %s (%s %s), ", name, file->scenario,
			      file->params);
	else
		tp_buf_puts(out, run->wanted.op != TP_VALUE_ZERO && source->op < run->wanted.op
					 ? "an older generation, "
					 : "the same file, ");
	add_op(file, source->op, out);
	if (source->shift)
		tp_buf_printf(out, ", made for offset %" PRIu64,
			      run->start - (uint64_t)source->shift);
	add_hex(out, run->sample, run->nr_sample, run->end - run->start);
}

static void add_found(const struct tp_check *c, const struct tp_run *run, struct tp_buf *out)
{
	static const char *const in[] = {
		[TP_IN_BLOCK] = " in a written block",
		[TP_IN_HOLE] = " in a hole",
		[TP_IN_UNWRITTEN] = " in an unwritten block",
		[TP_IN_INODE] = " in the inode",
		[TP_IN_MEMORY] = "",
	};

	switch (run->source.found) {
	case TP_FOUND_ZERO:
		tp_buf_printf(out, "found zero%s%s", run->end - run->start > 1 ? "s" : "",
			      in[run->where]);
		return;
	case TP_FOUND_POISON:
		add_poison(run, out);
		return;
	case TP_FOUND_OWN:
	case TP_FOUND_OTHER:
		add_other(c, run, out);
		return;
	case TP_FOUND_UNKNOWN:
		tp_buf_puts(out, "found bytes that no operation of any file wrote");
		add_hex(out, run->sample, run->nr_sample, run->end - run->start);
	}
}

static char *title_of(const struct tp_run *run)
{
	static const char *const words[] = {
		[TP_LOST] = "lost",
		[TP_STALE] = "stale",
		[TP_FOREIGN] = "foreign",
		[TP_TORN] = "torn",
		[TP_BEYOND] = "not zero behind the end of file",
	};

	return tp_printf("bytes %" PRIu64 "-%" PRIu64 " %s", run->start, run->end - 1,
			 words[run->kind]);
}

/* What the kernel's own second look says of the file, without judging it here. */
static void add_look(const struct tp_subject *s, struct tp_buf *out)
{
	const struct tp_content *content = &s->job->content[s->file->id];
	const struct tp_look *look = s->seen->look;

	if (!look)
		tp_buf_puts(out, "\nno fresh mount looked at the file");
	else if (look->err)
		tp_buf_printf(out, "\na fresh mount could not read the file (%s)",
			      tp_errno_name(look->err) ? tp_errno_name(look->err) : "?");
	else if (!content->known)
		return;
	else if (look->size == content->size && look->digest == content->digest)
		tp_buf_puts(out, "\na fresh mount showed the same content as the image");
	else
		tp_buf_puts(out, "\na fresh mount showed other content than the image");
}

/* What came before a read in the sequence is its story; in a block, all of the block. */
static size_t story_end(const struct tp_subject *s, const struct tp_op *seen_by, uint16_t index)
{
	size_t end = index;

	if (!seen_by)
		return s->file->seq.nr;
	while (end < s->file->seq.nr && s->file->seq.ops[end].actor)
		end++;
	return end;
}

/* How far what belongs there has moved since it was written; else what is there instead. */
static int64_t shift_of(const struct tp_run *run)
{
	if (run->wanted.op != TP_VALUE_ZERO)
		return run->wanted.shift;
	return run->source.found == TP_FOUND_OWN ? run->source.shift : 0;
}

void tp_explain_runs(struct tp_check *c, const struct tp_op *seen_by, uint16_t seen_index)
{
	for (size_t i = 0; i < c->nr; i++) {
		const struct tp_run *run = &c->runs[i];
		struct tp_finding f = {
			.kind = run->kind,
			.start = run->start,
			.end = run->end,
			.writer = run->wanted.op == TP_VALUE_ZERO ? 0 : run->wanted.op + 1u,
			.seen = seen_by ? seen_index : 0,
			.shift = shift_of(run),
		};
		struct tp_buf text = { 0 };

		f.title = title_of(run);
		add_place(c, run, &text);
		tp_buf_printf(&text, ": %s\n", f.title);
		add_wanted(c, run, &text);
		tp_buf_puts(&text, "; ");
		add_found(c, run, &text);
		if (seen_by) {
			tp_buf_puts(&text, "\nseen by ");
			add_op(c->s->file, seen_index, &text);
			tp_race_story_actor(c->s, seen_index, &text);
			tp_race_story_when(c->s, seen_index, &text);
			tp_buf_puts(&text, " while the file was open");
		}
		tp_story_add(c->s, run, story_end(c->s, seen_by, seen_index), &text);
		if (seen_by && seen_by->actor)
			tp_buf_puts(&text, "\nno order of the racing operations explains it");
		else if (c->s->raced)
			tp_race_story_reason(c->s, run, &text);
		if (!seen_by)
			add_look(c->s, &text);
		if (i + 1 == c->nr && c->nr_all > c->nr)
			tp_buf_printf(&text, "\n%" PRIu64 " more places in this file are wrong",
				      c->nr_all - c->nr);
		f.text = tp_buf_take(&text);
		tp_subject_finding(c->s, &f);
	}
}
