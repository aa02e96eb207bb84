/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a machine's console is kept for people: a file that they name, or one a disk
 * image in the cache directory, of the latest time that it was booted.
 */
#pragma once

#include "base/error.h"

/* `path` NULL: "<cache>/console/<last component of name>.log". *ret_path is the caller's.
 */
int console_log_open(const char *path, const char *name, char **ret_path, int *ret_fd,
	struct error *err);
