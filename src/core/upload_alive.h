/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uploads of this machine, by their runs' ids.
 */
#pragma once

#include <stdbool.h>

/* Whether it is under way. True also when that cannot be found out. */
bool upload_is_alive(const char *run_id);

/* What it had begun is gone: so goes its journal, if it was ended and has one. */
void upload_forget(const char *run_id);
