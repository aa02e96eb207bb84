/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hashes that AWS's protocols ask for, of bytes in memory. OpenSSL's only place in
 * this part.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	DIGEST_SHA1_BYTES = 20,
	DIGEST_SHA256_BYTES = 32,
	DIGEST_SHA256_HEX_CHARS = 2 * DIGEST_SHA256_BYTES,
};

/* FIPS 180-4. SHA-1 names files here, and protects nothing. */
void digest_sha1(const void *bytes, size_t length_bytes,
	uint8_t ret_digest[static DIGEST_SHA1_BYTES]);
void digest_sha256(const void *bytes, size_t length_bytes,
	uint8_t ret_digest[static DIGEST_SHA256_BYTES]);

/* RFC 2104 over SHA-256. */
void digest_hmac_sha256(const void *key, size_t key_bytes, const void *bytes,
	size_t length_bytes, uint8_t ret_digest[static DIGEST_SHA256_BYTES]);

/* Lower-case digits; `ret_hex` has room for 2 * length_bytes + 1. */
void digest_format_hex(const uint8_t *digest, size_t length_bytes, char *ret_hex);
