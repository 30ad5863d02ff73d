// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * facts.c - what the history tells about a mount as a whole
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "judge/facts.h"

void tp_facts_init(struct tp_facts *facts)
{
	*facts = (struct tp_facts){ .load_exit = -1, .check_exit = -1 };
}

void tp_facts_free(struct tp_facts *facts)
{
	free(facts->kernel);
	free(facts->options);
	free(facts->proc_options);
	free(facts->refused);
	free(facts->refused_options);
	free(facts->cannot_mount);
	free(facts->absent);
	free(facts->not_again);
	free(facts->device);
	free(facts->hang);
	free(facts->trouble);
	tp_buf_free(&facts->tasks);
	tp_facts_init(facts);
}

char *tp_errno_text(const char *word, size_t len)
{
	char *copy = tp_strndup(word, len);
	const char *name = NULL;
	uint64_t number;

	if (tp_parse_u64(copy, &number) && number < 4096) {
		name = tp_errno_name((int)number);
		if (!name) {
			free(copy);
			return tp_strdup(strerror((int)number));
		}
	}
	if (!name)
		return copy;
	free(copy);
	return tp_strdup(name);
}

static void keep_first(char **slot, char *text)
{
	if (*slot)
		free(text);
	else
		*slot = text;
}

static int status_of(const char *text, size_t len)
{
	char *copy = tp_strndup(text, len);
	uint64_t number;
	bool sound = tp_parse_u64(tp_trim(copy), &number) && number <= 255;

	free(copy);
	return sound ? (int)number : 255;
}

static bool take_page(struct tp_facts *facts, const char *text, size_t len)
{
	char *copy = tp_strndup(text, len);
	bool sound = tp_parse_u64(copy, &facts->page_bytes);

	free(copy);
	return sound;
}

static void take_refused(struct tp_facts *facts, const char *text, size_t len)
{
	const char *blank = memchr(text, ' ', len);
	size_t first = blank ? (size_t)(blank - text) : len;

	keep_first(&facts->refused, tp_errno_text(text, first));
	keep_first(&facts->refused_options,
		   blank ? tp_strndup(blank + 1, len - first - 1) : tp_strdup("?"));
}

static void take_cannot(struct tp_facts *facts, const char *text, size_t len)
{
	const char *blank = memchr(text, ' ', len);
	char *name = tp_errno_text(text, blank ? (size_t)(blank - text) : len);

	keep_first(facts->mounted_once ? &facts->not_again : &facts->cannot_mount, name);
	facts->mounted = false; /* umount succeeded before */
}

/* "- - SECONDS WHAT": no operation, but something of the whole mount. */
static bool take_hang(struct tp_facts *facts, const char *text, size_t len)
{
	if (len <= 4 || memcmp(text, "- - ", 4) != 0)
		return false;
	keep_first(&facts->hang, tp_strndup(text + 4, len - 4));
	return true;
}

/* Words that mean trouble, and how they read. */
static bool take_trouble(struct tp_facts *facts, const struct tp_frame *f)
{
	const char *text;
	size_t len;

	if ((text = tp_frame_text(f, "busy", &len))) {
		char *name = tp_errno_text(text, len);

		keep_first(&facts->trouble, tp_printf("umount failed (%s)", name));
		free(name);
	} else if ((text = tp_frame_text(f, "ghost", &len))) {
		keep_first(&facts->trouble,
			   tp_printf("the file system outlived umount by %.*s s: the image may "
				     "be unwritten",
				     (int)len, text));
	} else if ((text = tp_frame_text(f, "stopped", &len))) {
		keep_first(&facts->trouble, tp_printf("the agent gave up: %.*s", (int)len, text));
	}
	return text != NULL;
}

static bool take_state(struct tp_facts *facts, const struct tp_frame *f)
{
	const char *text;
	size_t len;

	if (tp_frame_text(f, "mounted", &len))
		facts->mounted = facts->mounted_once = true;
	else if (tp_frame_text(f, "unmounted", &len))
		facts->mounted = false;
	else if (tp_frame_text(f, "alone", &len))
		facts->alone = true;
	else if (tp_frame_text(f, "second-look", &len))
		facts->second_look = true;
	else if ((text = tp_frame_text(f, "task", &len)))
		tp_buf_printf(&facts->tasks, "%s%.*s ", facts->tasks.len ? "" : " ", (int)len, text);
	else
		return tp_frame_text(f, "note", &len) || tp_frame_text(f, "done", &len);
	return true;
}

bool tp_facts_take(struct tp_facts *facts, const struct tp_frame *f)
{
	const char *text;
	size_t len;

	if ((text = tp_frame_text(f, "kernel", &len)))
		keep_first(&facts->kernel, tp_strndup(text, len));
	else if ((text = tp_frame_text(f, "page", &len)))
		return take_page(facts, text, len);
	else if ((text = tp_frame_text(f, "options", &len)))
		keep_first(&facts->options, tp_strndup(text, len));
	else if ((text = tp_frame_text(f, "proc-options", &len)))
		keep_first(&facts->proc_options, tp_strndup(text, len));
	else if ((text = tp_frame_text(f, "refused", &len)))
		take_refused(facts, text, len);
	else if ((text = tp_frame_text(f, "cannot-mount", &len)))
		take_cannot(facts, text, len);
	else if ((text = tp_frame_text(f, "absent", &len)))
		keep_first(&facts->absent, tp_strndup(text, len));
	else if ((text = tp_frame_text(f, "device", &len)))
		keep_first(&facts->device, tp_strndup(text, len));
	else if ((text = tp_frame_text(f, "hang", &len)))
		return take_hang(facts, text, len);
	else if ((text = tp_frame_text(f, "load-exit", &len)))
		facts->load_exit = status_of(text, len);
	else if ((text = tp_frame_text(f, "check-exit", &len)))
		facts->check_exit = status_of(text, len);
	else
		return take_state(facts, f) || take_trouble(facts, f);
	return true;
}

char *tp_facts_unsupported(const struct tp_facts *facts, const struct tp_mount *mount)
{
	static const char *const absent[] = { "EINVAL", "ENODEV", "EOPNOTSUPP" };

	if (facts->mounted_once)
		return NULL;
	if (facts->absent)
		return tp_strdup(facts->absent);
	if (!facts->cannot_mount)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		if (strcmp(facts->cannot_mount, absent[i]) == 0)
			return tp_printf("the kernel cannot mount %s with %s (%s)",
					 mount->cell ? mount->cell : mount->name,
					 mount->options ? mount->options : "no options",
					 facts->cannot_mount);
	return NULL;
}
