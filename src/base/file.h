// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.h - whole files and folders
 *
 * All return 0 (or a length) or a negative errno that has been reported.
 */
#ifndef TP_BASE_FILE_H
#define TP_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All of a file, NUL-terminated, the caller's to free; *len may be NULL. */
int tp_read_file(const char *path, char **text, size_t *len);

/* The same of a file that people write: one that holds a NUL is refused. */
int tp_read_text(const char *path, char **text);

/* Replace a file by this text: written beside it, then renamed over it.  A link stays, and
 * what it leads to is replaced; what is no file (a device, a pipe) is written to. */
int tp_write_file(const char *path, const char *text, size_t len);

/* pwrite/pread of all bytes or an error; -EIO for an unexpected end. */
int tp_pwrite_all(int fd, const void *data, size_t len, uint64_t off);
int tp_pread_all(int fd, void *data, size_t len, uint64_t off);

/* mkdir -p. */
int tp_make_dirs(const char *path);

/* rm -rf that never follows a link out of the folder; absent is fine. */
int tp_remove_tree(const char *path);

/* Copy keeping holes (SEEK_DATA); to must not exist. */
int tp_copy_sparse(const char *from, const char *to);

bool tp_exists(const char *path);

/* What stands behind the last slash. */
const char *tp_base_name(const char *path);

#endif
