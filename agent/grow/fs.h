/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing a mounted file system to its device, by asking the kernel. */
#pragma once

#include <stdint.h>

struct fs_result {
	uint64_t old_bytes, new_bytes;
	const char *reason; /* static; NULL: it is as large as it can be */
};

/*
 * `mount_fd` is any directory of the file system, `device_fd` its device, open for
 * reading. 0 (for another file system than ext4 and XFS too, with the reason), or
 * -errno with what failed as the reason.
 */
int fs_grow(int mount_fd, int device_fd, uint64_t device_bytes, struct fs_result *ret);
