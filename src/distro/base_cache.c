/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/base_cache.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/keep_newest.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/strv.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"
#include "tree/pack.h"
#include "tree/pack_place.h"

char *base_cache_path(const struct base_request *r)
{
	char hex[SHA256_HEX_CHARS + 1];

	if (!r->cache_dir)
		return NULL;
	hash_bytes(r->key, strlen(r->key), hex);
	return path_join(r->cache_dir, hex);
}

/* ---- taking */

static int place(
	const struct base_request *r, int fd, const char *path, struct error *err)
{
	CLEANUP(pack_releasep) struct pack pack = { 0 };

	if (pack_read(fd, path, &pack, err) < 0)
		return -1;
	if (pack.about.count != 1 || strcmp(pack.about.items[0], r->key) != 0)
		return error_set(err, ERR_FORMAT, 0, "'%s' is of something else", path);
	return pack_place(&pack, r->root_dir, r->memo, err);
}

static int empty(const char *dir, struct error *err)
{
	if (remove_tree(dir, err) < 0)
		return -1;
	return path_make_dirs(dir, 0755, err);
}

int base_cache_take(const struct base_request *r, bool *ret_taken, struct error *err)
{
	CLEANUP(freep) char *path = base_cache_path(r);
	CLEANUP(fd_closep) int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct error why = ERROR_INIT;

	*ret_taken = false;
	if (fd < 0)
		return 0;
	progress_step(r->progress, "taking the %s of an earlier build", r->what);
	if (place(r, fd, path, &why) == 0) {
		/* The oldest are those that were not used for longest. */
		(void)futimens(fd, NULL);
		*ret_taken = true;
		return 0;
	}
	/* Room, or the user's patience, is not there in a second attempt. */
	if (why.code == ERR_SPACE || why.code == ERR_INTERRUPTED) {
		*err = why;
		return error_context(err, "take what an earlier build has kept");
	}
	progress_step(
		r->progress, "'%s': %s: the %s is made anew", path, why.msg, r->what);
	(void)unlink(path);
	return empty(r->root_dir, err);
}

/* ---- keeping */

static int keep(const struct base_request *r, struct error *err)
{
	CLEANUP(freep) char *path = base_cache_path(r);
	CLEANUP(atomic_file_freep) struct atomic_file *file = NULL;
	CLEANUP(filetree_freep) struct filetree *tree = NULL;
	CLEANUP(strv_releasep) struct strv about = STRV_INIT;
	CLEANUP(freep) tree_digest *digests = NULL;
	CLEANUP(freep) uint64_t *offsets = NULL;
	uint64_t bytes;

	if (path_make_dirs(r->cache_dir, 0755, err) < 0 ||
		dirtree_read(r->root_dir, &tree, err) < 0)
		return -1;
	offsets = pack_offsets(tree, NULL, NULL, &bytes);
	if (!pack_has_room(r->cache_dir, bytes, BASE_CACHE_BYTES))
		return error_set(err, ERR_SPACE, 0, "there is no room for it");
	strv_add(&about, r->key);
	if (atomic_file_create(path, 0600, &file, err) < 0 ||
		hash_tree_copy(tree, r->memo, atomic_file_fd(file), offsets, &digests,
			err) < 0 ||
		pack_finish(atomic_file_fd(file), tree, digests, NULL, &about, path,
			err) < 0 ||
		atomic_file_commit_unsynced(file, err) < 0)
		return -1;
	keep_newest_bytes(r->cache_dir, BASE_CACHE_MOST, BASE_CACHE_BYTES);
	return 0;
}

void base_cache_keep(const struct base_request *r)
{
	struct error ignored = ERROR_INIT;

	if (!r->cache_dir)
		return;
	progress_step(r->progress, "keeping the %s for builds to come", r->what);
	(void)keep(r, &ignored);
}
