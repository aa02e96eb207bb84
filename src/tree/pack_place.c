/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/pack_place.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/workers.h"
#include "tree/hash.h"

/* Bound by the making of small files. */
enum { HELPERS = 3 };

enum { HOLE_BYTES = 4096 };

/* Everything but directories and further names, in several threads. */
struct placing {
	const struct pack *pack;
	struct digest_memo *memo; /* or NULL */
	int root_fd;
};

static int set_xattrs(int fd, const struct filetree_node *n, struct error *err)
{
	for (size_t i = 0; i < n->xattr_count; i++)
		if (fsetxattr(fd, n->xattrs[i].name, n->xattrs[i].value,
			    n->xattrs[i].length_bytes, 0) < 0)
			return error_errno(err, "set the attribute '%s' of '/%s'",
				n->xattrs[i].name, n->path);
	return 0;
}

static void times_of(const struct filetree_node *n, struct timespec ret[static 2])
{
	ret[0] = (struct timespec){ .tv_sec = n->mtime_s, .tv_nsec = n->mtime_ns };
	ret[1] = ret[0];
}

/* chown takes the set-id bits and capabilities away: so it comes first. */
static int set_looks(int fd, const struct filetree_node *n, struct error *err)
{
	struct timespec times[2];

	times_of(n, times);
	if (fchown(fd, n->uid, n->gid) < 0)
		return error_errno(err, "set the owner of '/%s'", n->path);
	if (set_xattrs(fd, n, err) < 0)
		return -1;
	if (fchmod(fd, n->mode & 07777) < 0)
		return error_errno(err, "set the mode of '/%s'", n->path);
	if (futimens(fd, times) < 0)
		return error_errno(err, "set the time of '/%s'", n->path);
	return 0;
}

/* ---- contents */

static bool is_zero(const char *bytes, size_t length_bytes)
{
	return !*bytes && memcmp(bytes, bytes + 1, length_bytes - 1) == 0;
}

/* What is zero stays a hole. */
static int copy_with_holes(
	int from, const struct filetree_node *n, int to, struct error *err)
{
	uint64_t at_bytes = 0;

	if (ftruncate(to, (off_t)n->size_bytes) < 0)
		return error_errno(err, "write '/%s'", n->path);
	while (at_bytes < n->size_bytes) {
		const uint64_t left_bytes = n->size_bytes - at_bytes;
		char block[HOLE_BYTES];
		size_t got;

		if (fd_pread(from, block,
			    left_bytes < HOLE_BYTES ? left_bytes : HOLE_BYTES,
			    n->content_offset_bytes + at_bytes, &got, n->path, err) < 0)
			return -1;
		if (!got)
			break;
		if (!is_zero(block, got) &&
			fd_pwrite_all(to, block, got, at_bytes, n->path, err) < 0)
			return -1;
		at_bytes += got;
	}
	return 0;
}

static int copy_content(int from, const struct filetree_node *n, int to,
	pack_digest digest, struct error *err)
{
	if (!n->sparse)
		return hash_fd_copy(from, n->path, n->content_offset_bytes, n->size_bytes,
			to, 0, digest, err);
	if (copy_with_holes(from, n, to, err) < 0)
		return -1;
	return hash_fd_range(to, n->path, 0, n->size_bytes, digest, err);
}

