// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * expr.c - arithmetic in scenario files
 */
#include "plan/expr.h"
#include "tap.h"

static bool word(void *ctx, const char *text, size_t len, uint64_t *value)
{
	(void)ctx;
	if (len == 4 && memcmp(text, "page", 4) == 0)
		*value = 4096;
	else if (len == 5 && memcmp(text, "block", 5) == 0)
		*value = 1024;
	else
		return false;
	return true;
}

static void gives(const char *text, uint64_t want)
{
	struct tp_buf err = { 0 };
	uint64_t value = 0;
	bool good = tp_expr(text, strlen(text), word, NULL, &value, &err);

	ok(good && value == want, "%s is %" PRIu64, text, want);
	if (!good || value != want)
		diag("got %" PRIu64 " %s", value, err.text ? err.text : "");
	tp_buf_free(&err);
}

static void refused(const char *text, const char *why)
{
	struct tp_buf err = { 0 };
	uint64_t value = 0;
	char name[128];

	snprintf(name, sizeof(name), "%.60s %s", text, why);
	has_str(tp_expr(text, strlen(text), word, NULL, &value, &err) ? "(taken)" : err.text, why,
		name);
	tp_buf_free(&err);
}

static void test_values(void)
{
	gives("0", 0);
	gives("4k", 4096);
	gives("3m", 3u << 20);
	gives("5g", UINT64_C(5) << 30);
	gives("page", 4096);
	gives("block-1", 1023);
	gives("3*page/4", 3072);
	gives("2+3*4", 14);
	gives("(2+3)*4", 20);
	gives("10-3-2", 5);
	gives("100/10/5", 2);
	gives("7/2*2", 6);
	gives("1000-page+page", 1000);
	gives("up(1000,block)", 1024);
	gives("up(1024,block)", 1024);
	gives("up(0,block)", 0);
	gives("down(4095,block)", 3072);
	gives("min(block,page)", 1024);
	gives("max(block,page)-min(1,2)", 4095);
	gives("up(up(1,block),page)", 4096);
	gives("4g+5*page", (UINT64_C(4) << 30) + 5 * 4096);
	gives("4096*1024*1024*1024", UINT64_C(1) << 42);
	gives("4611686018427387904", UINT64_C(1) << 62);
}

static void test_faults(void)
{
	char deep[400];

	refused("", "is no expression");
	refused("+", "is no expression");
	refused("1+", "is no expression");
	refused("-1", "is no expression");
	refused("1-2", "is below zero");
	refused("1 2", "has something behind its end");
	refused("1)", "has something behind its end");
	refused("(1", "has an open parenthesis");
	refused("up(1,2", "has an open parenthesis");
	refused("up(1)", "wants two arguments");
	refused("frob", "has an unknown word");
	refused("frob(1,2)", "uses an unknown function");
	refused("1/0", "divides by zero");
	refused("up(1,0)", "rounds to a number that is not positive");
	refused("down(1-2,3)", "rounds to a number that is not positive");
	refused("4611686018427387905", "is too large");
	refused("99999999999999999999999999", "is too large");
	refused("9999999999g", "is too large");
	refused("4g*4g*4g", "is too large");
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	refused(deep, "is nested too deeply");
}

int main(void)
{
	test_values();
	test_faults();
	return done();
}
