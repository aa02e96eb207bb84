/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/term.h"
#include "tree/dirtree.h"
#include "tree/place.h"

enum { CHUNK_BYTES = 1 << 18 };

static int read_overlay(const char *overlay, struct filetree **ret, struct error *err)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;

	if (dirtree_read(overlay, &t, err) < 0) {
		if (err->code == ERR_SYSTEM || err->code == ERR_FORMAT)
			err->code = ERR_RECIPE;
		return error_context(err, "overlay");
	}
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);

		if (!S_ISREG(n->mode) && !S_ISDIR(n->mode) && !S_ISLNK(n->mode))
			return error_set(err, ERR_RECIPE, 0,
				"overlay: '%s/%s' is neither a file nor a directory nor "
				"a symbolic link",
				overlay, n->path);
	}
	*ret = TAKE_PTR(t);
	return 0;
}

int overlay_check(const char *overlay, struct error *err)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;

	return read_overlay(overlay, &t, err);
}

static int copy_content(
	const struct filetree *t, uint32_t index, int to_fd, struct error *err)
{
	const struct filetree_node *n = filetree_node(t, index);
	CLEANUP(freep) char *chunk = xmalloc_pages(CHUNK_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	size_t got;

	if (filetree_open_content(t, index, &fd, err) < 0)
		return -1;
	do {
		if (term_check(err) < 0 ||
			fd_read(fd, chunk, CHUNK_BYTES, &got, n->path, err) < 0 ||
			fd_write_all(to_fd, chunk, got, n->path, err) < 0)
			return -1;
	} while (got == CHUNK_BYTES);
	return 0;
}

void overlay_warn_of(const struct filetree_node *n, struct progress *p)
{
	if (S_ISREG(n->mode) && n->mode & (S_ISUID | S_ISGID))
		progress_warning(p,
			"overlay: '/%s' runs with its owner's rights (mode %04o)",
			n->path, (unsigned int)(n->mode & 07777));
}

static int copy_file(struct place *place, const struct filetree *t, uint32_t index,
	const struct place_meta *meta, struct progress *p, struct error *err)
{
	const struct filetree_node *n = filetree_node(t, index);
	CLEANUP(fd_closep) int fd = -1;

	overlay_warn_of(n, p);
	if (place_file(place, n->path, &fd, err) < 0 ||
		copy_content(t, index, fd, err) < 0)
		return -1;
	return place_finish(fd, n->path, meta, err);
}

static int copy_node(struct place *place, const struct filetree *t, uint32_t index,
	int64_t mtime_s, struct progress *p, struct error *err)
{
	const struct filetree_node *n = filetree_node(t, index);
	const struct place_meta meta = { .mode = n->mode & 07777, .mtime_s = mtime_s };

	if (S_ISDIR(n->mode))
		return place_directory(place, n->path, &meta, NULL, err);
	if (S_ISLNK(n->mode))
		return place_symlink(place, n->path, n->target, &meta, err);
	return copy_file(place, t, index, &meta, p, err);
}

int overlay_copy(const char *overlay, const char *root, int64_t mtime_s,
	struct progress *p, struct error *err)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(place_releasep) struct place place = { .dir_fd = -1 };
	CLEANUP(fd_closep) int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0)
		return error_errno(err, "open '%s'", root);
	if (read_overlay(overlay, &t, err) < 0)
		return -1;
	place_init(&place, root_fd);
	/* Node 0 is the overlay directory itself; parents come before their children. */
	for (uint32_t i = 1; i < filetree_count(t); i++) {
		if (copy_node(&place, t, i, mtime_s, p, err) < 0) {
			if (err->code == ERR_FORMAT)
				err->code = ERR_RECIPE;
			return error_context(err, "overlay '%s'", overlay);
		}
	}
	return 0;
}
