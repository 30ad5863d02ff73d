// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel.c - the kinds of kernel
 */
#include <string.h>

#include "kernel/kernel.h"

const struct tp_kernel *const tp_kernels[] = {
	&tp_kernel_host,
	&tp_kernel_dir,
	&tp_kernel_uml,
	&tp_kernel_qemu,
	NULL,
};

size_t tp_one_turn(const struct tp_target *t)
{
	(void)t;
	return 1;
}

bool tp_kernel_heeds(const struct tp_kernel *k, const char *option)
{
	for (size_t i = 0; k->options && k->options[i]; i++)
		if (strcmp(k->options[i], option) == 0)
			return true;
	return false;
}

const struct tp_kernel *tp_kernel_find(const char *text, const char **arg)
{
	size_t len = strcspn(text, ":");

	*arg = text[len] == ':' ? text + len + 1 : NULL;
	for (size_t i = 0; tp_kernels[i]; i++)
		if (strlen(tp_kernels[i]->name) == len &&
		    memcmp(tp_kernels[i]->name, text, len) == 0)
			return tp_kernels[i];
	return NULL;
}
