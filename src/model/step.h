// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * step.h - the size around one operation
 */
#ifndef TP_MODEL_STEP_H
#define TP_MODEL_STEP_H

#include <stdbool.h>
#include <stdint.h>

struct tp_step {
	uint64_t before, after;
	bool ran;
};

#endif
