/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#include <ext2fs/ext3_extents.h>

/*
 * Extent trees are built from the bottom, each block filled before the next: as few
 * blocks as can be, and a number that is known beforehand (ext4_extent_tree_blocks()),
 * which inserting extents one by one would not give.
 */

int ext4_take_blocks(struct ext4_fs *x, uint64_t want, uint64_t *ret_first,
	uint64_t *ret_count, struct error *err)
{
	const blk64_t last = ext2fs_blocks_count(x->fs->super) - 1;
	blk64_t first, used;
	errcode_t code = ENOENT;

	if (x->cursor <= last)
		code = ext2fs_find_first_zero_block_bitmap2(
			x->fs->block_map, x->cursor, last, &first);
	if (code == ENOENT)
		code = EXT2_ET_BLOCK_ALLOC_FAIL;
	if (code)
		return ext4_failed(err, code, "find free blocks");
	if (want > last - first + 1)
		want = last - first + 1;
	code = ext2fs_find_first_set_block_bitmap2(
		x->fs->block_map, first, first + want - 1, &used);
	if (code == 0)
		want = used - first;
	else if (code != ENOENT)
		return ext4_failed(err, code, "find free blocks");
	ext2fs_block_alloc_stats_range(x->fs, first, (blk_t)want, +1);
	x->cursor = first + want;
	*ret_first = first;
	*ret_count = want;
	return 0;
}

int ext4_take_stretches(struct ext4_fs *x, const struct stretch *stretches, size_t count,
	struct ext4_extents *to, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t at = stretches[i].first_block, left = stretches[i].block_count;

		while (left) {
			const uint64_t want =
				left < EXT4_EXTENT_BLOCKS ? left : EXT4_EXTENT_BLOCKS;
			struct ext4_extent e = { .file_block = at };

			ext4_seek_gap(x, want);
			if (ext4_take_blocks(x, want, &e.disk_block, &e.count, err) < 0)
				return -1;
			array_reserve_one((void **)&to->items, to->count, &to->room,
				sizeof(*to->items));
			to->items[to->count++] = e;
			at += e.count;
			left -= e.count;
		}
	}
	return 0;
}

/* An entry of a tree node before it is written: of a leaf (with a count) or of an
 * index. */
typedef void put_entry_fn(void *at, const struct ext4_extent *e);

static void put_leaf_entry(void *at, const struct ext4_extent *e)
{
	const struct ext3_extent entry = {
		.ee_block = ext2fs_cpu_to_le32((uint32_t)e->file_block),
		.ee_len = ext2fs_cpu_to_le16((uint16_t)e->count),
		.ee_start_hi = ext2fs_cpu_to_le16((uint16_t)(e->disk_block >> 32)),
		.ee_start = ext2fs_cpu_to_le32((uint32_t)e->disk_block),
	};

	memcpy(at, &entry, sizeof(entry));
}

static void put_index_entry(void *at, const struct ext4_extent *e)
{
	const struct ext3_extent_idx entry = {
		.ei_block = ext2fs_cpu_to_le32((uint32_t)e->file_block),
		.ei_leaf = ext2fs_cpu_to_le32((uint32_t)e->disk_block),
		.ei_leaf_hi = ext2fs_cpu_to_le16((uint16_t)(e->disk_block >> 32)),
	};

	memcpy(at, &entry, sizeof(entry));
}

static void fill_tree_node(void *node, size_t most, unsigned int depth,
	const struct ext4_extent *entries, size_t count)
{
	put_entry_fn *put = depth ? put_index_entry : put_leaf_entry;
	const struct ext3_extent_header header = {
		.eh_magic = ext2fs_cpu_to_le16(EXT3_EXT_MAGIC),
		.eh_entries = ext2fs_cpu_to_le16((uint16_t)count),
		.eh_max = ext2fs_cpu_to_le16((uint16_t)most),
		.eh_depth = ext2fs_cpu_to_le16((uint16_t)depth),
	};
	char *at = (char *)node + sizeof(header);

	memcpy(node, &header, sizeof(header));
	for (size_t i = 0; i < count; i++)
		put(at + i * sizeof(struct ext3_extent), &entries[i]);
}

