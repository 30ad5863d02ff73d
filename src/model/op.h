// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op.h - operations and sequences, and their text form
 *
 *	pwrite 0 1000; map 0 4096; store 0 1; fallocate 1000 3096; store 3000 1
 *
 * One operation is "NAME[@SLOT] ARG... [fails ERRNO | may-fail ERRNO]"; a
 * sequence is operations separated by ';'.  The same text stands in scenarios
 * (there with expressions), plans, findings and failure folders.
 *
 * A sequence may hold blocks, in which actors race on the file:
 *
 *	pwrite 0 1000; map 0 4096; { pwrite 1000 3096 | wait-size 4096; store 3000 1 }; fsync
 *
 * The parts of a block, separated by '|', are the operations of its actors 1, 2
 * and so on; what stands outside is done by actor 0, "main".  A block begins
 * when all of its actors have met, and main goes on when all of them have ended.
 * They share the file descriptor and the mappings.  An actor whose first operation
 * is "process" has main's mappings as they are when the block begins, but in page
 * tables of its own; what it changes of them is gone when it ends.
 */
#ifndef TP_MODEL_OP_H
#define TP_MODEL_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum tp_op_kind {
#define OP(id, name, args, effect, fn, flags, help) TP_OP_KIND_##id,
#include "model/ops.def"
#undef OP
	TP_NR_OP_KINDS
};

/* What a successful operation does to size and content; see oracle.c. */
enum tp_effect {
	TP_EFFECT_NONE,
	TP_EFFECT_WRITE,    /* result bytes at off are new, size grows to hold them */
	TP_EFFECT_STORE,    /* the same below the size; beyond it nothing that lasts */
	TP_EFFECT_COPY,     /* result bytes move from off to dest */
	TP_EFFECT_TRUNCATE, /* size is set; what lies beyond is zero from then on */
	TP_EFFECT_ALLOCATE, /* size grows; no content changes */
	TP_EFFECT_ZERO,     /* range is zero, size grows to hold it */
	TP_EFFECT_PUNCH,    /* range is zero up to the size */
	TP_EFFECT_COLLAPSE, /* range is cut out */
	TP_EFFECT_INSERT,   /* zeros are put in before off */
	TP_EFFECT_MAP,      /* mapping slot covers the range */
	TP_EFFECT_READ,     /* content was seen */
	TP_EFFECT_SIZE,     /* the size was seen */
};

enum tp_op_flag {
	TP_OP_SLOT = 1,     /* uses a mapping slot */
	TP_OP_PRIVATE = 2,  /* the mapping is MAP_PRIVATE */
	TP_OP_MAPPED = 4,   /* reads through a mapping: past EOF it may see anything */
	TP_OP_STAGE = 8,    /* ends a stage: the files of the batch wait here */
	TP_OP_ALONE = 16,   /* disturbs the whole file system: needs a mount of its own */
	TP_OP_SHORT = 32,   /* fewer bytes than asked are no fault */
	TP_OP_PART = 64,    /* a failed one may have done a part */
	TP_OP_TEST = 128,   /* for tailpage's own tests */
	TP_OP_MAIN = 256,   /* never in a block: changes what its actors share */
	TP_OP_BLOCK = 512,  /* only in a block: means nothing without other actors */
	TP_OP_REPLACE = 1024, /* changes its mapping: who uses it meanwhile would fault */
	TP_OP_GUEST = 2048, /* only in a guest: a killed run would leave its doing behind */
	TP_OP_MEMORY = 4096, /* only in a memory cgroup of the mount's own */
	TP_OP_DIRECT = 8192, /* goes past the page cache, by O_DIRECT */
	TP_OP_URING = 16384, /* goes through io_uring, which may be forbidden */
};

#define TP_MAX_ARGS 3
#define TP_MAX_SLOTS 4
#define TP_MAX_ACTORS 8 /* of one block */

struct tp_op_info {
	const char *name;
	const char *args;
	enum tp_effect effect;
	unsigned flags;
	const char *help;
};

extern const struct tp_op_info tp_ops[TP_NR_OP_KINDS];

