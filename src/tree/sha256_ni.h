/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compression function of SHA-256 (FIPS 180-4, 6.2) over two messages at once, with
 * the SHA instructions of x86 processors. Each of those waits for the one before it in
 * its message; those of another message go in between, almost for free.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_NI_CHUNK_BYTES = 64, SHA256_NI_WORDS = 8 };

/* Whether this processor has them. */
bool sha256_ni_is_there(void);

/* `chunks` of each message into its hash value; only where sha256_ni_is_there(). */
void sha256_ni_two(uint32_t values[static 2][SHA256_NI_WORDS],
	const uint8_t *const messages[static 2], size_t chunks);
