/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

enum {
	GROUP_BLOCKS = 8 * EXT4_BLOCK_BYTES, /* one bitmap block's worth */
	BYTES_PER_INODE = 16384, /* mke2fs's usual ratio */
	INODES_PER_BLOCK = EXT4_BLOCK_BYTES / EXT4_INODE_BYTES,
	LEAST_BLOCKS = 2048, /* with fewer, there is no room for a journal */
	SPARE_INODES = 1024, /* for what the first boot creates */
	GROUP_DESCRIPTOR_BYTES = 64, /* with the 64bit feature */
	RESERVED_BLOCKS_MOST =
		EXT4_BLOCK_BYTES / 4, /* resize_inode has numbers of 32 bits */
	GROUP_COPIES_MOST = 1 + 2 * RESERVED_BLOCKS_MOST, /* superblock, descriptors */
};

/* 48-bit block numbers are ext4's; resize_inode, as all of these, wants 32. */
#define MOST_BLOCKS ((UINT64_C(1) << 32) - 1)

/* What mke2fs makes of ext2. */
static void set_ext2_features(struct ext2_super_block *sb)
{
	sb->s_feature_compat = EXT2_FEATURE_COMPAT_EXT_ATTR |
			       EXT2_FEATURE_COMPAT_RESIZE_INODE |
			       EXT2_FEATURE_COMPAT_DIR_INDEX;
	sb->s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE;
	sb->s_feature_ro_compat =
		EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
}

/*
 * What mke2fs of Debian 12 makes by default. Not metadata_csum_seed and orphan_file,
 * which newer ones add: GRUB 2.06 does not read such a file system.
 */
static void set_ext4_features(struct ext2_super_block *sb)
{
	sb->s_feature_compat =
		EXT3_FEATURE_COMPAT_HAS_JOURNAL | EXT2_FEATURE_COMPAT_EXT_ATTR |
		EXT2_FEATURE_COMPAT_RESIZE_INODE | EXT2_FEATURE_COMPAT_DIR_INDEX;
	sb->s_feature_incompat =
		EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS |
		EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG;
	sb->s_feature_ro_compat =
		EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE |
		EXT4_FEATURE_RO_COMPAT_HUGE_FILE | EXT4_FEATURE_RO_COMPAT_DIR_NLINK |
		EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE | EXT4_FEATURE_RO_COMPAT_METADATA_CSUM;
}

/*
 * The number of inodes of each group. It stays what it is when the file system grows, so
 * it is never less than the usual ratio makes it, also when the only group is a small
 * one.
 */
static uint64_t inodes_per_group(const struct ext4_plan *plan, uint64_t groups)
{
	const uint64_t usual =
		(uint64_t)GROUP_BLOCKS * EXT4_BLOCK_BYTES / BYTES_PER_INODE;
	const uint64_t wanted =
		plan->last_inode + (uint64_t)plan->last_inode / 8 + SPARE_INODES;
	const uint64_t least = round_up((wanted + groups - 1) / groups, INODES_PER_BLOCK);

	return least > usual ? least : usual;
}

/* Blocks of descriptors, of a file system of so many groups. */
static uint64_t descriptor_blocks(uint64_t groups)
{
	return (groups * GROUP_DESCRIPTOR_BYTES + EXT4_BLOCK_BYTES - 1) /
	       EXT4_BLOCK_BYTES;
}

/*
 * For the descriptors of groups to come: mke2fs leaves room to grow 1024 times as large.
 * That is in each copy of the superblock's group, and lists of it in the first: here it
 * ends at 768 GiB, or at 16 times the size. What grows larger is given descriptors
 * elsewhere by the kernel (meta_bg).
 */
static uint16_t reserved_descriptor_blocks(uint64_t groups)
{
	const uint64_t usual = groups * 1024;
	const uint64_t enough = 768 * GIB / ((uint64_t)GROUP_BLOCKS * EXT4_BLOCK_BYTES);
	const uint64_t most = groups * 16 > enough ? groups * 16 : enough;
	const uint64_t blocks = descriptor_blocks(usual < most ? usual : most) -
				descriptor_blocks(groups);

	return (uint16_t)(blocks < RESERVED_BLOCKS_MOST ? blocks : RESERVED_BLOCKS_MOST);
}

