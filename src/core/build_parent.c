/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_parent.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core/disk_file.h"
#include "core/snapshot_disk.h"
#include "core/snapshot_reference.h"
#include "disk/fs_probe.h"
#include "disk/gpt.h"

static bool has_xfs_root(const struct recipe *recipe)
{
	return recipe->disk.root == RECIPE_ROOT_XFS;
}

int build_parent_check(const struct recipe *recipe, struct error *err)
{
	if (has_xfs_root(recipe))
		return error_set(err, ERR_USAGE, 0,
			"--parent is for ext4: what stands where on XFS is not kept");
	return 0;
}

/* The last that has ext4 is the root's, as the disks are laid out that are made here. */
static int read_partition(const struct disk_source *disk, const char *name,
	const struct partition_table *table, struct ext4_places **ret, struct error *err)
{
	for (size_t i = table->count; i-- > 0;) {
		const struct partition *p = &table->items[i];
		enum fs_kind kind;

		if (fs_probe(disk, name, p->start_bytes, &kind, err) < 0)
			return -1;
		if (kind == FS_EXT)
			return ext4_places_read(
				disk, name, p->start_bytes, p->size_bytes, ret, err);
	}
	return error_set(err, ERR_FORMAT, 0,
		"'%s' has no partition with an ext4 file system", name);
}

static int read_disk(const struct disk_source *disk, const char *name,
	struct ext4_places **ret, struct error *err)
{
	CLEANUP(partition_table_release) struct partition_table table = { 0 };

	if (partition_table_read(disk, name, &table, err) < 0)
		return -1;
	return read_partition(disk, name, &table, ret, err);
}

int build_parent_read_file(const char *path, struct ext4_places **ret, struct error *err)
{
	/* Not to wait for a writer if it is a named pipe. */
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	CLEANUP(fd_closep) int raw = -1;
	uint64_t size_bytes;

	if (fd < 0 && errno == ENOENT && snapshot_reference_is_one(path))
		return error_set(err, ERR_USAGE, 0,
			"--parent %s goes with --to snapshot and --to ami; an image in "
			"a file has its parent in one",
			path);
	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (disk_file_raw(fd, path, &raw, &size_bytes, err) < 0)
		return -1;
	return read_disk(&DISK_SOURCE(raw), path, ret, err);
}

static int read_snapshot(const struct build_parent_snapshot *s, struct progress *p,
	struct ext4_places **ret, struct error *err)
{
	CLEANUP(snapshot_disk_freep) struct snapshot_disk *disk = NULL;
	struct disk_source source;

	if (snapshot_disk_open(s->session, s->id, s->dir, p, &disk, err) < 0)
		return -1;
	source = snapshot_disk_source(disk);
	return read_disk(&source, s->id, ret, err);
}

int build_parent_read_snapshot(const struct build_parent_snapshot *s, struct progress *p,
	struct ext4_places **ret, struct error *err)
{
	struct error why = ERROR_INIT;

	*ret = NULL;
	if (has_xfs_root(s->recipe) || read_snapshot(s, p, ret, &why) == 0)
		return 0;
	if (why.code != ERR_FORMAT) {
		*err = why;
		return error_context(err, "read where the parent has what");
	}
	progress_warning(p, "the disk is not laid out like its parent: %s", why.msg);
	return 0;
}
