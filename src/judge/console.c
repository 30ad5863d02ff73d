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
#include "model/message.h"

#define TRACE_LINES 40 /* behind a report: belongs to it */
#define TRACE_KEPT  12
#define MAX_LINES   5 /* of one rule in its finding */

/* What one rule has met, while one file or none was worked on. */
struct met {
	const struct tp_message *rule;
	const struct tp_file *file; /* the first of them, or NULL */
	char *site;                 /* where in the kernel, or "" */
	uint64_t nr;
	unsigned kept;
	struct tp_buf lines;
};

struct log {
	struct tp_job *job;
	struct met *met; /* in the order of their first lines */
	size_t nr;
	const struct tp_file *announced; /* the last that the agent said it works on, or NULL */
	const struct tp_file *latest;    /* the same, or the last task that was asked */
};

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

/* A call trace ends at its end mark, or where its own lines stop looking like one. */
static bool ends_trace(const char *line)
{
	return strstr(line, "---[ end ") || strstr(line, "</TASK>");
}


/* "fs/ext4/inode.c:3304 FUNCTION": warnings of different places are different findings. */
static const char *site_of(const struct tp_message *rule, const char *line)
{
	const char *at = rule->traces && !rule->ends ? strstr(line, " at ") : NULL;

	return at ? at + strlen(" at ") : "";
}

static struct met *met_of(struct log *log, const struct tp_message *rule, const char *site,
			  const struct tp_file *file)
{
	for (size_t i = 0; i < log->nr; i++) {
		struct met *met = &log->met[i];

		if (met->rule == rule && strcmp(met->site, site) == 0 &&
		    (!rule->ends || met->file == file))
			return met;
	}
	log->met = tp_grow(log->met, log->nr, sizeof(*log->met));
	log->met[log->nr] = (struct met){ .rule = rule, .file = file, .site = tp_strdup(site) };
	return &log->met[log->nr++];
}

/* Takes a line that a rule grades; returns what its call trace belongs to, or NULL. */
static struct met *take_line(struct log *log, const struct tp_message *rule, const char *line,
			     const char *rest)
{
	const struct tp_file *file = rule->traces ? tp_task_file(log->job, line, rest) : NULL;
	struct met *met;

	if (!file && rule->ends)
		file = rule->traces ? log->announced : log->latest;
	met = met_of(log, rule, site_of(rule, line), file);
	if (!met->file)
		met->file = file;
	met->nr++;
	if (met->kept++ < MAX_LINES)
		tp_buf_printf(&met->lines, "\n%s", line);
	return rule->traces ? met : NULL;
}

/* A guest is asked what it does when it is silent: the last answer tells.  A trace tells
 * by itself, unless it is a kernel thread's. */
static void note_work(struct log *log, const char *line)
{
	const struct tp_file *said = tp_file_behind(log->job, line, TP_SAYS_FILE);
	const struct tp_file *asked = tp_file_asked(log->job, line);

	if (said)
		log->announced = said;
	if (said || asked)
		log->latest = said ? said : asked;
}

static void read_lines(struct log *log, char *text)
{
	const struct tp_job *job = log->job;
	const char *device = job->facts.device ? job->facts.device : job->mount->device;
	const char *slash = device ? strrchr(device, '/') : NULL;
	struct met *trace = NULL;
	unsigned trace_lines = 0;
	char *save = NULL;

	device = slash ? slash + 1 : device;
	for (char *raw = strtok_r(text, "\n", &save); raw; raw = strtok_r(NULL, "\n", &save)) {
		char *line = tp_trim(raw);
		const struct tp_message *rule =
			of_other_device(line, device) ? NULL : tp_message_of(line);
		bool fs = strstr(line, "EXT4-fs") || strstr(line, "JBD2");
		bool end = rule && (rule->kind == TP_PANIC || rule->kind == TP_HANG);

		note_work(log, line);
		/* Inside a trace only the file system's own lines and the kernel's end begin
		 * something new. */
		if (trace && trace_lines < TRACE_LINES && !fs && !end) {
			if (trace_lines++ < TRACE_KEPT && trace->kept <= MAX_LINES)
				tp_buf_printf(&trace->lines, "\n  %s", line);
			if (ends_trace(line))
				trace = NULL;
			continue;
		}
		if (!rule || (rule->traces && tp_task_is_foreign(log->job, line, save)))
			continue;
		trace = take_line(log, rule, line, save);
		trace_lines = 0;
	}
}

