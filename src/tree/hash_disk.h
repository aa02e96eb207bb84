/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digests of a disk: SHA-256 of all of it, and the checksum that EBS calls LINEAR
 * (EBS direct APIs, CompleteSnapshot): SHA-256 over the SHA-256s of its blocks of 512 KiB
 * that are not all zero, in their order. Both are made in one pass.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/size.h"
#include "tree/hash.h"

struct disk_digests {
	char sha256[SHA256_HEX_CHARS + 1];
	char linear[SHA256_BASE64_CHARS + 1]; /* in base64, as EBS takes it */
	uint64_t blocks; /* that are not all zero */
};

/* The first `size_bytes` of `fd`; the last block may be short: zeros follow it. `what`
 * names it. ERR_FORMAT when it ends before. */
int hash_disk(int fd, const char *what, uint64_t size_bytes, struct disk_digests *ret,
	struct error *err);

/*
 * The same while it is written, front to back: what is settled is read back and hashed by
 * threads, and the end has little left to wait for. `fd` stays the caller's, and open.
 */
struct disk_hash;
int disk_hash_start(int fd, const char *what, uint64_t size_bytes, struct disk_hash **ret,
	struct error *err);

/* Of the first `bytes` nothing changes any more. */
void disk_hash_settled(struct disk_hash *h, uint64_t bytes);

/* All of it is settled. */
int disk_hash_end(struct disk_hash *h, struct disk_digests *ret, struct error *err);

/* Before disk_hash_end(): nobody wants to know any more. */
struct disk_hash *disk_hash_free(struct disk_hash *h);
static inline void disk_hash_freep(struct disk_hash **h)
{
	*h = disk_hash_free(*h);
}
