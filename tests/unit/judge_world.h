// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * judge_world.h - an image, a plan and a history that fit, for tests of the judge
 *
 * The image is made by mke2fs -d from files that the test fills itself; no root,
 * no kernel.  Each case copies it, plants one fault through the block map, and
 * looks at kind, place and words.
 */
#ifndef TP_TESTS_UNIT_JUDGE_WORLD_H
#define TP_TESTS_UNIT_JUDGE_WORLD_H

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/file.h"
#include "base/prng.h"
#include "base/spawn.h"
#include "judge/image.h"
#include "judge/judge.h"
#include "model/history.h"
#include "model/oracle.h"
#include "model/pattern.h"
#include "tap.h"

#define MAX_BYTES (128u << 10)

/* What a case needs; made anew for each. */
static struct {
	char *dir;
	char *base, *image, *history, *console, *fsck, *manifest;
	struct tp_plan plan;
	struct tp_mount *mount;
	struct tp_buf frames;
	struct tp_report report;
	struct tp_evidence evidence;
} w;

/*
 * A second, simpler oracle: the bytes themselves.
 */
struct model {
	unsigned char bytes[MAX_BYTES];
	uint64_t size;
};

static inline void perform(struct model *m, const struct tp_file *f, size_t i)
{
	const struct tp_op *op = &f->seq.ops[i];
	const struct tp_ident id = { tp_pattern_key(w.plan.seed, w.mount->name), f->id,
				     (uint16_t)i };
	uint64_t off = op->arg[0], end = off + op->arg[1];

	if (op->expect != TP_EXPECT_OK)
		return;
	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
		tp_pattern_fill(&id, off, m->bytes + off, (size_t)(end - off));
		m->size = end > m->size ? end : m->size;
		break;
	case TP_EFFECT_STORE:
		end = end < m->size ? end : m->size;
		tp_pattern_fill(&id, off, m->bytes + off, (size_t)(end - off));
		break;
	case TP_EFFECT_TRUNCATE:
		if (off < m->size)
			memset(m->bytes + off, 0, (size_t)(m->size - off));
		m->size = off;
		break;
	case TP_EFFECT_ALLOCATE:
		m->size = end > m->size ? end : m->size;
		break;
	default:
		break;
	}
}

static inline void frame(enum tp_frame_kind kind, const void *payload, size_t bytes)
{
	char *out = tp_alloc(tp_frame_bytes(bytes));

	tp_frame_put(kind, 0, payload, bytes, out);
	tp_buf_add(&w.frames, out, tp_frame_bytes(bytes));
	free(out);
}

static inline void text(const char *words)
{
	frame(TP_FRAME_TEXT, words, strlen(words));
}

static inline struct tp_event event_of(const struct tp_file *f, size_t i, const struct model *m)
{
	const struct tp_op *op = &f->seq.ops[i];
	struct tp_event e = {
		.file = f->id,
		.op = (uint16_t)i,
		.begin_ns = 10 * i,
		.end_ns = 10 * i + 5,
	};

	switch (tp_ops[op->kind].effect) {
	case TP_EFFECT_WRITE:
	case TP_EFFECT_STORE:
		e.result = (int64_t)op->arg[1];
		break;
	case TP_EFFECT_READ:
		e.result = (int64_t)op->arg[1];
		break;
	case TP_EFFECT_SIZE:
		e.size = m->size;
		break;
	default:
		break;
	}
	if (op->expect != TP_EXPECT_OK) {
		e.result = -1;
		e.err = op->expect_err;
	}
	return e;
}

static inline void data_frame(const struct tp_event *e, const struct model *m, const struct tp_op *op)
{
	struct tp_data_head head = { .file = e->file, .op = e->op };
	size_t bytes = sizeof(head) + (size_t)op->arg[1];
	char *payload = tp_alloc(bytes);

	memcpy(payload, &head, sizeof(head));
	memcpy(payload + sizeof(head), m->bytes + op->arg[0], (size_t)op->arg[1]);
	frame(TP_FRAME_DATA, payload, bytes);
	free(payload);
}