/*
 * What ended the kernel is of the case whose file was worked on.  What it only
 * complained of names that file, but is of the file system: a case is judged by its
 * bytes, and by known issues that foretell them.
 */
static void add_finding(struct tp_job *job, const struct met *met)
{
	struct tp_finding f = { .kind = met->rule->kind };
	const char *first = met->lines.text + 1, *lead = f.kind == TP_KERNEL_LOG ? "kernel log: " : "";
	struct tp_record *r = &job->whole.record;
	struct tp_buf text = { 0 }, seq = { 0 };
	char name[TP_FILE_NAME];

	if (tp_starts(first, TP_SAYS)) { /* what the watcher of the guest says is no line of its log */
		f.title = tp_strdup(first + strlen(TP_SAYS));
		tp_buf_printf(&text, "%s: %s", f.title, met->rule->why);
	} else {
		f.title = tp_printf("%s%.*s", lead, (int)strcspn(first, "\n"), first);
		tp_buf_printf(&text, "the kernel log has %" PRIu64 " line%s like this (%s)",
			      met->nr, met->nr == 1 ? "" : "s", met->rule->why);
	}
	if (met->file) {
		tp_file_name(met->file->id, name);
		tp_buf_printf(&text, ", while file %s of %s (%s) was worked on", name,
			      met->file->scenario, met->file->params);
		tp_seq_print(&met->file->seq, &seq);
		f.file = tp_strdup(name);
		f.params = tp_strdup(met->file->params);
		f.sequence = tp_buf_take(&seq);
		if (met->rule->ends)
			r = &tp_case_of(job, met->file->id)->record;
	}
	if (!tp_starts(first, TP_SAYS))
		tp_buf_printf(&text, ":%s", met->lines.text);
	f.text = tp_buf_take(&text);
	if (met->file)
		tp_name_issue(job, met->file, NULL, &f);
	tp_record_add(r, &f);
	if (r != &job->whole.record)
		tp_record_when(r, tp_file_end(job, met->file));
}

static void grade(struct tp_job *job, const struct met *met)
{
	const char *first = met->lines.text + 1;
	size_t len = strcspn(first, "\n");
	char *text;

	switch (met->rule->grade) {
	case TP_GRADE_NOTE:
		text = tp_printf("the kernel said %" PRIu64 " times \"%.*s\": %s", met->nr,
				 (int)len, first, met->rule->why);
		tp_case_note(&job->whole, text);
		free(text);
		break;
	case TP_GRADE_GAP:
		tp_case_broken(&job->whole, NULL, "kernel messages were lost: the log overflowed");
		break;
	case TP_GRADE_NO_PROOF:
		text = tp_printf("the kernel log has \"%.*s\": %s", (int)len, first, met->rule->why);
		tp_case_broken(&job->whole, NULL, text);
		if (!job->no_content)
			job->no_content = tp_strdup(text);
		free(text);
		break;
	case TP_GRADE_FINDING:
		add_finding(job, met);
	}
}

/* What ext4 complains of when the medium failed may be that; a trace is not. */
static void grade_all(struct log *log)
{
	bool failed = false;

	for (size_t i = 0; i < log->nr; i++)
		failed |= log->met[i].rule->grade == TP_GRADE_NO_PROOF;
	for (size_t i = 0; i < log->nr; i++) {
		const struct tp_message *rule = log->met[i].rule;

		if (!failed || rule->traces || rule->grade != TP_GRADE_FINDING)
			grade(log->job, &log->met[i]);
		tp_buf_free(&log->met[i].lines);
		free(log->met[i].site);
	}
	free(log->met);
}

void tp_judge_console(struct tp_job *job)
{
	struct log log = { .job = job };
	char *text;
	size_t len;

	if (!job->e->console) {
		if (job->mount->device)
			tp_case_broken(&job->whole, NULL, "the kernel log was not watched");
		return;
	}
	if (tp_read_file(job->e->console, &text, &len) < 0) {
		tp_case_broken(&job->whole, NULL, "the kernel log is missing");
		return;
	}
	for (size_t i = 0; i < len; i++) /* garbage must not hide what follows it */
		if (text[i] == '\0')
			text[i] = ' ';
	read_lines(&log, text);
	grade_all(&log);
	free(text);
}
