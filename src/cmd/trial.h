// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trial.h - sequences that are run to see whether they fail in one way
 *
 * Every file is one trial.  What is tried belongs to a case whose name is one of a
 * generated sequence's, so that the report groups what its files did by kind.
 */
#ifndef TP_CMD_TRIAL_H
#define TP_CMD_TRIAL_H

#include "cmd/session.h"
#include "plan/seqfile.h"

/* tp_seqfile_read; operations for tailpage's own tests are refused outside of them. */
int tp_trial_read(const char *path, struct tp_seqfile *s);

/* Sequences, and where they were read. */
struct tp_seqset {
	char **paths;
	struct tp_seqfile *files;
	size_t nr;
};

#define TP_SHRUNK_SUFFIX ".min.seq" /* what shrink made: no failure of a run */

/* seqset.c: a *.seq file; or those of a folder; or, when it has none, of the folders in it.
 * 0 or a negative errno (reported); set is to be freed either way. */
int tp_seqset_read(const char *path, struct tp_seqset *set);
/* The era of the file systems on which they failed, unless *era is one: someone said
 * otherwise.  0 or a negative errno (reported). */
int tp_seqset_era(const struct tp_seqset *set, const struct tp_era **era);
void tp_seqset_free(struct tp_seqset *set);

/* The name of a case for this file of a sequence: "sequence-f00231" (to be freed). */
char *tp_trial_name(const char *path);

/* A mount for trials of s in the cell; its name is taken over. */
void tp_trial_begin(const struct session *s, const struct tp_seqfile *of,
		    const struct tp_cell *cell, char *name, unsigned round, struct tp_job *job);
/* So many files of the sequence, in the case of this name. */
void tp_trial_add(struct tp_job *job, const char *scenario, const char *params,
		  const struct tp_seq *seq, uint64_t copies);
/* Behind the last. */
void tp_trial_end(const struct session *s, const struct tp_seqfile *of, struct tp_job *job);

/* How many copies make a mount: of the options, or few enough for its image. */
uint64_t tp_trial_copies(const struct session *s, const struct tp_seqfile *of);

/* What came of the trials of one case. */
struct tp_trials {
	uint64_t files;  /* judged */
	uint64_t hits;   /* of them failed with a finding of the kind */
	uint32_t others; /* bits of the kinds of its findings of other kinds */
};

/* The failure that is looked for. */
struct tp_sought {
	int kind;          /* enum tp_finding_kind, or -1: any will do */
	const char *issue; /* the known issue that explains it; TP_NO_ISSUE; or NULL: any */
};

/* Is this cause of a failure the one that is looked for? */
bool tp_sought_is(const struct tp_sought *sought, const struct tp_cause *c);

struct tp_trials tp_trials_of(const struct tp_report *rep, const char *scenario, const char *cell,
			      const struct tp_sought *sought);

#endif
