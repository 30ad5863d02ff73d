// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sh.c - a sequence as a shell script that calls xfs_io
 */
#include <inttypes.h>

#include "export/xfs_io.h"
#include "kernel/image.h"

static const char before[] =
	"set -u\n"
	"PATH=$PATH:/usr/sbin:/sbin\n"
	"cannot_tell() { echo \"$*\"; echo \"CANNOT TELL\"; exit 2; }\n"
	"[ \"$(id -u)\" -eq 0 ] || cannot_tell \"this needs root\"\n"
	"for p in xfs_io mke2fs losetup cmp unshare; do\n"
	"\tcommand -v $p >/dev/null || cannot_tell \"there is no $p\"\n"
	"done\n"
	"# In a mount namespace of its own, of which nothing is left.\n"
	"[ \"${1-}\" = inside ] || exec unshare -m --propagation private \"${BASH:-bash}\" \"$0\" inside\n"
	"\n"
	"dir=$(mktemp -d) || cannot_tell \"no folder\"\n"
	"image=${DEVICE:-$dir/image} mnt=$dir/mnt file=$dir/mnt/f\n"
	"trap 'umount \"$mnt\" 2>/dev/null; rm -rf --one-file-system \"$dir\"' EXIT\n"
	"mkdir \"$mnt\"\n";

static const char functions[] =
	"# umount may end before the file system does: then it is still in /proc, or the loop device\n"
	"# still has the image.\n"
	"in_use()\n"
	"{\n"
	"\tif [ -n \"${DEVICE-}\" ]; then\n"
	"\t\t[ -e \"/proc/fs/ext4/${image##*/}\" ]\n"
	"\telse\n"
	"\t\t[ -n \"$(losetup -j \"$image\")\" ]\n"
	"\tfi\n"
	"}\n"
	"umount_it()\n"
	"{\n"
	"\tumount \"$mnt\" || cannot_tell \"umount\"\n"
	"\tfor ((tries = 0; tries < 1000; tries++)); do\n"
	"\t\tin_use || return\n"
	"\t\tsleep 0.01\n"
	"\tdone\n"
	"\tcannot_tell \"the file system outlives umount\"\n"
	"}\n"
	"\n";

static const char behind[] = "umount_it\n"
			     "mount_it\n"
			     "# put BYTES OCTAL: what must be there.\n"
			     "put() { head -c \"$1\" /dev/zero | tr '\\0' \"\\\\$2\"; }\n"
			     "{\n";

static const char verdict[] = "} >\"$dir/expected\"\n"
			      "if cmp \"$dir/expected\" \"$file\"; then\n"
			      "\techo PASS\n"
			      "\texit 0\n"
			      "fi\n"
			      "echo \"byte (from 1), expected, found (octal):\"\n"
			      "cmp -l \"$dir/expected\" \"$file\" | head -n 20\n"
			      "echo FAIL\n"
			      "exit 1\n";

static void put(void *ctx, char letter, uint64_t start, uint64_t end)
{
	tp_buf_printf(ctx, "\tput %" PRIu64 " %03o\n", end - start,
		      letter == TP_ZERO_LETTER ? 0u : (unsigned)letter);
}

int tp_export_sh(const struct tp_export *e, struct tp_buf *out, struct tp_buf *second)
{
	static const struct tp_xfs_io_style style = {
		.xfs_io = "xfs_io",
		.file = "$file",
		.failed = " >/dev/null || cannot_tell \"xfs_io\"",
		.remount = "umount_it\nmount_it",
	};
	int err = tp_xfs_io_check(e);

	(void)second;
	if (err < 0)
		return err;
	tp_buf_puts(out, "#!/bin/bash\n# SPDX-License-Identifier: GPL-2.0-or-later\n#\n");
	tp_export_story(e, "# ", out);
	tp_buf_puts(out,
		    "#\n# Status: 0 PASS, 1 FAIL, 2 it could not tell.  What is read on the way is "
		    "not judged.\n# DEVICE=/dev/vdb in the environment: this device, which it formats, "
		    "not a loop device.\n");
	if (e->expect.moves)
		tp_buf_puts(out,
			    "# Of bytes that move, one of a letter is like another: --as c tells "
			    "them apart.\n");
	tp_buf_puts(out, before);
	/* Free blocks are full of '#', so that old content is no hole. */
	tp_buf_printf(out,
		      "loop=loop,; [ -z \"${DEVICE-}\" ] || loop=\n"
		      "head -c %" PRIu64 " /dev/zero | tr '\\0' '#' >\"$image\" || cannot_tell "
		      "\"$image\"\n",
		      e->base_bytes + e->file_bytes);
	tp_buf_puts(out, "mke2fs -q -F ");
	tp_image_options(e->cell, e->era, out);
	tp_buf_printf(out,
		      " \"$image\" || cannot_tell \"mke2fs\"\n"
		      "mount_it() { mount -t ext4 -o ${loop}%s \"$image\" \"$mnt\" || "
		      "cannot_tell \"mount\"; }\n",
		      e->cell->fallback ? e->cell->fallback : e->cell->mount);
	tp_buf_puts(out, functions);
	tp_buf_puts(out, "mount_it\n");
	tp_xfs_io_calls(e, &style, out);
	tp_buf_puts(out, behind);
	err = tp_xfs_io_end(e, put, out);
	tp_buf_puts(out, verdict);
	return err;
}
