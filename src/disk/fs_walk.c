/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/fs_walk.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/term.h"

/* Bounds on what foreign bytes may make us hold. */
enum { NAMES_MOST = 8 << 20 };
static const uint64_t held_most_bytes = 2 * GIB;

struct entry {
	char *name;
	uint64_t ino;
};

struct pending {
	char *path;
	uint64_t ino;
};

/* Inode numbers, hashed; 0 is a free place, and no inode. */
struct ino_set {
	uint64_t *places;
	size_t count, room; /* the room is a power of 2 */
};

struct fs_walk {
	const struct fs_walk_ops *ops;
	void *fs;
	const char *name;
	struct filetree *tree;
	struct ino_set seen; /* directories */
	struct pending *pending; /* directories to be read */
	size_t pending_count, pending_room;
	struct entry *entries; /* of the one that is being read */
	size_t entry_count, entry_room;
	uint64_t names, held_bytes; /* in all */
};

static void drop_entries(struct fs_walk *w)
{
	for (size_t i = 0; i < w->entry_count; i++)
		free(w->entries[i].name);
	w->entry_count = 0;
}

static void walk_releasep(struct fs_walk *w)
{
	for (size_t i = 0; i < w->pending_count; i++)
		free(w->pending[i].path);
	free(w->pending);
	drop_entries(w);
	free(w->entries);
	free(w->seen.places);
	filetree_freep(&w->tree);
}

static int damaged(const struct fs_walk *w, const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s': the file system is damaged: %s",
		w->name, what);
}

/* False when it is there already. */
static bool put_ino(struct ino_set *set, uint64_t ino)
{
	size_t at = (size_t)(ino * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (set->room - 1);

	while (set->places[at] && set->places[at] != ino)
		at = (at + 1) & (set->room - 1);
	if (set->places[at])
		return false;
	set->places[at] = ino;
	set->count++;
	return true;
}

static bool add_ino(struct ino_set *set, uint64_t ino)
{
	if (2 * set->count >= set->room) {
		struct ino_set larger = { .room = set->room ? 2 * set->room : 1024 };

		larger.places = xcalloc(larger.room, sizeof(*larger.places));
		for (size_t i = 0; i < set->room; i++)
			if (set->places[i])
				(void)put_ino(&larger, set->places[i]);
		free(set->places);
		*set = larger;
	}
	return put_ino(set, ino);
}

static int queue(struct fs_walk *w, const char *path, uint64_t ino, struct error *err)
{
	if (!add_ino(&w->seen, ino))
		return damaged(w, "a directory stands in two places", err);
	array_reserve_one((void **)&w->pending, w->pending_count, &w->pending_room,
		sizeof(*w->pending));
	w->pending[w->pending_count++] = (struct pending){ xstrdup(path), ino };
	return 0;
}

int fs_walk_add(struct fs_walk *w, const char *name, size_t name_bytes, uint64_t ino,
	struct error *err)
{
	if (!name_bytes || memchr(name, '/', name_bytes) || memchr(name, 0, name_bytes))
		return damaged(w, "a name in a directory is none", err);
	if (!ino)
		return damaged(w, "a name in a directory has no inode", err);
	if (++w->names > NAMES_MOST)
		return damaged(w, "it has more files than can be held", err);
	array_reserve_one((void **)&w->entries, w->entry_count, &w->entry_room,
		sizeof(*w->entries));
	w->entries[w->entry_count++] = (struct entry){ xstrndup(name, name_bytes), ino };
	return 0;
}

static uint64_t held_by(const struct filetree_node *n)
{
	uint64_t bytes = sizeof(*n) + strlen(n->path) + 1;

	if (n->target)
		bytes += strlen(n->target) + 1;
	for (size_t i = 0; i < n->xattr_count; i++)
		bytes += sizeof(*n->xattrs) + strlen(n->xattrs[i].name) + 1 +
			 n->xattrs[i].length_bytes;
	return bytes;
}

/* Takes the path. */
static int add_node(struct fs_walk *w, char *path, uint64_t ino, struct error *err)
{
	CLEANUP(filetree_node_release) struct filetree_node n = { .path = path };

	if (strlen(path) >= PATH_MAX)
		return damaged(w, "directories stand too deep in each other", err);
	if (w->ops->read_inode(w->fs, ino, &n, err) < 0)
		return error_context(err, "'/%s'", path);
	w->held_bytes += held_by(&n);
	if (w->held_bytes > held_most_bytes)
		return damaged(w, "it has more files than can be held", err);
	if (!*path && !S_ISDIR(n.mode))
		return damaged(w, "its root is no directory", err);
	if (S_ISDIR(n.mode) && queue(w, path, ino, err) < 0)
		return error_context(err, "'/%s'", path);
	filetree_add(w->tree, &n);
	return 0;
}

static int read_directory(
	struct fs_walk *w, const char *path, uint64_t ino, struct error *err)
{
	drop_entries(w);
	if (w->ops->read_directory(w->fs, ino, w, err) < 0)
		return error_context(err, "'/%s'", path);
	for (size_t i = 0; i < w->entry_count; i++) {
		const char *name = w->entries[i].name;
		char *full = *path ? xasprintf("%s/%s", path, name) : xstrdup(name);

		if (add_node(w, full, w->entries[i].ino, err) < 0)
			return -1;
	}
	return term_check(err);
}

int fs_walk_list(const struct fs_walk_ops *ops, void *fs, const char *name, uint64_t root,
	struct filetree **ret, struct error *err)
{
	CLEANUP(walk_releasep)
	struct fs_walk w = { .ops = ops, .fs = fs, .name = name };

	w.tree = filetree_new(-1, false);
	if (add_node(&w, xstrdup(""), root, err) < 0)
		return -1;
	while (w.pending_count) {
		const struct pending next = w.pending[--w.pending_count];
		CLEANUP(freep) char *path = next.path;

		if (read_directory(&w, path, next.ino, err) < 0)
			return -1;
	}
	if (filetree_seal(w.tree, err) < 0)
		return error_context(err, "'%s': the file system is damaged", name);
	*ret = TAKE_PTR(w.tree);
	return 0;
}
