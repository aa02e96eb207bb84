/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_pair.h"

#include <string.h>

#include "base/cleanup.h"
#include "tree/sha256_ni.h"

enum {
	CHUNK_BYTES = SHA256_NI_CHUNK_BYTES,
	LENGTH_BYTES = 8, /* of the length in bits that ends a message */
	END_MOST_BYTES = 2 * CHUNK_BYTES,
};

/* FIPS 180-4, 5.3.3. */
static const uint32_t initial[SHA256_NI_WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static void put_be(uint8_t *to, uint64_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(n >> (8 * (bytes - 1 - i)));
}

/* The rest of a message that fills no chunk, padded (FIPS 180-4, 5.1.1); its chunks. */
static size_t make_end(
	const uint8_t *message, size_t length_bytes, uint8_t to[static END_MOST_BYTES])
{
	const size_t rest = length_bytes % CHUNK_BYTES;
	const size_t chunks = rest + 1 + LENGTH_BYTES > CHUNK_BYTES ? 2 : 1;

	memset(to, 0, END_MOST_BYTES);
	memcpy(to, message + length_bytes - rest, rest);
	to[rest] = 0x80;
	put_be(to + chunks * CHUNK_BYTES - LENGTH_BYTES, (uint64_t)length_bytes * 8,
		LENGTH_BYTES);
	return chunks;
}

static void hash_together(const uint8_t *const messages[static 2], size_t length_bytes,
	uint8_t *const ret_digests[static 2])
{
	uint32_t values[2][SHA256_NI_WORDS];
	uint8_t ends[2][END_MOST_BYTES];
	size_t end_chunks = 0;

	for (int i = 0; i < 2; i++) {
		memcpy(values[i], initial, sizeof(initial));
		end_chunks = make_end(messages[i], length_bytes, ends[i]);
	}
	sha256_ni_two(values, messages, length_bytes / CHUNK_BYTES);
	sha256_ni_two(values, (const uint8_t *const[2]){ ends[0], ends[1] }, end_chunks);
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < SHA256_NI_WORDS; j++)
			put_be(ret_digests[i] + 4 * j, values[i][j], 4);
}

void hash_pair(const uint8_t *const messages[static 2], size_t length_bytes,
	uint8_t *const ret_digests[static 2])
{
	CLEANUP(hash_freep) struct hash *hash = NULL;

	if (sha256_ni_is_there()) {
		hash_together(messages, length_bytes, ret_digests);
		return;
	}
	hash = hash_new();
	for (int i = 0; i < 2; i++) {
		hash_add(hash, messages[i], length_bytes);
		hash_end(hash, ret_digests[i]);
	}
}
