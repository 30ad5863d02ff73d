// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_xfs_io.c - commands of xfs_io(8): a list, one a line, or those behind the -c of
 * a shell script
 *
 * Of a script only the lines that call xfs_io are read, and those that mount again.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/import.h"

#define MOST_WORDS  32
#define MOST_PIECES 4096

/* A command in words. */
struct command {
	char *word[MOST_WORDS];
	int nr;
	char flags[MOST_WORDS]; /* letters of its options */
	uint64_t value[256];    /* of those that have one */
	uint64_t arg[3];        /* numbers behind the options */
	int nr_args;
};

struct script {
	struct tp_import *im;
	char *target; /* the file of the calls; NULL: not known yet */
	bool called;  /* xfs_io was called before */
	bool mapped;
	bool direct; /* the call has -d */
	uint64_t map_off, map_len;
};

typedef int (*command_fn)(struct script *s, const struct command *c);

static bool has(const struct command *c, char flag)
{
	return strchr(c->flags, flag) != NULL;
}

/* xfs_io writes block by block: each is a system call. */
static int pieces(struct script *s, const struct command *c, const char *op)
{
	uint64_t block = has(c, 'b') ? c->value['b'] : 4096, end = c->arg[0] + c->arg[1];
	int err = 0;

	if (!block || c->arg[1] / block > MOST_PIECES)
		return tp_import_bad(s->im, "a block size of %" PRIu64 " makes too many calls",
				     block);
	for (uint64_t x = c->arg[0]; x < end && err == 0; x += block)
		err = tp_import_add(s->im, "%s %" PRIu64 " %" PRIu64, op, x,
				    end - x < block ? end - x : block);
	return err;
}

static int do_pwrite(struct script *s, const struct command *c)
{
	int err = pieces(s, c, has(c, 'D') ? "dsync-write" : s->direct ? "dio-write" : "pwrite");

	if (err == 0 && has(c, 'w'))
		err = tp_import_add(s->im, "fdatasync");
	if (err == 0 && has(c, 'W'))
		err = tp_import_add(s->im, "fsync");
	return err;
}

static int do_pread(struct script *s, const struct command *c)
{
	return pieces(s, c, s->direct ? "dio-read" : "read");
}

static int do_mmap(struct script *s, const struct command *c)
{
	if (s->mapped)
		return tp_import_unknown(s->im, "a second mapping cannot be expressed");
	s->mapped = true;
	s->map_off = c->arg[0];
	s->map_len = c->arg[1];
	return tp_import_add(s->im, "map %" PRIu64 " %" PRIu64, c->arg[0], c->arg[1]);
}

static int unmap(struct script *s)
{
	if (!s->mapped)
		return 0;
	s->mapped = false;
	return tp_import_add(s->im, "unmap");
}

static int do_munmap(struct script *s, const struct command *c)
{
	(void)c;
	return s->mapped ? unmap(s) : tp_import_bad(s->im, "nothing is mapped");
}

static int do_mremap(struct script *s, const struct command *c)
{
	s->map_len = c->arg[0];
	return tp_import_add(s->im, "remap %" PRIu64, c->arg[0]);
}

/* Without numbers it is the whole mapping. */
static int on_mapping(struct script *s, const struct command *c, const char *op)
{
	if (!s->mapped)
		return tp_import_bad(s->im, "nothing is mapped");
	return tp_import_add(s->im, "%s %" PRIu64 " %" PRIu64, op,
			     c->nr_args ? c->arg[0] : s->map_off,
			     c->nr_args ? c->arg[1] : s->map_len);
}

static int do_mwrite(struct script *s, const struct command *c)
{
	return on_mapping(s, c, "store");
}

static int do_mread(struct script *s, const struct command *c)
{
	return on_mapping(s, c, "load");
}

static int do_msync(struct script *s, const struct command *c)
{
	if (c->nr_args && (c->arg[0] != s->map_off || c->arg[1] != s->map_len))
		return tp_import_unknown(s->im, "msync of a part cannot be expressed");
	return tp_import_add(s->im, has(c, 's') ? "msync" : "msync-async");
}

static int do_truncate(struct script *s, const struct command *c)
{
	return tp_import_add(s->im, "truncate %" PRIu64, c->arg[0]);
}

