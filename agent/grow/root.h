/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The block device that a file system is on, as sysfs describes it. */
#pragma once

#include "grow/grow.h"

struct root_device {
	char node[GROW_NODE_ROOM]; /* "/dev/vda1" */
	uint32_t major, minor;
	uint64_t size_bytes; /* what the kernel takes it for */

	/* Of the disk that it is a partition of; 0 and unset when it is a whole disk. */
	unsigned int number;
	uint64_t start_bytes;
	char disk_node[GROW_NODE_ROOM];
	uint32_t disk_major, disk_minor;
};

/*
 * Device `major`:`minor`, as a file system's files say. 0 or -errno, or 0 with
 * `*ret_reason` set: it is no disk or partition (overlay, network, btrfs, LVM, RAID …).
 */
int root_find(const struct grow_options *options, uint32_t major, uint32_t minor,
	struct root_device *ret, const char **ret_reason);

/* A device of that number behind the name, opened with `flags`; -ENXIO when the name is
 * something else. */
int root_open(const char *node, uint32_t major, uint32_t minor, int flags);
