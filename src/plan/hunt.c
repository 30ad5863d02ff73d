// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hunt.c - the search for the commit that brought a failure: what is decided when
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/stat.h"
#include "plan/hunt.h"

/* git bisect run takes 1-127 but 125 for bad, 126 and 127 of a shell too, and ends from
 * 128 on. */
static const struct {
	const char *name;
	int status;
} tried[TP_NR_TRIED] = {
	[TP_TRIED_MORE] = { "more", 128 },   [TP_TRIED_GOOD] = { "good", 0 },
	[TP_TRIED_BAD] = { "bad", 1 },       [TP_TRIED_SKIP] = { "skip", 125 },
	[TP_TRIED_DOUBT] = { "doubt", 128 }, [TP_TRIED_STOP] = { "stop", 128 },
};

void tp_hunt_free(struct tp_hunt *h)
{
	free(h->tree);
	free(h->good);
	free(h->bad);
	free(h->case_name);
	free(h->seq);
	free(h->detector);
	free(h->kernel);
	for (size_t i = 0; i < h->nr_words; i++)
		free(h->words[i]);
	free(h->words);
	*h = (struct tp_hunt){ 0 };
}

static bool failed(const struct tp_record *r)
{
	return r->verdict == TP_FAIL || r->verdict == TP_KNOWN;
}

static uint32_t kinds_of(const struct tp_report *rep)
{
	uint32_t kinds = 0;

	for (size_t i = 0; i < rep->nr; i++)
		if (failed(&rep->records[i]))
			kinds |= rep->records[i].kinds;
	return kinds;
}

enum tp_run_outcome tp_hunt_outcome(const struct tp_hunt *h, const struct tp_report *rep)
{
	uint64_t count[TP_NR_VERDICTS], files = 0;

	if (rep->interrupted)
		return TP_RUN_STOP;
	if (kinds_of(rep))
		return h->other_bad || (kinds_of(rep) & h->kinds) ? TP_RUN_HIT : TP_RUN_OTHER;
	tp_report_count(rep, count);
	for (size_t i = 0; i < rep->nr; i++)
		files += rep->records[i].files;
	if (count[TP_BROKEN] || count[TP_FAIL] || count[TP_KNOWN])
		return TP_RUN_UNTOLD;
	if (files)
		return TP_RUN_CLEAN;
	return count[TP_SKIP] ? TP_RUN_ABSENT : TP_RUN_UNTOLD;
}

enum tp_run_outcome tp_hunt_detected(int status)
{
	switch (status) {
	case 0:
		return TP_RUN_CLEAN;
	case 1:
		return TP_RUN_HIT;
	case 125:
		return TP_RUN_ABSENT;
	default:
		return TP_RUN_STOP;
	}
}

uint32_t tp_hunt_learn(const struct tp_report *rep)
{
	uint32_t kinds = kinds_of(rep);

	return kinds & -kinds;
}

const char *tp_tried_name(enum tp_tried t)
{
	return tried[t].name;
}

int tp_tried_find(const char *name)
{
	for (int i = 0; i < TP_NR_TRIED; i++)
		if (strcmp(tried[i].name, name) == 0)
			return i;
	return -1;
}

int tp_tried_status(enum tp_tried t)
{
	return tried[t].status;
}

enum tp_tried tp_tally_run(struct tp_tally *t, enum tp_run_outcome o)
{
	switch (o) {
	case TP_RUN_CLEAN:
		t->runs++;
		break;
	case TP_RUN_HIT:
		t->runs++;
		t->hits++;
		return TP_TRIED_BAD;
	case TP_RUN_OTHER:
		t->runs++;
		if (++t->others == TP_MOST_OTHERS)
			return TP_TRIED_SKIP;
		break;
	case TP_RUN_ABSENT:
		return TP_TRIED_SKIP;
	case TP_RUN_UNTOLD:
		return ++t->untold < TP_MOST_UNTOLD ? TP_TRIED_MORE : TP_TRIED_DOUBT;
	case TP_RUN_STOP:
		return TP_TRIED_STOP;
	}
	if (t->runs < t->needed)
		return TP_TRIED_MORE;
	return t->others ? TP_TRIED_SKIP : TP_TRIED_GOOD;
}

bool tp_hunt_calibrated(const struct tp_hunt *h, uint64_t runs, uint64_t hits)
{
	return hits >= TP_CALIBRATION_HITS || runs >= h->most_runs;
}

double tp_hunt_rate(const struct tp_hunt *h)
{
	return h->runs ? tp_clopper_pearson(h->runs, h->hits, h->alpha).low : 0;
}

uint64_t tp_hunt_needed(const struct tp_hunt *h, uint64_t decided)
{
	double share = h->alpha / 2 / (double)(h->steps + 1);

	if (decided >= h->steps)
		share = ldexp(share,
			      decided - h->steps < 1000 ? (int)(h->steps - decided) - 1 : -1000);
	return tp_trials_for(tp_hunt_rate(h), share, 1);
}

double tp_hunt_missed(const struct tp_hunt *h, uint64_t runs)
{
	return pow(1 - tp_hunt_rate(h), (double)runs);
}

uint64_t tp_hunt_steps(uint64_t nr_commits)
{
	uint64_t steps = 0;

	while (steps < 63 && UINT64_C(1) << steps < nr_commits)
		steps++;
	return steps;
}
