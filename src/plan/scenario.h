// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scenario.h - scenario files: one story each, made of parameters that multiply
 *
 *	# NAME: the property that must hold
 *	# more of the story
 *	fixed HASH VERSION "title"
 *	needs PROPERTY...              properties of a cell, model/cell.h
 *	image SIZE                     a mount of its own, on an image this big
 *	memory SIZE                    a mount of its own, in a memory cgroup this big
 *	vary  NAME = VALUE...          VALUE: word, 1..64, LABEL:"operations", @LIST
 *	let   NAME = VALUE
 *	cover N                        pairs (2) or triples (3) instead of the product
 *	except NAME=LABEL...           a combination that is left out
 *	main: OPERATION; OPERATION     indented lines go on
 *	                               { OPERATION; ... | OPERATION; ... } actors that race
 *
 * The file "lists" in the same folder holds "NAME = VALUE..." for @NAME.
 */
#ifndef TP_PLAN_SCENARIO_H
#define TP_PLAN_SCENARIO_H

#include "model/cell.h"
#include "model/op.h"
#include "plan/cover.h"

struct tp_choice {
	char *label;
	char *text;     /* an expression, or operations */
};

struct tp_param {
	char *name;
	struct tp_choice *choices; /* one for a let */
	unsigned nr;
	bool is_let;
};

struct tp_except {
	uint8_t param[TP_MAX_PARAMS];   /* indices among the varied parameters */
	uint8_t choice[TP_MAX_PARAMS];
	unsigned nr;
};

struct tp_scenario {
	char *name;
	char *title;        /* the first line's sentence */
	char *story;        /* the other comment lines, "" if none */
	char *fixed;        /* "HASH VERSION title; ..." or NULL */
	char **needs;
	size_t nr_needs;
	uint64_t image_bytes; /* 0: shares the cell's mount */
	uint64_t memory_bytes; /* limit of its memory cgroup; 0: it has none */
	struct tp_param *params;
	size_t nr_params;
	struct tp_except *excepts;
	size_t nr_excepts;
	unsigned cover;
	char *text;         /* the operations of main */
};

struct tp_library {
	struct tp_scenario *scenarios; /* in order of name */
	size_t nr;
};

/* One member of the product. */
struct tp_variant {
	char *params;       /* "eof=1000,sync=fsync" or "-" */
	struct tp_seq seq;
};

struct tp_variants {
	struct tp_variant *v;
	size_t nr;
};

/*
 * Read all *.tp files of a folder.  Returns 0 or a negative errno (reported
 * with file and line); nothing is half read.  Operations for tailpage's own
 * tests are refused unless test_ops.
 */
int tp_library_load(const char *folder, bool test_ops, struct tp_library *lib);
/* A library of one scenario without a file: its sequences come from a generator, or
 * from text, the operations of main (NULL: none), and it has a memory cgroup if they
 * need one.  0, or -EINVAL (reported) for an operation of tailpage's own tests unless
 * test_ops. */
int tp_library_of_one(const char *name, const char *title, const char *text, bool test_ops,
		      struct tp_library *lib);
/* One more of that kind. */
int tp_library_add(struct tp_library *lib, const char *name, const char *title, const char *text,
		   bool test_ops);
void tp_library_free(struct tp_library *lib);
const struct tp_scenario *tp_library_find(const struct tp_library *lib, const char *name);

/* Does the scenario apply to the cell? */
bool tp_scenario_applies(const struct tp_scenario *s, const struct tp_cell *cell,
			 uint32_t page_bytes);

/* Does it need a mount of its own (size of image or memory given, or such operations)? */
bool tp_scenario_alone(const struct tp_scenario *s);

/*
 * Every variant for this cell, in an order fixed by seed; cover < 0 takes the
 * scenario's own strength, 0 the whole product.  Variants with the same
 * operations are given once.  Returns 0 or a negative errno (reported).
 */
int tp_scenario_expand(const struct tp_scenario *s, const struct tp_cell *cell,
		       uint32_t page_bytes, int cover, uint64_t seed, struct tp_variants *out);
void tp_variants_free(struct tp_variants *v);

#endif
