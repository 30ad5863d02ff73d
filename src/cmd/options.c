// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * options.c - the options of run, list and verify
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "cmd/cmd.h"

#define THREADS 8 /* in a mount */

enum type {
	TEXT, NUMBER, SECONDS, FLAG, SEED, COVER, KERNEL, FORMAT, COLOR, EXITS, LOAD, ACCEL, DISK,
	ERA, BETWEEN, MIX
};

/* One row an option: where it goes, and what values make sense. */
static const struct option_row {
	const char *name;
	enum type type;
	size_t offset;
	uint64_t least, most;
} rows[] = {
#define AT(field) offsetof(struct tp_options, field)
	{ "scenarios", TEXT, AT(filter.scenarios), 0, 0 },
	{ "cells", TEXT, AT(filter.cells), 0, 0 },
	{ "data", TEXT, AT(filter.data), 0, 0 },
	{ "delalloc", TEXT, AT(filter.delalloc), 0, 0 },
	{ "block-size", TEXT, AT(filter.block_sizes), 0, 0 },
	{ "image-dir", TEXT, AT(target.image_dir), 0, 0 },
	{ "results", TEXT, AT(results), 0, 0 },
	{ "sequence", TEXT, AT(sequence), 0, 0 },
	{ "require", TEXT, AT(require), 0, 0 },
	{ "threads", NUMBER, AT(threads), 1, 256 },
	{ "files", NUMBER, AT(files), 1, 500000 },
	{ "repeat", NUMBER, AT(repeat), 1, 1000000 },
	{ "jobs", NUMBER, AT(jobs), 1, 256 },
	{ "op-deadline", NUMBER, AT(op_deadline_s), 1, 86400 },
	{ "time", SECONDS, AT(time_s), 1, 366 * 86400 },
	{ "seed", SEED, AT(seed), 0, 0 },
	{ "cover", COVER, AT(cover), 0, 3 },
	{ "actors", NUMBER, AT(actors), 1, TP_MAX_ACTORS },
	{ "mix", MIX, AT(mix), 0, 0 },
	{ "pages", NUMBER, AT(pages), 1, 2 },
	{ "length", BETWEEN, AT(length), 1, 400 },
	{ "keep", FLAG, AT(keep), 0, 0 },
	{ "until-fail", FLAG, AT(until_fail), 0, 0 },
	{ "rate", FLAG, AT(rate), 0, 0 },
	{ "output", TEXT, AT(output), 0, 0 },
	{ "dry-run", FLAG, AT(dry_run), 0, 0 },
	{ "keep-going", FLAG, AT(keep_going), 0, 0 },
	{ "strict", FLAG, AT(strict), 0, 0 },
	{ "smp", NUMBER, AT(target.smp), 1, 64 },
	{ "mem", NUMBER, AT(target.mem_mib), 64, 1 << 20 },
	{ "accel", ACCEL, AT(target.accel), 0, 0 },
	{ "disk", DISK, AT(target.disk), 0, 0 },
	{ "modules", TEXT, AT(target.modules), 0, 0 },
	{ "kernel", KERNEL, 0, 0, 0 },
	{ "format", FORMAT, 0, 0, 0 },
	{ "color", COLOR, AT(color), 0, 0 },
	{ "exit-codes", EXITS, AT(exit_codes), 0, 0 },
	{ "load", LOAD, AT(load), 0, 0 },
	{ "mkfs-era", ERA, AT(era), 0, 0 },
#undef AT
};

static bool bad_value(const char *name, const char *value, const char *what)
{
	tp_error(0, "--%s %s: %s", name, value, what);
	return false;
}

static bool read_number(const struct option_row *r, const char *value, uint64_t *out)
{
	char range[96];
	bool ok = r->type == SECONDS ? tp_parse_seconds(value, out) : tp_parse_u64(value, out);

	if (ok && *out >= r->least && *out <= r->most)
		return true;
	snprintf(range, sizeof(range), "wants %s from %llu to %llu",
		 r->type == SECONDS ? "a time (90s, 5m, 8h)" : "a number",
		 (unsigned long long)r->least, (unsigned long long)r->most);
	return bad_value(r->name, value, range);
}

