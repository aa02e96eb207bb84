/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gzip format (RFC 1952), from one buffer into another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "data/result.h"

/* Do the first bytes say gzip? */
bool gzip_is(const void *data, size_t bytes);

/*
 * All members, one after another; zeros may follow the last. The checksum and the
 * length of each are held against what was made, so DATA_OK means that all of it
 * arrived. For anything else the contents of `to` are of no use. DATA_TOO_LARGE: more
 * than `room_bytes`.
 */
enum data_result gzip_decode(
	const void *data, size_t bytes, void *to, size_t room_bytes, size_t *ret_bytes);
