// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts_disk.c - pieces of exported C programs: the image, the guest, and mounts
 */
#include "export/c_parts.h"

const struct tp_c_part tp_c_parts_disk[] = {
	{ "GONE", NULL, NULL,
		"/* umount(2) may end before the file system does, while others still see it. */\n"
		"static void umount_it(void)\n"
		"{\n"
		"\tint tries = 0, dev;\n"
		"\n"
		"\twhile (umount2(MNT, 0) != 0)\n"
		"\t\tif (errno != EBUSY || ++tries == 500)\n"
		"\t\t\tcannot_tell(\"umount\");\n"
		"\t\telse\n"
		"\t\t\tusleep(10000);\n"
		"\twhile ((dev = open(device, O_RDONLY | O_EXCL)) < 0)\n"
		"\t\tif (errno != EBUSY || ++tries == 1000)\n"
		"\t\t\tcannot_tell(\"the file system outlives umount\");\n"
		"\t\telse\n"
		"\t\t\tusleep(10000);\n"
		"\tclose(dev);\n"
		"}\n" },
	{ "IMAGE", NULL, NULL,
		"/* An image that is full of '#' where the file system has nothing, and gone when we are. */\n"
		"static void make_image(long long bytes_wanted)\n"
		"{\n"
		"\tchar image[] = \"image.XXXXXX\", command[1024], fill[65536];\n"
		"\tstruct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };\n"
		"\tint control = open(\"/dev/loop-control\", O_RDWR), nr, loop, file;\n"
		"\tstatic char path[32];\n"
		"\n"
		"\tif (control < 0 || (file = mkstemp(image)) < 0)\n"
		"\t\tcannot_tell(control < 0 ? \"/dev/loop-control\" : image);\n"
		"\tmemset(fill, '#', sizeof(fill));\n"
		"\tfor (long long x = 0; x < bytes_wanted; x += (long long)sizeof(fill))\n"
		"\t\tif (write(file, fill, sizeof(fill)) != (long)sizeof(fill)) {\n"
		"\t\t\tunlink(image);\n"
		"\t\t\tcannot_tell(image);\n"
		"\t\t}\n"
		"\tsnprintf(command, sizeof(command), \"%s %s\", MKFS, image);\n"
		"\tnr = system(command);\n"
		"\tunlink(image);\n"
		"\tif (nr != 0) {\n"
		"\t\tprintf(\"%s ended with %d\\n\", command, nr);\n"
		"\t\tleave(2, \"CANNOT TELL\");\n"
		"\t}\n"
		"\tdo {\n"
		"\t\tnr = ioctl(control, LOOP_CTL_GET_FREE);\n"
		"\t\tsnprintf(path, sizeof(path), \"/dev/loop%d\", nr);\n"
		"\t\tloop = open(path, O_RDWR); /* stays open, or it would detach */\n"
		"\t\tif (nr < 0 || loop < 0)\n"
		"\t\t\tcannot_tell(path);\n"
		"\t} while (ioctl(loop, LOOP_SET_FD, file) != 0 && errno == EBUSY && close(loop) == 0);\n"
		"\tif (ioctl(loop, LOOP_SET_STATUS64, &info) != 0)\n"
		"\t\tcannot_tell(path);\n"
		"\tdevice = path;\n"
		"}\n" },
	{ "GUEST", NULL, NULL,
		"/* We are the first process of a guest, with DEVICE=/dev/ubda on the kernel's command line. */\n"
		"static void begin_as_init(void)\n"
		"{\n"
		"\tmkdir(\"/dev\", 0755);\n"
		"\tmkdir(\"/proc\", 0755);\n"
		"\tmkdir(MNT, 0755);\n"
		"\tmount(\"proc\", \"/proc\", \"proc\", 0, NULL);\n"
		"\tif (mount(\"devtmpfs\", \"/dev\", \"devtmpfs\", 0, NULL) != 0 || !device)\n"
		"\t\tcannot_tell(\"devtmpfs, or DEVICE\");\n"
		"\tif (!freopen(\"/dev/console\", \"w\", stdout))\n"
		"\t\tcannot_tell(\"/dev/console\");\n"
		"}\n" },
	{ "MOUNT", "GONE", NULL,
		"static void mount_it(void)\n"
		"{\n"
		"\tif (mount(device, MNT, \"ext4\", 0, OPTIONS) != 0)\n"
		"\t\tcannot_tell(MNT);\n"
		"}\n" },
	{ "MOUNT_FALLBACK", "GONE", NULL,
		"static void mount_it(void)\n"
		"{\n"
		"\tif (mount(device, MNT, \"ext4\", 0, OPTIONS) != 0 &&\n"
		"\t    (errno != EINVAL || mount(device, MNT, \"ext4\", 0, FALLBACK) != 0))\n"
		"\t\tcannot_tell(MNT);\n"
		"}\n" },
	{ .name = NULL },
};
