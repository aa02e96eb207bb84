/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Durations as people write them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "90s", "30m", "6h", "2d". False when it is no duration, or more than UINT64_MAX. */
bool duration_parse(const char *text, uint64_t *ret_s);
