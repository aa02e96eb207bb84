/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Whether `length_bytes` (at least 1) are all zero. */
static inline bool bytes_are_zero(const uint8_t *bytes, size_t length_bytes)
{
	/* The first is zero, and each other one equals the one before it. */
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, length_bytes - 1) == 0;
}
