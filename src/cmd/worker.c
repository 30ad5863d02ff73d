// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * worker.c - some jobs in a process of its own
 *
 * A crash of the judge or a hang of the agent costs these jobs' cases, not the
 * run: the parent counts what has no verdicts.json as BROKEN.
 *
 * A guest may die before it is through.  What it finished is judged, what it never
 * began runs in a fresh guest, and the mount that it died in gets one more try,
 * behind the others: what kills the guest again is named, and the rest of the mount
 * runs without it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cut.h"
#include "cmd/session.h"
#include "judge/judge.h"

#define MOST_TRIES 2
#define MOST_CUTS  8 /* guests that may die in one mount before the rest of it is given up */

/* One job until it is settled. */
struct work {
	struct tp_turn turn;
	struct tp_report out;    /* the verdicts, when settled */
	struct tp_report cut;    /* of the boot that died in it */
	unsigned cuts, idle;     /* boots that died in it; that never came to it */
	bool rest;               /* what killed two guests is left out */
	bool settled;
};

/* The same verdict for every case of the job. */
static void all_cases(struct work *w, enum tp_verdict v, const char *reason)
{
	const struct tp_mount *m = &w->turn.job->plan.mounts[0];

	for (size_t i = 0; i < m->nr_files; i++)
		tp_record_raise(tp_report_case(&w->out, m->files[i].scenario, m->cell), v, reason);
	tp_record_raise(tp_report_case(&w->out, TP_FILE_SYSTEM, m->cell), v, reason);
	w->settled = true;
}

static int judge(const struct session *s, const struct tp_turn *t, struct tp_report *out)
{
	char *history = tp_printf("%s/history", t->folder);
	char *console = tp_printf("%s/console", t->folder);
	char *fsck = tp_printf("%s/fsck", t->folder);
	char *manifest = tp_printf("%s/manifest", t->folder);
	const struct tp_evidence e = {
		.plan = &t->job->plan, .mount = 0, .image = t->image, .history = history,
		.console = t->console ? console : NULL, .fsck = fsck, .manifest = manifest,
		.known = &s->known,
	};
	int err = tp_judge_mount(&e, out);

	free(history);
	free(console);
	free(fsck);
	free(manifest);
	return err;
}

static bool all_well(const struct tp_report *rep)
{
	uint64_t count[TP_NR_VERDICTS];

	tp_report_count(rep, count);
	return count[TP_FAIL] + count[TP_BROKEN] == 0;
}

/* The image is evidence of a failure; a full disk then costs the image only.  0 or a
 * negative errno (reported). */
static int keep_image(struct tp_turn *t, bool wanted)
{
	char *to = tp_printf("%s/image", t->folder);
	int err = 0;

	if (t->image && tp_exists(t->image) && wanted)
		err = tp_copy_sparse(t->image, to);
	if (t->image)
		unlink(t->image);
	free(t->image);
	t->image = NULL;
	free(to);
	return err;
}

/* The evidence of a boot that died goes to FOLDER.cutN; the next one gets a new folder. */
static void put_aside(struct tp_turn *t, unsigned cuts)
{
	char *to = tp_printf("%s.cut%u", t->folder, cuts);

	keep_image(t, true);
	if (rename(t->folder, to) != 0)
		tp_error(errno, "cannot rename %s", t->folder);
	tp_make_dirs(t->folder);
	t->state = TP_TURN_WAITING;
	free(to);
}

/* Where nobody knows what killed the guest, the next one says what it works on, one
 * file at a time. */
static void be_careful(struct work *w)
{
	struct tp_mount *m = &w->turn.job->plan.mounts[0];

	m->announce = true;
	m->threads = 1;
}

/* Leaves out what killed the guest; false when nothing else is left. */
static bool leave_out(struct tp_job *job, const char *names)
{
	struct tp_mount *m = &job->plan.mounts[0];
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_files; i++) {
		if (tp_match_list(names, m->files[i].scenario)) {
			tp_file_free(&m->files[i]);
			continue;
		}
		m->files[nr] = m->files[i];
		m->files[nr].id = (uint32_t)nr;
		nr++;
	}
	m->nr_files = nr;
	return nr > 0;
}

static void conclude_cut(struct work *w, struct tp_report *rep)
{
	char *names;

	if (++w->cuts < MOST_TRIES) {
		w->cut = *rep;
		put_aside(&w->turn, w->cuts);
		if (!tp_cut_named(&w->cut))
			be_careful(w);
		return;
	}
	if (w->rest) {
		names = tp_cut_again(rep, &w->out);
	} else {
		w->out = *rep;
		names = tp_cut_twice(&w->cut, &w->out);
	}
	w->rest = names && w->cuts < MOST_CUTS && leave_out(w->turn.job, names);
	w->settled = !w->rest;
	if (w->rest) {
		put_aside(&w->turn, w->cuts);
		be_careful(w);
	}
	free(names);
}

