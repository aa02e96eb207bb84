/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An XFS file system (version 5) made straight from a tree: no mount, no device, no
 * second copy of the content. The metadata is made here; where file content stands is
 * only noted in the map. The same tree and spec give the same bytes.
 *
 * Linux 6.1 and GRUB 2.06 read what is made, and the kernel can grow it while it is
 * mounted.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/blockmap.h"

/* What mkfs.xfs refuses to be below, and the kernel's developers do not test. */
#define XFS_LEAST_BYTES (UINT64_C(300) << 20)

struct xfs_spec {
	const struct filetree *tree;
	uint64_t size_bytes; /* 0: what the content needs, and free_bytes */
	uint64_t free_bytes; /* room for the first boot, when size_bytes is 0 */
	const char *label; /* ≤ 12 bytes */
	uint8_t uuid[16];
	int64_t time_s; /* of creation, Unix */
};

/* ERR_SPACE when the content does not fit into size_bytes: the message says what it
 * needs. */
int xfs_layout(const struct xfs_spec *spec, struct blockmap **ret, struct error *err);

/* The smallest size_bytes that xfs_layout() takes for the tree. */
int xfs_smallest_bytes(
	const struct xfs_spec *spec, uint64_t *ret_bytes, struct error *err);
