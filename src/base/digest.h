// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * digest.h - content digests (XXH3, 64 bits)
 *
 * Header-only use of xxHash, so that the static agent needs no library.
 */
#ifndef TP_BASE_DIGEST_H
#define TP_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct tp_digest;

struct tp_digest *tp_digest_new(void);
void tp_digest_reset(struct tp_digest *d);
void tp_digest_add(struct tp_digest *d, const void *data, size_t len);
/*
 * The content digest of a file is that of its units of TP_DIGEST_UNIT bytes,
 * where a run of zero units counts by its length, read or not: so gigabytes of
 * hole need not be read, and both sides of a comparison agree.  data NULL is a
 * run of units known to be zeros, as long as the caller likes; otherwise len is
 * TP_DIGEST_UNIT.  The last unit of a file is shorter.
 */
#define TP_DIGEST_UNIT (1u << 16)
void tp_digest_unit(struct tp_digest *d, const void *data, uint64_t len);
uint64_t tp_digest_value(struct tp_digest *d);
void tp_digest_free(struct tp_digest *d);

/* Of one piece of memory. */
uint64_t tp_digest_of(const void *data, size_t len);

#endif