/* What of a file's history is left out or changed. */
struct twist {
	int file;         /* -1: nothing */
	int drop_op;      /* no event for it and later ones; -1: all are there */
	int fail_op, err; /* it failed, and the agent stopped */
	int wrong_read;   /* flip a byte of what it read */
	int wrong_size;   /* the close event's size is off by one */
};

static const struct twist straight = { -1, -1, -1, 0, -1, 0 };

static inline void file_history(const struct tp_file *f, struct model *m, const struct twist *t)
{
	bool mine = t->file == (int)f->id;

	*m = (struct model){ 0 };
	for (size_t i = 0; i < f->seq.nr; i++) {
		struct tp_event e;

		if (mine && t->drop_op >= 0 && (int)i >= t->drop_op)
			return;
		perform(m, f, i);
		e = event_of(f, i, m);
		if (mine && t->fail_op == (int)i) {
			e.err = t->err;
			e.result = -1;
		}
		frame(TP_FRAME_EVENTS, &e, sizeof(e));
		if (e.err == 0 && tp_ops[f->seq.ops[i].kind].effect == TP_EFFECT_READ) {
			if (mine && t->wrong_read == (int)i)
				m->bytes[f->seq.ops[i].arg[0] + 10] ^= 0x10;
			data_frame(&e, m, &f->seq.ops[i]);
			if (mine && t->wrong_read == (int)i)
				m->bytes[f->seq.ops[i].arg[0] + 10] ^= 0x10;
		}
		if (mine && t->fail_op == (int)i)
			break;
	}
	const struct tp_event close = {
		.file = f->id,
		.op = TP_EVENT_CLOSE,
		.size = m->size + (mine && t->wrong_size),
	};
	frame(TP_FRAME_EVENTS, &close, sizeof(close));
}

/* All operations of a file, whatever its history tells. */
static inline void perform_all(struct model *m, const struct tp_file *f)
{
	*m = (struct model){ 0 };
	for (size_t i = 0; i < f->seq.nr; i++)
		perform(m, f, i);
}

static inline struct tp_look look_of(const struct tp_file *f, struct model *m)
{
	struct tp_digest *d = tp_digest_new();
	struct tp_look look = { .file = f->id };

	perform_all(m, f);
	look.size = m->size;
	for (uint64_t x = 0; x < m->size; x += TP_DIGEST_UNIT)
		tp_digest_unit(d, m->bytes + x,
			       m->size - x < TP_DIGEST_UNIT ? (size_t)(m->size - x)
							    : TP_DIGEST_UNIT);
	look.digest = tp_digest_value(d);
	tp_digest_free(d);
	return look;
}

static inline void begin_history(void)
{
	tp_buf_free(&w.frames);
	text("kernel 6.18.0 #1");
	text("page 4096");
	text("mounted");
	text("options rw,relatime");
	text("proc-options rw,delalloc,dioread_nolock,data=ordered");
}

/* The whole history; looks false leaves the last file's look out. */
static inline void make_history(const struct twist *t, bool looks)
{
	static struct model m;
	struct tp_look look[8];

	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++) {
		file_history(&w.mount->files[i], &m, t);
		look[i] = look_of(&w.mount->files[i], &m);
	}
	text("unmounted");
	text("second-look");
	text("mounted");
	frame(TP_FRAME_LOOK, look, (w.mount->nr_files - !looks) * sizeof(look[0]));
	text("unmounted");
	frame(TP_FRAME_END, NULL, 0);
}

/*
 * The image.
 */
static inline void write_sparse(const char *path, const struct model *m)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)m->size) != 0)
		exit(99);
	for (uint64_t x = 0; x < m->size; x += 1024) {
		size_t n = m->size - x < 1024 ? (size_t)(m->size - x) : 1024;
		static const unsigned char zero[1024];

		if (memcmp(m->bytes + x, zero, n) != 0 && tp_pwrite_all(fd, m->bytes + x, n, x) < 0)
			exit(99);
	}
	close(fd);
}

static inline int run(const char *const *argv)
{
	char *output = tp_printf("%s/output", w.dir);
	const struct tp_spawn s = { .argv = (char *const *)argv,
				    .output = output,
				    .deadline_s = 60 };
	int status = tp_run(&s);

	free(output);
	return status;
}

