// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt_options.c - the options of bisect, calibrate and bisect-step
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cmd/hunt.h"
#include "plan/seqfile.h"

#define STATE     "tailpage-bisect"
#define STEPS     14 /* 16,000 commits: a release of the kernel */
#define MOST_RUNS 400

enum which {
	TREE,
	STATE_DIR,
	CASE,
	SEQ,
	DETECTOR,
	KERNEL,
	DEBUG,
	KIND,
	OTHER,
	ALPHA,
	RUNS,
	STEPS_,
	RESUME,
	KEEP,
	NR_OPTIONS
};

static const struct {
	const char *name;
	int has_arg;
	unsigned of; /* enum hunter */
} rows[NR_OPTIONS] = {
	[TREE] = { "tree", required_argument, HUNT_BISECT | HUNT_CALIBRATE | HUNT_STEP },
	[STATE_DIR] = { "state", required_argument, HUNT_BISECT | HUNT_CALIBRATE | HUNT_STEP },
	[CASE] = { "case", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[SEQ] = { "seq", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[DETECTOR] = { "detector", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[KERNEL] = { "kernel", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[DEBUG] = { "debug", no_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[KIND] = { "kind", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[OTHER] = { "other", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[ALPHA] = { "alpha", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[RUNS] = { "runs", required_argument, HUNT_BISECT | HUNT_CALIBRATE },
	[STEPS_] = { "steps", required_argument, HUNT_CALIBRATE },
	[RESUME] = { "resume", no_argument, HUNT_STEP },
	[KEEP] = { "keep", no_argument, HUNT_BISECT },
};

static bool refuse(enum which which, const char *value, const char *what)
{
	tp_error(0, "--%s %s: %s", rows[which].name, value, what);
	return false;
}

static bool text(enum which which, const char *value, char **out)
{
	if (!*value)
		return refuse(which, "''", "is empty");
	free(*out);
	*out = tp_strdup(value);
	return true;
}

static bool number(enum which which, const char *value, uint64_t least, uint64_t most,
		   uint64_t *out)
{
	char what[64];

	if (tp_parse_u64(value, out) && *out >= least && *out <= most)
		return true;
	snprintf(what, sizeof(what), "wants a number from %llu to %llu", (unsigned long long)least,
		 (unsigned long long)most);
	return refuse(which, value, what);
}

static bool kinds(const char *value, uint32_t *out)
{
	char *copy = tp_strdup(value), *save = NULL;
	bool ok = true;

	*out = 0;
	for (char *w = strtok_r(copy, ",", &save); w && ok; w = strtok_r(NULL, ",", &save)) {
		int kind = tp_finding_find(w);

		ok = kind >= 0;
		if (ok)
			*out |= 1u << kind;
	}
	free(copy);
	return ok && *out ? true : refuse(KIND, value, "wants kinds of finding, as lost,stale");
}

static bool alpha(const char *value, double *out)
{
	char *end;

	*out = strtod(value, &end);
	if (end != value && !*end && *out >= 1e-9 && *out <= 0.5)
		return true;
	return refuse(ALPHA, value, "wants a probability from 1e-9 to 0.5");
}

static bool take(enum which which, const char *value, struct hunt_options *o)
{
	struct tp_hunt *h = &o->asked;

	switch (which) {
	case TREE:
		return text(which, value, &h->tree);
	case STATE_DIR:
		o->state = value;
		return *value ? true : refuse(which, "''", "is empty");
	case CASE:
		return text(which, value, &h->case_name);
	case SEQ:
		return text(which, value, &h->seq);
	case DETECTOR:
		return text(which, value, &h->detector);
	case KERNEL:
		if (strcmp(value, "uml") != 0 && strcmp(value, "qemu") != 0)
			return refuse(which, value, "wants uml or qemu: a kernel that is built");
		return text(which, value, &h->kernel);
	case DEBUG:
		return h->debug = true;
	case KIND:
		return kinds(value, &h->kinds);
	case OTHER:
		h->other_bad = strcmp(value, "bad") == 0;
		return h->other_bad || strcmp(value, "skip") == 0
			       ? true
			       : refuse(which, value, "wants skip or bad");
	case ALPHA:
		return alpha(value, &h->alpha);
	case RUNS:
		return number(which, value, 1, 1000000, &h->most_runs);
	case STEPS_:
		return number(which, value, 1, 63, &h->steps);
	case RESUME:
		return o->resume = true;
	case KEEP:
		return o->keep = true;
	case NR_OPTIONS:
		break;
	}
	return false;
}

/* Exactly one case, now: not after an hour of building. */
static bool check_case(const char *name)
{
	char *word = (char *)(uintptr_t)name;
	const struct tp_filter filter = { .words = &word, .nr_words = 1 };
	struct tp_library lib = { 0 };
	struct tp_cases cases = { 0 };
	bool ok = false;

	if (tp_load_library(&lib) < 0)
		return false;
	if (tp_select(&lib, &filter, tp_page_bytes(), &cases) == 0) {
		ok = cases.nr == 1;
		if (!ok)
			tp_error(0, "--case %s: one case is wanted, SCENARIO/CELL; these are %zu",
				 name, cases.nr);
	}
	tp_cases_free(&cases);
	tp_library_free(&lib);
	return ok;
}

/* The kind of its failure is what is hunted, and it may be named from anywhere. */
static bool check_seq(struct tp_hunt *h)
{
	char *absolute = realpath(h->seq, NULL);
	struct tp_seqfile seq;

	if (tp_seqfile_read(h->seq, &seq) < 0)
		return false;
	if (!h->kinds && seq.kind >= 0)
		h->kinds = 1u << seq.kind;
	tp_seqfile_free(&seq);
	free(h->seq);
	h->seq = absolute;
	return true;
}

/* The options of each run, now: not after an hour of building. */
static bool check_words(const struct tp_hunt *h)
{
	char **words = tp_alloc((h->nr_words + 4) * sizeof(*words));
	char *kernel = tp_printf("%s:a-kernel", h->kernel);
	struct tp_options o;
	bool ok;

	words[0] = (char *)(uintptr_t)"run";
	memcpy(words + 1, h->words, h->nr_words * sizeof(*words));
	words[h->nr_words + 1] = (char *)(uintptr_t)"--kernel";
	words[h->nr_words + 2] = kernel;
	ok = tp_options_read((int)h->nr_words + 3, words, &o);
	if (ok && o.filter.nr_words) {
		tp_error(0, "what is \"%s\" for?", o.filter.words[0]);
		ok = false;
	}
	free(kernel);
	free(words);
	return ok;
}

static bool check_question(struct tp_hunt *h)
{
	if ((h->case_name != NULL) + (h->seq != NULL) + (h->detector != NULL) != 1) {
		tp_error(0, "one of --case, --seq and --detector is wanted");
		return false;
	}
	if (h->detector && (h->kinds || h->other_bad || h->nr_words)) {
		tp_error(0,
			 "with --detector there is no --kind, --other or option of tailpage run");
		return false;
	}
	if (h->nr_words && h->words[0][0] != '-') {
		tp_error(0, "what is \"%s\" for?", h->words[0]);
		return false;
	}
	if (!h->kernel)
		h->kernel = tp_strdup("uml");
	if (h->nr_words && !check_words(h))
		return false;
	return h->case_name ? check_case(h->case_name) : h->seq ? check_seq(h) : true;
}

/* What stands behind the options: the ends, and the words for each run. */
static bool take_words(char **words, size_t nr, enum hunter who, struct hunt_options *o)
{
	struct tp_hunt *h = &o->asked;

	if (who == HUNT_BISECT) {
		if (nr < 2) {
			tp_error(0, "bisect wants a GOOD and a BAD commit");
			return false;
		}
		h->good = tp_strdup(words[0]);
		h->bad = tp_strdup(words[1]);
		words += 2;
		nr -= 2;
	}
	if (who == HUNT_STEP && nr) {
		tp_error(0, "what is \"%s\" for?", words[0]);
		return false;
	}
	for (size_t i = 0; i < nr; i++) {
		h->words = tp_grow(h->words, h->nr_words, sizeof(*h->words));
		h->words[h->nr_words++] = tp_strdup(words[i]);
	}
	return who == HUNT_STEP || check_question(h);
}

bool hunt_options_read(int argc, char **argv, enum hunter who, struct hunt_options *o)
{
	struct option longs[NR_OPTIONS + 1] = { { 0 } };
	int c, index, nr = 0;

	*o = (struct hunt_options){
		.asked = { .most_runs = MOST_RUNS, .alpha = 0.05, .steps = STEPS },
		.state = STATE,
	};
	for (int i = 0; i < NR_OPTIONS; i++)
		if (rows[i].of & who)
			longs[nr++] = (struct option){ rows[i].name, rows[i].has_arg, NULL, i + 1 };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, &index)) != -1) {
		if (c == ':')
			tp_error(0, "%s wants a value", argv[optind - 1]);
		else if (c == '?')
			tp_error(0, "%s has no option %s (try tailpage --help)", argv[0],
				 argv[optind - 1]);
		if (c == ':' || c == '?' || !take((enum which)(c - 1), optarg, o))
			return false;
	}
	if (!o->asked.tree)
		o->asked.tree = tp_strdup(".");
	return take_words(argv + optind, (size_t)(argc - optind), who, o);
}
