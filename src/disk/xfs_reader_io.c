/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/crc32c.h"
#include "disk/xfs_reader_fs.h"

const struct xfs_guard xfs_guard_tree = {
	.crc_at = offsetof(struct xfs_long_block, crc),
	.sector_at = offsetof(struct xfs_long_block, sector),
	.uuid_at = offsetof(struct xfs_long_block, uuid),
	.owner_at = offsetof(struct xfs_long_block, owner),
};

const struct xfs_guard xfs_guard_dir = {
	.crc_at = offsetof(struct xfs_dir_header, crc),
	.sector_at = offsetof(struct xfs_dir_header, sector),
	.uuid_at = offsetof(struct xfs_dir_header, uuid),
	.owner_at = offsetof(struct xfs_dir_header, owner),
};

const struct xfs_guard xfs_guard_da = {
	.crc_at = offsetof(struct xfs_da_header, crc),
	.sector_at = offsetof(struct xfs_da_header, sector),
	.uuid_at = offsetof(struct xfs_da_header, uuid),
	.owner_at = offsetof(struct xfs_da_header, owner),
};

const struct xfs_guard xfs_guard_remote = {
	.crc_at = offsetof(struct xfs_remote_header, crc),
	.sector_at = offsetof(struct xfs_remote_header, sector),
	.uuid_at = offsetof(struct xfs_remote_header, uuid),
	.owner_at = offsetof(struct xfs_remote_header, owner),
};

int xfs_reader_damaged(const struct xfs_reader *r, const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s': the file system is damaged: %s",
		r->name, what);
}

int xfs_reader_bytes(struct xfs_reader *r, uint64_t at_bytes, void *to,
	size_t length_bytes, struct error *err)
{
	size_t got;

	if (length_bytes > r->may_read_bytes)
		return xfs_reader_damaged(
			r, "its parts refer to each other without end", err);
	r->may_read_bytes -= length_bytes;
	if (disk_source_read(&r->disk, to, length_bytes, r->offset_bytes + at_bytes, &got,
		    r->name, err) < 0)
		return -1;
	if (got < length_bytes)
		return error_set(err, ERR_FORMAT, 0, "'%s' is cut off", r->name);
	return 0;
}

/* The last allocation group may be smaller than the others. */
static uint64_t blocks_of_group(const struct xfs_reader *r, uint64_t group)
{
	if (group < r->ag_count - 1)
		return r->ag_blocks;
	return r->blocks - (uint64_t)(r->ag_count - 1) * r->ag_blocks;
}

bool xfs_reader_find_blocks(
	const struct xfs_reader *r, uint64_t on_disk, uint64_t count, uint64_t *ret)
{
	const uint64_t group = on_disk >> r->ag_block_log;
	const uint64_t in_group = on_disk & ((UINT64_C(1) << r->ag_block_log) - 1);
	uint64_t end;

	if (group >= r->ag_count)
		return false;
	end = blocks_of_group(r, group);
	if (in_group >= end || count > end - in_group)
		return false;
	*ret = group * r->ag_blocks + in_group;
	return true;
}

bool xfs_reader_crc_is_good(uint8_t *bytes, size_t length_bytes, size_t offset)
{
	uint32_t stored;

	memcpy(&stored, bytes + offset, sizeof(stored));
	memset(bytes + offset, 0, sizeof(stored));
	return crc32c(bytes, length_bytes) == le32toh(stored);
}

int xfs_reader_check(const struct xfs_reader *r, const struct xfs_guard *guard,
	uint8_t *bytes, size_t length_bytes, uint64_t block, uint64_t owner,
	struct error *err)
{
	const uint64_t sector = block << (r->block_log - XFS_SECTOR_LOG);

	if (!xfs_reader_crc_is_good(bytes, length_bytes, guard->crc_at))
		return xfs_reader_damaged(r, "a block does not have its checksum", err);
	if (memcmp(bytes + guard->uuid_at, r->uuid, sizeof(r->uuid)) != 0)
		return xfs_reader_damaged(r, "a block is another file system's", err);
	if (xfs_get_64(bytes + guard->sector_at) != sector)
		return xfs_reader_damaged(r, "a block belongs elsewhere", err);
	if (xfs_get_64(bytes + guard->owner_at) != owner)
		return xfs_reader_damaged(r, "a block is another file's", err);
	return 0;
}
