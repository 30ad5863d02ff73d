// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * console.c - the kernel's messages, graded by rules
 *
 * The first rule whose words stand in a line grades it.  Messages of a file
 * system name its device; those of other devices are other people's.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "judge/job.h"

enum grade {
	NOTE, /* said in the report, fails nothing */
	FINDING,
	PANIC,
	GAP,      /* messages are missing: what they said is not known */
	NO_PROOF, /* the medium failed: what is missing may be its fault */
};

struct rule {
	const char *words; /* all that are separated by * stand in the line, in order */
	enum grade grade;
	bool traces; /* a call trace follows */
	const char *why;
};

static const struct rule rules[] = {
	{ "tailpage: kernel messages were lost here", GAP, false, "the log overflowed" },
	{ "I/O error", NO_PROOF, false, "the medium failed" },
	{ "lost async page write", NO_PROOF, false, "the medium failed" },
	{ "EXT4-fs warning*ext4_evict_inode*data will be lost", NOTE, false,
	  "umount prints this of files that were stored by mmap, most of all in data=journal, "
	  "although nothing is lost; the image says whether it is true" },
	{ "EXT4-fs warning*ext4_convert_unwritten_extents_endio", NOTE, false,
	  "an extent status mismatch that CONFIG_EXT4_DEBUG kernels report; the image says "
	  "whether data suffered" },
	{ "Direct I/O collision with buffered writes", NOTE, false,
	  "a direct read or write met a block that waits for allocation and fails with EIO, "
	  "although the medium is sound" },
	{ "EXT4-fs error", FINDING, false, "ext4 found its own metadata in disorder" },
	{ "EXT4-fs*): error", FINDING, false, "ext4 reports an error" },
	{ "EXT4-fs*Delayed block allocation failed", FINDING, false,
	  "data that was accepted got no block" },
	{ "EXT4-fs*This should not happen!! Data will be lost", FINDING, false,
	  "ext4 says that it loses data" },
	{ "EXT4-fs*Remounting filesystem read-only", FINDING, false, "ext4 gave up writing" },
	{ "EXT4-fs*error count since last fsck", FINDING, false, "ext4 remembers an error" },
	{ "JBD2*error", FINDING, false, "the journal reports an error" },
	{ "Aborting journal", FINDING, false, "the journal was given up" },
	{ "Kernel panic", PANIC, true, "the kernel gave up" },
	{ "kernel BUG at", FINDING, true, "an assertion of the kernel failed" },
	{ "BUG:", FINDING, true, "the kernel found a bug in itself" },
	{ "KASAN:", FINDING, true, "wrong memory was used" },
	{ "UBSAN:", FINDING, true, "undefined behaviour" },
	{ "possible circular locking", FINDING, true, "lockdep" },
	{ "possible recursive locking", FINDING, true, "lockdep" },
	{ "inconsistent lock state", FINDING, true, "lockdep" },
	{ "suspicious RCU usage", FINDING, true, "lockdep" },
	{ "WARNING: ", FINDING, true, "an assumption of the kernel failed" },
	{ "Oops", FINDING, true, "a fault in the kernel" },
	{ "general protection fault", FINDING, true, "a fault in the kernel" },
	{ "blocked for more than", FINDING, true, "a task hung" },
	{ "rcu*detected stall", FINDING, true, "a processor hung" },
	{ "EXT4-fs warning", NOTE, false, "ext4 warns" },
};

#define TRACE_LINES 40 /* behind a report: belongs to it */
#define TRACE_KEPT  12
#define MAX_LINES   5 /* of one rule in its finding */

/* What one rule has met. */
struct met {
	uint64_t nr;
	unsigned kept;
	struct tp_buf lines;
};

static bool has_words(const char *line, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "*");
		const char *hit = memmem(line, strlen(line), words, len);

		if (!hit)
			return false;
		line = hit + len;
		words += len;
		words += *words == '*';
	}
	return true;
}

/* The device that stands behind this lead, as "loop3" in "(device loop3)". */
static const char *device_behind(const char *line, const char *lead, size_t *len)
{
	const char *at = strstr(line, lead);

	if (!at)
		return NULL;
	at += strlen(lead);
	*len = strcspn(at, " ),:-\n");
	return *len ? at : NULL;
}

/* Does the line name a device, and not this mount's? */
static bool of_other_device(const char *line, const char *device)
{
	static const char *const leads[] = {
		"(device ",
		"EXT4-fs (",
		"I/O error, dev ",
		"I/O error on dev ",
		"I/O error on device ",
		"journal on device ",
		"superblock for ",
		"file data on ",
		"Detected aborted journal on ",
	};

	if (!device)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(leads); i++) {
		size_t len;
		const char *name = device_behind(line, leads[i], &len);

		if (name)
			return len != strlen(device) || memcmp(name, device, len) != 0;
	}
	return false;
}

static const struct rule *rule_of(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (has_words(line, rules[i].words))
			return &rules[i];
	return NULL;
}

#define HEAD_LINES 8 /* "CPU: 1 UID: 0 PID: 2 Comm: NAME" stands in the head of a trace */

