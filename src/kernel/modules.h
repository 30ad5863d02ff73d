// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules.h - what a distribution's kernel has to load before it can mount ext4
 */
#ifndef TP_KERNEL_MODULES_H
#define TP_KERNEL_MODULES_H

#include <stddef.h>

/*
 * The modules that ext4, its checksums and a guest's disks need, of the folder
 * (.../lib/modules/VERSION), in the order in which they must be loaded; they say
 * themselves what they depend on.  What the folder has not is built in.  *paths
 * and its members are to be freed.  0 or a negative errno (reported).
 */
int tp_modules_find(const char *folder, char ***paths, size_t *nr);

/* Has the folder any of them, and are they of the kernel of this release?  0 or a
 * negative errno (reported). */
int tp_modules_check(const char *folder, const char *release);

/* The module's bytes, unpacked when it is a .ko.xz, .ko.zst or .ko.gz; to be freed.
 * 0 or a negative errno (reported). */
int tp_module_read(const char *path, char **data, size_t *bytes);

#endif