static int allocate(struct script *s, const struct command *c, const char *op)
{
	return tp_import_add(s->im, "%s %" PRIu64 " %" PRIu64, op, c->arg[0], c->arg[1]);
}

static int do_falloc(struct script *s, const struct command *c)
{
	return allocate(s, c,
			has(c, 'k')   ? has(c, 'p') ? "punch" : "fallocate-keep"
			: has(c, 'p') ? "punch"
			: has(c, 'c') ? "collapse"
			: has(c, 'i') ? "insert"
				      : "fallocate");
}

static int do_fzero(struct script *s, const struct command *c)
{
	return allocate(s, c, has(c, 'k') ? "zero-range-keep" : "zero-range");
}

static int do_fpunch(struct script *s, const struct command *c)
{
	return allocate(s, c, "punch");
}

static int do_fcollapse(struct script *s, const struct command *c)
{
	return allocate(s, c, "collapse");
}

static int do_finsert(struct script *s, const struct command *c)
{
	return allocate(s, c, "insert");
}

static int do_resvsp(struct script *s, const struct command *c)
{
	return allocate(s, c, "fallocate-keep");
}

static int do_fsync(struct script *s, const struct command *c)
{
	return tp_import_add(s->im, "%s", c->word[0]);
}

static int do_sync(struct script *s, const struct command *c)
{
	(void)c;
	return tp_import_add(s->im, "syncfs");
}

static int do_sync_range(struct script *s, const struct command *c)
{
	if (has(c, 'a') && has(c, 'w') && c->arg[0] == 0 &&
	    (c->arg[1] == 0 || c->arg[1] >= s->im->size))
		return tp_import_add(s->im, "sync-range");
	return tp_import_unknown(s->im,
				 "sync_range of a part, or without -a and -w, cannot be expressed");
}

static int do_fadvise(struct script *s, const struct command *c)
{
	if (has(c, 'd') && c->arg[0] == 0 && (c->arg[1] == 0 || c->arg[1] >= s->im->size))
		return tp_import_add(s->im, "fadvise-drop");
	return tp_import_unknown(s->im, "fadvise other than -d of all cannot be expressed");
}

static int do_madvise(struct script *s, const struct command *c)
{
	if (has(c, 'd') && s->mapped && c->arg[0] == s->map_off && c->arg[1] == s->map_len)
		return tp_import_add(s->im, "madvise-drop");
	return tp_import_unknown(s->im, "madvise other than -d of the mapping cannot be expressed");
}

static int do_stat(struct script *s, const struct command *c)
{
	(void)c;
	return tp_import_add(s->im, "size");
}

static int do_nothing(struct script *s, const struct command *c)
{
	(void)s;
	(void)c;
	return 0;
}

/* Options that take a value are followed by ':'; numbers at least and at most. */
static const struct {
	const char *name, *options;
	int least, most;
	command_fn fn;
} commands[] = {
	{ "pwrite", "qDwWb:S:", 2, 2, do_pwrite },
	{ "w", "qDwWb:S:", 2, 2, do_pwrite },
	{ "pread", "qvb:", 2, 2, do_pread },
	{ "r", "qvb:", 2, 2, do_pread },
	{ "mmap", "rwx", 2, 2, do_mmap },
	{ "munmap", "", 0, 0, do_munmap },
	{ "mremap", "m", 1, 1, do_mremap },
	{ "mwrite", "S:", 0, 2, do_mwrite },
	{ "mread", "fvr", 0, 2, do_mread },
	{ "msync", "sa", 0, 2, do_msync },
	{ "truncate", "", 1, 1, do_truncate },
	{ "falloc", "kpci", 2, 2, do_falloc },
	{ "fzero", "k", 2, 2, do_fzero },
	{ "fpunch", "", 2, 2, do_fpunch },
	{ "fcollapse", "", 2, 2, do_fcollapse },
	{ "finsert", "", 2, 2, do_finsert },
	{ "resvsp", "", 2, 2, do_resvsp },
	{ "unresvsp", "", 2, 2, do_fpunch },
	{ "fsync", "", 0, 0, do_fsync },
	{ "fdatasync", "", 0, 0, do_fsync },
	{ "syncfs", "", 0, 0, do_sync },
	{ "sync", "", 0, 0, do_sync },
	{ "sync_range", "abw", 2, 2, do_sync_range },
	{ "fadvise", "dnrsw", 0, 2, do_fadvise },
	{ "madvise", "drsw", 0, 2, do_madvise },
	{ "stat", "vr", 0, 0, do_stat },
	{ "fiemap", "v", 0, 2, do_nothing },
	{ "bmap", "alpv", 0, 0, do_nothing },
	{ "close", "", 0, 0, do_nothing },
	{ "quit", "", 0, 0, do_nothing },
};