static int place_regular(const struct placing *p, uint32_t index,
	const struct filetree_node *n, struct error *err)
{
	CLEANUP(fd_closep) int from = -1;
	CLEANUP(fd_closep)
	int to = openat(p->root_fd, n->path,
		O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	pack_digest digest;
	struct stat st;

	if (to < 0)
		return error_errno(err, "create '/%s'", n->path);
	if (filetree_open_content(p->pack->tree, index, &from, err) < 0 ||
		copy_content(from, n, to, digest, err) < 0)
		return -1;
	if (strcmp(digest, p->pack->digests[index]) != 0)
		return error_set(err, ERR_FORMAT, 0, "'/%s' is damaged", n->path);
	if (set_looks(to, n, err) < 0)
		return -1;
	if (p->memo && fstat(to, &st) == 0)
		digest_memo_put(p->memo, &st, digest);
	return 0;
}

/* ---- the rest */

static int place_other(
	const struct placing *p, const struct filetree_node *n, struct error *err)
{
	struct timespec times[2];
	int made;

	times_of(n, times);
	if (S_ISLNK(n->mode))
		made = symlinkat(n->target, p->root_fd, n->path);
	else
		made = mknodat(p->root_fd, n->path, (n->mode & S_IFMT) | 0600,
			makedev(n->device_major, n->device_minor));
	if (made < 0 ||
		fchownat(p->root_fd, n->path, n->uid, n->gid, AT_SYMLINK_NOFOLLOW) < 0 ||
		(!S_ISLNK(n->mode) &&
			fchmodat(p->root_fd, n->path, n->mode & 07777, 0) < 0) ||
		utimensat(p->root_fd, n->path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "make '/%s'", n->path);
	return 0;
}

static int place_node_of(void *placing, size_t number, struct error *err)
{
	const struct placing *p = placing;
	const uint32_t index = (uint32_t)number;
	const struct filetree_node *n = filetree_node(p->pack->tree, index);

	if (S_ISDIR(n->mode) || n->hard_link_of != FILETREE_NO_NODE)
		return 0;
	return S_ISREG(n->mode) ? place_regular(p, index, n, err)
				: place_other(p, n, err);
}

static int make_directories(const struct filetree *tree, int root_fd, struct error *err)
{
	for (uint32_t i = 1; i < filetree_count(tree); i++) {
		const struct filetree_node *n = filetree_node(tree, i);

		if (S_ISDIR(n->mode) && mkdirat(root_fd, n->path, 0700) < 0)
			return error_errno(err, "make the directory '/%s'", n->path);
	}
	return 0;
}

static int make_links(const struct filetree *tree, int root_fd, struct error *err)
{
	for (uint32_t i = 1; i < filetree_count(tree); i++) {
		const struct filetree_node *n = filetree_node(tree, i);

		if (n->hard_link_of != FILETREE_NO_NODE &&
			linkat(root_fd, filetree_node(tree, n->hard_link_of)->path,
				root_fd, n->path, 0) < 0)
			return error_errno(err, "make the link '/%s'", n->path);
	}
	return 0;
}

static int finish_directory(const struct filetree_node *n, int root_fd, struct error *err)
{
	CLEANUP(fd_closep)
	int fd = openat(root_fd, *n->path ? n->path : ".",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open the directory '/%s'", n->path);
	return set_looks(fd, n, err);
}

/* At the end, when nothing changes their times any more. */
static int finish_directories(const struct filetree *tree, int root_fd, struct error *err)
{
	for (uint32_t i = (uint32_t)filetree_count(tree); i-- > 0;) {
		const struct filetree_node *n = filetree_node(tree, i);

		if (S_ISDIR(n->mode) && finish_directory(n, root_fd, err) < 0)
			return -1;
	}
	return 0;
}

int pack_place(const struct pack *pack, const char *root, struct digest_memo *memo,
	struct error *err)
{
	CLEANUP(fd_closep)
	int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct placing p = {
		.pack = pack,
		.memo = memo,
		.root_fd = root_fd,
	};

	if (root_fd < 0)
		return error_errno(err, "open '%s'", root);
	if (make_directories(pack->tree, root_fd, err) < 0)
		return -1;
	if (workers_each(HELPERS, filetree_count(pack->tree), place_node_of, &p, err) <
			0 ||
		make_links(pack->tree, root_fd, err) < 0)
		return -1;
	if (finish_directories(pack->tree, root_fd, err) < 0)
		return -1;
	if (memo)
		digest_memo_settle(memo);
	return 0;
}
