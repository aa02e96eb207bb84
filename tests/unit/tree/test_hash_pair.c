/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_pair.h"

#include "unit.h"

/* Of two chunks and more, at each place where padding takes another one. */
enum { MOST_BYTES = 200 };

static void fill(uint8_t *bytes, size_t count, uint32_t seed)
{
	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static void assert_digest(const uint8_t *message, size_t length_bytes,
	const uint8_t digest[static SHA256_BYTES])
{
	CLEANUP(hash_freep) struct hash *h = hash_new();
	uint8_t expected[SHA256_BYTES];

	hash_add(h, message, length_bytes);
	hash_end(h, expected);
	assert_memory_equal(digest, expected, SHA256_BYTES);
}

/* At any address: the buffers end where the messages do, for the sanitizers to see. */
static void assert_pair(size_t length_bytes)
{
	CLEANUP(freep) uint8_t *a = xmalloc(length_bytes + 1);
	CLEANUP(freep) uint8_t *b = xmalloc(length_bytes + 2);
	uint8_t digest_a[SHA256_BYTES], digest_b[SHA256_BYTES];

	fill(a, length_bytes + 1, 1 + (uint32_t)length_bytes);
	fill(b, length_bytes + 2, 2 + (uint32_t)length_bytes);
	hash_pair((const uint8_t *const[2]){ a + 1, b + 2 }, length_bytes,
		(uint8_t *const[2]){ digest_a, digest_b });
	assert_digest(a + 1, length_bytes, digest_a);
	assert_digest(b + 2, length_bytes, digest_b);
}

static void each_of_two_has_its_own_hash(void **state)
{
	(void)state;
	for (size_t length = 0; length <= MOST_BYTES; length++)
		assert_pair(length);
}

static void long_messages_are_hashed_to_their_end(void **state)
{
	(void)state;
	assert_pair(512 << 10);
	assert_pair((1 << 20) + 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_two_has_its_own_hash),
		cmocka_unit_test(long_messages_are_hashed_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
