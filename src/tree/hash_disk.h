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
