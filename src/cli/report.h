/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said beside the progress: when a command started (cli_begin()) and ended, and
 * why it failed.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/command.h"

/* When the command ended and how long it took; nothing without cli_begin(). */
void report_end(const struct cli *cli);

/* How an error is shown. */
struct report_style {
	bool color;
	size_t columns; /* of the terminal that `to` is; 0: a message is one line */
};

/* The message, the failed command's output quoted, and for ERR_USAGE what to do next.
 * `c` is NULL while it is not known. */
void report_error(FILE *to, const struct command *c, const struct error *err,
	struct report_style style);
