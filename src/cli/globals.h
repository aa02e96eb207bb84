/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that commands have in common, before or after the command's name.
 */
#pragma once

#include <stdbool.h>

#include "cli/command.h"
#include "cli/options.h"

enum color_choice { COLOR_AUTO = 0, COLOR_ALWAYS, COLOR_NEVER };

struct globals {
	bool help, version, json, quiet, verbose;
	unsigned int color; /* enum color_choice */
	const char *events; /* FILE of --events, or NULL */
};

enum { GLOBAL_OPTIONS_MOST = 8 }; /* with OPT_END */

extern const struct opt global_options[];

/* Those that `c` has a use for: all but --json and --events are every command's. */
void globals_of(const struct command *c, struct opt ret[GLOBAL_OPTIONS_MOST]);

/*
 * ERR_USAGE when --json or --events was given before a command that has no use for it.
 * What the environment says (`defaults`) is for those commands that have: it is dropped.
 */
int globals_check(const struct command *c, const struct globals *defaults,
	struct globals *values, struct error *err);

/*
 * Whether escapes may be written to `fd`: with COLOR_AUTO only to a terminal that is not
 * TERM=dumb, and not when $NO_COLOR is set to anything (no-color.org).
 */
bool color_wanted(enum color_choice choice, int fd);

/* Columns of the terminal `fd`; 80 when it does not say. */
size_t terminal_columns(int fd);

/* Whether `fd` is a terminal on which a line can be erased and written again. */
bool terminal_is_live(int fd);
