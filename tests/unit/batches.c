// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * batches.c - the agent takes the files of a mount in batches: when the second one begins,
 * the first one has gone through all its stages
 */
#include <libgen.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "model/history.h"
#include "tap.h"

#define FIRST 1024 /* files of the first batch */
#define FILES (FIRST + 10)

static char dir[] = "/tmp/tailpage-unit.XXXXXX";
static char *agent;

/* When the files of a batch were worked on. */
struct span {
	uint64_t begin_ns;
	uint64_t end_ns;
	size_t closed;
};

static char *plan_text(const char *load)
{
	struct tp_buf out = { 0 };

	tp_buf_printf(&out, "tailpage-plan 1\nseed 7\nthreads 2\nop-deadline 60\npage 4096\n"
		      "mount 1k-ordered-delalloc\nmountpoint %s/work\n%s", dir, load);
	for (unsigned i = 0; i < FILES; i++)
		tp_buf_printf(&out, "file %u wide - : pwrite 0 1; remount; pwrite 1 1\n", i);
	tp_buf_puts(&out, "end\n");
	return tp_buf_take(&out);
}

static void widen(struct span *s, const struct tp_event *ev)
{
	if (!s->begin_ns || ev->begin_ns < s->begin_ns)
		s->begin_ns = ev->begin_ns;
	if (ev->end_ns > s->end_ns)
		s->end_ns = ev->end_ns;
	s->closed += ev->op == TP_EVENT_CLOSE;
}

static void take_events(const struct tp_frame *f, struct span *first, struct span *rest)
{
	const struct tp_event *ev = (const void *)(f + 1);

	for (size_t i = 0; i < f->bytes / sizeof(*ev); i++)
		widen(ev[i].file < FIRST ? first : rest, &ev[i]);
}

/* Have the agent carry out the plan, and look when it did what. */
static void carry_out(const char *load, struct span *first, struct span *rest)
{
	char *plan = tp_printf("%s/plan", dir), *history = tp_printf("%s/history", dir);
	char *argv[] = { agent, plan, history, NULL };
	char *text = plan_text(load), *work = tp_printf("%s/work", dir), *data = NULL;
	struct tp_history h = { 0 };
	const struct tp_frame *f;

	*first = *rest = (struct span){ 0 };
	tp_write_file(plan, text, strlen(text));
	tp_make_dirs(work);
	is_int(tp_run(&(struct tp_spawn){ .argv = argv, .deadline_s = 60 }), 0, "carried out");
	if (tp_read_file(history, &data, &h.len) < 0)
		exit(99);
	h.data = (unsigned char *)data;
	while ((f = tp_history_next(&h)))
		if (f->kind == TP_FRAME_EVENTS)
			take_events(f, first, rest);
	free(plan);
	free(history);
	free(text);
	free(work);
	free(data);
}

int main(int argc, char **argv)
{
	struct span first, rest;

	(void)argc;
	agent = getenv("TAILPAGE_AGENT");
	agent = agent ? agent : tp_printf("%s/../../tailpage-agent", dirname(argv[0]));
	if (!mkdtemp(dir))
		return 99;
	carry_out("", &first, &rest);
	ok(first.closed == FIRST && rest.closed == FILES - FIRST, "every file to its end");
	ok(first.end_ns <= rest.begin_ns, "the first batch ends before the second one begins");
	carry_out("load sleep 0\n", &first, &rest);
	ok(first.closed == FIRST && rest.closed == FILES - FIRST, "with a load: all of them");
	ok(first.end_ns > rest.begin_ns, "... in one batch, for the load ends at the first remount");
	tp_remove_tree(dir);
	return done();
}
