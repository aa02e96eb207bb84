/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFS images that mkfs.xfs makes from a prototype, for the tests of the reader: a file of
 * each kind, and directories of every form.
 */
#pragma once

#include "disk/xfs_reader.h"
#include "support.h"

enum {
	/* With blocks of 64 KiB, mkfs.xfs 6.6 makes a log of 124 MiB in a quarter. */
	XFS_IMAGE_BYTES = 640 << 20,
	/* Within an inode: mkfs.xfs 6.1 makes blocks for longer ones without headers. */
	XFS_LONG_TARGET = 330,
	XFS_BIG_BYTES = 300000,
	XFS_THINGS = 9,
	XFS_CROWDS = 5,
};

/* The target of "slow"; filled by xfs_make_image(). */
extern char xfs_long_target[XFS_LONG_TARGET + 1];

extern const struct xfs_thing {
	const char *name;
	mode_t mode;
	const char *target;
	size_t bytes; /* of content, or device numbers: major << 8 | minor */
} xfs_things[XFS_THINGS];

/* Directories "d<count>" with so many symbolic links, which lead to their number. */
extern const int xfs_crowds[XFS_CROWDS];
char *xfs_crowd_name(int i);

/* mkfs.xfs with these options, as far as they go; the path of the image. */
char *xfs_make_image(struct scratch *s, const char *const options[4]);

struct xfs_reader *xfs_open_image(
	const char *image, uint64_t offset, uint64_t size, int *ret_fd);

const struct filetree_node *xfs_node_at(const struct filetree *t, const char *path);

/* That the file has these bytes, from its begin, its middle and behind its end. */
void xfs_check_content(
	struct xfs_reader *r, const struct filetree_node *n, const uint8_t *want);