/* "4k", "0x61": as xfs_io reads numbers, with units of 1024. */
static bool number(const char *word, uint64_t *out)
{
	char *end;

	if (tp_parse_size(word, out))
		return true;
	errno = 0;
	*out = strtoull(word, &end, 0);
	return *end == '\0' && end != word && *word != '-' && !errno;
}

/* The options and the numbers behind them; false when the command has none such. */
static int take_words(struct script *s, struct command *c, const char *options, const char **fault)
{
	int i = 1, nr_flags = 0;

	for (; i < c->nr && c->word[i][0] == '-' && c->word[i][1]; i++)
		for (const char *p = c->word[i] + 1; *p; p++) {
			const char *known = *p == ':' ? NULL : strchr(options, *p);

			if (!known) {
				*fault = c->word[i];
				return tp_import_unknown(s->im, "%s %s cannot be expressed",
							 c->word[0], c->word[i]);
			}
			c->flags[nr_flags++ % (MOST_WORDS - 1)] = *p;
			if (known[1] != ':')
				continue;
			if (p[1] ? !number(p + 1, &c->value[(unsigned char)*p])
				 : i + 1 >= c->nr ||
					    !number(c->word[++i], &c->value[(unsigned char)*p]))
				return tp_import_bad(s->im, "%s -%c wants a number", c->word[0],
						     *p);
			break;
		}
	for (; i < c->nr; i++) {
		if (c->nr_args == 3 || !number(c->word[i], &c->arg[c->nr_args++])) {
			*fault = c->word[i];
			return tp_import_unknown(s->im, "%s: \"%s\" is not a number", c->word[0],
						 c->word[i]);
		}
	}
	return 0;
}

static int command(struct script *s, char *text)
{
	struct command c = { .nr = 0 };
	const char *fault = NULL;
	char *save = NULL;
	int err;

	for (char *w = strtok_r(text, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (c.nr == MOST_WORDS)
			return tp_import_bad(s->im, "a command of more than %d words", MOST_WORDS);
		c.word[c.nr++] = w;
	}
	if (c.nr == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, c.word[0]) != 0)
			continue;
		err = take_words(s, &c, commands[i].options, &fault);
		if (err < 0 || fault)
			return err;
		if (c.nr_args < commands[i].least || c.nr_args > commands[i].most ||
		    (commands[i].most == 2 && c.nr_args == 1))
			return tp_import_bad(s->im, "%s wants %d numbers, not %d", c.word[0],
					     commands[i].most, c.nr_args);
		return commands[i].fn(s, &c);
	}
	return tp_import_unknown(s->im, "the command %s cannot be expressed", c.word[0]);
}

/*
 * Scripts.
 */

/* What stands between backticks is a comment in xfstests: `# as here`. */
static char *behind_comments(char *text)
{
	for (;;) {
		char *end;

		text += strspn(text, " \t");
		end = *text == '`' ? strchr(text + 1, '`') : NULL;
		if (!end)
			return text;
		text = end + 1;
	}
}

/* The next word of a shell's line, without its quotes; NULL at the end.  Changes the text. */
static char *shell_word(char **cursor)
{
	char *from = behind_comments(*cursor), *to = from, *word = from, quote = 0;

	if (*from == '\0' || *from == '#')
		return NULL;
	for (; *from && (quote || (*from != ' ' && *from != '\t')); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? 0 : *from;
			continue;
		}
		*to++ = *from;
	}
	*cursor = from + (*from != '\0');
	*to = '\0';
	return word;
}

static bool is_xfs_io(const char *word)
{
	size_t len = strlen(word);

	return strstr(word, "XFS_IO_PROG") || (len >= 6 && strcmp(word + len - 6, "xfs_io") == 0);
}

/* The words of a call: options, commands, and the file, which is the last that is neither
 * an option nor behind a pipe. */
