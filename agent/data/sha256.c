/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/sha256.h"

#include "rt/string.h"

enum { ROUNDS = 64, LENGTH_AT = SHA256_BLOCK_BYTES - 8 };

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

static uint32_t turn(uint32_t x, unsigned int bits)
{
	return x >> bits | x << (32 - bits);
}

static uint32_t be32_get(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
	       at[3];
}

static void be32_put(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void expand(uint32_t w[ROUNDS], const uint8_t *block)
{
	for (int i = 0; i < 16; i++)
		w[i] = be32_get(block + (size_t)i * 4);
	for (int i = 16; i < ROUNDS; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
		       (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
	}
}

/* FIPS 180-4, 6.2.2; `v` holds its variables a to h. */
static void mix_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t w[ROUNDS] = { 0 }, v[8];

	expand(w, block);
	memcpy(v, state, sizeof(v));
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t a = v[0], e = v[4];
		uint32_t choice = (e & v[5]) ^ (~e & v[6]);
		uint32_t majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
		uint32_t t1 = v[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice +
			      constants[i] + w[i];
		uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority;

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_init(struct sha256 *h)
{
	/* FIPS 180-4, 5.3.3. */
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(h->state, start, sizeof(start));
	h->total_bytes = 0;
}

void sha256_add(struct sha256 *h, const void *data, size_t bytes)
{
	const uint8_t *at = data;
	size_t held = h->total_bytes % SHA256_BLOCK_BYTES;

	h->total_bytes += bytes;
	if (held > 0) {
		size_t part = SHA256_BLOCK_BYTES - held;

		if (part > bytes)
			part = bytes;
		memcpy(h->block + held, at, part);
		at += part;
		bytes -= part;
		if (held + part < SHA256_BLOCK_BYTES)
			return;
		mix_block(h->state, h->block);
	}
	for (; bytes >= SHA256_BLOCK_BYTES; bytes -= SHA256_BLOCK_BYTES) {
		mix_block(h->state, at);
		at += SHA256_BLOCK_BYTES;
	}
	if (bytes > 0)
		memcpy(h->block, at, bytes);
}

void sha256_end(struct sha256 *h, uint8_t ret_digest[SHA256_BYTES])
{
	static const uint8_t padding[SHA256_BLOCK_BYTES] = { 0x80 };
	uint64_t bits = h->total_bytes * 8;
	size_t held = h->total_bytes % SHA256_BLOCK_BYTES;
	uint8_t length[8];

	be32_put(length, (uint32_t)(bits >> 32));
	be32_put(length + 4, (uint32_t)bits);
	sha256_add(h, padding, (held < LENGTH_AT ? LENGTH_AT : LENGTH_AT + 64) - held);
	sha256_add(h, length, sizeof(length));
	for (size_t i = 0; i < 8; i++)
		be32_put(ret_digest + i * 4, h->state[i]);
}
