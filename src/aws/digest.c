/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/digest.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* OpenSSL's digest calls fail only for want of memory or of the algorithm itself. */
static void or_abort(bool ok)
{
	if (!ok) {
		(void)fputs("amiwright: this OpenSSL has no SHA-1, SHA-256 or HMAC\n",
			stderr);
		abort();
	}
}

void digest_sha1(const void *bytes, size_t length_bytes,
	uint8_t ret_digest[static DIGEST_SHA1_BYTES])
{
	or_abort(
		EVP_Digest(bytes, length_bytes, ret_digest, NULL, EVP_sha1(), NULL) == 1);
}

void digest_sha256(const void *bytes, size_t length_bytes,
	uint8_t ret_digest[static DIGEST_SHA256_BYTES])
{
	or_abort(EVP_Digest(bytes, length_bytes, ret_digest, NULL, EVP_sha256(), NULL) ==
		 1);
}

void digest_hmac_sha256(const void *key, size_t key_bytes, const void *bytes,
	size_t length_bytes, uint8_t ret_digest[static DIGEST_SHA256_BYTES])
{
	or_abort(key_bytes <= INT_MAX && HMAC(EVP_sha256(), key, (int)key_bytes, bytes,
						 length_bytes, ret_digest, NULL));
}

void digest_format_hex(const uint8_t *digest, size_t length_bytes, char *ret_hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length_bytes; i++) {
		ret_hex[2 * i] = digits[digest[i] >> 4];
		ret_hex[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_hex[2 * length_bytes] = '\0';
}
