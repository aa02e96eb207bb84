/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that name files, held against each other before anything is opened: what one
 * command writes is nothing that it reads.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "cli/options.h"

/*
 * ERR_USAGE when an option that names a file to be written names one of the `word_count`
 * files in `words`, or that of another option; but for a result that takes the place of
 * what was read first. Devices such as /dev/null and pipes may be named twice, and "-" is
 * no file.
 */
int file_options_check(const struct opt_set *sets, size_t set_count, char *const *words,
	int word_count, struct error *err);
