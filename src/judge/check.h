// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check.h - bytes against the oracle's state: runs of bytes that must not be there
 */
#ifndef TP_JUDGE_CHECK_H
#define TP_JUDGE_CHECK_H

#include "judge/job.h"

/* Whose bytes were found. */
enum tp_found {
	TP_FOUND_ZERO,
	TP_FOUND_OWN,     /* an operation of the same file */
	TP_FOUND_POISON,
	TP_FOUND_OTHER,   /* an operation of another file */
	TP_FOUND_UNKNOWN,
};

struct tp_source {
	enum tp_found found;
	uint32_t file;    /* OWN, OTHER */
	uint16_t op;
	int64_t shift;    /* the byte at x is that operation's at x - shift */
};

#define TP_SAMPLE_BYTES 8

/* Bytes of one class that were found where others belong. */
struct tp_run {
	uint64_t start, end;
	enum tp_finding_kind kind;
	enum tp_where where;
	struct tp_value wanted;  /* op TP_VALUE_ZERO: zeros belong there */
	bool choice;             /* other values would have been right too: */
	struct tp_span values;   /* all of them */
	struct tp_source source;
	unsigned char sample[TP_SAMPLE_BYTES];
	unsigned char wanted_sample[TP_SAMPLE_BYTES];
	size_t nr_sample;
};

struct tp_check {
	struct tp_subject *s;
	uint32_t block_bytes;
	struct tp_run runs[TP_MAX_FILE_FINDINGS];
	size_t nr;
	uint64_t nr_all;
	struct tp_run last;      /* being grown; end 0: none */
};

void tp_check_begin(struct tp_check *c, struct tp_subject *s);

/* Bytes found at off, at most TP_CHUNK of them, against the oracle's state now. */
void tp_check_bytes(struct tp_check *c, uint64_t off, const unsigned char *got, size_t len,
		    enum tp_where where);

/* Zeros that no disk block holds, without looking at each byte. */
void tp_check_hole(struct tp_check *c, uint64_t start, uint64_t end, enum tp_where where);

/* Bytes behind the end of file, which must be zero. */
void tp_check_beyond(struct tp_check *c, uint64_t off, const unsigned char *got, size_t len);

/* No bytes follow: the runs are complete. */
void tp_check_end(struct tp_check *c);

/*
 * Who wrote the bytes that begin at got (file offset off)?  stretch is how many
 * of them are wrong; up to len bytes belong to the same span.  Returns how many
 * bytes, at least 1, the source explains.
 */
size_t tp_identify(struct tp_check *c, uint64_t off, const unsigned char *got, size_t stretch,
		   size_t len, struct tp_source *source);

/* explain.c: make findings of the runs.  seen_by is the operation that saw the
 * bytes, or NULL when the image has them. */
void tp_explain_runs(struct tp_check *c, const struct tp_op *seen_by, uint16_t seen_index);

#endif
