/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each change is told in a step of its own: what was changed, or what a dry run would.
 */
#pragma once

#include <stdbool.h>

#include "base/progress.h"

/* Who tells; by value. */
struct change_teller {
	struct progress *progress;
	bool is_dry_run;
};

/* "eu-west-1: ami-0a is shared with 222233334444", or "… would be shared with …". */
__attribute__((format(printf, 4, 5))) void change_tell(const struct change_teller *t,
	const char *region, const char *what, const char *fmt, ...);
