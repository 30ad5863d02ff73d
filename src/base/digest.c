// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * digest.c - content digests (XXH3, 64 bits)
 */
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/buf.h"
#include "base/digest.h"

struct tp_digest {
	XXH3_state_t *state;
	uint64_t zeros; /* bytes of the zero units that came last, not yet in state */
};

struct tp_digest *tp_digest_new(void)
{
	struct tp_digest *d = tp_alloc(sizeof(*d));

	d->state = XXH3_createState();
	if (!d->state)
		abort();
	tp_digest_reset(d);
	return d;
}

void tp_digest_reset(struct tp_digest *d)
{
	XXH3_64bits_reset(d->state);
	d->zeros = 0;
}

void tp_digest_add(struct tp_digest *d, const void *data, size_t len)
{
	XXH3_64bits_update(d->state, data, len);
}

static int all_zero(const unsigned char *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static void end_zeros(struct tp_digest *d)
{
	static const char hole[8] = "hole";

	if (d->zeros) {
		tp_digest_add(d, hole, sizeof(hole));
		tp_digest_add(d, &d->zeros, sizeof(d->zeros));
	}
	d->zeros = 0;
}

void tp_digest_unit(struct tp_digest *d, const void *data, uint64_t len)
{
	if (!data || all_zero(data, len)) {
		d->zeros += len;
		return;
	}
	end_zeros(d);
	tp_digest_add(d, data, len);
}

uint64_t tp_digest_value(struct tp_digest *d)
{
	end_zeros(d);
	return XXH3_64bits_digest(d->state);
}

void tp_digest_free(struct tp_digest *d)
{
	XXH3_freeState(d->state);
	free(d);
}

uint64_t tp_digest_of(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}
