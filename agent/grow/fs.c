/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/fs.h"

#include <linux/errno.h>
#include <linux/ioctl.h>

#include "grow/fs_size.h"
#include "rt/string.h"
#include "rt/sys.h"

/* The kernel keeps these to itself: fs/ext4/ext4.h, fs/xfs/libxfs/xfs_fs.h. */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)

struct xfs_geometry {
	uint32_t block_bytes;
	uint32_t realtime_extent_blocks;
	uint32_t group_blocks;
	uint32_t groups;
	uint32_t log_blocks;
	uint32_t sector_bytes;
	uint32_t inode_bytes;
	uint32_t inode_most_percent;
	uint64_t data_blocks;
	uint64_t not_used_here[3];
	uint8_t uuid[16];
	uint32_t not_used_here_either[7];
};
#define XFS_IOC_FSGEOMETRY_V1 _IOR('X', 100, struct xfs_geometry)
_Static_assert(sizeof(struct xfs_geometry) == 112, "as the kernel has it");

struct xfs_growth {
	uint64_t blocks;
	uint32_t inode_most_percent;
};
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, struct xfs_growth)
_Static_assert(sizeof(struct xfs_growth) == 16, "as the kernel has it");

/*
 * resize2fs rounds to pages of the machine it runs on. Where they are larger than this,
 * it would leave out up to 60 KiB that are used here; the file system is no different
 * for it.
 */
enum { PAGE_BYTES = 4096 };

static int read_ext4(int device_fd, struct ext4_size *ret, bool *ret_is)
{
	uint8_t super[EXT4_SUPER_BYTES];
	long got = sys_pread(device_fd, super, sizeof(super), EXT4_SUPER_AT);

	if (got < 0)
		return (int)got;
	*ret_is = got == (long)sizeof(super) && ext4_super_parse(super, ret);
	return 0;
}

static int ext4_grow(int mount_fd, int device_fd, uint64_t device_bytes,
	struct ext4_size *s, struct fs_result *ret)
{
	uint64_t blocks = ext4_target_blocks(s, device_bytes, PAGE_BYTES);
	bool is = false;
	int error;

	ret->old_bytes = ret->new_bytes = s->blocks * s->block_bytes;
	if (blocks == s->blocks)
		return 0;
	error = sys_ioctl(mount_fd, EXT4_IOC_RESIZE_FS, &blocks);
	/* The kernel may leave out a last group that is too small for its own tables. */
	if (error >= 0)
		error = read_ext4(device_fd, s, &is);
	if (error < 0) {
		ret->reason = error == -EROFS ? "it is mounted read-only"
					      : "the kernel could not grow ext4";
		return error;
	}
	if (is)
		ret->new_bytes = s->blocks * s->block_bytes;
	return 0;
}

static int xfs_grow(int mount_fd, uint64_t device_bytes, struct xfs_geometry *g,
	struct fs_result *ret)
{
	const struct xfs_size size = { .blocks = g->data_blocks,
		.block_bytes = g->block_bytes,
		.group_blocks = g->group_blocks };
	struct xfs_growth growth = { .inode_most_percent = g->inode_most_percent };
	int error;

	growth.blocks = xfs_target_blocks(&size, device_bytes);
	ret->old_bytes = ret->new_bytes = g->data_blocks * g->block_bytes;
	if (growth.blocks == g->data_blocks)
		return 0;
	error = sys_ioctl(mount_fd, XFS_IOC_FSGROWFSDATA, &growth);
	if (error >= 0)
		error = sys_ioctl(mount_fd, XFS_IOC_FSGEOMETRY_V1, g);
	if (error < 0) {
		ret->reason = error == -EROFS ? "it is mounted read-only"
					      : "the kernel could not grow XFS";
		return error;
	}
	ret->new_bytes = g->data_blocks * g->block_bytes;
	return 0;
}

int fs_grow(int mount_fd, int device_fd, uint64_t device_bytes, struct fs_result *ret)
{
	struct ext4_size ext4 = { 0 };
	struct xfs_geometry xfs;
	bool is_ext4 = false;
	int error;

	memset(ret, 0, sizeof(*ret));
	/* Any other file system refuses the number. */
	if (sys_ioctl(mount_fd, XFS_IOC_FSGEOMETRY_V1, &xfs) >= 0)
		return xfs_grow(mount_fd, device_bytes, &xfs, ret);
	error = read_ext4(device_fd, &ext4, &is_ext4);
	if (error < 0) {
		ret->reason = "its superblock cannot be read";
		return error;
	}
	if (is_ext4)
		return ext4_grow(mount_fd, device_fd, device_bytes, &ext4, ret);
	ret->reason = "it is neither ext4 nor XFS";
	return 0;
}
