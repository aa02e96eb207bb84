/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/size.h"
#include "disk/ext4_fs.h"

#define SIZE_STEP_BYTES (16 * MIB)

/* libext2fs allocates a block itself for extended attributes: it gets ours. */
static errcode_t give_block(ext2_filsys fs, blk64_t goal, blk64_t *ret)
{
	struct ext4_fs *x = fs->priv_data;
	errcode_t code;

	(void)goal;
	ext4_seek_gap(x, 1);
	code = ext2fs_find_first_zero_block_bitmap2(
		fs->block_map, x->cursor, ext2fs_blocks_count(fs->super) - 1, ret);
	return code ? EXT2_ET_BLOCK_ALLOC_FAIL : 0;
}

static int smallest_size(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t free_bytes, uint64_t *ret_bytes, struct error *err)
{
	uint64_t blocks;

	if (ext4_smallest_blocks(spec, plan,
		    round_up(free_bytes, EXT4_BLOCK_BYTES) / EXT4_BLOCK_BYTES, &blocks,
		    err) < 0)
		return -1;
	*ret_bytes = round_up(blocks * EXT4_BLOCK_BYTES, MIB);
	return 0;
}

/*
 * The size when none is given: the earlier one's, if that is enough and not far from what
 * is needed. Else, where room is wanted at all, a little more of it, so that not each
 * change of the content changes the size, and with it where the disk ends.
 */
static int choose_size(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t *ret_bytes, struct error *err)
{
	const uint64_t before = spec->like ? ext4_places_size_bytes(spec->like) : 0;
	uint64_t least;

	if (smallest_size(spec, plan, spec->free_bytes, &least, err) < 0)
		return -1;
	*ret_bytes = spec->free_bytes ? round_up(least, SIZE_STEP_BYTES) : least;
	if (before >= least && before <= least + least / 8 && before % MIB == 0)
		*ret_bytes = before;
	return 0;
}

int ext4_smallest_bytes(
	const struct ext4_spec *spec, uint64_t *ret_bytes, struct error *err)
{
	CLEANUP(ext4_plan_releasep) struct ext4_plan plan = { 0 };
	struct ext4_spec anew = *spec;

	/* What ext4_layout() comes to when nothing else fits. */
	anew.like = NULL;
	if (ext4_plan_make(&anew, &plan, err) < 0)
		return -1;
	return smallest_size(&anew, &plan, 0, ret_bytes, err);
}

static int too_small(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t size_bytes, struct error *err)
{
	char has[16], needs[16];
	uint64_t least;

	if (smallest_size(spec, plan, 0, &least, err) < 0)
		return -1;
	return error_set(err, ERR_SPACE, 0,
		"lay out the root file system: its content needs %s (%" PRIu64
		" MiB), and it has %s; give the disk a larger size, or put less into it",
		size_format(least, needs), least / MIB, size_format(size_bytes, has));
}

/* An empty file system of the size wanted, in which there is room for the tree. */
static int make_empty(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t *ret_size_bytes, ext2_filsys *ret, struct error *err)
{
	uint64_t size = spec->size_bytes;
	ext2_filsys fs = NULL;

	if (size == 0 && choose_size(spec, plan, &size, err) < 0)
		return -1;
	if (ext4_format(spec, plan, size / EXT4_BLOCK_BYTES, &fs, err) < 0) {
		if (err->code != ERR_SPACE || spec->size_bytes == 0)
			return -1;
		return too_small(spec, plan, size, err);
	}
	if (ext2fs_free_blocks_count(fs->super) < plan->blocks) {
		ext2fs_free(fs);
		return too_small(spec, plan, size, err);
	}
	*ret_size_bytes = size;
	*ret = fs;
	return 0;
}

/*
 * The copies of the superblock and of the group descriptors are those of the file system
 * before anything was in it, as those of one that has been in use are, too: they tell
 * where things stand, and that does not change with the content.
 */
static int write_backups(ext2_filsys fs, struct error *err)
{
	errcode_t code = ext2fs_set_gdt_csum(fs);

	if (code == 0)
		code = ext2fs_flush(fs);
	if (code)
		return ext4_failed(err, code, "write copies of the superblock");
	fs->flags |= EXT2_FLAG_MASTER_SB_ONLY;
	ext2fs_mark_super_dirty(fs);
	return 0;
}

/* Where there is room for it, content begins with a block of EBS: before it are tables
 * that are empty at their end. */
static blk64_t first_of_content(const struct ext4_fs *x)
{
	const uint64_t spare = ext2fs_free_blocks_count(x->fs->super) - x->plan->blocks;
	blk64_t first, aligned;

	if (ext2fs_find_first_zero_block_bitmap2(x->fs->block_map, 0,
		    ext2fs_blocks_count(x->fs->super) - 1, &first) != 0)
		return 0;
	aligned = round_up(first, EBS_BLOCK_BYTES / EXT4_BLOCK_BYTES);
	return aligned - first <= spare ? aligned : 0;
}

static int fill_and_write(struct ext4_fs *x, struct error *err)
{
	errcode_t code;

	if (write_backups(x->fs, err) < 0)
		return -1;
	x->cursor = first_of_content(x);
	for (size_t i = 0; i < EXT4_GAP_CLASSES; i++)
		x->gaps_from[i] = x->cursor;
	x->fs->priv_data = x;
	ext2fs_set_alloc_block_callback(x->fs, give_block, NULL);
	if (ext4_fill(x, err) < 0)
		return -1;
	code = ext2fs_set_gdt_csum(x->fs);
	if (code == 0)
		code = ext2fs_flush(x->fs);
	if (code)
		return ext4_failed(err, code, "write the root file system's tables");
	ext4_io_hand_over(x->fs->io, x->map);
	return blockmap_seal(x->map, err);
}

static int lay_out(const struct ext4_spec *spec, struct blockmap **ret, struct error *err)
{
	CLEANUP(ext4_plan_releasep) struct ext4_plan plan = { 0 };
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	struct ext4_fs x = { .spec = spec, .plan = &plan };
	uint64_t size = 0;
	int r;

	if (ext4_plan_make(spec, &plan, err) < 0 ||
		make_empty(spec, &plan, &size, &x.fs, err) < 0)
		return -1;
	map = blockmap_new(size);
	x.map = map;
	r = fill_and_write(&x, err);
	free(x.kept);
	ext2fs_free(x.fs);
	if (r == 0)
		*ret = TAKE_PTR(map);
	return r;
}

int ext4_layout(const struct ext4_spec *spec, struct blockmap **ret, struct error *err)
{
	struct ext4_spec anew = *spec;

	if (strlen(spec->label) > EXT2_LABEL_LEN)
		return error_set(err, ERR_USAGE, 0,
			"the label '%s' of the root file system has more than 16 bytes",
			spec->label);
	if (lay_out(spec, ret, err) == 0)
		return 0;
	/* Gaps that are too small for what is new can cost more room than there is. */
	if (!spec->like || err->code != ERR_SPACE)
		return -1;
	*err = (struct error)ERROR_INIT;
	anew.like = NULL;
	return lay_out(&anew, ret, err);
}
