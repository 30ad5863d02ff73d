// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * initramfs.h - the guest's whole user space: the agent
 */
#ifndef TP_KERNEL_INITRAMFS_H
#define TP_KERNEL_INITRAMFS_H

/*
 * Write an initramfs (cpio "newc", Documentation/driver-api/early-userspace/
 * buffer-format.rst) with the agent as /init, /dev/console, and in /modules those
 * that an ext4 on this machine's disks needs (modules.h), in the order in which
 * they must be loaded.  modules: their folder, or NULL.  Needs no root.  0 or a
 * negative errno (reported).
 */
int tp_initramfs_make(const char *agent, const char *modules, const char *path);

#endif
