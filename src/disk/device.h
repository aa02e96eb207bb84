/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices as targets: whether one may be overwritten.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct device_info {
	uint64_t size_bytes;
	char what[128]; /* for the question: "/dev/sdb, 8 GiB, Samsung T7" */
};

/*
 * Open for writing. ERR_TARGET when it is not a block device, is mounted (it or a
 * partition of it), is swap, held by another device (RAID, LVM, device mapper), or in use
 * (O_EXCL).
 */
int device_open(
	const char *path, struct device_info *ret_info, int *ret_fd, struct error *err);
