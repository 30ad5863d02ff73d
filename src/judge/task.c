// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * task.c - who ran into what the kernel complains of
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "judge/job.h"

#define TASK_LEAD "tailpage:" /* TASK_LEAD FILE: a thread of the agent */

#define HEAD_LINES 8 /* "CPU: 1 UID: 0 PID: 2 Comm: NAME" stands in the head of a trace */

/* strcasestr of a line that goes on. */
static const char *find_word(const char *line, size_t len, const char *lead)
{
	size_t n = strlen(lead);

	for (size_t i = 0; i + n <= len; i++)
		if (strncasecmp(line + i, lead, n) == 0)
			return line + i;
	return NULL;
}

/* What follows `lead` in the head of a trace, up to a blank; NULL when absent.  Before
 * 3.11 the head says "Pid: 2, comm: NAME Not tainted", with another first letter. */
static char *head_word(const char *rest, const char *lead)
{
	for (unsigned i = 0; i < HEAD_LINES && rest && *rest; i++) {
		size_t len = strcspn(rest, "\n");
		const char *at = find_word(rest, len, lead);

		if (at) {
			at += strlen(lead);
			return tp_strndup(at, strcspn(at, " ,\n"));
		}
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	return NULL;
}

/* Who ran into it: the name in the head of the trace or in a report of a hung task. */
static char *name_of_task(const char *line, const char *rest)
{
	char *comm = head_word(line, "INFO: task ");

	return comm ? comm : head_word(rest, "Comm: ");
}

/* A thread of another agent: of a mount that is judged elsewhere. */
static bool of_other_agent(const struct tp_job *job, const char *rest)
{
	const struct tp_buf *tasks = &job->facts.tasks;
	char *pid = head_word(rest, "PID: "), *listed = tp_printf(" %s ", pid ? pid : "");
	bool other = pid && tasks->len && !strstr(tasks->text, listed);

	free(pid);
	free(listed);
	return other;
}

const struct tp_file *tp_file_behind(const struct tp_job *job, const char *line, const char *lead)
{
	const char *at = strstr(line, lead);
	unsigned long id;
	char *end;

	if (!at)
		return NULL;
	at += strlen(lead);
	id = strtoul(at, &end, 10);
	return end > at && id < job->mount->nr_files ? &job->mount->files[id] : NULL;
}

const struct tp_file *tp_file_asked(const struct tp_job *job, const char *line)
{
	/* "Comm:" in a trace, "comm:" in what UML shows of its registers */
	return job->facts.alone ? tp_file_behind(job, line, "omm: " TASK_LEAD) : NULL;
}

bool tp_task_is_foreign(const struct tp_job *job, const char *line, const char *rest)
{
	static const char *const counting[] = {
		"kworker",  "jbd2",	 "loop",      "kswapd",	  "kcompactd", "swapper",
		"ext4",	    "ksoftirqd", "fio",	      "khugepaged", "writeback", "migration",
		"iou-",	    "kthreadd",	 "init",      /* and before 2.6.37: */
		"pdflush",  "flush-",	 "kjournald2", "events/",   "kblockd",
	};
	char *comm = name_of_task(line, rest);
	bool other = comm != NULL;

	if (comm && (tp_starts(comm, "tailpage-agent") || tp_starts(comm, TASK_LEAD)))
		other = of_other_agent(job, rest);
	else if (comm && tp_starts(comm, "tailpage"))
		other = false;
	for (size_t i = 0; comm && i < ARRAY_SIZE(counting); i++)
		other &= !tp_starts(comm, counting[i]);
	free(comm);
	return other;
}

const struct tp_file *tp_task_file(const struct tp_job *job, const char *line, const char *rest)
{
	bool ours = job->facts.tasks.len || job->facts.alone;
	char *comm = ours ? name_of_task(line, rest) : NULL;
	const struct tp_file *file = comm ? tp_file_behind(job, comm, TASK_LEAD) : NULL;

	free(comm);
	return file;
}