/* One block of the tree; *ret stands for it in the level above. */
static int write_tree_block(struct ext4_fs *x, ext2_ino_t ino, unsigned int depth,
	const struct ext4_extent *entries, size_t count, struct ext4_extent *ret,
	struct error *err)
{
	CLEANUP(freep) char *block = xcalloc(1, EXT4_BLOCK_BYTES);
	uint64_t at, got;
	errcode_t code;

	ext4_seek_gap(x, 1);
	if (ext4_take_blocks(x, 1, &at, &got, err) < 0)
		return -1;
	fill_tree_node(block, EXT4_BLOCK_EXTENTS, depth, entries, count);
	code = ext2fs_extent_block_csum_set(
		x->fs, ino, (struct ext3_extent_header *)block);
	if (code == 0)
		code = io_channel_write_blk64(x->fs->io, at, 1, block);
	if (code)
		return ext4_failed(err, code, "write a file's extents");
	*ret = (struct ext4_extent){ .file_block = entries[0].file_block,
		.disk_block = at };
	return 0;
}

/* Put `level` into blocks, and replace it by the entries that stand for these. */
static int write_tree_level(struct ext4_fs *x, ext2_ino_t ino, unsigned int depth,
	struct ext4_extents *level, struct error *err)
{
	size_t blocks = 0;

	for (size_t at = 0; at < level->count; at += EXT4_BLOCK_EXTENTS) {
		const size_t left = level->count - at;
		const size_t count =
			left < EXT4_BLOCK_EXTENTS ? left : EXT4_BLOCK_EXTENTS;
		struct ext4_extent above;

		if (write_tree_block(
			    x, ino, depth, level->items + at, count, &above, err) < 0)
			return -1;
		level->items[blocks++] = above;
	}
	level->count = blocks;
	return 0;
}

/* ext2's pointers, block by block; libext2fs takes blocks for them from give_block(). */
static int set_pointers(struct ext4_fs *x, ext2_ino_t ino, struct ext2_inode_large *inode,
	const struct ext4_extents *extents, struct error *err)
{
	struct ext2_inode *small = (struct ext2_inode *)inode;
	uint64_t blocks = 0;
	errcode_t code;

	for (size_t i = 0; i < extents->count; i++)
		blocks += extents->items[i].count;
	code = ext2fs_iblk_set(x->fs, small, blocks);
	for (size_t i = 0; i < extents->count; i++) {
		const struct ext4_extent *e = &extents->items[i];

		for (uint64_t n = 0; n < e->count && code == 0; n++) {
			blk64_t block = e->disk_block + n;

			code = ext2fs_bmap2(x->fs, ino, small, NULL,
				BMAP_ALLOC | BMAP_SET, e->file_block + n, NULL, &block);
		}
	}
	return code ? ext4_failed(err, code, "write a file's block numbers") : 0;
}

int ext4_set_extents(struct ext4_fs *x, ext2_ino_t ino, struct ext2_inode_large *inode,
	const struct ext4_extents *extents, struct error *err)
{
	CLEANUP(ext4_extents_releasep) struct ext4_extents level = { 0 };
	uint64_t blocks = 0;
	unsigned int depth = 0;
	errcode_t code;

	if (!ext2fs_has_feature_extents(x->fs->super))
		return set_pointers(x, ino, inode, extents, err);
	for (size_t i = 0; i < extents->count; i++)
		blocks += extents->items[i].count;
	level.count = extents->count;
	if (level.count)
		level.items =
			xmemdup(extents->items, extents->count * sizeof(*extents->items));
	while (level.count > EXT4_INODE_EXTENTS) {
		if (write_tree_level(x, ino, depth++, &level, err) < 0)
			return -1;
		blocks += level.count;
	}
	inode->i_flags |= EXT4_EXTENTS_FL;
	fill_tree_node(
		inode->i_block, EXT4_INODE_EXTENTS, depth, level.items, level.count);
	code = ext2fs_iblk_set(x->fs, (struct ext2_inode *)inode, blocks);
	if (code)
		return ext4_failed(err, code, "count a file's blocks");
	return 0;
}
