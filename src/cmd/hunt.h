// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt.h - what bisect, calibrate and bisect-step share
 */
#ifndef TP_CMD_HUNT_H
#define TP_CMD_HUNT_H

#include "cmd/cmd.h"
#include "report/huntfile.h"

/* Whose options? */
enum hunter { HUNT_BISECT = 1, HUNT_CALIBRATE = 2, HUNT_STEP = 4 };

struct hunt_options {
	struct tp_hunt asked; /* tree is where; good and bad as they were given */
	const char *state;
	bool resume, keep;
};

/* false when the line is wrong (reported).  asked is to be freed in any case. */
bool hunt_options_read(int argc, char **argv, enum hunter who, struct hunt_options *o);

/* The folder of a hunt:
 *	hunt.json   what is hunted, and how often a bad kernel shows it
 *	log.jsonl   a line for every commit that was tested
 *	tree/       bisect: the commit under test
 *	build/      of build-kernel
 *	control     a kernel that boots: what it cannot do, the machine cannot
 *	results/    evidence: the first run of a commit that was not clean
 *	run.log     what the last run printed
 */
struct hunt {
	struct tp_hunt h;
	struct tp_tested_list log;
	char *dir;  /* absolute */
	char *tree; /* the sources that are built, absolute */
	int lock;
};

/* Open the folder, make it when it may be made, and lock it until the process ends.
 * 0 or a negative errno (reported; -EBUSY: another process works in it). */
int hunt_open(const char *dir, bool make, struct hunt *s);
void hunt_close(struct hunt *s);
/* A path in it, to be freed. */
char *hunt_path(const struct hunt *s, const char *name);
bool hunt_exists(const struct hunt *s); /* is there a hunt.json? */
int hunt_load(struct hunt *s);          /* with its log */
int hunt_save(const struct hunt *s);

/* SIGINT, SIGTERM and SIGHUP let what runs come to its end and stop the rest. */
void hunt_catch_signals(void);
bool hunt_stopped(void);    /* did one come? */
bool hunt_look(void *ctx);  /* the same, for struct tp_spawn */
int hunt_stop_status(void); /* 128 and the signal */

/* Build s->tree.  GOOD (*kernel is its path, to be freed), SKIP or STOP (*why tells, to
 * be freed; evidence lies in the folder `results`). */
enum tp_tried hunt_build(const struct hunt *s, const char *results, char **kernel, char **why);

struct hunt_run {
	enum tp_run_outcome outcome;
	uint32_t kinds; /* a bit: what there is to be learnt */
	char *why;      /* UNTOLD and STOP; to be freed */
};

/* Boot the kernel and let it show what it does.  seed tells runs apart.  Evidence of
 * what is not clean is in `results`, unless that is there already. */
struct hunt_run hunt_run(const struct hunt *s, const char *kernel, const char *results,
			 uint64_t seed);

/* Build and try s->tree, which is at this commit, until it is decided.  Returns its line
 * in the log; that of a STOP has a why. */
const struct tp_tested *hunt_test(struct hunt *s, const char *phase, const char *commit,
				  uint64_t needed);

/* Measure on s->tree, at this bad commit, how often it fails; log and save it.  0, or a
 * negative errno (reported): it does not build, or does not fail. */
int hunt_calibrate(struct hunt *s, const char *commit);

/* Commits of the phase "step" that were called good or bad. */
uint64_t hunt_decided(const struct hunt *s);

#endif
