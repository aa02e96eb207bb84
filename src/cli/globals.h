/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that every command takes, before or after its name.
 */
#pragma once

#include <stdbool.h>

#include "cli/options.h"

enum color_choice { COLOR_AUTO = 0, COLOR_ALWAYS, COLOR_NEVER };

struct globals {
	bool help, version, json, quiet, verbose;
	unsigned int color; /* enum color_choice */
	const char *events; /* FILE of --events, or NULL */
};

extern const struct opt global_options[];

/*
 * Whether escapes may be written to `fd`: with COLOR_AUTO only to a terminal that is not
 * TERM=dumb, and not when $NO_COLOR is set to anything (no-color.org).
 */
bool color_wanted(enum color_choice choice, int fd);

/* Whether `fd` is a terminal on which a line can be erased and written again. */
bool terminal_is_live(int fd);
