/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_btree.h"
#include "disk/xfs_dir.h"

static bool fits_one_block(uint32_t data_bytes, uint64_t hashes)
{
	return data_bytes + hashes * XFS_DIR_HASH_BYTES + XFS_DIR_BLOCK_TAIL_BYTES <=
	       XFS_BLOCK_BYTES;
}

static bool fits_one_leaf(uint64_t data_blocks, uint64_t hashes)
{
	return hashes * XFS_DIR_HASH_BYTES + data_blocks * sizeof(uint16_t) +
		       XFS_DIR_LEAF_TAIL_BYTES <=
	       XFS_DIR_LEAF_ROOM_BYTES;
}

static void plan_tree(struct xfs_dir_shape *s, uint64_t hashes)
{
	uint64_t level = xfs_quotient_up(hashes, XFS_DIR_LEAF_ENTRIES);

	/* The root is a node, so there are two leaves below it at least. */
	level = level < 2 ? 2 : level;
	s->form = XFS_DIR_TREE;
	s->leaf_blocks = level;
	while (level > 1) {
		level = xfs_quotient_up(level, XFS_DIR_LEAF_ENTRIES);
		s->leaf_blocks += level;
	}
	s->free_blocks = xfs_quotient_up(s->data_blocks, XFS_DIR_FREE_ENTRIES);
}

struct xfs_dir_shape xfs_dir_plan(
	const struct xfs_plan *p, uint32_t node, uint32_t inline_bytes)
{
	struct xfs_dir_shape s = { .inline_bytes = XFS_DIR_INLINE_HEADER_BYTES };
	struct xfs_dir_cursor cursor = xfs_dir_cursor_init();
	uint32_t count;
	const uint32_t *children = children_of(&p->children, node, &count);
	const uint64_t hashes = (uint64_t)count + XFS_DIR_DOTS;

	(void)xfs_dir_place(&cursor, xfs_dir_entry_bytes(strlen(".")));
	(void)xfs_dir_place(&cursor, xfs_dir_entry_bytes(strlen("..")));
	for (uint32_t i = 0; i < count; i++) {
		const size_t length = strlen(filetree_node(p->tree, children[i])->name);

		s.inline_bytes += xfs_dir_inline_bytes(length);
		(void)xfs_dir_place(&cursor, xfs_dir_entry_bytes(length));
	}
	if (s.inline_bytes <= inline_bytes)
		return s;
	s.data_blocks = cursor.block + 1;
	if (s.data_blocks == 1 && fits_one_block(cursor.offset, hashes)) {
		s.form = XFS_DIR_ONE_BLOCK;
	} else if (fits_one_leaf(s.data_blocks, hashes)) {
		s.form = XFS_DIR_ONE_LEAF;
		s.leaf_blocks = 1;
	} else {
		plan_tree(&s, hashes);
	}
	return s;
}