static inline bool make_image(void)
{
	static struct model m;
	char *folder = tp_printf("%s/files", w.dir);
	const char *argv[] = { "mke2fs", "-q", "-F",   "-t",   "ext4", "-b",
			       "1024",   "-d", folder, w.base, "4M",   NULL };
	int status;

	if (mkdir(folder, 0755) != 0)
		exit(99);
	for (size_t i = 0; i < w.mount->nr_files; i++) {
		char *path = tp_printf("%s/f%05zu", folder, i);

		perform_all(&m, &w.mount->files[i]);
		write_sparse(path, &m);
		free(path);
	}
	status = run(argv);
	free(folder);
	return status == 0;
}

static inline int debugfs(const char *command)
{
	const char *argv[] = { "debugfs", "-w", "-R", command, w.image, NULL };

	return run(argv);
}

/* Write into a file of the image, at the block that stands there. */
static inline void plant(uint32_t file, uint64_t off, const void *bytes, size_t len)
{
	struct tp_buf why = { 0 };
	struct tp_image *img;
	struct tp_inode inode;
	int fd = open(w.image, O_RDWR);

	if (fd < 0 || tp_image_open(w.image, w.mount->nr_files, &img, &why) < 0 ||
	    tp_image_inode(img, file, &inode, &why) < 0) {
		diag("cannot plant: %s", why.text ? why.text : strerror(errno));
		exit(99);
	}
	for (size_t i = 0; i < len; i++) {
		uint32_t block = tp_image_block_bytes(img);
		uint64_t physical;

		if (tp_inode_where(&inode, block, off + i, &physical) != TP_IN_BLOCK ||
		    tp_pwrite_all(fd, (const char *)bytes + i, 1,
				  physical * block + (off + i) % block) < 0) {
			diag("no block at %" PRIu64 " of file %u", off + i, file);
			exit(99);
		}
	}
	tp_inode_free(&inode);
	tp_image_close(img);
	close(fd);
}

static inline void plant_op(uint32_t file, uint64_t off, size_t len, uint32_t of_file, uint16_t of_op,
		     uint64_t made)
{
	const struct tp_ident id = { tp_pattern_key(w.plan.seed, w.mount->name), of_file, of_op };
	unsigned char bytes[4096];

	tp_pattern_fill(&id, made, bytes, len);
	plant(file, off, bytes, len);
}

/*
 * One case: fresh() ... plant ... judge(), then the questions.
 */
static inline void fresh(void)
{
	unlink(w.image);
	unlink(w.manifest);
	unlink(w.console);
	if (tp_copy_sparse(w.base, w.image) < 0 || tp_write_file(w.console, "", 0) < 0)
		exit(99);
	make_history(&straight, true);
	w.evidence = (struct tp_evidence){
		.plan = &w.plan,
		.image = w.image,
		.history = w.history,
		.console = w.console,
		.fsck = w.fsck,
		.manifest = w.manifest,
	};
}

static inline void judge(void)
{
	tp_report_free(&w.report);
	if (tp_write_file(w.history, w.frames.text, w.frames.len) < 0 ||
	    tp_judge_mount(&w.evidence, &w.report) < 0)
		exit(99);
}

static inline const struct tp_record *record(const char *scenario)
{
	for (size_t i = 0; i < w.report.nr; i++)
		if (strcmp(w.report.records[i].scenario, scenario) == 0)
			return &w.report.records[i];
	return NULL;
}

static inline void verdict_is(const char *scenario, enum tp_verdict want, const char *name)
{
	const struct tp_record *r = record(scenario);

	if (!ok(r && r->verdict == want, "%s: %s is %s", name, scenario, tp_verdict_name(want)) &&
	    r)
		diag("it is %s (%s) with %zu findings: %s", tp_verdict_name(r->verdict),
		     r->reason ? r->reason : "", r->nr_findings,
		     r->nr_findings ? r->findings[0].text : "");
}

static inline void reason_has(const char *scenario, const char *part, const char *name)
{
	const struct tp_record *r = record(scenario);

	has_str(r ? r->reason : NULL, part, name);
}

static inline const struct tp_finding *finding(const char *scenario, enum tp_finding_kind kind)
{
	const struct tp_record *r = record(scenario);

	for (size_t i = 0; r && i < r->nr_findings; i++)
		if (r->findings[i].kind == kind)
			return &r->findings[i];
	return NULL;
}