enum tp_expect {
	TP_EXPECT_OK,       /* must succeed */
	TP_EXPECT_FAIL,     /* must fail with this errno */
	TP_EXPECT_EITHER,   /* may do either */
};

/* One operation of a sequence.  Unused arguments are 0. */
struct tp_op {
	enum tp_op_kind kind;
	uint8_t slot;
	uint8_t actor;      /* 0 is "main"; in a block 1 and up */
	uint8_t expect;     /* enum tp_expect */
	int expect_err;     /* errno; TP_SIGBUS for a store that faults */
	uint64_t arg[TP_MAX_ARGS]; /* bytes, in the order of the table's letters */
};

/* SIGBUS as a result, beside errno numbers (which end near 133). */
#define TP_SIGBUS 1000

/* Which operations a sequence has, whatever their arguments. */
#define TP_OP_SET_WORDS 2
struct tp_op_set {
	uint64_t bits[TP_OP_SET_WORDS];
};

struct tp_seq {
	struct tp_op *ops;
	size_t nr;
};

/* The kind with this name (len bytes), or -1. */
int tp_op_find(const char *name, size_t len);

/* "EINVAL", "SIGBUS" ...; NULL or -1 when not in the table of known names. */
const char *tp_errno_name(int err);
int tp_errno_find(const char *name);

/* How many arguments the kind takes at least and at most. */
void tp_op_arity(enum tp_op_kind kind, unsigned *least, unsigned *most);

/*
 * Evaluates one argument word; scenario texts give expressions, plans numbers.
 * Returns false when the word is none, with a reason in err.
 */
typedef bool (*tp_arg_fn)(void *ctx, const char *word, size_t len, uint64_t *value,
			  struct tp_buf *err);

/* Read one operation; arg == NULL takes plain numbers only.  Returns false and a
 * reason in err. */
bool tp_op_parse(const char *text, tp_arg_fn arg, void *ctx, struct tp_op *op,
		 struct tp_buf *err);

/*
 * Read a sequence.  arg == NULL takes plain numbers only.  Returns false and a
 * reason in err ("operation 3 "pwrite 5": takes 2 arguments"); seq is empty then.
 */
bool tp_seq_parse(const char *text, tp_arg_fn arg, void *ctx, struct tp_seq *seq,
		  struct tp_buf *err);

void tp_op_print(const struct tp_op *op, struct tp_buf *out);
void tp_seq_print(const struct tp_seq *seq, struct tp_buf *out);
void tp_seq_free(struct tp_seq *seq);

/*
 * The block that begins with operation start: returns how many actors it has and
 * sets *end to the operation behind it.  Returns 0, and *end = start + 1, when
 * main does that operation.  An actor's operations stand together.
 */
unsigned tp_seq_block(const struct tp_seq *seq, size_t start, size_t *end);

/* Is the actor of the block that begins with operation start a process of its own? */
bool tp_seq_apart(const struct tp_seq *seq, size_t start, unsigned actor);

/* What makes operations [start, end) no block; NULL when they are one (to free). */
char *tp_seq_block_fault(const struct tp_seq *seq, size_t start, size_t end);

/*
 * The bytes of the file that the operation names: [*start, *end).  Returns
 * false for operations without a range.  A truncate names [size, 2^63).
 */
bool tp_op_range(const struct tp_op *op, uint64_t *start, uint64_t *end);

/* One past the highest byte the sequence's operations name (page cache and
 * allocation sizing); truncates and zero-length ranges count with their size. */
uint64_t tp_seq_extent(const struct tp_seq *seq);

/* Sets of operations: of a sequence, whether a is all in b, and their text form, names
 * between blanks.  tp_op_set_parse returns false for a name that is no operation. */
struct tp_op_set tp_op_set_of(const struct tp_seq *seq);
bool tp_op_set_within(const struct tp_op_set *a, const struct tp_op_set *b);
void tp_op_set_print(const struct tp_op_set *set, struct tp_buf *out);
bool tp_op_set_parse(const char *text, struct tp_op_set *out);

/* Bytes that the sequence allocates at most, rounded to pages: the union of all
 * ranges that it writes or allocates. */
uint64_t tp_seq_footprint(const struct tp_seq *seq);

#endif
