// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd.h - what the subcommands share; the only room that exits
 */
#ifndef TP_CMD_CMD_H
#define TP_CMD_CMD_H

#include "kernel/kernel.h"
#include "model/record.h"
#include "plan/known.h"
#include "plan/random.h"
#include "plan/select.h"
#include "report/report.h"

/* Exit statuses of tailpage; other contracts are in exitcode.c. */
enum tp_exit {
	TP_EXIT_PASS,
	TP_EXIT_FAIL,
	TP_EXIT_USAGE,
	TP_EXIT_SKIP,    /* everything was skipped */
	TP_EXIT_BROKEN,  /* something could not be judged */
	TP_EXIT_OTHER,   /* it failed, but not as it was to fail again */
	TP_EXIT_NOTHING, /* nothing was selected or could be run: there is no report */
	TP_NR_EXITS
};

/* "5-40", or "3" for both. */
struct tp_between {
	uint64_t least, most;    /* 0: not given */
};

struct tp_options {
	struct tp_filter filter;
	const struct tp_kernel *kernel;
	struct tp_target target;
	const char *kernel_text; /* as given */
	uint64_t threads, files, repeat, seed, time_s, jobs, op_deadline_s;
	const struct tp_era *era; /* NULL: the newest that the kernel can write to */
	uint64_t actors;         /* of random sequences; 0: not given */
	const struct tp_mix *mix; /* of random sequences; NULL: not given */
	uint64_t pages;          /* of a file, for exhaust; 0: not given */
	struct tp_between length; /* of generated sequences */
	int cover;               /* < 0: each scenario's own */
	const char *results;     /* NULL: made from the time */
	const char *sequence;    /* run this instead of scenarios; or NULL */
	const char *load;        /* path of a fio job file, or NULL */
	const char *require;     /* patterns of cases that must not be skipped */
	const struct tp_format *format;
	const char *color;       /* auto, always, never */
	const char *exit_codes;
	const char *output;      /* of shrink: the file to write, or NULL */
	bool seed_given, threads_given; /* they are not the defaults */
	bool keep, keep_going, strict, dry_run, until_fail, rate;
};

/* The words behind the subcommand, read for `run`, `list` or `verify`.  Returns
 * false when they are wrong (reported). */
bool tp_options_read(int argc, char **argv, struct tp_options *o);

/* Are there no options that only replay and shrink have?  (Reported.) */
bool tp_no_replay_options(const struct tp_options *o);

/* Is the name one of the exit contracts?  And the status for an outcome. */
bool tp_exit_known(const char *contract);
int tp_exit_status(const char *contract, enum tp_exit outcome);
/* What the report amounts to. */
enum tp_exit tp_outcome(const struct tp_report *rep, bool strict);

/* Where things are: beside the program in a build tree, else as installed.
 * The environment goes first (TAILPAGE_AGENT, TAILPAGE_BUILD_KERNEL, TAILPAGE_SCENARIOS,
 * TAILPAGE_LOADS, TAILPAGE_KNOWN). */
char *tp_agent_path(void);
char *tp_build_kernel_path(void);
char *tp_scenario_folder(void);
char *tp_load_path(const char *name);
char *tp_known_path(void);

/* All scenarios, all known issues; 0 or a negative errno (reported). */
int tp_load_library(struct tp_library *lib);
/* The library of --sequence: one scenario of that name with these operations. */
int tp_load_sequence(const char *text, struct tp_library *lib);
int tp_load_known(struct tp_known *known);
uint32_t tp_page_bytes(void);

/* Write the report to stdout in the chosen format.  0, or a negative errno
 * (reported) when stdout cannot take it: a full disk is an error. */
int tp_print_report(const struct tp_report *rep, const struct tp_options *o);
struct tp_style tp_style_for(const struct tp_options *o, int fd);

/* The subcommands: exit status of the program. */
int tp_cmd_run(int argc, char **argv);
int tp_cmd_exhaust(int argc, char **argv);
int tp_cmd_random(int argc, char **argv);
int tp_cmd_replay(int argc, char **argv);
int tp_cmd_shrink(int argc, char **argv);
int tp_cmd_list(int argc, char **argv);
int tp_cmd_show(int argc, char **argv);
int tp_cmd_verify(int argc, char **argv);
int tp_cmd_export(int argc, char **argv);
int tp_cmd_import(int argc, char **argv);
int tp_cmd_bisect(int argc, char **argv);
int tp_cmd_bisect_step(int argc, char **argv);
int tp_cmd_calibrate(int argc, char **argv);

#endif
