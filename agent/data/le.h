/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Little endian numbers at any address. */
#pragma once

#include <stdint.h>

static inline uint16_t le16_get(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *at)
{
	return le16_get(at) | (uint32_t)le16_get(at + 2) << 16;
}

static inline uint64_t le64_get(const uint8_t *at)
{
	return le32_get(at) | (uint64_t)le32_get(at + 4) << 32;
}

static inline void le32_put(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static inline void le64_put(uint8_t *at, uint64_t value)
{
	le32_put(at, (uint32_t)value);
	le32_put(at + 4, (uint32_t)(value >> 32));
}
