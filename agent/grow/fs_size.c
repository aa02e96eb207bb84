/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/fs_size.h"

#include "data/le.h"

/* Offsets in ext4's superblock (the kernel's Documentation/filesystems/ext4). */
enum {
	BLOCKS_LOW_AT = 0x04,
	LOG_BLOCK_AT = 0x18,
	LOG_CLUSTER_AT = 0x1c,
	MAGIC_AT = 0x38,
	INCOMPAT_AT = 0x60,
	RO_COMPAT_AT = 0x64,
	BLOCKS_HIGH_AT = 0x150,

	MAGIC = 0xef53,
	INCOMPAT_64BIT = 0x80,
	RO_COMPAT_BIGALLOC = 0x200,

	LOG_BLOCK_MOST = 6, /* 64 KiB */
	LOG_CLUSTER_MOST = 20, /* 1 GiB */
};

/* A smaller allocation group is given up (XFS_MIN_AG_BLOCKS of the kernel). */
enum { XFS_GROUP_LEAST_BLOCKS = 64 };

bool ext4_super_parse(const uint8_t super[EXT4_SUPER_BYTES], struct ext4_size *ret)
{
	uint32_t log_block = le32_get(super + LOG_BLOCK_AT);
	uint32_t log_cluster = le32_get(super + LOG_CLUSTER_AT);
	bool clusters = le32_get(super + RO_COMPAT_AT) & RO_COMPAT_BIGALLOC;
	struct ext4_size s = { .cluster_blocks = 1 };

	if (le16_get(super + MAGIC_AT) != MAGIC || log_block > LOG_BLOCK_MOST ||
		(clusters && (log_cluster < log_block || log_cluster > LOG_CLUSTER_MOST)))
		return false;
	s.block_bytes = UINT32_C(1024) << log_block;
	if (clusters)
		s.cluster_blocks = UINT32_C(1) << (log_cluster - log_block);
	s.has_64bit = le32_get(super + INCOMPAT_AT) & INCOMPAT_64BIT;
	s.blocks = le32_get(super + BLOCKS_LOW_AT);
	if (s.has_64bit)
		s.blocks |= (uint64_t)le32_get(super + BLOCKS_HIGH_AT) << 32;
	if (s.blocks == 0)
		return false;
	*ret = s;
	return true;
}

static uint64_t round_down(uint64_t value, uint64_t unit)
{
	return unit > 1 ? value - value % unit : value;
}

uint64_t ext4_target_blocks(
	const struct ext4_size *s, uint64_t device_bytes, uint32_t page_bytes)
{
	uint64_t blocks = device_bytes / s->block_bytes;

	if (!s->has_64bit && blocks > UINT32_MAX)
		blocks = UINT32_MAX;
	blocks = round_down(blocks, page_bytes / s->block_bytes);
	blocks = round_down(blocks, s->cluster_blocks);
	return blocks > s->blocks ? blocks : s->blocks;
}

uint64_t xfs_target_blocks(const struct xfs_size *s, uint64_t device_bytes)
{
	uint64_t blocks, last_group;

	if (s->block_bytes == 0 || s->group_blocks == 0)
		return s->blocks;
	blocks = device_bytes / s->block_bytes;
	last_group = blocks % s->group_blocks;
	if (last_group < XFS_GROUP_LEAST_BLOCKS)
		blocks -= last_group;
	return blocks > s->blocks ? blocks : s->blocks;
}
