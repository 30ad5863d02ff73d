// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * record.h - verdicts and findings: what every report is made from
 */
#ifndef TP_MODEL_RECORD_H
#define TP_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/op.h"

/* In order of weight: of several, the heaviest is the verdict of the whole. */
enum tp_verdict {
	TP_PASS,
	TP_SKIP,    /* a feature is absent */
	TP_KNOWN,   /* a failure that the known-issues list foretells */
	TP_BROKEN,  /* we could not tell */
	TP_FAIL,
	TP_NR_VERDICTS
};

enum tp_finding_kind {
	TP_LOST,        /* zero where data belongs */
	TP_STALE,       /* an older generation of the file, or poison: old disk content */
	TP_FOREIGN,     /* bytes of another file, or of nobody */
	TP_TORN,        /* a part of a write beside an older generation in one block */
	TP_BEYOND,      /* bytes behind the end of file on the disk */
	TP_SIZE,
	TP_RESULT,      /* an operation did not end as it must */
	TP_DISAGREE,    /* a fresh mount shows other content than the image holds */
	TP_FSCK,
	TP_KERNEL_LOG,
	TP_HANG,
	TP_PANIC,
	TP_NR_FINDING_KINDS
};

struct tp_finding {
	enum tp_finding_kind kind;
	char *file;      /* "f00231", or NULL when the whole file system is meant */
	char *params;    /* "eof=1000,sync=fsync" */
	uint64_t start, end; /* byte range [start, end); both 0 when there is none */
	char *title;     /* "bytes 3000-3000 lost", one line */
	char *text;      /* the readable paragraph, lines separated by \n */
	char *sequence;  /* the operations, in the text form of op.h */
	char *replay;    /* the command line that runs this sequence again, or NULL */
	size_t writer;   /* the operation, from 1, whose bytes belong there; 0: none */
	size_t seen;     /* so many operations were done when it was seen; 0: all */
	int64_t shift;   /* so far the bytes have moved since they were made */
	char *issue;     /* the known issue that its operations are of, or NULL */
	struct tp_op_set ops; /* of the sequence */
};

/*
 * Findings of generated sequences that look alike: those that one known issue
 * foretells, or those of one kind whose sequences have the same operations at
 * least.  A thousand files of one bug are one cause.
 */
struct tp_cause {
	enum tp_finding_kind kind;   /* of the first */
	uint32_t kinds;              /* bits of all */
	char *issue;                 /* or NULL: nothing foretells them */
	struct tp_op_set ops;        /* that all of the sequences have */
	uint64_t findings, files;
	struct tp_finding first;     /* with the shortest sequence */
	bool foretold;               /* and the issue holds: set by those who apply the list */
	char last[16];               /* file of the last one: files are counted once */
};

#define TP_MAX_CAUSES 48 /* without an issue; what comes later is only counted */

#define TP_TENTHS 10

/* How the actors of blocks met: pairs of actor 1 and another. */
struct tp_overlap {
	uint64_t pairs;             /* the sum of what follows */
	uint64_t before;            /* the other had ended as actor 1 began */
	uint64_t around;            /* it had begun before, and ended behind that */
	uint64_t tenths[TP_TENTHS]; /* it began in this tenth of actor 1's time */
	uint64_t behind;            /* it began as actor 1 had ended */
};

#define TP_HIT_NAME 16 /* of a file of ours, "f00000" */

/* One case: a scenario in a cell. */
struct tp_record {
	char *scenario;
	char *cell;
	enum tp_verdict verdict;
	char *reason;       /* why SKIP, KNOWN or BROKEN; a remark on PASS or FAIL; or NULL */
	uint64_t files;     /* judged */
	uint64_t skipped;   /* not run to their end because a feature is absent */
	uint64_t bytes;     /* compared */
	struct tp_overlap overlap;
	struct tp_finding *findings; /* the first ones, but rather what was said, and what is
				      * of no known issue; at most TP_MAX_FINDINGS */
	size_t nr_findings;
	uint64_t nr_findings_all;    /* how many there were */
	uint64_t nr_said;            /* of these: what e2fsck or the kernel's log said */
	uint64_t nr_strange;         /* of these: in files whose operations no known issue names */
	uint64_t nr_hit;             /* files that they are in: no fewer; one is often found live,
				      * on disk and again later */
	char last_hit[TP_HIT_NAME];  /* while they are added: the file of the last one */
	uint64_t broken;             /* parts of it that could not be told, beside findings */
	struct tp_cause *causes;     /* of generated sequences: instead of findings */
	size_t nr_causes;
	uint32_t kinds;              /* bit 1 << enum tp_finding_kind for all of them */
	uint64_t first_ns;           /* CLOCK_MONOTONIC of the kernel under test when the first
				      * sequence with a finding had ended; 0: not known */
	char *foretold;     /* it passed, though this known issue was sure to show; or NULL */
	char *fixed;        /* "c7fc0366c656 6.13 title; ..." from the scenario, or NULL */
	char *again;        /* the command line that runs it again */
};

