/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "disk/xfs_reader.h"
#include "disk/xfs_reader_fs.h"

/*
 * What is read in all is bounded: whole contents are read once at most, all else far less
 * than that. An honest file system stays below.
 */
enum { READ_TIMES_SIZE = 8 };
static const uint64_t read_least_bytes = UINT64_C(256) * MIB;

/* Bounds of the format, as logarithms of bytes. */
enum {
	SECTOR_LOG_MOST = 15,
	BLOCK_LOG_LEAST = 10,
	INODE_LOG_MOST = 11,
	AG_BLOCK_LOG_MOST = 31,
};
enum { VERSION_BITS = 0xf, VERSION_OLD = 4, VERSION = 5 };

/* Features that change what is read here, or do not matter to it. */
enum {
	FEATURES_KNOWN = XFS_INCOMPAT_FTYPE | XFS_INCOMPAT_SPINODES |
			 XFS_INCOMPAT_META_UUID | XFS_INCOMPAT_BIGTIME |
			 XFS_INCOMPAT_NREXT64 | XFS_INCOMPAT_EXCHRANGE |
			 XFS_INCOMPAT_PARENT,
};

static int refuse(const struct xfs_reader *r, const char *why, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s': %s", r->name, why);
}

static int check_version(
	const struct xfs_reader *r, const struct xfs_sb *sb, struct error *err)
{
	const unsigned int version = be16toh(sb->version) & VERSION_BITS;

	if (be32toh(sb->magic) != XFS_SB_MAGIC)
		return xfs_reader_damaged(r, "it has no superblock", err);
	if (version < VERSION_OLD || version > VERSION)
		return xfs_reader_damaged(r, "its version makes no sense", err);
	if (version == VERSION_OLD)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': the file system is XFS of version 4, which has no "
			"checksums; only version 5 is read",
			r->name);
	if (sb->sector_log < XFS_SECTOR_LOG || sb->sector_log > SECTOR_LOG_MOST)
		return xfs_reader_damaged(
			r, "the size of its sectors makes no sense", err);
	return 0;
}

static int check_features(
	const struct xfs_reader *r, const struct xfs_sb *sb, struct error *err)
{
	const uint32_t features = be32toh(sb->features_incompat);

	if (features & XFS_INCOMPAT_NEEDSREPAIR)
		return refuse(r, "the file system is marked for xfs_repair", err);
	if (sb->in_progress)
		return refuse(r, "the file system was not made to its end", err);
	if (features & ~(uint32_t)FEATURES_KNOWN)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': the file system is XFS with features that are not known "
			"here (0x%x)",
			r->name, features & ~(uint32_t)FEATURES_KNOWN);
	return 0;
}

static bool geometry_is_good(const struct xfs_sb *sb)
{
	const uint64_t blocks = be64toh(sb->data_blocks);
	const uint64_t group = be32toh(sb->ag_blocks), count = be32toh(sb->ag_count);

	if (sb->block_log < BLOCK_LOG_LEAST || sb->block_log > XFS_BLOCK_LOG_MOST ||
		be32toh(sb->block_bytes) != UINT32_C(1) << sb->block_log ||
		sb->dir_block_log > XFS_BLOCK_LOG_MOST - sb->block_log)
		return false;
	if (sb->inode_log < XFS_INODE_LOG || sb->inode_log > INODE_LOG_MOST ||
		be16toh(sb->inode_bytes) != 1 << sb->inode_log ||
		sb->block_inodes_log != sb->block_log - sb->inode_log)
		return false;
	if (!group || !count || sb->ag_block_log > AG_BLOCK_LOG_MOST ||
		group > UINT64_C(1) << sb->ag_block_log)
		return false;
	/* The last group has at least one block. */
	return blocks > (count - 1) * group && blocks <= count * group;
}

static void take_geometry(struct xfs_reader *r, const struct xfs_sb *sb)
{
	const uint32_t features = be32toh(sb->features_incompat);
	const bool other_uuid = features & XFS_INCOMPAT_META_UUID;

	memcpy(r->uuid, other_uuid ? sb->meta_uuid : sb->uuid, sizeof(r->uuid));
	r->blocks = be64toh(sb->data_blocks);
	r->root_ino = be64toh(sb->root_ino);
	r->log_start = be64toh(sb->log_start);
	r->log_blocks = be32toh(sb->log_blocks);
	r->ag_blocks = be32toh(sb->ag_blocks);
	r->ag_count = be32toh(sb->ag_count);
	r->block_bytes = UINT32_C(1) << sb->block_log;
	r->dir_block_bytes = r->block_bytes << sb->dir_block_log;
	r->inode_bytes = UINT32_C(1) << sb->inode_log;
	r->block_log = sb->block_log;
	r->ag_block_log = sb->ag_block_log;
	r->block_inodes_log = sb->block_inodes_log;
	r->has_types = features & XFS_INCOMPAT_FTYPE;
}

static int read_superblock(struct xfs_reader *r, uint64_t size_bytes, struct error *err)
{
	_Alignas(8) uint8_t bytes[1 << SECTOR_LOG_MOST];
	const struct xfs_sb *sb = (const struct xfs_sb *)bytes;

	if (size_bytes < sizeof(*sb))
		return xfs_reader_damaged(r, "it has no superblock", err);
	if (xfs_reader_bytes(r, 0, bytes, sizeof(*sb), err) < 0 ||
		check_version(r, sb, err) < 0)
		return -1;
	if (size_bytes < UINT64_C(1) << sb->sector_log)
		return refuse(r, "the file system is cut off", err);
	if (xfs_reader_bytes(r, 0, bytes, UINT64_C(1) << sb->sector_log, err) < 0)
		return -1;
	if (!xfs_reader_crc_is_good(
		    bytes, UINT64_C(1) << sb->sector_log, offsetof(struct xfs_sb, crc)))
		return xfs_reader_damaged(
			r, "its superblock does not have its checksum", err);
	if (check_features(r, sb, err) < 0)
		return -1;
	if (!geometry_is_good(sb))
		return xfs_reader_damaged(r, "its sizes make no sense", err);
	if (be64toh(sb->data_blocks) > size_bytes >> sb->block_log)
		return refuse(r,
			"the file system has more bytes than what it stands in, which is "
			"cut off",
			err);
	take_geometry(r, sb);
	return 0;
}

int xfs_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct xfs_reader **ret,
	struct error *err)
{
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = xcalloc(1, sizeof(*r));

	r->name = xstrdup(name);
	r->disk = *disk;
	r->offset_bytes = offset_bytes;
	r->may_read_bytes = size_bytes > UINT64_MAX / READ_TIMES_SIZE / 2
				    ? UINT64_MAX
				    : size_bytes * READ_TIMES_SIZE + read_least_bytes;
	if (read_superblock(r, size_bytes, err) < 0 || xfs_reader_log(r, err) < 0)
		return -1;
	*ret = TAKE_PTR(r);
	return 0;
}
