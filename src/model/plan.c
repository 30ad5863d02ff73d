// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plan.c - what one boot of a kernel is to run, and its text form
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/plan.h"

void tp_file_name(uint32_t id, char *out)
{
	snprintf(out, TP_FILE_NAME, "f%05" PRIu32, id);
}

uint64_t tp_mount_seed(const struct tp_plan *plan, const struct tp_mount *m)
{
	return m->own_seed ? m->seed : plan->seed;
}

struct reader {
	struct tp_plan *plan;
	struct tp_mount *mount; /* the one that lines belong to, or NULL */
	bool ended;
	struct tp_buf *err;
};

static bool set_number(struct reader *r, const char *value, uint64_t most, uint64_t *out)
{
	if (tp_parse_u64(value, out) && *out <= most)
		return true;
	tp_buf_printf(r->err, "\"%s\" is not a number up to %" PRIu64, value, most);
	return false;
}

/* "ID SCENARIO PARAMS : SEQUENCE" */
static bool add_file(struct reader *r, char *value)
{
	struct tp_mount *m = r->mount;
	char *colon = strstr(value, " : "), *save = NULL;
	char *id, *scenario, *params;
	struct tp_file f = { 0 };
	uint64_t number;

	if (!colon) {
		tp_buf_puts(r->err, "no \" : \" before the sequence");
		return false;
	}
	*colon = '\0';
	id = strtok_r(value, " ", &save);
	scenario = strtok_r(NULL, " ", &save);
	params = strtok_r(NULL, " ", &save);
	if (!id || !scenario || !params || strtok_r(NULL, " ", &save)) {
		tp_buf_puts(r->err, "a file has a number, a scenario and parameters");
		return false;
	}
	if (!set_number(r, id, (1u << 20) - 1, &number))
		return false;
	if (number != m->nr_files) {
		tp_buf_printf(r->err, "file %" PRIu64 " is not the next one, %zu", number,
			      m->nr_files);
		return false;
	}
	if (!tp_seq_parse(colon + 3, NULL, NULL, &f.seq, r->err))
		return false;
	f.id = (uint32_t)number;
	f.scenario = tp_strdup(scenario);
	f.params = tp_strdup(params);
	m->files = tp_grow(m->files, m->nr_files, sizeof(*m->files));
	m->files[m->nr_files++] = f;
	return true;
}

static bool add_mount(struct reader *r, const char *name)
{
	struct tp_plan *p = r->plan;

	p->mounts = tp_grow(p->mounts, p->nr_mounts, sizeof(*p->mounts));
	r->mount = &p->mounts[p->nr_mounts++];
	*r->mount = (struct tp_mount){ .name = tp_strdup(name) };
	return true;
}

/* The lines of a mount that hold one text. */
static char **mount_text(struct tp_mount *m, const char *word)
{
	if (strcmp(word, "cell") == 0)
		return &m->cell;
	if (strcmp(word, "device") == 0)
		return &m->device;
	if (strcmp(word, "mountpoint") == 0)
		return &m->mountpoint;
	if (strcmp(word, "options") == 0)
		return &m->options;
	if (strcmp(word, "fallback") == 0)
		return &m->fallback;
	if (strcmp(word, "load") == 0)
		return &m->load;
	if (strcmp(word, "check") == 0)
		return &m->check;
	return NULL;
}

static bool mount_line(struct reader *r, const char *word, char *value)
{
	char **text = r->mount ? mount_text(r->mount, word) : NULL;

	if (r->mount && strcmp(word, "file") == 0)
		return add_file(r, value);
	if (r->mount && strcmp(word, "announce") == 0)
		return r->mount->announce = true;
	if (r->mount && strcmp(word, "memory") == 0)
		return set_number(r, value, UINT64_MAX, &r->mount->memory_bytes);
	if (!text) {
		tp_buf_printf(r->err, "\"%s\" is no word of a plan%s", word,
			      r->mount ? "" : " before its first mount");
		return false;
	}
	free(*text);
	*text = tp_strdup(value);
	return true;
}

#define MOST_PAGE_BYTES (1u << 20)

static bool set_page(struct reader *r, const char *value)
{
	uint64_t number;

	if (!set_number(r, value, MOST_PAGE_BYTES, &number))
		return false;
	if (number == 0 || number & (number - 1)) {
		tp_buf_printf(r->err, "a page of %s bytes is none", value);
		return false;
	}
	r->plan->page_bytes = (uint32_t)number;
	return true;
}

