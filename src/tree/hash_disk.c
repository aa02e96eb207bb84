/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_disk.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

static bool is_zero(const uint8_t *block)
{
	return block[0] == 0 && !memcmp(block, block + 1, EBS_BLOCK_BYTES - 1);
}

static void add_block(const uint8_t *block, struct hash *scratch, struct hash *linear)
{
	uint8_t digest[SHA256_BYTES];

	hash_add(scratch, block, EBS_BLOCK_BYTES);
	hash_end(scratch, digest);
	hash_add(linear, digest, sizeof(digest));
}

int hash_disk(int fd, const char *what, uint64_t size_bytes, struct disk_digests *ret,
	struct error *err)
{
	CLEANUP(hash_freep) struct hash *whole = hash_new();
	CLEANUP(hash_freep) struct hash *linear = hash_new();
	CLEANUP(hash_freep) struct hash *scratch = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];
	uint64_t blocks = 0;

	for (uint64_t at = 0; at < size_bytes; at += EBS_BLOCK_BYTES) {
		const uint64_t left = size_bytes - at;
		const size_t want =
			left < EBS_BLOCK_BYTES ? (size_t)left : EBS_BLOCK_BYTES;
		size_t n;

		if (fd_pread(fd, block, want, at, &n, what, err) < 0)
			return -1;
		if (n < want)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' ends %" PRIu64 " bytes too early", what, left - n);
		hash_add(whole, block, n);
		memset(block + n, 0, EBS_BLOCK_BYTES - n);
		if (is_zero(block))
			continue;
		add_block(block, scratch, linear);
		blocks++;
	}
	ret->blocks = blocks;
	hash_end(whole, digest);
	hash_format_hex(digest, ret->sha256);
	hash_end(linear, digest);
	hash_format_base64(digest, ret->linear);
	return 0;
}