/* "5-40", or one number for both. */
static bool read_between(const struct option_row *r, const char *value, struct tp_between *out)
{
	const char *dash = strchr(value, '-');
	char *first = tp_strndup(value, dash ? (size_t)(dash - value) : strlen(value));
	bool ok = tp_parse_u64(first, &out->least) &&
		  tp_parse_u64(dash ? dash + 1 : value, &out->most) && out->least >= r->least &&
		  out->most <= r->most && out->least <= out->most;
	char what[96];

	free(first);
	snprintf(what, sizeof(what), "wants a number or FROM-TO between %llu and %llu",
		 (unsigned long long)r->least, (unsigned long long)r->most);
	return ok ? true : bad_value(r->name, value, what);
}

static bool read_seed(const char *value, uint64_t *out)
{
	if (strcmp(value, "random") == 0) {
		uint32_t word = (uint32_t)getpid();

		if (getrandom(&word, sizeof(word), 0) != sizeof(word))
			word *= 2654435761u;
		*out = word;
		return true;
	}
	return tp_parse_u64(value, out) ? true : bad_value("seed", value, "wants a number, or random");
}

static bool read_kernel(struct tp_options *o, const char *value)
{
	o->kernel = tp_kernel_find(value, &o->target.arg);
	o->kernel_text = value;
	if (o->kernel)
		return true;
	return bad_value("kernel", value, "no such kind of kernel (see tailpage list kernels)");
}

static bool one_of(const char *name, const char *value, const char *const *allowed)
{
	struct tp_buf what = { 0 };

	tp_buf_puts(&what, "wants one of");
	for (; *allowed; allowed++) {
		if (strcmp(*allowed, value) == 0) {
			tp_buf_free(&what);
			return true;
		}
		tp_buf_printf(&what, " %s", *allowed);
	}
	bad_value(name, value, what.text);
	tp_buf_free(&what);
	return false;
}

static bool read_load(const char *value, const char **out)
{
	char *path;

	if (!tp_starts(value, "fio:") || value[4] == '\0')
		return bad_value("load", value, "wants fio:JOBFILE");
	path = tp_load_path(value + 4);
	if (!path)
		return bad_value("load", value, "there is no such job file");
	*out = path;
	return strchr(path, ' ') ? bad_value("load", value, "its path has a blank") : true;
}

static bool read_era(const char *value, const struct tp_era **out)
{
	*out = tp_era_find(value);
	return *out ? true : bad_value("mkfs-era", value, "no such era (see tailpage list eras)");
}

static bool read_mix(const char *value, const struct tp_mix **out)
{
	*out = tp_mix_find(value);
	return *out ? true : bad_value("mix", value, "no such mix (see tailpage list mixes)");
}

static bool take(struct tp_options *o, const struct option_row *r, char *value)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };
	static const char *const accels[] = { "auto", "kvm", "tcg", NULL };
	static const char *const disks[] = { "virtio", "ide", NULL };
	void *at = (char *)o + r->offset;
	uint64_t number;

	switch (r->type) {
	case NUMBER:
	case SECONDS:
		return read_number(r, value, at);
	case BETWEEN:
		return read_between(r, value, at);
	case SEED:
		o->seed_given = true;
		return read_seed(value, at);
	case COVER:
		if (!read_number(r, value, &number))
			return false;
		o->cover = (int)number;
		return true;
	case FLAG:
		*(bool *)at = true;
		return true;
	case KERNEL:
		return read_kernel(o, value);
	case FORMAT:
		o->format = tp_format_find(value);
		return o->format ? true : bad_value("format", value, "wants text, tap, ktap, json or lines");
	case COLOR:
		*(char **)at = value;
		return one_of(r->name, value, colors);
	case ACCEL:
		*(char **)at = value;
		return one_of(r->name, value, accels);
	case DISK:
		*(char **)at = value;
		return one_of(r->name, value, disks);
	case EXITS:
		if (!tp_exit_known(value))
			return bad_value(r->name, value, "no such contract");
		*(char **)at = value;
		return true;
	case LOAD:
		return read_load(value, at);
	case ERA:
		return read_era(value, at);
	case MIX:
		return read_mix(value, at);
	case TEXT:
		*(char **)at = value;
		return *value ? true : bad_value(r->name, "''", "is empty");
	}
	return false;
}

