/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hash_rate: bytes a second at which one processor hashes blocks as an upload does, and
 * finds them in memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tree/hash_pair.h"

enum { BLOCK_BYTES = 512 * 1024, PAIRS = 2048 };

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void)
{
	uint8_t *a = malloc(BLOCK_BYTES), *b = malloc(BLOCK_BYTES);
	uint8_t digests[2][SHA256_BYTES];
	double begin;

	if (!a || !b)
		return 1;
	memset(a, 1, BLOCK_BYTES);
	memset(b, 2, BLOCK_BYTES);
	begin = seconds();
	for (int i = 0; i < PAIRS; i++) {
		hash_pair((const uint8_t *const[2]){ a, b }, BLOCK_BYTES,
			(uint8_t *const[2]){ digests[0], digests[1] });
		a[0] = digests[0][0]; /* for the compiler to leave none out */
	}
	(void)printf("%.0f\n", 2.0 * PAIRS * BLOCK_BYTES / (seconds() - begin));
	free(a);
	free(b);
	return 0;
}