/* What follows `lead` in the head of a trace, up to a blank; NULL when absent. */
static char *head_word(const char *rest, const char *lead)
{
	for (unsigned i = 0; i < HEAD_LINES && rest && *rest; i++) {
		size_t len = strcspn(rest, "\n");
		const char *at = memmem(rest, len, lead, strlen(lead));

		if (at) {
			at += strlen(lead);
			return tp_strndup(at, strcspn(at, " \n"));
		}
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	return NULL;
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

/*
 * Was it another program that ran into this?  The kernel's log is the whole
 * machine's; what our own threads and the kernel's ran into counts.
 */
static bool of_other_task(const struct tp_job *job, const char *line, const char *rest)
{
	static const char *const counting[] = {
		"kworker", "jbd2", "loop",	"kswapd", "kcompactd", "swapper", "ksoftirqd",
		"ext4",	   "fio",  "khugepaged", "writeback", "migration", "iou-",	  "kthreadd",  "init",
	};
	char *comm = head_word(line, "INFO: task ");
	bool other;

	if (!comm)
		comm = head_word(rest, "Comm: ");
	other = comm != NULL;

	if (comm && tp_starts(comm, "tailpage-agent"))
		other = of_other_agent(job, rest);
	else if (comm && tp_starts(comm, "tailpage"))
		other = false;
	for (size_t i = 0; comm && i < ARRAY_SIZE(counting); i++)
		other &= !tp_starts(comm, counting[i]);
	free(comm);
	return other;
}

/* A call trace ends at its end mark, or where its own lines stop looking like one. */
static bool ends_trace(const char *line)
{
	return strstr(line, "---[ end ") || strstr(line, "</TASK>");
}

static void read_lines(struct tp_job *job, char *text, struct met *met)
{
	const char *slash = job->mount->device ? strrchr(job->mount->device, '/') : NULL;
	const char *device = slash ? slash + 1 : job->mount->device;
	struct met *trace = NULL;
	unsigned trace_lines = 0;
	char *save = NULL;

	for (char *raw = strtok_r(text, "\n", &save); raw; raw = strtok_r(NULL, "\n", &save)) {
		char *line = tp_trim(raw);
		const struct rule *rule = of_other_device(line, device) ? NULL : rule_of(line);
		bool fs = strstr(line, "EXT4-fs") || strstr(line, "JBD2");

		/* Inside a trace only the file system's own lines and a panic begin something new.
		 */
		if (trace && trace_lines < TRACE_LINES && !fs && !(rule && rule->grade == PANIC)) {
			if (trace_lines++ < TRACE_KEPT && trace->kept <= MAX_LINES)
				tp_buf_printf(&trace->lines, "\n  %s", line);
			if (ends_trace(line))
				trace = NULL;
			continue;
		}
		if (!rule || (rule->traces && of_other_task(job, line, save)))
			continue;
		met[rule - rules].nr++;
		if (met[rule - rules].kept++ < MAX_LINES)
			tp_buf_printf(&met[rule - rules].lines, "\n%s", line);
		trace = rule->traces ? &met[rule - rules] : trace;
		trace_lines = 0;
	}
}

static void add_finding(struct tp_job *job, const struct rule *rule, const struct met *met)
{
	struct tp_finding f = { .kind = rule->grade == PANIC ? TP_PANIC : TP_KERNEL_LOG };
	const char *first = met->lines.text + 1;

	f.title = tp_printf("kernel log: %.*s", (int)strcspn(first, "\n"), first);
	f.text = tp_printf("the kernel log has %" PRIu64 " line%s like this (%s):%s", met->nr,
			   met->nr == 1 ? "" : "s", rule->why, met->lines.text);
	tp_record_add(&job->whole.record, &f);
}

/* failed: the medium did, so that what ext4 complains of may be that. */
static void grade(struct tp_job *job, const struct rule *rule, const struct met *met, bool *failed)
{
	const char *first = met->lines.text + 1;
	size_t len = strcspn(first, "\n");
	char *text;

	switch (rule->grade) {
	case NOTE:
		text = tp_printf("the kernel said %" PRIu64 " times \"%.*s\": %s", met->nr,
				 (int)len, first, rule->why);
		tp_case_note(&job->whole, text);
		free(text);
		break;
	case GAP:
		tp_case_broken(&job->whole, NULL, "kernel messages were lost: the log overflowed");
		break;
	case NO_PROOF:
		text = tp_printf("the kernel log has \"%.*s\": %s", (int)len, first, rule->why);
		tp_case_broken(&job->whole, NULL, text);
		if (!job->no_content)
			job->no_content = tp_strdup(text);
		free(text);
		*failed = true;
		break;
	case FINDING:
	case PANIC:
		if (!*failed || rule->traces)
			add_finding(job, rule, met);
	}
}

void tp_judge_console(struct tp_job *job)
{
	struct met met[ARRAY_SIZE(rules)] = { 0 };
	bool failed = false;
	char *text;

	if (!job->e->console) {
		if (job->mount->device)
			tp_case_broken(&job->whole, NULL, "the kernel log was not watched");
		return;
	}
	if (tp_read_file(job->e->console, &text, NULL) < 0) {
		tp_case_broken(&job->whole, NULL, "the kernel log is missing");
		return;
	}
	read_lines(job, text, met);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (met[i].nr)
			grade(job, &rules[i], &met[i], &failed);
		tp_buf_free(&met[i].lines);
	}
	free(text);
}
