// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * plant.c - put wrong bytes into a file of an unmounted image
 *
 *	plant [--beyond] IMAGE FILE OFFSET HEX...   these bytes
 *	plant [--beyond] --flip IMAGE FILE OFFSET HEX   flip these bits of one byte
 *	plant [--beyond] --zero LEN IMAGE FILE OFFSET
 *	plant [--beyond] --poison LEN IMAGE FILE OFFSET
 *	plant --where IMAGE FILE OFFSET             only say where the byte is
 *
 * Says "SIZE BLOCK", BLOCK being the physical number, "hole", "unwritten" or
 * "inline".  Exits with 2 for nonsense, 1 when there is no place for the bytes:
 * a hole, or behind the size without --beyond.
 */
#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "model/pattern.h"

#define MAX_BYTES (1u << 20)

struct plant {
	const char *image;
	ext2_filsys fs;
	ext2_ino_t ino;
	struct ext2_inode inode;
	uint64_t off;
	unsigned char bytes[MAX_BYTES];
	size_t len;
	bool flip, beyond, where;
};

__attribute__((noreturn)) static void die(int status, const char *what, const char *why)
{
	fprintf(stderr, "plant: %s: %s\n", what, why);
	exit(status);
}

static void check(errcode_t err, const char *what)
{
	if (err)
		die(1, what, error_message(err));
}

static void open_file(struct plant *p, const char *name)
{
	int flags = EXT2_FLAG_64BITS | EXT2_FLAG_RW;

	check(ext2fs_open(p->image, flags, 0, 0, unix_io_manager, &p->fs), p->image);
	check(ext2fs_namei(p->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, name, &p->ino), name);
	check(ext2fs_read_inode(p->fs, p->ino, &p->inode), name);
}

/* The physical block of the byte at off, 0 for a hole. */
static uint64_t block_of(struct plant *p, uint64_t off, bool *unwritten)
{
	blk64_t physical = 0;
	int flags = 0;

	check(ext2fs_bmap2(p->fs, p->ino, &p->inode, NULL, 0, off / p->fs->blocksize, &flags,
			   &physical),
	      "block map");
	*unwritten = flags & BMAP_RET_UNINIT;
	return physical;
}

static void say_where(struct plant *p)
{
	bool unwritten;

	printf("%" PRIu64 " ", (uint64_t)EXT2_I_SIZE(&p->inode));
	if (p->inode.i_flags & EXT4_INLINE_DATA_FL) {
		puts("inline");
	} else {
		uint64_t block = block_of(p, p->off, &unwritten);

		if (block == 0)
			puts("hole");
		else if (unwritten)
			puts("unwritten");
		else
			printf("%" PRIu64 "\n", block);
	}
}

static void put_inline(struct plant *p)
{
	static unsigned char data[65536 + 64];
	size_t size = 0;

	check(ext2fs_inline_data_size(p->fs, p->ino, &size), "inline data");
	if (size > 65536 || p->off + p->len > size)
		die(1, "no place", "behind the inline data");
	check(ext2fs_inline_data_get(p->fs, p->ino, &p->inode, data, &size), "inline data");
	for (size_t i = 0; i < p->len; i++)
		data[p->off + i] = (unsigned char)(p->bytes[i] ^ (p->flip ? data[p->off + i] : 0));
	check(ext2fs_inline_data_set(p->fs, p->ino, &p->inode, data, size), "inline data");
}

static void put_byte(struct plant *p, int fd, size_t i)
{
	uint64_t off = p->off + i, place;
	unsigned char byte = 0;
	bool unwritten;
	uint64_t block = block_of(p, off, &unwritten);

	if (block == 0 || unwritten)
		die(1, "no place", block ? "an unwritten block" : "a hole");
	place = block * p->fs->blocksize + off % p->fs->blocksize;
	if (p->flip && pread(fd, &byte, 1, (off_t)place) != 1)
		die(1, p->image, strerror(errno));
	byte ^= p->bytes[i];
	if (pwrite(fd, &byte, 1, (off_t)place) != 1)
		die(1, p->image, strerror(errno));
}

static void put(struct plant *p)
{
	int fd;

	if (!p->beyond && p->off + p->len > EXT2_I_SIZE(&p->inode))
		die(1, "no place", "behind the end of file");
	if (p->inode.i_flags & EXT4_INLINE_DATA_FL) {
		put_inline(p);
		return;
	}
	fd = open(p->image, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die(1, p->image, strerror(errno));
	for (size_t i = 0; i < p->len; i++)
		put_byte(p, fd, i);
	if (close(fd) != 0)
		die(1, p->image, strerror(errno));
}

static void take_hex(struct plant *p, const char *word)
{
	char *end;
	unsigned long value = strtoul(word, &end, 16);

	if (!*word || *end || value > 255 || p->len == MAX_BYTES)
		die(2, word, "is no byte in hex");
	p->bytes[p->len++] = (unsigned char)value;
}

static void take_length(struct plant *p, const char *word)
{
	uint64_t len;

	if (!tp_parse_size(word, &len) || len > MAX_BYTES)
		die(2, word, "is no length up to 1 MiB");
	p->len = (size_t)len;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "beyond", no_argument, NULL, 'b' },
		{ "flip", no_argument, NULL, 'f' },
		{ "zero", required_argument, NULL, 'z' },
		{ "poison", required_argument, NULL, 'p' },
		{ "where", no_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	static struct plant p;
	bool poison = false, given = false;
	int c;

	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		p.beyond |= c == 'b';
		p.flip |= c == 'f';
		p.where |= c == 'w';
		poison |= c == 'p';
		given |= c == 'z' || c == 'p' || c == 'w';
		if (c == 'z' || c == 'p')
			take_length(&p, optarg);
		if (c == '?')
			return 2;
	}
	if (argc - optind < 3 + !given || (given && argc - optind > 3))
		die(2, "usage", "plant [OPTIONS] IMAGE FILE OFFSET [HEX...]");
	p.image = argv[optind];
	if (!tp_parse_size(argv[optind + 2], &p.off))
		die(2, argv[optind + 2], "is no offset");
	for (int i = optind + 3; i < argc; i++)
		take_hex(&p, argv[i]);
	for (size_t i = 0; poison && i < p.len; i++)
		p.bytes[i] = (unsigned char)TP_POISON[(p.off + i) % TP_POISON_BYTES];
	initialize_ext2_error_table();
	open_file(&p, argv[optind + 1]);
	if (!p.where)
		put(&p);
	say_where(&p);
	check(ext2fs_close(p.fs), p.image);
	return 0;
}
