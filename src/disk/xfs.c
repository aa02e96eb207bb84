/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/xfs_btree.h"
#include "disk/xfs_fs.h"

/* More groups than this are not tried; the kernel's limit is far above. */
#define MOST_BLOCKS ((UINT64_C(1) << 50) / XFS_BLOCK_BYTES)

static void space_releasep(struct xfs_space *s)
{
	xfs_space_release(s);
}

/* Blocks that are lacking when the tree goes into `blocks` and `free_bytes` stay free. */
static uint64_t lacking(const struct xfs_plan *plan, uint64_t blocks, uint64_t free_bytes)
{
	CLEANUP(space_releasep) struct xfs_space s = { 0 };
	const uint64_t least = XFS_LEAST_BYTES / XFS_BLOCK_BYTES;
	uint64_t lack, left, need;

	if (blocks < least)
		return least - blocks;
	if (!xfs_space_init(&s, blocks, plan->inodes))
		return MIB / XFS_BLOCK_BYTES;
	left = xfs_space_left(&s);
	lack = left < plan->blocks ? plan->blocks - left : 0;
	if (free_bytes == 0)
		return lack;
	need = plan->blocks + xfs_space_reserved(&s) +
	       xfs_quotient_up(free_bytes, XFS_BLOCK_BYTES);
	left = xfs_space_free(&s);
	return left < need && need - left > lack ? need - left : lack;
}

/* One block more gives at most one free block more: so the first size found that lacks
 * nothing is the smallest (of those that are a multiple of 1 MiB). */
static int smallest_size(const struct xfs_plan *plan, uint64_t free_bytes,
	uint64_t *ret_bytes, struct error *err)
{
	uint64_t blocks = XFS_LEAST_BYTES / XFS_BLOCK_BYTES, lack;

	while (lack = lacking(plan, blocks, free_bytes), lack != 0) {
		blocks = round_up(blocks + lack, MIB / XFS_BLOCK_BYTES);
		if (blocks > MOST_BLOCKS)
			return error_set(err, ERR_SPACE, 0,
				"lay out the root file system: it would have more than "
				"1 PiB");
	}
	*ret_bytes = blocks * XFS_BLOCK_BYTES;
	return 0;
}

int xfs_smallest_bytes(
	const struct xfs_spec *spec, uint64_t *ret_bytes, struct error *err)
{
	CLEANUP(xfs_plan_releasep) struct xfs_plan plan = { 0 };

	if (xfs_plan_make(spec->tree, &plan, err) < 0)
		return -1;
	return smallest_size(&plan, 0, ret_bytes, err);
}

static int choose_size(const struct xfs_spec *spec, const struct xfs_plan *plan,
	uint64_t *ret_bytes, struct error *err)
{
	char has[16], needs[16];
	uint64_t least;

	if (spec->size_bytes == 0)
		return smallest_size(plan, spec->free_bytes, ret_bytes, err);
	if (spec->size_bytes / XFS_BLOCK_BYTES > MOST_BLOCKS)
		return error_set(err, ERR_SPACE, 0,
			"lay out the root file system: %s are more than the 1 PiB that "
			"can be made",
			size_format(spec->size_bytes, has));
	if (lacking(plan, spec->size_bytes / XFS_BLOCK_BYTES, 0) == 0) {
		*ret_bytes = spec->size_bytes;
		return 0;
	}
	if (smallest_size(plan, 0, &least, err) < 0)
		return -1;
	return error_set(err, ERR_SPACE, 0,
		"lay out the root file system: its content needs %s (%" PRIu64
		" MiB), and it has %s; give the disk a larger size, or put less into it",
		size_format(least, needs), least / MIB,
		size_format(spec->size_bytes, has));
}

uint8_t *xfs_block_new(struct xfs_fs *x, uint64_t block)
{
	uint8_t *bytes = xcalloc(1, XFS_BLOCK_BYTES);

	blockmap_add_memory(x->map, block * XFS_BLOCK_BYTES, bytes, XFS_BLOCK_BYTES);
	return bytes;
}

/* Directories have inode numbers of 32 bits: those in the inodes no others. */
static int check_inode_numbers(const struct xfs_space *s, struct error *err)
{
	if (xfs_space_ino(s, s->inodes - 1) <= UINT32_MAX)
		return 0;
	return error_set(err, ERR_SPACE, 0,
		"lay out the root file system: %" PRIu64 " files are too many for it",
		s->inodes);
}

static int fill_map(struct xfs_fs *x, struct error *err)
{
	if (check_inode_numbers(x->space, err) < 0 || xfs_fill(x, err) < 0)
		return -1;
	for (uint32_t i = 0; i < x->space->ag_count; i++)
		xfs_ag_put(x, i);
	xfs_log_put(x);
	return blockmap_seal(x->map, err);
}

int xfs_layout(const struct xfs_spec *spec, struct blockmap **ret, struct error *err)
{
	CLEANUP(xfs_plan_releasep) struct xfs_plan plan = { 0 };
	CLEANUP(space_releasep) struct xfs_space space = { 0 };
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	struct xfs_fs x = { .spec = spec, .plan = &plan, .space = &space };
	uint64_t size;

	if (strlen(spec->label) > XFS_LABEL_BYTES)
		return error_set(err, ERR_USAGE, 0,
			"the label '%s' of the root file system has more than %d bytes",
			spec->label, XFS_LABEL_BYTES);
	if (xfs_plan_make(spec->tree, &plan, err) < 0 ||
		choose_size(spec, &plan, &size, err) < 0)
		return -1;
	(void)xfs_space_init(&space, size / XFS_BLOCK_BYTES, plan.inodes);
	map = x.map = blockmap_new(size);
	if (fill_map(&x, err) < 0)
		return -1;
	*ret = TAKE_PTR(map);
	return 0;
}
