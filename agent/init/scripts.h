/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run scripts as root, one after another, their output into a log (0600) and from there
 * onto the console. They write to the file itself, not into a pipe of ours: what a script
 * leaves running in the background keeps a place to write to after we are gone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "init/config.h"
#include "init/state.h"
#include "init/user_data.h"

/*
 * How each ended is logged. `*ret_failed` is how many did not end with exit code 0.
 * False: they could not be run at all, which is logged too.
 */
bool scripts_run(const struct config *c, const struct state *s, const char *instance,
	const struct script *scripts, size_t count, unsigned int *ret_failed);

/* Remove what a boot that was cut off left of them. */
void scripts_remove(const struct state *s);
