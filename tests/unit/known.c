// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known.c - lists of known issues: what is read, and what is refused
 */
#include "known_list.h"

static const char *const no_vendor[] = {
	"Debian", "Debian 6.1.1-1", "Debian x -", "Debian - x", "Debian - 6.1 6.2", "Debian none -",
	"Debian - none", "Debian 6.1- -", "Debian - 6.1.128-1~deb12", "Debian NONE",
};

#define WORDS_8 "a b c d e f g h "

static void test_refused(void)
{
	refused("scenarios *\n", 1, "a line outside of an issue");
	refused("issue\n", 1, "an issue begins after an empty line and has a name");
	refused("issue a\n" BODY "issue b\n", 6,
		"an issue begins after an empty line and has a name");
	refused("issue a\nscenarios\n", 2, "a word without a value");
	refused("issue a\nfrob x\n", 2, "no word of a known issue");
	refused("issue a\nkernels 6.1\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels x-6.1\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels 6.1-x\n", 2, "kernels wants FROM-BEFORE");
	refused("issue a\nkernels 6\n", 2, "kernels wants FROM-BEFORE");
	for (size_t i = 0; i < ARRAY_SIZE(no_vendor); i++) {
		char *text = tp_printf("issue a\nvendor %s\n", no_vendor[i]);

		refused(text, 2, "vendor wants WORD FROM BEFORE, WORD - or WORD none");
		free(text);
	}
	refused("issue a\nfindings frob\n", 2, "an unknown kind of finding");
	refused("issue a\nfindings lost,frob\n", 2, "an unknown kind of finding");
	refused("issue a\nscenarios *\n\n", 3, "the issue above lacks scenarios (or ops), cells or findings");
	refused("issue a\nscenarios *\ncells *\nfindings lost\n", 4,
		"the issue above has neither fixed nor evidence");
	refused("issue a\nops fsync|" WORDS_8 WORDS_8 "|fsync\n" BODY "\nissue b\nops fsync " WORDS_8 WORDS_8
		"\n" BODY, 13, "the issue above has more than 16 words of ops between two bars");
}

static void test_filesystems(void)
{
	struct tp_known k;

	is_int(load("issue a\n" BODY "\nissue b\n" BODY "filesystems tmpfs,xfs\n\nissue c\n" BODY
		    "filesystems *\n", &k), 0, "file systems");
	tp_known_only(&k, "tmpfs");
	ok(k.nr == 2 && strcmp(k.issues[0].name, "b") == 0 && strcmp(k.issues[1].name, "c") == 0,
	   "those of tmpfs are left; without a word it is ext4");
	tp_known_only(&k, "ext4");
	ok(k.nr == 1 && strcmp(k.issues[0].name, "c") == 0, "those of all are left");
	tp_known_free(&k);
}

/* Any byte changed: read or refused with a reason, never more. */
static void test_noise(void)
{
	static const char good[] = "issue a\n" BODY "kernels 6.1-7.0\nvendor el9 5.14.0-70 -\nevidence x\n\nissue b\n" BODY;
	unsigned silent = 0;

	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		char text[sizeof(good)];
		struct tp_known k;

		memcpy(text, good, sizeof(good));
		text[i] = (char)(text[i] ^ (1 + i % 7));
		silent += load(text, &k) < 0 && !said[0];
		tp_known_free(&k);
	}
	is_int(silent, 0, "what is refused has a reason");
}

int main(void)
{
	begin();
	test_refused();
	test_filesystems();
	test_noise();
	return end();
}
