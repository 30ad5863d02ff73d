// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * era.c - file systems of earlier years, and which one a kernel gets
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "kernel/bzimage.h"
#include "kernel/era.h"
#include "tap.h"

static const char *era_of(const char *release)
{
	struct tp_release r;

	return tp_release_parse(release, &r) ? tp_era_for(&r)->name : "no release";
}

static void test_release(void)
{
	static const struct {
		const char *release, *era;
	} rows[] = {
		{ "2.6.20", "2.6" },          { "2.6.31.3", "2.6" },  { "2.6.39-rc1", "2.6" },
		{ "3.0", "2.6" },             { "3.7.10", "2.6" },    { "3.8", "3.x" },
		{ "3.19.8-100.fc20", "3.x" }, { "4.0", "4.x" },       { "4.19.304", "4.x" },
		{ "5.14.21", "4.x" },         { "5.15", "current" },  { "6.18.44-amd64", "current" },
		{ "17.3", "current" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_str(era_of(rows[i].release), rows[i].era, rows[i].release);
}

static void test_table(void)
{
	const struct tp_era *last = tp_eras;

	for (const struct tp_era *e = tp_eras; e->name; e++) {
		ok(tp_era_find(e->name) == e, "%s is found by its name", e->name);
		ok(e == tp_eras || tp_release_compare(&e->since, &last->since) > 0,
		   "%s is newer than what stands before it", e->name);
		last = e;
	}
	is_str(last->name, "current", "the newest is called current");
	is_str(last->features, "", "and leaves mke2fs as it is set up");
	ok(tp_era_find("") == NULL && tp_era_find("2.") == NULL && tp_era_find("3.x ") == NULL,
	   "nothing else is found");
}

static void test_gaps(void)
{
	const struct tp_era *old = tp_era_find("2.6"), *newer = tp_era_find("3.x");

	for (const struct tp_cell *c = tp_cells(); c->name; c++) {
		bool young = strcmp(c->flavour, "inline") == 0 || strcmp(c->flavour, "bigalloc") == 0;

		ok(!tp_era_lacks(old, c) == !young, "2.6 %s %s", young ? "lacks" : "has", c->name);
		ok(!tp_era_lacks(newer, c), "3.x has %s", c->name);
	}
}

static char path[] = "/tmp/tailpage-unit.XXXXXX";

/* A setup header with this version text; what a test spoils it says. */
static void make_image(unsigned char *image, size_t bytes, const char *version)
{
	memset(image, 0, bytes);
	image[0x1f1] = 2; /* setup_sects */
	image[0x1fe] = 0x55;
	image[0x1ff] = 0xaa;
	memcpy(image + 0x202, "HdrS", 4);
	image[0x207] = 2; /* protocol 2.00 */
	image[0x20e] = 0x80;
	image[0x20f] = 0x01; /* the text is at 0x200 + 0x180 */
	memcpy(image + 0x380, version, strlen(version) + 1);
}

static char *version_of(const unsigned char *image, size_t bytes)
{
	char said[512], *version = NULL;
	int err;

	tp_write_file(path, (const char *)image, bytes);
	tp_error_capture(said, sizeof(said));
	err = tp_bzimage_version(path, &version);
	tp_error_capture(NULL, 0);
	if (err == 0)
		return version;
	return tp_strdup(*said ? "refused" : "refused without a word");
}

static void refused(const unsigned char *image, size_t bytes, const char *what)
{
	char *version = version_of(image, bytes);

	is_str(version, "refused", what);
	free(version);
}

static void test_bzimage(void)
{
	static const char text[] = "2.6.31.3 (me@here) #1 SMP Tue";
	unsigned char image[0x600];
	char *version;

	make_image(image, sizeof(image), text);
	version = version_of(image, sizeof(image));
	is_str(version, text, "a kernel image says its version");
	free(version);

	refused(image, 0, "an empty file");
	refused(image, 0x20f, "a file that ends in the header");
	refused(image, 0x380 + 5, "a file that ends in the version");
	make_image(image, sizeof(image), "");
	refused(image, sizeof(image), "an empty version");
	make_image(image, sizeof(image), text);
	image[0x203] = 'X';
	refused(image, sizeof(image), "no HdrS");
	make_image(image, sizeof(image), text);
	image[0x20e] = image[0x20f] = 0;
	refused(image, sizeof(image), "a header that names no place of the version");
	make_image(image, sizeof(image), text);
	image[0x20e] = image[0x20f] = 0xff;
	refused(image, sizeof(image), "a place behind the end of the file");
	make_image(image, sizeof(image), text);
	image[0x384] = 0x80;
	refused(image, sizeof(image), "a version that is no text");
	memset(image, 'A', sizeof(image));
	refused(image, sizeof(image), "a file full of letters");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 99;
	close(fd);
	test_table();
	test_release();
	test_gaps();
	test_bzimage();
	unlink(path);
	return done();
}
