/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4). Life: sha256_init(), sha256_add() any number of times,
 * sha256_end(); nothing to release.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK_BYTES = 64 };

struct sha256 {
	uint32_t state[8];
	uint64_t total_bytes;
	uint8_t block[SHA256_BLOCK_BYTES]; /* what does not fill a block yet */
};

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t bytes);
void sha256_end(struct sha256 *h, uint8_t ret_digest[SHA256_BYTES]);
