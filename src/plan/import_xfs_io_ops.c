// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * import_xfs_io_ops.c - one command of xfs_io(8) as an operation
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "plan/import_xfs_io.h"

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

typedef int (*command_fn)(struct tp_xfs_io *s, const struct command *c);

static bool has(const struct command *c, char flag)
{
	return strchr(c->flags, flag) != NULL;
}

/* xfs_io writes block by block: each is a system call. */
static int pieces(struct tp_xfs_io *s, const struct command *c, const char *op)
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

static int do_pwrite(struct tp_xfs_io *s, const struct command *c)
{
	int err = pieces(s, c, has(c, 'D') ? "dsync-write" : s->direct ? "dio-write" : "pwrite");

	if (err == 0 && has(c, 'w'))
		err = tp_import_add(s->im, "fdatasync");
	if (err == 0 && has(c, 'W'))
		err = tp_import_add(s->im, "fsync");
	return err;
}

static int do_pread(struct tp_xfs_io *s, const struct command *c)
{
	return pieces(s, c, s->direct ? "dio-read" : "read");
}

static int do_mmap(struct tp_xfs_io *s, const struct command *c)
{
	if (s->mapped)
		return tp_import_unknown(s->im, "a second mapping cannot be expressed");
	s->mapped = true;
	s->map_off = c->arg[0];
	s->map_len = c->arg[1];
	return tp_import_add(s->im, "map %" PRIu64 " %" PRIu64, c->arg[0], c->arg[1]);
}

int tp_xfs_io_unmap(struct tp_xfs_io *s)
{
	if (!s->mapped)
		return 0;
	s->mapped = false;
	return tp_import_add(s->im, "unmap");
}

static int do_munmap(struct tp_xfs_io *s, const struct command *c)
{
	(void)c;
	return s->mapped ? tp_xfs_io_unmap(s) : tp_import_bad(s->im, "nothing is mapped");
}

static int do_mremap(struct tp_xfs_io *s, const struct command *c)
{
	s->map_len = c->arg[0];
	return tp_import_add(s->im, "remap %" PRIu64, c->arg[0]);
}

/* Without numbers it is the whole mapping. */
static int on_mapping(struct tp_xfs_io *s, const struct command *c, const char *op)
{
	if (!s->mapped)
		return tp_import_bad(s->im, "nothing is mapped");
	return tp_import_add(s->im, "%s %" PRIu64 " %" PRIu64, op,
			     c->nr_args ? c->arg[0] : s->map_off,
			     c->nr_args ? c->arg[1] : s->map_len);
}

static int do_mwrite(struct tp_xfs_io *s, const struct command *c)
{
	return on_mapping(s, c, "store");
}

static int do_mread(struct tp_xfs_io *s, const struct command *c)
{
	return on_mapping(s, c, "load");
}

static int do_msync(struct tp_xfs_io *s, const struct command *c)
{
	if (c->nr_args && (c->arg[0] != s->map_off || c->arg[1] != s->map_len))
		return tp_import_unknown(s->im, "msync of a part cannot be expressed");
	return tp_import_add(s->im, has(c, 's') ? "msync" : "msync-async");
}

static int do_truncate(struct tp_xfs_io *s, const struct command *c)
{
	return tp_import_add(s->im, "truncate %" PRIu64, c->arg[0]);
}

static int allocate(struct tp_xfs_io *s, const struct command *c, const char *op)
{
	return tp_import_add(s->im, "%s %" PRIu64 " %" PRIu64, op, c->arg[0], c->arg[1]);
}

static int do_falloc(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c,
			has(c, 'k')   ? has(c, 'p') ? "punch" : "fallocate-keep"
			: has(c, 'p') ? "punch"
			: has(c, 'c') ? "collapse"
			: has(c, 'i') ? "insert"
				      : "fallocate");
}

static int do_fzero(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c, has(c, 'k') ? "zero-range-keep" : "zero-range");
}

static int do_fpunch(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c, "punch");
}

static int do_fcollapse(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c, "collapse");
}

static int do_finsert(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c, "insert");
}

static int do_resvsp(struct tp_xfs_io *s, const struct command *c)
{
	return allocate(s, c, "fallocate-keep");
}

static int do_fsync(struct tp_xfs_io *s, const struct command *c)
{
	return tp_import_add(s->im, "%s", c->word[0]);
}

static int do_sync(struct tp_xfs_io *s, const struct command *c)
{
	(void)c;
	return tp_import_add(s->im, "syncfs");
}

/* Of the letters the last one counts; none is -w (xfsprogs, io/sync_file_range.c). */
static int do_sync_range(struct tp_xfs_io *s, const struct command *c)
{
	static const char begun[] = "start-writeback", there[] = "start-writeback;";
	const size_t len = strlen(there), nr = strlen(c->flags);
	const char letter = nr ? c->flags[nr - 1] : 'w';
	struct tp_buf *ops = &s->im->ops;

	if (c->arg[0] != 0 || (c->arg[1] != 0 && c->arg[1] < s->im->size))
		return tp_import_unknown(s->im, "sync_range of a part cannot be expressed");
	if (letter == 'w')
		return tp_import_add(s->im, begun);
	if (letter == 'b' || ops->len < len || strcmp(ops->text + ops->len - len, there) != 0)
		return tp_import_unknown(s->im, "sync_range that waits and has begun nothing "
						"cannot be expressed");
	ops->len -= len;
	tp_buf_puts(ops, "sync-range;");
	return 0;
}

static int do_fadvise(struct tp_xfs_io *s, const struct command *c)
{
	if (has(c, 'd') && c->arg[0] == 0 && (c->arg[1] == 0 || c->arg[1] >= s->im->size))
		return tp_import_add(s->im, "fadvise-drop");
	if (has(c, 'd') && c->arg[1])
		return tp_import_add(s->im, "fadvise-drop-range %" PRIu64 " %" PRIu64, c->arg[0],
				     c->arg[1]);
	return tp_import_unknown(s->im, "fadvise other than -d, or to the end of file, cannot be expressed");
}

static int do_madvise(struct tp_xfs_io *s, const struct command *c)
{
	if (has(c, 'd') && s->mapped && c->arg[0] == s->map_off && c->arg[1] == s->map_len)
		return tp_import_add(s->im, "madvise-drop");
	return tp_import_unknown(s->im, "madvise other than -d of the mapping cannot be expressed");
}

static int do_stat(struct tp_xfs_io *s, const struct command *c)
{
	(void)c;
	return tp_import_add(s->im, "size");
}

static int do_nothing(struct tp_xfs_io *s, const struct command *c)
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
static int take_words(struct tp_xfs_io *s, struct command *c, const char *options,
		      const char **fault)
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

int tp_xfs_io_command(struct tp_xfs_io *s, char *text)
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
