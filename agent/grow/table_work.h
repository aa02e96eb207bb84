/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The body of struct table_work, for whoever provides the memory. */
#pragma once

#include "grow/gpt.h"

struct table_work {
	uint8_t first[DISK_SECTOR_MOST_BYTES]; /* sector 0 */
	struct gpt_work gpt;
};