static errcode_t initialize(
	const struct ext4_plan *plan, uint64_t blocks, ext2_filsys *ret)
{
	const uint64_t groups = (blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
	const uint64_t inodes = inodes_per_group(plan, groups) * groups;
	struct ext2_super_block sb = { 0 };

	if (inodes > UINT32_MAX)
		return EXT2_ET_TOO_MANY_INODES;
	if (plan->kind == EXT4_KIND_EXT2)
		set_ext2_features(&sb);
	else
		set_ext4_features(&sb);
	sb.s_rev_level = EXT2_DYNAMIC_REV;
	sb.s_log_block_size = 2; /* 1024 << 2 */
	sb.s_inode_size = EXT4_INODE_BYTES;
	sb.s_inodes_count = (uint32_t)inodes;
	if (plan->kind == EXT4_KIND_EXT4) {
		sb.s_log_groups_per_flex = 4; /* tables of 16 groups stand together */
		sb.s_reserved_gdt_blocks = reserved_descriptor_blocks(groups);
	}
	sb.s_default_mount_opts = EXT2_DEFM_XATTR_USER | EXT2_DEFM_ACL;
	sb.s_max_mnt_count = -1; /* never check by count */
	ext2fs_blocks_count_set(&sb, blocks);
	ext2fs_r_blocks_count_set(&sb, blocks / 20);
	return ext2fs_initialize(
		"file system", EXT2_FLAG_64BITS, &sb, &ext4_io_manager, ret);
}

static void set_identity(ext2_filsys fs, const struct ext4_spec *spec)
{
	struct ext2_super_block *sb = fs->super;

	/* libext2fs takes a time of 0 for "not told" and asks the clock. */
	fs->now = spec->time_s > 0 ? (time_t)spec->time_s : 1;
	sb->s_mkfs_time = sb->s_lastcheck = (uint32_t)fs->now;
	sb->s_mkfs_time_hi = sb->s_lastcheck_hi = (uint8_t)((uint64_t)fs->now >> 32);
	memcpy(sb->s_uuid, spec->uuid, sizeof(sb->s_uuid));
	memcpy(sb->s_hash_seed, spec->hash_seed, sizeof(sb->s_hash_seed));
	memcpy(sb->s_volume_name, spec->label,
		strnlen(spec->label, sizeof(sb->s_volume_name)));
	sb->s_def_hash_version = EXT2_HASH_HALF_MD4;
	sb->s_flags |= EXT2_FLAGS_SIGNED_HASH;
	if (ext2fs_has_feature_metadata_csum(sb))
		sb->s_checksum_type = EXT2_CRC32C_CHKSUM;
	ext2fs_init_csum_seed(fs);
}

/* Inodes 1 to 10, and the checksums of those of them that are empty. */
static errcode_t write_reserved_inodes(ext2_filsys fs)
{
	struct ext2_inode_large empty = { .i_extra_isize = EXT4_INODE_EXTRA_BYTES };

	for (ext2_ino_t ino = 1; ino < EXT4_FIRST_INODE; ino++) {
		errcode_t code;

		ext2fs_inode_alloc_stats2(fs, ino, +1, 0);
		code = ext2fs_write_inode_full(
			fs, ino, (struct ext2_inode *)&empty, sizeof(empty));
		if (code)
			return code;
	}
	return 0;
}

/*
 * Of a new journal only the first block is not zero. So it stands behind a copy of the
 * superblock, whose block of EBS has little else in it, and costs none; the last copy
 * that it has room behind, as far from the data as can be. 0: anywhere.
 */
static blk64_t place_of_journal(ext2_filsys fs, uint64_t journal_blocks)
{
	for (dgrp_t group = fs->group_desc_count; group-- > 1;) {
		const blk64_t first = ext2fs_group_first_block2(fs, group);

		if (ext2fs_bg_has_super(fs, group) &&
			first + GROUP_COPIES_MOST + journal_blocks <=
				ext2fs_blocks_count(fs->super))
			return first;
	}
	return 0;
}

static errcode_t add_journal(ext2_filsys fs)
{
	struct ext2fs_journal_params size;
	errcode_t code = ext2fs_get_journal_params(&size, fs);

	if (code)
		return code;
	code = ext2fs_add_journal_inode3(fs, &size,
		place_of_journal(fs, size.num_journal_blocks),
		EXT2_MKJOURNAL_NO_MNT_CHECK | EXT2_MKJOURNAL_LAZYINIT);
	if (code)
		return code;
	fs->super->s_overhead_clusters += size.num_journal_blocks;
	return 0;
}

/* The only block that is not in a table would stand alone behind them: so it, too, goes
 * where the first copy of the superblock is. */
static errcode_t give_block_behind_copy(ext2_filsys fs, blk64_t goal, blk64_t *ret)
{
	if (fs->group_desc_count > 1)
		goal = ext2fs_group_first_block2(fs, 1);
	return ext2fs_new_block2(fs, goal, NULL, ret);
}

static errcode_t add_resize_inode(ext2_filsys fs)
{
	errcode_t code;

	ext2fs_set_alloc_block_callback(fs, give_block_behind_copy, NULL);
	code = ext2fs_create_resize_inode(fs);
	ext2fs_set_alloc_block_callback(fs, NULL, NULL);
	return code;
}

static errcode_t make_tables(ext2_filsys fs)
{
	errcode_t code = ext2fs_allocate_tables(fs);

	if (code)
		return code;
	/* What is not written is zero on any sink: no kernel need clear tables at first
	 * mount, which would write them all. */
	for (dgrp_t group = 0; group < fs->group_desc_count; group++) {
		ext2fs_bg_flags_set(fs, group, EXT2_BG_INODE_ZEROED);
		/* libext2fs leaves the bitmap of a group that is free as a whole to the
		 * kernel; 1.47.0 also that of one with nothing but a copy of the
		 * superblock, 1.47.2 not. The image must not depend on that. */
		ext2fs_bg_flags_clear(fs, group, EXT2_BG_BLOCK_UNINIT);
	}
	fs->super->s_overhead_clusters = (uint32_t)(ext2fs_blocks_count(fs->super) -
						    ext2fs_free_blocks_count(fs->super));
	code = write_reserved_inodes(fs);
	if (code)
		return code;
	code = add_resize_inode(fs);
	if (code)
		return code;
	return ext2fs_has_feature_journal(fs->super) ? add_journal(fs) : 0;
}

int ext4_format(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t blocks, ext2_filsys *ret, struct error *err)
{
	ext2_filsys fs = NULL;
	errcode_t code;

	if (blocks > MOST_BLOCKS)
		return error_set(err, ERR_SPACE, 0,
			"make the root file system: %" PRIu64
			" GiB are more than the 16 TiB that can be made",
			blocks / (GIB / EXT4_BLOCK_BYTES));
	code = initialize(plan, blocks, &fs);
	if (code == 0 && ext2fs_blocks_count(fs->super) != blocks) {
		/* A rest that makes no group was cut off, and the inodes meant for it
		 * went to the other groups: once more, with what is really there. */
		blocks = ext2fs_blocks_count(fs->super);
		ext2fs_free(fs);
		fs = NULL;
		code = initialize(plan, blocks, &fs);
	}
	if (code)
		return ext4_failed(err, code, "make the root file system");
	set_identity(fs, spec);
	code = make_tables(fs);
	if (code) {
		ext2fs_free(fs);
		return ext4_failed(err, code, "make the root file system's tables");
	}
	*ret = fs;
	return 0;
}

int ext4_smallest_blocks(const struct ext4_spec *spec, const struct ext4_plan *plan,
	uint64_t free_blocks, uint64_t *ret_blocks, struct error *err)
{
	const uint64_t need = plan->blocks + free_blocks;
	uint64_t blocks = need > LEAST_BLOCKS ? need : LEAST_BLOCKS;

	/*
	 * One block more gives at most one free block more (but for the rounding of
	 * inodes per group). So what is lacking is at least what has to be added, no
	 * smaller size is passed over, and the first that fits is the smallest.
	 */
	for (;;) {
		ext2_filsys fs;
		uint64_t free_now;

		if (ext4_format(spec, plan, blocks, &fs, err) < 0)
			return -1;
		free_now = ext2fs_free_blocks_count(fs->super);
		ext2fs_free(fs);
		if (free_now >= need)
			break;
		blocks += need - free_now;
	}
	*ret_blocks = blocks;
	return 0;
}
