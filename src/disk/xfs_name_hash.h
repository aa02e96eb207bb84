/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline uint32_t xfs_rotate_left(uint32_t n, unsigned int by)
{
	return n << by | n >> (32 - by);
}

/* The hash of names, in directories and of attributes: 7 bits for each byte, rotating. */
static inline uint32_t xfs_name_hash(const char *name, size_t length_bytes)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < length_bytes; i++)
		hash = xfs_rotate_left(hash, 7) ^ (uint8_t)name[i];
	return hash;
}
