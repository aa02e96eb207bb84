/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and sums in packets.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline unsigned int get16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static inline void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* The ones' complement sum of RFC 1071, added to `sum`, 16 bits; its complement is the
 * checksum. An odd byte at the end counts as if a zero followed. */
static inline unsigned int packet_sum(
	unsigned int sum, const uint8_t *p, size_t length_bytes)
{
	for (size_t i = 0; i < length_bytes; i += 2) {
		sum += i + 1 < length_bytes ? get16(p + i) : (unsigned int)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}
