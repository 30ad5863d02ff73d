// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * content.c - size and content of a file in the image
 *
 * The file is walked in units of the digest.  A unit without written blocks is
 * compared span by span, so that gigabytes of hole cost nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/check.h"
#include "judge/race_story.h"

/* A size far beyond what the sequence names is nonsense and not worth a digest. */
#define MOST_BEYOND (UINT64_C(1) << 30)

struct walk {
	struct tp_subject *s;
	struct tp_check *check; /* NULL: only digest */
	size_t extent;          /* the first that may reach into what follows */
	bool too_short;         /* than any size that it may have */
	int err;
	uint64_t err_block;
};

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Zeros [from, to), clipped to the size. */
static void hole(struct walk *w, uint64_t from, uint64_t to, enum tp_where where)
{
	to = min64(to, w->s->inode.size);
	if (w->check && from < to)
		tp_check_hole(w->check, from, to, where);
}

/* Written bytes that stand in the unit buffer. */
static void written(struct walk *w, uint64_t from, const unsigned char *got, size_t len)
{
	uint64_t size = w->s->inode.size;
	size_t inside = from < size ? (size_t)min64(len, size - from) : 0;

	if (!w->check)
		return;
	if (inside)
		tp_check_bytes(w->check, from, got, inside, TP_IN_BLOCK);
	/* Of a file that is too short the rest is no secret: that finding is made already. */
	if (w->too_short)
		return;
	if (inside < len && w->check->nr_all < TP_MAX_FILE_FINDINGS)
		tp_check_beyond(w->check, from + inside, got + inside, len - inside);
}

/* Fill the unit buffer from one extent's part of [from, to). */
static bool read_part(struct walk *w, const struct tp_extent *e, uint64_t unit, uint64_t from,
		      uint64_t to)
{
	struct tp_job *job = w->s->job;
	uint32_t block = tp_image_block_bytes(job->image);
	uint64_t physical = e->physical + (from / block - e->logical);
	int ret =
		tp_image_read(job->image, physical, job->unit + (from - unit), (size_t)(to - from));

	if (ret < 0 && !w->err) {
		w->err = -ret;
		w->err_block = physical;
	}
	return ret == 0;
}

/*
 * Where the next unit with blocks begins: unit itself when it has some, else
 * that of the next extent, or end.  A hole of gigabytes is one step.
 */
static uint64_t next_unit(struct walk *w, uint64_t unit, uint64_t end)
{
	const struct tp_inode *inode = &w->s->inode;
	uint32_t block = tp_image_block_bytes(w->s->job->image);
	uint64_t next;

	while (w->extent < inode->nr &&
	       (inode->extents[w->extent].logical + inode->extents[w->extent].blocks) * block <=
		       unit)
		w->extent++;
	if (w->extent == inode->nr)
		return end;
	next = inode->extents[w->extent].logical * block / TP_CHUNK * TP_CHUNK;
	return next < unit ? unit : min64(next, end);
}

/*
 * One unit [unit, end).  Returns true when the buffer holds it, false when it
 * is all zeros without a look.
 */
static bool take_unit(struct walk *w, uint64_t unit, uint64_t end)
{
	const struct tp_inode *inode = &w->s->inode;
	uint32_t block = tp_image_block_bytes(w->s->job->image);
	unsigned char *buffer = w->s->job->unit;
	uint64_t at = unit;
	bool held = false;

	for (size_t i = w->extent; i < inode->nr && at < end; i++) {
		const struct tp_extent *e = &inode->extents[i];
		uint64_t from = e->logical * block, to = (e->logical + e->blocks) * block;

		if (from >= end)
			break;
		from = from < at ? at : from;
		to = min64(to, end);
		hole(w, at, from, TP_IN_HOLE);
		at = to;
		if (e->unwritten) {
			hole(w, from, to, TP_IN_UNWRITTEN);
			continue;
		}
		if (!held)
			memset(buffer, 0, (size_t)(end - unit));
		held = true;
		if (read_part(w, e, unit, from, to))
			written(w, from, buffer + (from - unit), (size_t)(to - from));
	}
	hole(w, at, end, TP_IN_HOLE);
	return held;
}

/* Where the walk may stop: behind the size and behind the last written block. */
static uint64_t end_of(const struct tp_subject *s, uint32_t block)
{
	uint64_t end = s->inode.size;

	for (size_t i = s->inode.nr; i-- > 0;) {
		const struct tp_extent *e = &s->inode.extents[i];

		if (e->unwritten)
			continue;
		if ((e->logical + e->blocks) * block > end)
			end = (e->logical + e->blocks) * block;
		break;
	}
	return end;
}