static void conclude_judged(const struct session *s, struct work *w)
{
	struct tp_report rep = { .seed = w->turn.job->plan.seed };
	char reason[512] = "";

	tp_error_capture(reason, sizeof(reason));
	if (judge(s, &w->turn, &rep) < 0) {
		tp_report_free(&rep);
		all_cases(w, TP_BROKEN, *reason ? reason : "it could not be judged");
	} else if (w->turn.state == TP_TURN_CUT) {
		conclude_cut(w, &rep);
	} else if (w->rest) {
		w->settled = true;
		tp_cut_rest(&rep, &w->out);
	} else {
		w->out = rep;
		w->settled = true;
		tp_cut_once(&w->cut, &w->out);
	}
}

/* The guest ended before it came to this job. */
static void conclude_waiting(struct work *w, bool any_begun)
{
	char *console = tp_printf("%s/console", w->turn.folder), *last;

	keep_image(&w->turn, false);
	if (!any_begun && ++w->idle == MOST_TRIES) {
		last = tp_cut_last_words(console);
		all_cases(w, TP_BROKEN, last);
		free(last);
	}
	free(console);
}

static void conclude(const struct session *s, struct work *w, bool any_begun, const char *fault)
{
	struct tp_turn *t = &w->turn;

	switch (t->state) {
	case TP_TURN_ABSENT:
		all_cases(w, TP_SKIP, t->why.text);
		break;
	case TP_TURN_WAITING:
		if (fault)
			all_cases(w, TP_BROKEN, fault);
		else
			conclude_waiting(w, any_begun);
		break;
	case TP_TURN_CUT:
	case TP_TURN_DONE:
		conclude_judged(s, w);
	}
}

/* Those that are not settled, in one boot; what killed one comes last. */
static struct tp_turn *gather(struct work *works, size_t nr, struct work **of, size_t *nr_turns)
{
	struct tp_turn *turns = tp_alloc(nr * sizeof(*turns));

	*nr_turns = 0;
	for (unsigned cuts = 0; cuts <= MOST_CUTS; cuts++) {
		for (size_t i = 0; i < nr; i++) {
			if (works[i].settled || works[i].cuts != cuts)
				continue;
			of[*nr_turns] = &works[i];
			turns[(*nr_turns)++] = works[i].turn;
		}
	}
	return turns;
}

/* One start of the kernel.  Returns false when nothing is left to be done. */
static bool boot(const struct session *s, struct work *works, size_t nr)
{
	struct work **of = tp_alloc(nr * sizeof(struct work *));
	struct tp_boot b = { .target = &s->o->target, .agent = s->agent, .work = s->work,
			     .era = s->era, .cpu = s->cpu };
	char reason[512] = "";
	bool any_begun = false;
	int err = 0;

	b.turns = gather(works, nr, of, &b.nr);
	tp_error_capture(reason, sizeof(reason));
	if (b.nr)
		err = s->o->kernel->boot(&b);
	if (err < 0 && !*reason)
		snprintf(reason, sizeof(reason), "%s", strerror(-err));
	for (size_t i = 0; i < b.nr; i++)
		any_begun |= b.turns[i].state != TP_TURN_WAITING;
	for (size_t i = 0; i < b.nr; i++) {
		of[i]->turn = b.turns[i];
		if (err < 0) /* what it left behind proves nothing */
			of[i]->turn.state = TP_TURN_WAITING;
		conclude(s, of[i], any_begun, err < 0 ? reason : NULL);
	}
	free(b.turns);
	free(of);
	return b.nr > 0;
}

static int leave_verdicts(const struct session *s, struct work *w)
{
	char *path = tp_printf("%s/verdicts.json", w->turn.folder);
	char reason[512] = "";
	bool kept;
	int err;

	tp_apply_known(&s->known, s->o->strict, &w->out);
	kept = !s->scratch && (s->o->keep || !all_well(&w->out));
	tp_error_capture(reason, sizeof(reason));
	if (keep_image(&w->turn, kept) < 0)
		tp_not_saved(&w->out, reason);
	if (kept && tp_leave_seqfiles(s, w->turn.job, w->turn.folder, &w->out) < 0)
		tp_not_saved(&w->out, reason);
	tp_error_capture(NULL, 0);
	err = tp_report_save(&w->out, path);
	free(path);
	tp_buf_free(&w->turn.why);
	tp_report_free(&w->out);
	tp_report_free(&w->cut);
	return err;
}

int tp_work(const struct session *s, struct tp_job *jobs, size_t nr, char *const *folders)
{
	struct work *works = tp_alloc(nr * sizeof(*works));
	char reason[512] = "";
	int err = 0;

	for (size_t i = 0; i < nr; i++) {
		works[i].turn = (struct tp_turn){ .job = &jobs[i], .folder = folders[i] };
		tp_error_capture(reason, sizeof(reason));
		if (s->o->load && tp_add_load(&jobs[i], s->o->load, folders[i]) < 0)
			all_cases(&works[i], TP_BROKEN, reason);
	}
	while (boot(s, works, nr))
		;
	for (size_t i = 0; i < nr; i++) {
		int one = leave_verdicts(s, &works[i]);

		err = err ? err : one;
	}
	free(works);
	return err < 0 ? -err & 0xff : 0;
}