static void defaults(struct tp_options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct tp_options){
		.repeat = 1,
		.seed = 1, .jobs = cpus > 0 ? (uint64_t)cpus : 1, .op_deadline_s = 60, .cover = -1,
		.format = tp_format_find("text"), .color = "auto", .exit_codes = "plain",
	};
}

/* The running kernel; without root User-Mode Linux when there is one. */
static void default_kernel(struct tp_options *o)
{
	struct tp_buf why = { 0 };

	o->kernel = &tp_kernel_host;
	if (geteuid() != 0 && tp_kernel_uml.check(&o->target, &why) == 0)
		o->kernel = &tp_kernel_uml;
	o->kernel_text = o->kernel->name;
	tp_buf_free(&why);
}

/* Whatever else is wrong with the line, its reader knows only its own contract. */
static void contract_first(int argc, char **argv, struct tp_options *o)
{
	static const char option[] = "--exit-codes";
	size_t len = strlen(option);

	for (int i = 1; i < argc; i++) {
		const char *value = NULL;

		if (strcmp(argv[i], option) == 0 && i + 1 < argc)
			value = argv[i + 1];
		else if (tp_starts(argv[i], option) && argv[i][len] == '=')
			value = argv[i] + len + 1;
		if (value && tp_exit_known(value))
			o->exit_codes = value;
	}
}

bool tp_no_replay_options(const struct tp_options *o)
{
	if (!o->until_fail && !o->rate && !o->output)
		return true;
	tp_error(0, "--until-fail and --rate are for replay, --output is for shrink");
	return false;
}

/* What a kind of kernel does not heed must not look as if it did. */
static bool heeded(const struct tp_options *o)
{
	const struct tp_target *t = &o->target;
	const struct {
		const char *name;
		bool given;
	} all[] = {
		{ "smp", t->smp }, { "mem", t->mem_mib }, { "accel", t->accel },
		{ "disk", t->disk }, { "modules", t->modules },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].given && !tp_kernel_heeds(o->kernel, all[i].name)) {
			tp_error(0, "--%s means nothing to the kernel \"%s\"", all[i].name,
				 o->kernel->name);
			return false;
		}
	return true;
}

bool tp_options_read(int argc, char **argv, struct tp_options *o)
{
	struct option longs[ARRAY_SIZE(rows) + 1] = { { 0 } };
	int c, index;

	defaults(o);
	contract_first(argc, argv, o);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		longs[i] = (struct option){ rows[i].name,
					    rows[i].type == FLAG ? no_argument : required_argument,
					    NULL, 1 };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:", longs, &index)) != -1) {
		if (c == 'o') {
			o->output = optarg;
			continue;
		}
		if (c == ':')
			tp_error(0, "%s wants a value", argv[optind - 1]);
		else if (c == '?')
			tp_error(0, "unknown option %s (try tailpage --help)", argv[optind - 1]);
		if (c != 1 || !take(o, &rows[index], optarg))
			return false;
	}
	if (!o->kernel)
		default_kernel(o);
	o->threads_given = o->threads != 0;
	if (!o->threads)
		o->threads = THREADS;
	o->filter.words = argv + optind;
	o->filter.nr_words = (size_t)(argc - optind);
	return heeded(o);
}
