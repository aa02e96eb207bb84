/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The moments that AWS's answers and caches name.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * RFC 3339: "2026-11-21T08:41:37Z", "…37.250+01:00"; also "…37UTC", which older AWS
 * CLIs write. Seconds since 1970. False when `text` is none of these.
 */
bool timestamp_parse(const char *text, int64_t *ret_s);
