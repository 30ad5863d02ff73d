// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * c_parts.c - the functions that an exported C program is put together from
 *
 * Each goes into a program only when it is used there.  fd, name, bytes and trial are
 * the program's (c_head.c).
 */
#include <string.h>

#include "export/c_parts.h"

/* In the order of a program: what a part needs stands before it. */
static const struct tp_c_part *const groups[] = {
	tp_c_parts_check, tp_c_parts_map,  tp_c_parts_io,   tp_c_parts_fs,
	tp_c_parts_race,  tp_c_parts_disk, tp_c_parts_file,
};

const struct tp_c_part *tp_c_part(size_t number)
{
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++)
		for (const struct tp_c_part *p = groups[g]; p->name; p++)
			if (number-- == 0)
				return p;
	return NULL;
}

size_t tp_c_part_find(const char *name)
{
	const struct tp_c_part *p;

	for (size_t i = 0; (p = tp_c_part(i)); i++)
		if (strcmp(p->name, name) == 0)
			return i;
	return SIZE_MAX;
}
