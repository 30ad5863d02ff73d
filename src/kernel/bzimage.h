// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bzimage.h - what an x86 kernel image says of itself
 */
#ifndef TP_KERNEL_BZIMAGE_H
#define TP_KERNEL_BZIMAGE_H

/*
 * The version text of a bzImage ("6.1.0-31-amd64 (...) #1 SMP ..."), to be freed:
 * header field kernel_version of the boot protocol 2.00 and later, an offset from
 * 0x200 (Documentation/arch/x86/boot.rst).  0 or a negative errno (reported): the
 * file cannot be read or is no such image.
 */
int tp_bzimage_version(const char *path, char **version);

#endif
