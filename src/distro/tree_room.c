/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/tree_room.h"

#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"

static bool is_in_memory(const char *dir)
{
	struct statfs fs;

	return statfs(dir, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

int tree_room_open(struct tree_room *r, uint64_t needed_bytes, uint64_t free_bytes,
	struct error *err)
{
	const uint64_t most_bytes = free_bytes / 2;
	CLEANUP(freep) char *options = xasprintf("mode=755,size=%" PRIu64, most_bytes);

	r->in_memory = false;
	if (r->on_disk || needed_bytes > most_bytes || is_in_memory(r->dir))
		return 0;
	if (mount("tmpfs", r->dir, "tmpfs", 0, options) < 0)
		return error_errno(err, "mount memory at '%s'", r->dir);
	r->in_memory = true;
	return 0;
}

int tree_room_close(struct tree_room *r, struct error *err)
{
	if (!r->in_memory) {
		if (remove_tree(r->dir, err) < 0)
			return -1;
		return path_make_dirs(r->dir, 0755, err);
	}
	/* Its files may be open yet: it goes with the last of them. */
	if (umount2(r->dir, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return error_errno(err, "unmount '%s'", r->dir);
	r->in_memory = false;
	return 0;
}
