/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_fs.h"

static uint64_t chunk_inodes(const struct xfs_space *s)
{
	uint64_t inodes = 0;

	for (uint32_t i = 0; i < s->ag_count; i++)
		inodes += (uint64_t)s->ags[i].chunks * XFS_CHUNK_INODES;
	return inodes;
}

static void put_geometry(const struct xfs_space *s, struct xfs_sb *sb)
{
	sb->block_bytes = htobe32(XFS_BLOCK_BYTES);
	sb->block_log = XFS_BLOCK_LOG;
	sb->sector_bytes = htobe16(XFS_SECTOR_BYTES);
	sb->sector_log = XFS_SECTOR_LOG;
	sb->inode_bytes = htobe16(XFS_INODE_BYTES);
	sb->inode_log = XFS_INODE_LOG;
	sb->block_inodes = htobe16(XFS_BLOCK_INODES);
	sb->block_inodes_log = XFS_BLOCK_INODES_LOG;
	sb->inode_align_blocks = htobe32(XFS_CHUNK_BLOCKS);
	sb->sparse_align_blocks = htobe32(XFS_CHUNK_BLOCKS / 2);
	sb->inode_most_percent = XFS_INODE_PERCENT;
	sb->data_blocks = htobe64(s->blocks);
	sb->ag_blocks = htobe32(s->ag_blocks);
	sb->ag_count = htobe32(s->ag_count);
	sb->ag_block_log = s->ag_block_log;
	sb->rt_extent_blocks = htobe32(1);
	sb->log_start = htobe64(
		xfs_space_fsblock(s, xfs_space_block(s, s->log_ag, XFS_AG_HEAD_BLOCKS)));
	sb->log_blocks = htobe32(XFS_LOG_BLOCKS);
	sb->log_stripe_unit = htobe32(1);
}

static void put_features(const struct xfs_plan *plan, struct xfs_sb *sb)
{
	const uint16_t attr = plan->has_attrs ? XFS_SB_VERSION_ATTR : 0;

	sb->version = htobe16(XFS_SB_VERSION | attr);
	sb->features2 = sb->bad_features2 = htobe32(XFS_SB_FEATURES2);
	sb->features_ro_compat = htobe32(
		XFS_RO_COMPAT_FINOBT | XFS_RO_COMPAT_REFLINK | XFS_RO_COMPAT_INOBTCNT);
	sb->features_incompat = htobe32(
		XFS_INCOMPAT_FTYPE | XFS_INCOMPAT_SPINODES | XFS_INCOMPAT_BIGTIME);
}

void xfs_superblock_put(const struct xfs_fs *x, struct xfs_sb *sb)
{
	const struct xfs_space *s = x->space;
	const uint64_t inodes = chunk_inodes(s);

	sb->magic = htobe32(XFS_SB_MAGIC);
	memcpy(sb->uuid, x->spec->uuid, sizeof(sb->uuid));
	memcpy(sb->label, x->spec->label, strnlen(x->spec->label, sizeof(sb->label)));
	put_geometry(s, sb);
	put_features(x->plan, sb);
	sb->root_ino = htobe64(xfs_space_ino(s, XFS_ROOT_INDEX));
	sb->rt_bitmap_ino = htobe64(xfs_space_ino(s, XFS_RT_BITMAP_INDEX));
	sb->rt_summary_ino = htobe64(xfs_space_ino(s, XFS_RT_SUMMARY_INDEX));
	sb->inode_count = htobe64(inodes);
	sb->inode_free = htobe64(inodes - s->inodes);
	sb->free_blocks = htobe64(xfs_space_free(s));
	xfs_put_crc(sb, XFS_SECTOR_BYTES, offsetof(struct xfs_sb, crc));
}