/* There is such a finding, and its text has these words (separated by |). */
static inline void finds(const char *scenario, enum tp_finding_kind kind, uint64_t start, uint64_t end,
		  const char *words, const char *name)
{
	const struct tp_finding *f = finding(scenario, kind);
	char *copy = tp_strdup(words), *save = NULL;

	verdict_is(scenario, TP_FAIL, name);
	ok(f != NULL, "%s: a finding of the kind %s", name, tp_finding_name(kind));
	ok(f && f->start == start && f->end == end, "%s: bytes [%" PRIu64 ", %" PRIu64 ")", name,
	   start, end);
	for (char *word = strtok_r(copy, "|", &save); word; word = strtok_r(NULL, "|", &save))
		has_str(f ? f->text : NULL, word, name);
	free(copy);
}

static inline void end(void)
{
	tp_report_free(&w.report);
	tp_plan_free(&w.plan);
	tp_buf_free(&w.frames);
	tp_remove_tree(w.dir);
	free(w.dir);
	free(w.base);
	free(w.image);
	free(w.history);
	free(w.console);
	free(w.fsck);
	free(w.manifest);
}

/*
 * plan: its text; all of its files belong to the first mount.  The test is skipped
 * where their image cannot be made.
 */
static inline void begin(const char *plan)
{
	const char *tmp = getenv("TMPDIR");
	struct tp_buf err = { 0 };

	w.dir = tp_printf("%s/tailpage-judge.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(w.dir))
		exit(99);
	w.base = tp_printf("%s/base", w.dir);
	w.image = tp_printf("%s/image", w.dir);
	w.history = tp_printf("%s/history", w.dir);
	w.console = tp_printf("%s/console", w.dir);
	w.fsck = tp_printf("%s/fsck", w.dir);
	w.manifest = tp_printf("%s/manifest", w.dir);
	if (tp_plan_parse(plan, &w.plan, &err) < 0) {
		diag("%s", err.text);
		exit(99);
	}
	w.mount = &w.plan.mounts[0];
	if (!make_image()) {
		end();
		exit(skip_all("mke2fs cannot make an image from a folder"));
	}
}

/* Six files of four scenarios. */
static const char four_scenarios[] =
	"tailpage-plan 1\nseed 7\nthreads 1\nop-deadline 60\nmount 1k-ordered-delalloc\n"
	"cell 1k-ordered-delalloc\ndevice /dev/loop3\nmountpoint /mnt\n"
	"options data=ordered,delalloc\n"
	"file 0 extend eof=1000 : pwrite 0 1000; map 0 4096; fsync; fallocate 1000 3096; "
	"store 3000 1\n"
	"file 1 extend eof=1024 : pwrite 0 1024; map 0 4096; fallocate 1024 3072; store 3000 1\n"
	"file 2 rewrite - : pwrite 0 4096; fsync; pwrite 1000 2000; read 0 4096; size\n"
	"file 3 rewrite - : pwrite 0 8192; truncate 5000\n"
	"file 4 sparse - : pwrite 100000 3000; truncate 120000; pwrite 40000 5000\n"
	"file 5 faults - : pwrite 0 100; map 0 8192; store 4096 1 fails SIGBUS; "
	"load 50 1000; dio-write 0 1024 may-fail EINVAL\n"
	"end\n";

/* All cases but this one pass. */
static inline void others_pass(const char *scenario, const char *name)
{
	static const char *const all[] = { "extend", "rewrite", "sparse", "faults",
					   TP_FILE_SYSTEM };
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct tp_record *r = record(all[i]);

		if (strcmp(all[i], scenario) != 0 && (!r || r->verdict != TP_PASS))
			wrong++;
	}
	is_int(wrong, 0, name);
}

/* Replace the last frames by these words and END. */
static inline void end_with(const char *words)
{
	static struct model m;

	begin_history();
	for (size_t i = 0; i < w.mount->nr_files; i++)
		file_history(&w.mount->files[i], &m, &straight);
	text(words);
	frame(TP_FRAME_END, NULL, 0);
}

#endif
