/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether an upload is under way on this machine.
 */
#pragma once

#include <stdbool.h>

/* Of that run id. True also when that cannot be found out. */
bool upload_is_alive(const char *run_id);