static bool line(struct reader *r, char *text)
{
	char *value = text + strcspn(text, " ");
	uint64_t number;

	if (*value)
		*value++ = '\0';
	if (strcmp(text, "seed") == 0) {
		if (r->mount)
			r->mount->own_seed = true;
		return set_number(r, value, UINT64_MAX,
				  r->mount ? &r->mount->seed : &r->plan->seed);
	}
	if (strcmp(text, "threads") == 0) {
		bool ok = set_number(r, value, 4096, &number);

		*(r->mount ? &r->mount->threads : &r->plan->threads) = ok ? (unsigned)number : 0;
		return ok;
	}
	if (strcmp(text, "op-deadline") == 0) {
		bool ok = set_number(r, value, 1000000, &number);

		r->plan->op_deadline_s = ok ? (unsigned)number : 0;
		return ok;
	}
	if (strcmp(text, "page") == 0)
		return set_page(r, value);
	if (strcmp(text, "mount") == 0)
		return add_mount(r, value);
	if (strcmp(text, "end") == 0)
		return r->ended = true;
	return mount_line(r, text, value);
}

int tp_plan_parse(const char *text, struct tp_plan *plan, struct tp_buf *err)
{
	struct tp_buf why = { 0 };
	struct reader r = { .plan = plan, .err = &why };
	char *copy = tp_strdup(text), *next = copy, *one;
	unsigned nr = 0;
	bool ok = true;

	*plan = (struct tp_plan){ .threads = 1, .op_deadline_s = 60, .page_bytes = 4096 };
	while (ok && !r.ended && (one = tp_next_line(&next))) {
		if (++nr == 1) {
			ok = strcmp(one, "tailpage-plan 1") == 0;
			if (!ok)
				tp_buf_puts(&why, "the first line is not \"tailpage-plan 1\"");
		} else if (*one) {
			ok = line(&r, one);
		}
	}
	if (ok && !r.ended) {
		ok = false;
		tp_buf_puts(&why, "the plan ends without \"end\"");
	}
	if (!ok)
		tp_buf_printf(err, "line %u: %s", nr, why.text);
	tp_buf_free(&why);
	free(copy);
	return ok ? 0 : -EINVAL;
}

static void print_text(struct tp_buf *out, const char *word, const char *value)
{
	if (value)
		tp_buf_printf(out, "%s %s\n", word, value);
}

static void print_mount(const struct tp_mount *m, struct tp_buf *out)
{
	print_text(out, "mount", m->name);
	if (m->threads)
		tp_buf_printf(out, "threads %u\n", m->threads);
	if (m->own_seed)
		tp_buf_printf(out, "seed %" PRIu64 "\n", m->seed);
	if (m->announce)
		tp_buf_puts(out, "announce\n");
	if (m->memory_bytes)
		tp_buf_printf(out, "memory %" PRIu64 "\n", m->memory_bytes);
	print_text(out, "cell", m->cell);
	print_text(out, "device", m->device);
	print_text(out, "mountpoint", m->mountpoint);
	print_text(out, "options", m->options);
	print_text(out, "fallback", m->fallback);
	print_text(out, "load", m->load);
	print_text(out, "check", m->check);
	for (size_t i = 0; i < m->nr_files; i++) {
		const struct tp_file *f = &m->files[i];

		tp_buf_printf(out, "file %" PRIu32 " %s %s : ", f->id, f->scenario, f->params);
		tp_seq_print(&f->seq, out);
		tp_buf_puts(out, "\n");
	}
}

void tp_plan_print(const struct tp_plan *plan, struct tp_buf *out)
{
	tp_buf_printf(out,
		      "tailpage-plan 1\nseed %" PRIu64 "\nthreads %u\nop-deadline %u\npage %" PRIu32
		      "\n",
		      plan->seed, plan->threads, plan->op_deadline_s, plan->page_bytes);
	for (size_t i = 0; i < plan->nr_mounts; i++)
		print_mount(&plan->mounts[i], out);
	tp_buf_puts(out, "end\n");
}

uint64_t tp_mount_history(const struct tp_mount *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->nr_files; i++) {
		const struct tp_seq *s = &m->files[i].seq;

		sum += (s->nr + 2) * 128;
		for (size_t k = 0; k < s->nr; k++)
			if (tp_ops[s->ops[k].kind].effect == TP_EFFECT_READ)
				sum += s->ops[k].arg[1] + 64;
	}
	return sum;
}

void tp_file_free(struct tp_file *f)
{
	free(f->scenario);
	free(f->params);
	tp_seq_free(&f->seq);
	*f = (struct tp_file){ 0 };
}

void tp_mount_free(struct tp_mount *m)
{
	for (size_t i = 0; i < m->nr_files; i++)
		tp_file_free(&m->files[i]);
	free(m->files);
	free(m->name);
	free(m->cell);
	free(m->device);
	free(m->mountpoint);
	free(m->options);
	free(m->fallback);
	free(m->load);
	free(m->check);
	*m = (struct tp_mount){ 0 };
}

void tp_plan_free(struct tp_plan *plan)
{
	for (size_t i = 0; i < plan->nr_mounts; i++)
		tp_mount_free(&plan->mounts[i]);
	free(plan->mounts);
	*plan = (struct tp_plan){ 0 };
}
