/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_tree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "disk/ext4_reader.h"
#include "disk/fat_reader.h"
#include "disk/xfs_reader.h"
#include "tree/dirtree.h"

enum { LINKS_MOST = 40 }; /* as the kernel's own bound on one path */

struct lint_tree {
	const struct filetree *files;
	struct filetree *own_files; /* the same, when they are ours */
	/* Where the contents are; all NULL: the files know. */
	struct ext4_reader *ext4;
	struct xfs_reader *xfs;
	struct fat_reader *fat;
};

struct lint_tree *lint_tree_from_files(const struct filetree *files)
{
	struct lint_tree *t = xcalloc(1, sizeof(*t));

	t->files = files;
	return t;
}

static struct lint_tree *own(struct lint_tree *t)
{
	t->files = t->own_files;
	return t;
}

int lint_tree_from_directory(const char *path, struct lint_tree **ret, struct error *err)
{
	CLEANUP(lint_tree_freep) struct lint_tree *t = xcalloc(1, sizeof(*t));

	if (dirtree_read(path, &t->own_files, err) < 0)
		return -1;
	*ret = own(TAKE_PTR(t));
	return 0;
}

int lint_tree_from_disk(const struct disk_source *disk, const char *name,
	enum fs_kind kind, uint64_t offset_bytes, uint64_t size_bytes,
	struct lint_tree **ret, struct error *err)
{
	CLEANUP(lint_tree_freep) struct lint_tree *t = xcalloc(1, sizeof(*t));
	int r;

	if (kind == FS_FAT)
		r = fat_reader_open(disk, name, offset_bytes, size_bytes, &t->fat, err);
	else if (kind == FS_XFS)
		r = xfs_reader_open(disk, name, offset_bytes, size_bytes, &t->xfs, err);
	else
		r = ext4_reader_open(disk, name, offset_bytes, size_bytes, &t->ext4, err);
	if (r < 0)
		return -1;
	if (kind == FS_FAT)
		r = fat_reader_list(t->fat, &t->own_files, err);
	else if (kind == FS_XFS)
		r = xfs_reader_list(t->xfs, &t->own_files, err);
	else
		r = ext4_reader_list(t->ext4, &t->own_files, err);
	if (r < 0)
		return -1;
	*ret = own(TAKE_PTR(t));
	return 0;
}

struct lint_tree *lint_tree_free(struct lint_tree *t)
{
	if (!t)
		return NULL;
	filetree_free(t->own_files);
	ext4_reader_free(t->ext4);
	xfs_reader_free(t->xfs);
	fat_reader_free(t->fat);
	free(t);
	return NULL;
}

const struct filetree *lint_tree_files(const struct lint_tree *t)
{
	return t->files;
}

bool lint_tree_is_clean(const struct lint_tree *t)
{
	if (t->xfs)
		return xfs_reader_is_clean(t->xfs);
	return !t->ext4 || ext4_reader_is_clean(t->ext4);
}

/* "usr/lib" and ".." give "usr". */
static void add_component(char *path, const char *name, size_t length)
{
	const size_t used = strlen(path);
	char *slash = strrchr(path, '/');

	if (length == 0 || (length == 1 && name[0] == '.'))
		return;
	if (length == 2 && name[0] == '.' && name[1] == '.') {
		*(slash ? slash : path) = '\0';
		return;
	}
	if (used + length + 2 > PATH_MAX) {
		path[0] = '\0';
		return;
	}
	if (used)
		path[used] = '/';
	memcpy(path + used + (used > 0), name, length);
	path[used + (used > 0) + length] = '\0';
}

/* `rest` once a link was met: its target, then what came behind the link. */
static char *splice(const char *target, const char *rest)
{
	return xasprintf("%s/%s", target, rest);
}

uint32_t lint_tree_find(const struct lint_tree *t, const char *path)
{
	CLEANUP(freep) char *rest = xstrdup(path);
	char done[PATH_MAX] = "";
	unsigned int links = 0;
	uint32_t index = 0;

	for (const char *at = rest; *at;) {
		const size_t length = strcspn(at, "/");
		const struct filetree_node *n;

		add_component(done, at, length);
		at += length + (at[length] == '/');
		index = filetree_find(t->files, done);
		if (index == (uint32_t)FILETREE_NO_NODE)
			return index;
		n = filetree_node(t->files, index);
		if (S_ISLNK(n->mode)) {
			char *next;

			if (++links > LINKS_MOST || strlen(at) >= PATH_MAX)
				return FILETREE_NO_NODE;
			next = splice(n->target, at);
			add_component(done, "..", 2);
			if (n->target[0] == '/')
				done[0] = '\0';
			free(rest);
			rest = next;
			at = rest;
		}
	}
	return index;
}

uint32_t lint_tree_end(const struct lint_tree *t, uint32_t dir)
{
	const size_t count = filetree_count(t->files);
	const char *path = filetree_node(t->files, dir)->path;
	const size_t length = strlen(path);
	uint32_t i = dir + 1;

	for (; length && i < count; i++) {
		const char *p = filetree_node(t->files, i)->path;

		if (strncmp(p, path, length) != 0 || p[length] != '/')
			break;
	}
	return length ? i : (uint32_t)count;
}

static int read_from_file(const struct lint_tree *t, uint32_t index, char *data,
	size_t want, size_t *got, struct error *err)
{
	const struct filetree_node *n = filetree_node(t->files, index);
	CLEANUP(fd_closep) int fd = -1;

	if (filetree_open_content(t->files, index, &fd, err) < 0)
		return -1;
	return fd_pread(fd, data, want, n->content_offset_bytes, got, n->path, err);
}

int lint_tree_read(const struct lint_tree *t, uint32_t index, size_t most_bytes,
	char **ret_data, size_t *ret_length_bytes, struct error *err)
{
	const struct filetree_node *n = filetree_node(t->files, index);
	const size_t want =
		n->size_bytes < most_bytes ? (size_t)n->size_bytes : most_bytes;
	CLEANUP(freep) char *data = xmalloc(want + 1);
	size_t got = 0;
	int r;

	if (t->ext4)
		r = ext4_reader_read(
			t->ext4, n->content_offset_bytes, 0, data, want, &got, err);
	else if (t->xfs)
		r = xfs_reader_read(
			t->xfs, n->content_offset_bytes, 0, data, want, &got, err);
	else if (t->fat)
		r = fat_reader_read(t->fat, n->content_offset_bytes, n->size_bytes, data,
			want, &got, err);
	else
		r = read_from_file(t, index, data, want, &got, err);
	if (r < 0)
		return error_context(err, "read '/%s' of the image", n->path);
	data[got] = '\0';
	*ret_data = TAKE_PTR(data);
	*ret_length_bytes = got;
	return 0;
}
