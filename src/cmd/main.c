// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - the tailpage command
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "cmd/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "run", tp_cmd_run, "run cases and judge them" },
	{ "exhaust", tp_cmd_exhaust, "run every sequence up to a length" },
	{ "random", tp_cmd_random, "run random sequences" },
	{ "replay", tp_cmd_replay, "run a failure again" },
	{ "shrink", tp_cmd_shrink, "find the smallest sequence that still fails" },
	{ "list", tp_cmd_list, "list cases, or scenarios, cells, operations" },
	{ "show", tp_cmd_show, "tell a scenario's story and its operations" },
	{ "verify", tp_cmd_verify, "judge a results folder again" },
	{ "export", tp_cmd_export, "make a program, a script or a mail of a sequence" },
	{ "import", tp_cmd_import, "make a sequence of a log of fsx or commands of xfs_io" },
	{ "bisect", tp_cmd_bisect, "find the commit of a kernel tree that brought a failure" },
	{ "calibrate", tp_cmd_calibrate, "measure on a bad kernel how often it fails" },
	{ "bisect-step", tp_cmd_bisect_step, "test one commit, for git bisect run" },
};

static const char usage_text[] =
	"usage: tailpage run [OPTION...] [FILTER...]\n"
	"       tailpage exhaust [--length N] [--pages 1|2] [OPTION...] [CELL...]\n"
	"       tailpage random [--length N-M] [--actors N] [OPTION...] [CELL...]\n"
	"       tailpage list [OPTION...] [FILTER... | scenarios | cells | operations | kernels]\n"
	"       tailpage show SCENARIO[/CELL]\n"
	"       tailpage verify [--format FORMAT] RESULTS-DIR\n"
	"       tailpage replay [--rate | --until-fail] [OPTION...] FAILURE-DIR|FILE.seq\n"
	"       tailpage shrink [--output FILE] [OPTION...] FAILURE-DIR|FILE.seq\n"
	"       tailpage export --as c|sh|fstests|text [-o FILE] FILE.seq\n"
	"       tailpage import [--cell CELL] [--file WORD] [--skip-unknown] [-o FILE.seq] FILE\n"
	"       tailpage bisect GOOD BAD --tree DIR --case CASE [OPTION...] [-- RUN-OPTION...]\n"
	"       tailpage calibrate --tree DIR --case CASE [OPTION...] [-- RUN-OPTION...]\n"
	"       tailpage bisect-step [--tree DIR] [--state DIR] [--resume]\n"
	"\n"
	"tailpage finds data that a kernel lost in the last page of a file.\n"
	"A FILTER is SCENARIO/CELL, SCENARIO or CELL, with shell patterns.\n"
	"\n"
	"Which cases:\n"
	"  --scenarios LIST   --cells LIST   names or patterns, separated by commas; !NAME leaves out\n"
	"  --data LIST        ordered, writeback, journal, none\n"
	"  --delalloc WHICH   delalloc or nodelalloc\n"
	"  --block-size LIST  1k, 2k, 4k\n"
	"  --sequence 'OP; OP'  these operations instead of scenarios\n"
	"  --cover N          1, 2, 3: values, pairs, triples of parameters; 0: the whole product\n"
	"How:\n"
	"  --kernel KIND      host (the running kernel), uml[:LINUX] (User-Mode Linux, any user),\n"
	"                     qemu:BZIMAGE (any user), dir[:PATH] (a folder, as control);\n"
	"                     default: host, without root uml\n"
	"  --smp N  --mem MIB  --accel auto|kvm|tcg  --disk virtio|ide  --modules DIR\n"
	"                     the machine of a guest, and its kernel's modules\n"
	"  --threads N        worker threads in a mount (8)\n"
	"  --jobs N           mounts at once (the number of processors)\n"
	"  --files N          exactly so many files in every mount (one for each variant)\n"
	"  --repeat N         rounds, each with fresh images and the next seed (1)\n"
	"  --time T           start new rounds for so long (90s, 5m, 8h), until something fails\n"
	"  --keep-going       with --time: go on after a failure\n"
	"  --seed N           seed of everything random (1); random: a new one\n"
	"  --op-deadline S    an operation that takes longer is a hang (60)\n"
	"  --load fio:JOB     run this fio job beside the sequences; its own verify counts\n"
	"  --mkfs-era ERA     file systems as mke2fs made them then (default: by the kernel;\n"
	"                     tailpage list eras)\n"
	"  --image-dir DIR    images on this disk (default: a private tmpfs)\n"
	"Generated sequences (tailpage exhaust, tailpage random):\n"
	"  --length N         exhaust: letters in a sequence (3)\n"
	"  --length N-M       random: operations in a sequence (5-40), up to 400\n"
	"  --actors N         random: at most so many race in a file (1: none)\n"
	"  --mix MIX          random: which operations, how often (tail; tailpage list mixes)\n"
	"  --pages N          of the file, 1 or 2 (1)\n"
	"  --dry-run          only say what the letters are and how many sequences there are\n"
	"A failure again (tailpage replay, tailpage shrink):\n"
	"  --rate             say how often it fails, with a 95 % interval\n"
	"  --until-fail       until it has failed\n"
	"  --output FILE      shrink: where the smallest goes (FILE.min.seq)\n"
	"Kernel trees (tailpage bisect, calibrate, bisect-step):\n"
	"  --tree DIR         the kernel's git tree; it is not changed\n"
	"  --state DIR        what is hunted, and what was tested (tailpage-bisect)\n"
	"  --case CASE | --seq FILE | --detector COMMAND  what tells a bad kernel\n"
	"  --kernel uml|qemu  --debug  the kernel that is built\n"
	"  --kind LIST  --other skip|bad  the finding that is hunted, and what others are\n"
	"  --alpha A          the result may be wrong so often (0.05)\n"
	"  --runs N           most runs of the calibration (400)\n"
	"What comes of it:\n"
	"  --results DIR      new folder for report and evidence (tailpage-results/TIME-PID)\n"
	"  --keep             keep all images and histories, not only those of failures\n"
	"  --format F         text, tap, ktap, json, lines\n"
	"  --strict           known issues fail\n"
	"  --require LIST     cases that must not be skipped ('*': none may be)\n"
	"  --exit-codes C     plain, automake, kselftest, bisect\n"
	"  --color WHEN       auto, always, never\n"
	"\n"
	"Exit status: 0 all passed, 1 a failure, 2 usage, 77 all skipped, 99 could not tell.\n"
	"See tailpage(1).\n";

static int close_stdout(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE) /* head(1) has seen enough */
		tp_error(0, "cannot write to standard output");
	return status ? status : tp_exit_status("plain", TP_EXIT_BROKEN);
}

int main(int argc, char **argv)
{
	setenv("LC_ALL", "C", 1); /* the words of e2fsck and mke2fs are read */
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error, not a death with work left */
	if (argc < 2) {
		fputs(usage_text, stderr);
		return tp_exit_status("plain", TP_EXIT_USAGE);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		fputs(usage_text, stdout);
		return close_stdout(0);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("tailpage %s\n", PACKAGE_VERSION);
		return close_stdout(0);
	}
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage_text, stdout);
			return close_stdout(0);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return close_stdout(commands[i].run(argc - 1, argv + 1));
	tp_error(0, "there is no command \"%s\" (try tailpage --help)", argv[1]);
	return tp_exit_status("plain", TP_EXIT_USAGE);
}
