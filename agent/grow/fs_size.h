/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How large a file system is, and how large it can be on a device; without the device. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Where the superblock of ext4 is on the device, and how much of it is read. */
enum { EXT4_SUPER_AT = 1024, EXT4_SUPER_BYTES = 1024 };

struct ext4_size {
	uint64_t blocks;
	uint32_t block_bytes;
	uint32_t cluster_blocks; /* a power of two; 1 unless clusters are allocated */
	bool has_64bit;
};

/* False: this is no superblock of ext2, ext3 or ext4, or not a sane one. */
bool ext4_super_parse(const uint8_t super[EXT4_SUPER_BYTES], struct ext4_size *ret);

/*
 * The number of blocks that resize2fs would give it on a device of that size: whole
 * pages, whole clusters, and what 32 bits can count where there are no more. Not below
 * what it has.
 */
uint64_t ext4_target_blocks(
	const struct ext4_size *s, uint64_t device_bytes, uint32_t page_bytes);

struct xfs_size {
	uint64_t blocks;
	uint32_t block_bytes;
	uint32_t group_blocks; /* of an allocation group */
};

/*
 * As xfs_growfs does; without a last allocation group that the kernel finds too small.
 * Not below what it has.
 */
uint64_t xfs_target_blocks(const struct xfs_size *s, uint64_t device_bytes);
