/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the root file system as large as its volume: the partition in its table, the
 * partition in the kernel, then ext4 or XFS in place. Each step looks at what is there
 * and does nothing when that is right already, so a run that was cut off is made good by
 * the next one, wherever it ended.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct grow_options {
	const char *mount_point; /* "/" */
	const char *sysfs; /* "/sys" */
	const char *dev; /* "/dev" */
};

#define GROW_OPTIONS_DEFAULT                                       \
	{                                                          \
		.mount_point = "/", .sysfs = "/sys", .dev = "/dev" \
	}

enum { GROW_NODE_ROOM = 64 };

struct grow_report {
	char device[GROW_NODE_ROOM]; /* "/dev/nvme0n1p1"; "" when there is none */

	/*
	 * Of the partition in its table; both 0 when there is none. Different: just
	 * grown.
	 */
	uint64_t partition_old_bytes, partition_new_bytes;
	bool table_written; /* also when it only had to be mended, or its backup moved */

	/*
	 * Of the file system; both 0 when its size is not known. Different: just grown.
	 */
	uint64_t file_system_old_bytes, file_system_new_bytes;

	/*
	 * Why something was left as it was though it might have grown, or what failed;
	 * static text that completes "not grown: …". NULL: it is as large as it can be.
	 */
	const char *partition_reason;
	const char *file_system_reason;
	int error; /* of what failed: -errno */
};

/*
 * 0, also where nothing can grow (the reasons say so), or -errno when something failed
 * that should not have. Needs root, /sys, /dev, and the file system mounted for writing.
 */
int grow_root(const struct grow_options *options, struct grow_report *ret);
