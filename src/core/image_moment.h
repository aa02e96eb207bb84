/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an image becomes deprecated, as people say it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { IMAGE_MOMENT_CHARS = 20 };

/*
 * "180d": so many days after `from_s`; "2027-12-31": that day's begin, in UTC;
 * "2027-12-31T18:00:00Z". In seconds since 1970, of a whole minute: EC2 knows no other.
 * False when it is none of these.
 */
bool image_moment(const char *text, int64_t from_s, int64_t *ret_s);

/* "2027-12-31T00:00:00Z". */
void image_moment_format(int64_t at_s, char ret[static IMAGE_MOMENT_CHARS + 1]);
