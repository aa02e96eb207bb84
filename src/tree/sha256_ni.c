/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/sha256_ni.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>
#include <pthread.h>

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

enum { ROUNDS = 64, LANES = 2 };

/* FIPS 180-4, 4.2.2. */
static const uint32_t constants[ROUNDS] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf,
	0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
	0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
	0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
	0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2 };

static bool is_there;

static void look(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
		return;
	is_there = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Once: a virtual machine's CPUID is its host's work, and takes long. */
bool sha256_ni_is_there(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, look);
	return is_there;
}

/* One message: its hash value as the instructions want it, and 16 words of schedule. */
struct lane {
	__m128i abef, cdgh;
	__m128i words[4];
};

WITH_SHA static inline struct lane load_value(
	const uint32_t value[static SHA256_NI_WORDS])
{
	const __m128i abcd = _mm_loadu_si128((const __m128i *)value);
	const __m128i efgh = _mm_loadu_si128((const __m128i *)(value + 4));
	const __m128i badc = _mm_shuffle_epi32(abcd, 0xb1);
	const __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1b);

	return (struct lane){ .abef = _mm_alignr_epi8(badc, hgfe, 8),
		.cdgh = _mm_blend_epi16(hgfe, badc, 0xf0) };
}

WITH_SHA static inline void store_value(
	const struct lane *l, uint32_t value[static SHA256_NI_WORDS])
{
	const __m128i feba = _mm_shuffle_epi32(l->abef, 0x1b);
	const __m128i dchg = _mm_shuffle_epi32(l->cdgh, 0xb1);

	_mm_storeu_si128((__m128i *)value, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(value + 4), _mm_alignr_epi8(dchg, feba, 8));
}

WITH_SHA static inline void load_words(struct lane *l, const uint8_t *chunk)
{
	const __m128i big_endian =
		_mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);

	for (int i = 0; i < 4; i++)
		l->words[i] = _mm_shuffle_epi8(
			_mm_loadu_si128((const __m128i *)chunk + i), big_endian);
}

/* Four rounds, from 4 * `step` on. The words they take make way for those 16 later. */
WITH_SHA static inline void do_rounds(struct lane *l, unsigned int step)
{
	__m128i *w = &l->words[step % 4], sum;

	if (step >= 4) {
		const __m128i before = l->words[(step + 3) % 4];

		*w = _mm_sha256msg1_epu32(*w, l->words[(step + 1) % 4]);
		*w = _mm_add_epi32(
			*w, _mm_alignr_epi8(before, l->words[(step + 2) % 4], 4));
		*w = _mm_sha256msg2_epu32(*w, before);
	}
	sum = _mm_add_epi32(
		*w, _mm_loadu_si128((const __m128i *)(constants + 4 * (size_t)step)));
	l->cdgh = _mm_sha256rnds2_epu32(l->cdgh, l->abef, sum);
	sum = _mm_shuffle_epi32(sum, 0x0e);
	l->abef = _mm_sha256rnds2_epu32(l->abef, l->cdgh, sum);
}

/* Unrolled, all of the two lanes stays in registers. */
WITH_SHA static inline void do_chunk(struct lane lanes[static LANES])
{
	const struct lane before[LANES] = { lanes[0], lanes[1] };

#pragma GCC unroll 16
	for (unsigned int step = 0; step < ROUNDS / 4; step++)
#pragma GCC unroll 2
		for (int i = 0; i < LANES; i++)
			do_rounds(&lanes[i], step);
	for (int i = 0; i < LANES; i++) {
		lanes[i].abef = _mm_add_epi32(lanes[i].abef, before[i].abef);
		lanes[i].cdgh = _mm_add_epi32(lanes[i].cdgh, before[i].cdgh);
	}
}

WITH_SHA void sha256_ni_two(uint32_t values[static 2][SHA256_NI_WORDS],
	const uint8_t *const messages[static 2], size_t chunks)
{
	struct lane lanes[LANES] = { load_value(values[0]), load_value(values[1]) };

	for (size_t at = 0; at < chunks * SHA256_NI_CHUNK_BYTES;
		at += SHA256_NI_CHUNK_BYTES) {
		for (int i = 0; i < LANES; i++)
			load_words(&lanes[i], messages[i] + at);
		do_chunk(lanes);
	}
	for (int i = 0; i < LANES; i++)
		store_value(&lanes[i], values[i]);
}

#else

#include <stdlib.h>

bool sha256_ni_is_there(void)
{
	return false;
}

void sha256_ni_two(uint32_t values[static 2][SHA256_NI_WORDS],
	const uint8_t *const messages[static 2], size_t chunks)
{
	(void)values;
	(void)messages;
	(void)chunks;
	abort();
}

#endif
