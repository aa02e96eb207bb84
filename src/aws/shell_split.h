/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line as Python's shlex.split() reads it, which is what botocore does with
 * credential_process and with the names of profiles: quotes and backslashes are known,
 * variables, wildcards and operators are not. No shell is ever started.
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"

/* False when a quote is not closed, or nothing follows a backslash. */
bool shell_split(const char *text, struct strv *ret);
