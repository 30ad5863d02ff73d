// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * weigh.c - is the history whole, and is the image what the operations left?
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/weigh.h"

void tp_all_broken(struct tp_job *job, const char *reason, bool content)
{
	for (size_t i = 0; i < job->nr_cases; i++)
		tp_case_broken(&job->cases[i], NULL, reason);
	tp_case_broken(&job->whole, NULL, reason);
	if (job->mount->load)
		tp_case_broken(&job->load, NULL, reason);
	if (!content && !job->no_content)
		job->no_content = tp_strdup(reason);
}

/* Why the image is not what the operations left. */
static char *not_settled(const struct tp_job *job)
{
	const struct tp_facts *facts = &job->facts;

	if (facts->trouble)
		return tp_strdup(facts->trouble);
	if (facts->cannot_mount)
		return tp_printf("the file system could not be mounted (%s)", facts->cannot_mount);
	if (!job->mount->device)
		return NULL; /* a folder that was used as it is */
	if (!facts->mounted_once)
		return tp_strdup("the history does not say that the file system was mounted");
	if (facts->mounted)
		return tp_strdup("the history does not say that the file system was unmounted");
	return NULL;
}

/* Borders of pages are where sequences store, and what faults go by. */
static void weigh_page(struct tp_job *job)
{
	uint64_t kernel = job->facts.page_bytes;
	char *reason;

	if (kernel == 0 || kernel == job->plan->page_bytes)
		return;
	reason = tp_printf("the kernel's pages have %" PRIu64 " bytes, but the sequences were "
			   "made for pages of %" PRIu32,
			   kernel, job->plan->page_bytes);
	tp_all_broken(job, reason, false);
	free(reason);
}

/* What went wrong around mounts, but leaves the image settled. */
static void weigh_mounts(struct tp_job *job)
{
	const struct tp_facts *facts = &job->facts;
	struct tp_finding hang = { .kind = TP_HANG }, again = { .kind = TP_FSCK };
	char *reason;

	if (facts->hang) {
		hang.title = tp_strdup("umount hung");
		hang.text = tp_printf("an action on the whole file system had not returned after "
				      "this many seconds: %s",
				      facts->hang);
		tp_record_add(&job->whole.record, &hang);
	}
	if (!facts->not_again)
		return;
	reason = tp_printf("the file system could not be mounted again (%s)", facts->not_again);
	tp_all_broken(job, reason, true);
	if (strcmp(facts->not_again, "EUCLEAN") == 0 || strcmp(facts->not_again, "EBADMSG") == 0) {
		again.title = tp_strdup("the kernel cannot mount what it unmounted");
		again.text = tp_printf("%s: it finds its own metadata damaged", reason);
		tp_record_add(&job->whole.record, &again);
	}
	free(reason);
}

void tp_weigh_history(struct tp_job *job)
{
	const struct tp_events *ev = &job->events;
	char *reason = not_settled(job);

	weigh_page(job);
	if (reason)
		tp_all_broken(job, reason, false);
	free(reason);
	weigh_mounts(job);
	if (ev->skipped || ev->nonsense) {
		reason = tp_printf("the history is damaged: %" PRIu64 " bytes are unreadable, "
				   "%" PRIu64 " records fit nowhere",
				   ev->skipped, ev->nonsense);
		tp_all_broken(job, reason, true);
		free(reason);
	}
	if (!ev->ended)
		tp_all_broken(job, "the history has no end: the agent did not come to its end",
			      true);
}