#define TP_MAX_FINDINGS 8

#define TP_FILE_SYSTEM "file-system"

/* What e2fsck or the kernel's log said: the kind alone would foretell everything, the
 * text tells which bug it is. */
#define TP_SAID (1u << TP_FSCK | 1u << TP_KERNEL_LOG)

static inline bool tp_finding_said(enum tp_finding_kind kind)
{
	return TP_SAID & 1u << kind;
}

/* Is it in a file whose operations no known issue names? */
static inline bool tp_finding_strange(const struct tp_finding *f)
{
	return f->sequence && !f->issue && !tp_finding_said(f->kind);
}

/* The whole run. */
struct tp_report {
	char *kernel;       /* "host 6.18.44 ..." */
	char *version;      /* of tailpage */
	char *e2fsprogs;
	uint64_t seed;
	double seconds;
	char *results;      /* the results folder, or NULL */
	char *interrupted;  /* what was not run because someone stopped it, or NULL */
	struct tp_record *records;
	size_t nr;
	struct tp_mode *modes;  /* what every cell was asked for and became */
	size_t nr_modes;
	char **notes;       /* what else is worth saying; lines separated by \n */
	size_t nr_notes;
};

/* How a cell was really mounted. */
struct tp_mode {
	char *cell;
	char *asked;      /* mount options asked for */
	char *effective;  /* options read back from the kernel */
	char *remark;     /* "the kernel refused data=journal,delalloc (EINVAL); ..." or NULL */
};

/* "PASS" ... and back (-1 when unknown). */
const char *tp_verdict_name(enum tp_verdict v);
int tp_verdict_find(const char *name);
/* "lost" ... and back. */
const char *tp_finding_name(enum tp_finding_kind k);
int tp_finding_find(const char *name);
/* Append "lost,stale": the kinds whose bits are set. */
struct tp_buf;
void tp_finding_names(uint32_t kinds, struct tp_buf *out);

/* Take the finding over into the record (its texts are now the record's);
 * counts it even when the record is full.  Makes the verdict FAIL. */
void tp_record_add(struct tp_record *r, struct tp_finding *f);

/* A sequence with a finding had ended then, by the clock of the kernel under test; 0 tells
 * nothing. */
void tp_record_when(struct tp_record *r, uint64_t ended_ns);

/* Take all findings back, and the FAIL: they prove nothing. */
void tp_record_forget(struct tp_record *r);

/* Do its sequences come from a generator or the command line?  Their findings are
 * grouped by cause. */
bool tp_generated(const char *scenario);

/* cause.c: take the finding over into the cause it belongs to.  Causes without an
 * issue never contain each other: the smaller set of operations takes the larger
 * ones in. */
void tp_cause_add(struct tp_record *r, struct tp_finding *f);
void tp_causes_merge(struct tp_record *r, struct tp_record *other);
/* Fill the record's findings with the causes' examples, unknown ones first. */
void tp_causes_show(struct tp_record *r);
void tp_causes_free(struct tp_record *r);

/* The line that runs the first of its findings that has one again, or NULL. */
const char *tp_record_replay(const struct tp_record *r);

/* Raise the verdict to v when that is heavier, and give the reason (copied).
 * The reason of an equal verdict stays the first one. */
void tp_record_raise(struct tp_record *r, enum tp_verdict v, const char *reason);

/* How many of the pairs really raced. */
uint64_t tp_overlap_raced(const struct tp_overlap *o);
void tp_overlap_add(struct tp_overlap *to, const struct tp_overlap *o);

/* Add what another run of the same case found (repetitions); other is emptied. */
void tp_record_merge(struct tp_record *r, struct tp_record *other);

void tp_finding_free(struct tp_finding *f);
void tp_record_free(struct tp_record *r);

/* The record of this case, or NULL. */
struct tp_record *tp_report_find(const struct tp_report *rep, const char *scenario,
				 const char *cell);

/* The record of this case, made (PASS, nothing judged) when it is new. */
struct tp_record *tp_report_case(struct tp_report *rep, const char *scenario, const char *cell);

/* Say something about the whole run (copied). */
void tp_report_note(struct tp_report *rep, const char *text);

/* How many records have each verdict. */
void tp_report_count(const struct tp_report *rep, uint64_t count[TP_NR_VERDICTS]);
void tp_report_free(struct tp_report *rep);

#endif
