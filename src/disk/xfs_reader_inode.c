/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "disk/xfs_reader_fs.h"

#define NS_PER_S UINT64_C(1000000000)

static int find_inode(
	const struct xfs_reader *r, uint64_t ino, uint64_t *ret_at, struct error *err)
{
	const uint64_t in_block = ino & ((UINT64_C(1) << r->block_inodes_log) - 1);
	uint64_t block;

	if (!xfs_reader_find_blocks(r, ino >> r->block_inodes_log, 1, &block))
		return xfs_reader_damaged(r, "an inode would stand outside of it", err);
	*ret_at = (block << r->block_log) + in_block * r->inode_bytes;
	return 0;
}

/* Nanoseconds since 1901, or seconds and nanoseconds of 32 bits each. */
static void take_mtime(const struct xfs_dinode *core, struct xfs_inode *to)
{
	const uint64_t field = be64toh(core->mtime);

	if (be64toh(core->flags2) & XFS_FLAG2_BIGTIME) {
		to->mtime_s = (int64_t)(field / NS_PER_S) + INT32_MIN;
		to->mtime_ns = (uint32_t)(field % NS_PER_S);
	} else {
		to->mtime_s = (int32_t)(field >> 32);
		to->mtime_ns = (uint32_t)field;
	}
}

static int take_forks(const struct xfs_reader *r, const struct xfs_dinode *core,
	struct xfs_inode *to, struct error *err)
{
	const bool large = be64toh(core->flags2) & XFS_FLAG2_LARGE_COUNTS;
	const size_t room = r->inode_bytes - sizeof(*core);
	const size_t border = (size_t)core->fork_offset * 8;

	if (border >= room)
		return xfs_reader_damaged(r, "an inode has no room for its parts", err);
	to->data = (struct xfs_fork){
		.format = core->format,
		.bytes = to->bytes + sizeof(*core),
		.length_bytes = border ? border : room,
		.extents = large ? be64toh(core->large_extents) : be32toh(core->extents),
	};
	to->attrs = (struct xfs_fork){
		.format = core->attr_format,
		.bytes = to->data.bytes + border,
		.length_bytes = border ? room - border : 0,
		.extents = large ? be32toh(core->extents) : be16toh(core->attr_extents),
	};
	return 0;
}

static int check_inode(
	const struct xfs_reader *r, uint64_t ino, struct xfs_inode *to, struct error *err)
{
	const struct xfs_dinode *core = (const struct xfs_dinode *)to->bytes;

	if (be16toh(core->magic) != XFS_INODE_MAGIC || core->version != XFS_INODE_VERSION)
		return xfs_reader_damaged(r, "an inode is none", err);
	if (!xfs_reader_crc_is_good(
		    to->bytes, r->inode_bytes, offsetof(struct xfs_dinode, crc)))
		return xfs_reader_damaged(r, "an inode does not have its checksum", err);
	if (be64toh(core->ino) != ino ||
		memcmp(core->uuid, r->uuid, sizeof(r->uuid)) != 0)
		return xfs_reader_damaged(r, "an inode belongs elsewhere", err);
	if (!core->mode)
		return xfs_reader_damaged(r, "an inode is not in use", err);
	if (be64toh(core->size) > INT64_MAX)
		return xfs_reader_damaged(r, "the size of a file makes no sense", err);
	return 0;
}

int xfs_reader_inode(
	struct xfs_reader *r, uint64_t ino, struct xfs_inode *to, struct error *err)
{
	const struct xfs_dinode *core;
	uint64_t at;

	if (find_inode(r, ino, &at, err) < 0 ||
		xfs_reader_bytes(r, at, to->bytes, r->inode_bytes, err) < 0 ||
		check_inode(r, ino, to, err) < 0)
		return -1;
	core = (const struct xfs_dinode *)to->bytes;
	to->ino = ino;
	to->mode = be16toh(core->mode);
	to->uid = be32toh(core->uid);
	to->gid = be32toh(core->gid);
	to->links = be32toh(core->links);
	to->size_bytes = be64toh(core->size);
	to->is_realtime = S_ISREG(to->mode) && be16toh(core->flags) & XFS_FLAG_REALTIME;
	take_mtime(core, to);
	return take_forks(r, core, to, err);
}
