// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * job.h - the judgement of one mount, and of one file in it
 */
#ifndef TP_JUDGE_JOB_H
#define TP_JUDGE_JOB_H

#include "base/digest.h"
#include "judge/case.h"
#include "judge/events.h"
#include "judge/facts.h"
#include "judge/image.h"
#include "judge/judge.h"
#include "model/states.h"
#include "model/step.h"

/* Bytes that are compared at once: a unit of the digest, a multiple of any block. */
#define TP_CHUNK TP_DIGEST_UNIT

/* What became of a file's content. */
struct tp_content {
	bool known;      /* size and digest are what the image has */
	uint64_t size;
	uint64_t digest;
};

struct tp_job {
	const struct tp_evidence *e;
	const struct tp_plan *plan;
	const struct tp_mount *mount;
	uint64_t key;                /* of the mount's patterns */
	struct tp_events events;
	struct tp_facts facts;
	struct tp_image *image;      /* NULL: unreadable */
	struct tp_case *cases;       /* one per scenario of the mount */
	size_t nr_cases;
	uint32_t *case_of;           /* per file */
	struct tp_case whole;        /* TP_FILE_SYSTEM */
	struct tp_case load;         /* TP_LOAD */
	struct tp_content *content;  /* per file */
	char *no_content;            /* why content must not be compared, or NULL */
	unsigned char *unit;         /* TP_CHUNK bytes: found */
	unsigned char *wanted;       /* TP_MAX_VALUES chunks: expected */
	struct tp_digest *digest;
	unsigned budget;             /* identifications left: hostile images must not cost hours */
};

/* One file while it is judged. */
struct tp_subject {
	struct tp_job *job;
	const struct tp_file *file;
	const struct tp_seen *seen;
	struct tp_case *kase;
	char name[TP_FILE_NAME];
	struct tp_states states;         /* what it may be now */
	const struct tp_oracle *oracle;  /* the only one of them, or all united; what
					  * bytes are compared with */
	struct tp_oracle united;
	bool refuted;                /* of the racing operation whose result is judged now:
				      * no order explains it */
	bool raced;                  /* a block of actors was replayed */
	struct tp_step *steps;       /* per operation */
	struct tp_inode inode;
	bool have_inode;
	bool broken;                 /* a reason was given: not to be counted as judged */
	bool skipped;
	bool no_compare;             /* an I/O error or a full disk: content proves nothing */
	uint64_t nr_findings;
};

#define TP_MAX_FILE_FINDINGS 4

/* The case that a file belongs to. */
static inline struct tp_case *tp_case_of(struct tp_job *job, uint32_t file)
{
	return &job->cases[job->case_of[file]];
}

/* When the last of the file's operations ended that was seen to; 0: none was. */
uint64_t tp_file_end(const struct tp_job *job, const struct tp_file *file);

/* Hand a finding about the file to its case; takes the finding's texts over.  kind,
 * start, end, title and text are set by the caller; the rest is filled in here. */
void tp_subject_finding(struct tp_subject *s, struct tp_finding *f);

/* What the known issues say of a finding in a generated sequence; f->text is there.
 * steps: of the file's operations, or NULL. */
void tp_name_issue(struct tp_job *job, const struct tp_file *file, const struct tp_step *steps,
		   struct tp_finding *f);

/* The file cannot be judged, and why. */
__attribute__((format(printf, 2, 3))) void tp_subject_broken(struct tp_subject *s, const char *fmt,
							     ...);

/* The states have changed: s->oracle follows. */
void tp_subject_view(struct tp_subject *s);

/* "1000" or "1000 or 4096": the sizes it may have (to free). */
char *tp_subject_sizes(const struct tp_subject *s);

/* Is it unknown how large it is, beside the sizes that the states have? */
bool tp_subject_unsure(const struct tp_subject *s);

/* replay.c: lead the oracle through the events; judges results, reads and sizes. */
void tp_replay(struct tp_subject *s);

/* content.c: compare size and content of the image with the oracle's final state. */
void tp_judge_content(struct tp_subject *s);

/* subject.c: all of one file. */
void tp_judge_file(struct tp_job *job, uint32_t file);

/* look.c: the second look against the image. */
void tp_judge_look(struct tp_job *job);

/* manifest.c: write or compare. */
void tp_judge_manifest(struct tp_job *job);

/* fsck.c: start e2fsck beside the comparison; judge what it said. */
int tp_fsck_start(struct tp_job *job);
void tp_fsck_judge(struct tp_job *job, int pid);

/*
 * task.c: who ran into a report of the kernel; line is its first, rest what
 * follows.  Was it another program?  The log is the whole machine's; what our own
 * threads and the kernel's ran into counts.
 */
bool tp_task_is_foreign(const struct tp_job *job, const char *line, const char *rest);

/* The file that the thread was named after (name_thread() of the agent), or NULL.
 * Where we do not know our threads by number, it may be one of another mount. */
const struct tp_file *tp_task_file(const struct tp_job *job, const char *line, const char *rest);

/* The file whose number follows `lead` in the line, or NULL. */
const struct tp_file *tp_file_behind(const struct tp_job *job, const char *line, const char *lead);

/* The file whose task the line names, in a trace or in answer to SysRq, or NULL. */
const struct tp_file *tp_file_asked(const struct tp_job *job, const char *line);

/* console.c: grade the kernel's messages.  An I/O error sets job->no_content. */
void tp_judge_console(struct tp_job *job);

#endif
