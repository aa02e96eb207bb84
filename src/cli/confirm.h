/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A question on the terminal.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

/* Whether there is somebody to ask: standard input and standard error are a terminal. */
bool confirm_possible(void);

/*
 * A build_confirm_fn: asks whether all data of the device `what` may be overwritten,
 * and takes nothing but "yes" for it. `userdata` is the FILE to ask on.
 */
int confirm_overwrite(const char *what, void *userdata, struct error *err);

/* Asks, on `to`, whether what was listed there may go. */
int confirm_removal(FILE *to, struct error *err);