static void walk_extents(struct walk *w)
{
	struct tp_subject *s = w->s;
	struct tp_job *job = s->job;
	uint32_t block = tp_image_block_bytes(job->image);
	uint64_t size = s->inode.size, end = end_of(s, block);

	end = (end + block - 1) / block * block;
	for (uint64_t unit = 0, stop; unit < end && !w->err; unit = stop) {
		bool held = false;

		stop = next_unit(w, unit, end);
		if (stop > unit) {
			hole(w, unit, stop, TP_IN_HOLE);
		} else {
			stop = min64(unit + TP_CHUNK, end);
			held = take_unit(w, unit, stop);
			s->kase->record.bytes += held ? stop - unit : 0;
		}
		if (unit < size)
			tp_digest_unit(job->digest, held ? job->unit : NULL,
				       min64(stop, size) - unit);
	}
}

static void walk_inline(struct walk *w)
{
	struct tp_subject *s = w->s;
	size_t have = (size_t)min64(s->inode.inline_bytes, s->inode.size);

	if (w->check && have)
		tp_check_bytes(w->check, 0, s->inode.inline_data, have, TP_IN_INODE);
	if (w->check && have < s->inode.size)
		tp_check_hole(w->check, have, s->inode.size, TP_IN_HOLE);
	for (uint64_t unit = 0; unit < s->inode.size; unit += TP_CHUNK) {
		size_t len = (size_t)min64(TP_CHUNK, s->inode.size - unit);

		memset(s->job->unit, 0, len);
		if (unit < have)
			memcpy(s->job->unit, s->inode.inline_data + unit,
			       (size_t)min64(len, have - unit));
		tp_digest_unit(s->job->digest, s->job->unit, len);
	}
}

/* Returns true when bytes at the end are missing. */
static bool check_size(struct tp_subject *s)
{
	struct tp_finding f = { .kind = TP_SIZE };
	uint64_t size = s->inode.size, want = s->oracle->size;
	char *sizes;

	if (tp_subject_unsure(s))
		return false;
	if (tp_states_keep(&s->states, size, size)) {
		tp_subject_view(s);
		return false;
	}
	sizes = tp_subject_sizes(s);
	f.start = size < want ? size : want;
	f.end = size < want ? want : size;
	f.title = tp_printf("size %" PRIu64 " instead of %s", size, sizes);
	f.text = tp_printf("file %s (%s): the image says size %" PRIu64
			   "; its operations make it %s%s",
			   s->name, s->file->params, size, sizes,
			   size < want ? ", so bytes at the end are lost" : "");
	free(sizes);
	if (s->raced)
		tp_race_story_size(s, &f);
	tp_subject_finding(s, &f);
	return size < want;
}

/* What may be anything was not compared: such a file proves nothing. */
static void check_any(struct tp_subject *s)
{
	for (size_t i = 0; i < s->oracle->nr && s->raced && !s->broken; i++) {
		const struct tp_span *span = &s->oracle->spans[i];

		if (span->nr == 0 && span->start < s->inode.size)
			tp_subject_broken(s,
					  "too many orders of its racing operations: what "
					  "bytes from %" PRIu64 " on must be was not judged",
					  span->start);
	}
}

void tp_judge_content(struct tp_subject *s)
{
	struct tp_job *job = s->job;
	struct tp_content *content = &job->content[s->file->id];
	bool compare = !job->no_content && !s->no_compare, sane;
	struct tp_check check;
	struct walk w = { .s = s, .check = compare ? &check : NULL };

	tp_check_begin(&check, s);
	tp_digest_reset(job->digest);
	if (compare) {
		w.too_short = check_size(s);
		check_any(s);
	}
	sane = s->inode.size < tp_seq_extent(&s->file->seq) * 2 + MOST_BEYOND;
	if (!sane) {
		tp_subject_broken(s, "its size in the image, %" PRIu64 ", is nonsense",
				  s->inode.size);
		return;
	}
	if (s->inode.inline_data)
		walk_inline(&w);
	else
		walk_extents(&w);
	if (w.err) {
		tp_subject_broken(s, "block %" PRIu64 " of the image cannot be read: %s",
				  w.err_block, strerror(w.err));
		return;
	}
	*content = (struct tp_content){ true, s->inode.size, tp_digest_value(job->digest) };
	if (!compare)
		return;
	tp_check_end(&check);
	tp_explain_runs(&check, NULL, 0);
}
