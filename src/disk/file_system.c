/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/file_system.h"

#include <string.h>

#include "disk/ext4.h"
#include "disk/xfs.h"

static struct xfs_spec xfs_spec_of(const struct file_system_spec *spec)
{
	struct xfs_spec to = {
		.tree = spec->tree,
		.size_bytes = spec->size_bytes,
		.free_bytes = spec->free_bytes,
		.label = spec->label,
		.time_s = spec->time_s,
	};

	memcpy(to.uuid, spec->uuid, sizeof(to.uuid));
	return to;
}

static struct ext4_spec ext4_spec_of(const struct file_system_spec *spec)
{
	struct ext4_spec to = {
		.kind = spec->kind == FILE_SYSTEM_EXT2 ? EXT4_KIND_EXT2 : EXT4_KIND_EXT4,
		.tree = spec->tree,
		.size_bytes = spec->size_bytes,
		.free_bytes = spec->free_bytes,
		.label = spec->label,
		.time_s = spec->time_s,
		.like = spec->like,
	};

	memcpy(to.uuid, spec->uuid, sizeof(to.uuid));
	memcpy(to.hash_seed, spec->hash_seed, sizeof(to.hash_seed));
	return to;
}

int file_system_layout(
	const struct file_system_spec *spec, struct blockmap **ret, struct error *err)
{
	if (spec->kind == FILE_SYSTEM_XFS) {
		const struct xfs_spec xfs = xfs_spec_of(spec);

		return xfs_layout(&xfs, ret, err);
	}
	const struct ext4_spec ext4 = ext4_spec_of(spec);

	return ext4_layout(&ext4, ret, err);
}

int file_system_smallest_bytes(
	const struct file_system_spec *spec, uint64_t *ret_bytes, struct error *err)
{
	if (spec->kind == FILE_SYSTEM_XFS) {
		const struct xfs_spec xfs = xfs_spec_of(spec);

		return xfs_smallest_bytes(&xfs, ret_bytes, err);
	}
	const struct ext4_spec ext4 = ext4_spec_of(spec);

	return ext4_smallest_bytes(&ext4, ret_bytes, err);
}
