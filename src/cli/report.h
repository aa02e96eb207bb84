/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What main says beside the progress: when a command started and ended, and why it failed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/command.h"

void report_start(FILE *to, const struct command *c);
void report_end(FILE *to, const struct command *c, uint64_t took_ms);

/* The message, the failed command's output quoted, and for ERR_USAGE what to do next.
 * `c` is NULL while it is not known. */
void report_error(FILE *to, const struct command *c, const struct error *err, bool color);