struct call {
	char *command[MOST_WORDS * 4];
	size_t nr;
	char *file;
	bool direct, empty;
	const char *fault;
};

static void read_call(char *line, struct call *c)
{
	char *w;

	while ((w = shell_word(&line))) {
		if (strcmp(w, "-c") == 0) {
			w = shell_word(&line);
			if (!w || c->nr == ARRAY_SIZE(c->command))
				c->fault = "-c without a command, or too many of them";
			else
				c->command[c->nr++] = w;
		} else if (*w == '-') {
			c->direct |= strchr(w, 'd') != NULL;
			c->empty |= strchr(w, 't') != NULL;
			if (strpbrk(w, "asrxRTPLpm"))
				c->fault = "an option of xfs_io that cannot be expressed";
		} else if (strpbrk(w, "|;&>") == w || strchr(w, '>')) {
			return;
		} else {
			c->file = w;
		}
	}
}

/* Is the call one on our file?  0 or 1, or a negative errno (reported). */
static int wanted(struct script *s, const struct call *c)
{
	const char *target = s->im->o->target;

	if (!c->file)
		return tp_import_bad(s->im, "xfs_io is called without a file");
	if (target)
		return strstr(c->file, target) != NULL;
	if (!s->target)
		s->target = tp_strdup(c->file);
	if (strcmp(s->target, c->file) != 0)
		return tp_import_bad(s->im, "the script writes to %s and to %s: say --file WORD",
				     s->target, c->file);
	return 1;
}

/* Another process: what the last one had mapped is gone. */
static int begin_call(struct script *s, const struct call *c)
{
	int err = unmap(s);

	if (err == 0 && s->called)
		err = tp_import_add(s->im, "reopen");
	if (err == 0 && c->empty && s->im->size)
		err = tp_import_add(s->im, "truncate 0");
	s->called = true;
	s->direct = c->direct;
	return err;
}

static int script_call(struct script *s, char *line)
{
	struct call c = { .nr = 0 };
	int err;

	read_call(line, &c);
	err = wanted(s, &c);
	if (err <= 0)
		return err;
	if (c.fault)
		return tp_import_unknown(s->im, "%s", c.fault);
	err = begin_call(s, &c);
	for (size_t i = 0; i < c.nr && err == 0; i++)
		err = command(s, c.command[i]);
	return err;
}

static int script_line(struct script *s, char *line)
{
	char *p = line;

	for (char *w; *(p += strspn(p, " \t")) && *p != '#';) {
		size_t len = strcspn(p, " \t");
		char *first = tp_strndup(p, len);
		bool call = is_xfs_io(first), again = strcmp(first, "_scratch_cycle_mount") == 0;

		free(first);
		w = p + len;
		if (again)
			return unmap(s) < 0 ? -EINVAL : tp_import_add(s->im, "remount");
		if (call)
			return script_call(s, w);
		p = w;
	}
	return 0;
}

/* The line and those that continue it; to free. */
static char *whole_line(struct tp_import *im, char **text)
{
	struct tp_buf all = { 0 };
	char *line;

	while ((line = tp_import_line(im, text))) {
		size_t len = strlen(line);
		bool goes_on = len && line[len - 1] == '\\';

		tp_buf_add(&all, line, len - goes_on);
		if (!goes_on)
			return tp_buf_take(&all);
		tp_buf_puts(&all, " ");
	}
	if (all.len)
		return tp_buf_take(&all);
	tp_buf_free(&all);
	return NULL;
}

int tp_import_xfs_io(struct tp_import *im, char *text)
{
	bool script = strncmp(text, "#!", 2) == 0 || strstr(text, "xfs_io") ||
		      strstr(text, "XFS_IO_PROG");
	struct script s = { .im = im };
	char *line;
	int err = 0;

	while (err == 0 && (line = whole_line(im, &text))) {
		if (script)
			err = script_line(&s, line);
		else if (*tp_trim(line) != '#')
			err = command(&s, tp_trim(line));
		free(line);
	}
	free(s.target);
	if (err == 0 && script && !s.called)
		err = tp_error(0, "%s: xfs_io is called on no file%s%s", im->path,
			       im->o->target ? " with " : "", im->o->target ? im->o->target : "");
	return err;
}
