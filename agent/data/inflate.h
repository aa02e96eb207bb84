/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DEFLATE format (RFC 1951), from one buffer into another. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "data/result.h"

/*
 * One compressed stream at the start of `from`. `to` is all the memory it takes, for it
 * is the window as well. Both `ret_` are set for DATA_OK only: how much of `from` the
 * stream was, and how much of `to` it filled.
 */
enum data_result inflate(const uint8_t *from, size_t from_bytes, uint8_t *to,
	size_t room_bytes, size_t *ret_used_bytes, size_t *ret_made_bytes);
