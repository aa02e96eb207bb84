/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/tartree.h"

#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/term.h"

enum { READ_BYTES = 1 << 18, XATTR_MOST_BYTES = 65536, BLOCK_BYTES = 512 };

/* More members than any system has files: a few bytes of compressed zeros can claim them.
 */
enum { MEMBERS_MOST = 4 << 20 };

static void archive_freep(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

static int fail(struct archive *a, const char *name, struct error *err)
{
	const char *text = archive_error_string(a);

	return error_set(err, ERR_FORMAT, 0, "read the archive '%s': %s", name,
		text ? text : "damaged archive");
}

/* Whether the bytes of `fd` can serve as content where they are. */
static int is_plain(int fd, const char *name, bool *ret, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", name);
	*ret = false;
	if (!S_ISREG(st.st_mode))
		return 0;
	/* As raw data, whatever it is: only which compression it has is asked. */
	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_raw(a);
	(void)archive_read_support_format_empty(a);
	if (archive_read_open_fd(a, fd, READ_BYTES) != ARCHIVE_OK ||
		archive_read_next_header(a, &e) < ARCHIVE_WARN)
		return fail(a, name, err);
	*ret = archive_filter_count(a) == 1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "rewind '%s'", name);
	return 0;
}

/* Decompress into a file without a name. */
static int spool(
	int fd, const char *name, const char *temp_dir, int *ret_fd, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	CLEANUP(freep) char *chunk = xmalloc_pages(READ_BYTES);
	CLEANUP(fd_closep) int to = open(temp_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct archive_entry *e;
	la_ssize_t n;
	int rc;

	if (to < 0)
		return error_errno(err, "create a file in '%s'", temp_dir);
	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_raw(a);
	(void)archive_read_support_format_empty(a);
	if (archive_read_open_fd(a, fd, READ_BYTES) != ARCHIVE_OK)
		return fail(a, name, err);
	rc = archive_read_next_header(a, &e);
	if (rc < ARCHIVE_WARN)
		return fail(a, name, err);
	while (rc != ARCHIVE_EOF && (n = archive_read_data(a, chunk, READ_BYTES)) != 0) {
		if (n < 0)
			return fail(a, name, err);
		if (term_check(err) < 0 || fd_write_all(to, chunk, (size_t)n,
						   "the unpacked archive", err) < 0)
			return -1;
	}
	if (lseek(to, 0, SEEK_SET) < 0)
		return error_errno(err, "rewind the unpacked archive");
	*ret_fd = TAKE_FD(to);
	return 0;
}

/* "./usr/bin/" → "usr/bin". NULL when nothing is left, or it begins at "/" after that. */
static char *clean_path(const char *path)
{
	size_t length;

	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/'; path++)
			;
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	if (path[0] == '/' || length == 0 || (length == 1 && path[0] == '.'))
		return NULL;
	return xstrndup(path, length);
}

static bool is_root(const char *path)
{
	return !strcmp(path, ".") || !strcmp(path, "./") || !strcmp(path, "/") || !*path;
}

/* A member that a later hard link may name. */
struct linkable {
	char *path;
	uint32_t index; /* of its node, until the tree is sealed */
};

/* A tree under way. */
struct reading {
	const char *name;
	struct filetree *tree;
	struct archive *archive;
	uint64_t size_bytes; /* of the uncompressed archive */
	void *linkables; /* a tsearch(3) tree, by path */
};

static int compare_linkables(const void *a, const void *b)
{
	return strcmp(
		((const struct linkable *)a)->path, ((const struct linkable *)b)->path);
}

static void linkable_free(void *p)
{
	free(((struct linkable *)p)->path);
	free(p);
}

static void reading_releasep(struct reading *r)
{
	tdestroy(r->linkables, linkable_free);
	filetree_freep(&r->tree);
	archive_freep(&r->archive);
}

static int read_xattrs(const struct reading *r, struct archive_entry *e,
	struct filetree_node *n, struct error *err)
{
	const char *name;
	const void *value;
	size_t length, room = 0;

	(void)archive_entry_xattr_reset(e);
	while (archive_entry_xattr_next(e, &name, &value, &length) == ARCHIVE_OK) {
		if (length > XATTR_MOST_BYTES)
			return error_set(err, ERR_FORMAT, 0,
				"'%s': the attribute '%s' of '%s' is too long", r->name,
				name, n->path);
		array_reserve_one(
			(void **)&n->xattrs, n->xattr_count, &room, sizeof(*n->xattrs));
		n->xattrs[n->xattr_count++] =
			(struct filetree_xattr){ .name = xstrdup(name),
				.value = xmemdup(value, length),
				.length_bytes = length };
	}
	return 0;
}

/*
 * libarchive has consumed the headers when it hands out a member, so the next byte that
 * its reader is at is the content's first. What follows from that is checked, not
 * trusted.
 */
static int find_content(const struct reading *r, struct archive_entry *e,
	struct filetree_node *n, struct error *err)
{
	la_int64_t at = archive_filter_bytes(r->archive, 0);

	if (archive_entry_sparse_count(e) > 0)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': '%s' is a sparse member; make the archive without "
			"--sparse",
			r->name, n->path);
	if (archive_entry_size(e) < 0)
		return error_set(
			err, ERR_FORMAT, 0, "'%s': '%s' has no size", r->name, n->path);
	n->size_bytes = (uint64_t)archive_entry_size(e);
	n->content_offset_bytes = (uint64_t)at;
	if (at < 0 || at % BLOCK_BYTES != 0 || (uint64_t)at > r->size_bytes ||
		n->size_bytes > r->size_bytes - (uint64_t)at)
		return error_set(
			err, ERR_FORMAT, 0, "'%s' ends within '%s'", r->name, n->path);
	return 0;
}

static void node_from_entry(struct filetree_node *n, struct archive_entry *e)
{
	n->mode = archive_entry_filetype(e) | archive_entry_perm(e);
	n->uid = (uid_t)archive_entry_uid(e);
	n->gid = (gid_t)archive_entry_gid(e);
	n->mtime_s = archive_entry_mtime(e);
	n->mtime_ns = (uint32_t)archive_entry_mtime_nsec(e);
	if (S_ISCHR(n->mode) || S_ISBLK(n->mode)) {
		n->device_major = (uint32_t)archive_entry_rdevmajor(e);
		n->device_minor = (uint32_t)archive_entry_rdevminor(e);
	}
}

static int check_kind(
	const struct reading *r, const struct filetree_node *n, struct error *err)
{
	switch (n->mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK:
		return 0;
	default:
		return error_set(err, ERR_FORMAT, 0, "'%s': '%s' is of no known kind",
			r->name, n->path);
	}
}

/* All that an inode has, under another name. */
static void copy_inode(struct filetree_node *to, const struct filetree_node *from)
{
	char *path = to->path;

	*to = *from;
	to->path = path;
	to->target = from->target ? xstrdup(from->target) : NULL;
	to->xattrs = xcalloc(from->xattr_count, sizeof(*to->xattrs));
	for (size_t i = 0; i < from->xattr_count; i++)
		to->xattrs[i] = (struct filetree_xattr){
			.name = xstrdup(from->xattrs[i].name),
			.value = xmemdup(
				from->xattrs[i].value, from->xattrs[i].length_bytes),
			.length_bytes = from->xattrs[i].length_bytes,
		};
}

static int read_hard_link(
	struct reading *r, const char *link, struct filetree_node *n, struct error *err)
{
	CLEANUP(freep) char *path = clean_path(link);
	const struct linkable wanted = { .path = path };
	struct linkable *const *found =
		path ? tfind(&wanted, &r->linkables, compare_linkables) : NULL;

	if (!found)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': '%s' is a hard link to '%s', which does not come before "
			"it",
			r->name, n->path, link);
	copy_inode(n, filetree_node(r->tree, (*found)->index));
	return 0;
}

static int read_inode(struct reading *r, struct archive_entry *e, struct filetree_node *n,
	struct error *err)
{
	node_from_entry(n, e);
	if (check_kind(r, n, err) < 0)
		return -1;
	if (S_ISLNK(n->mode)) {
		const char *target = archive_entry_symlink(e);

		if (!target || !*target)
			return error_set(err, ERR_FORMAT, 0,
				"'%s': the link '%s' has no target", r->name, n->path);
		n->target = xstrdup(target);
	}
	if (S_ISREG(n->mode) && find_content(r, e, n, err) < 0)
		return -1;
	if (!S_ISDIR(n->mode))
		n->link_key[1] = filetree_count(r->tree) + 1;
	return read_xattrs(r, e, n, err);
}

static void note_linkable(struct reading *r, const struct filetree_node *n)
{
	struct linkable *l = xcalloc(1, sizeof(*l));
	struct linkable *const *known;

	l->path = xstrdup(n->path);
	l->index = (uint32_t)filetree_count(r->tree);
	known = tsearch(l, &r->linkables, compare_linkables);
	/* A name that stands twice is found when the tree is sealed. */
	if (*known != l)
		linkable_free(l);
}

static int read_member(struct reading *r, struct archive_entry *e, struct error *err)
{
	CLEANUP(filetree_node_release) struct filetree_node n = { 0 };
	const char *path = archive_entry_pathname(e), *link = archive_entry_hardlink(e);

	if (!path || filetree_count(r->tree) >= MEMBERS_MOST)
		return error_set(err, ERR_FORMAT, 0, "'%s' has %s", r->name,
			path ? "too many members" : "a member without a name");
	n.path = is_root(path) ? xstrdup("") : clean_path(path);
	if (!n.path)
		return error_set(err, ERR_FORMAT, 0, "'%s': '%s' is no path in a tree",
			r->name, path);
	if ((link ? read_hard_link(r, link, &n, err) : read_inode(r, e, &n, err)) < 0)
		return -1;
	if (!S_ISDIR(n.mode))
		note_linkable(r, &n);
	filetree_add(r->tree, &n);
	return 0;
}

static int read_members(struct reading *r, struct error *err)
{
	struct archive_entry *e;
	int rc;

	while ((rc = archive_read_next_header(r->archive, &e)) == ARCHIVE_OK ||
		rc == ARCHIVE_WARN)
		if (term_check(err) < 0 || read_member(r, e, err) < 0)
			return -1;
	if (rc != ARCHIVE_EOF)
		return fail(r->archive, r->name, err);
	if (filetree_seal(r->tree, err) < 0)
		return error_context(err, "read the archive '%s'", r->name);
	return 0;
}

int tartree_read(int fd, const char *name, const char *temp_dir, struct filetree **ret,
	struct error *err)
{
	CLEANUP(reading_releasep) struct reading r = { .name = name };
	CLEANUP(fd_closep) int from = fd;
	CLEANUP(fd_closep) int plain = -1;
	struct stat st;
	bool is_usable;
	int content;

	if (is_plain(from, name, &is_usable, err) < 0)
		return -1;
	if (is_usable)
		plain = TAKE_FD(from);
	else if (spool(from, name, temp_dir, &plain, err) < 0)
		return -1;
	if (fstat(plain, &st) < 0)
		return error_errno(err, "look at '%s'", name);
	content = fcntl(plain, F_DUPFD_CLOEXEC, 0);
	if (content < 0)
		return error_errno(err, "open '%s'", name);
	r.size_bytes = (uint64_t)st.st_size;
	r.tree = filetree_new(content, false);
	r.archive = archive_read_new();
	(void)archive_read_support_format_tar(r.archive);
	(void)archive_read_support_format_empty(r.archive);
	if (archive_read_open_fd(r.archive, plain, READ_BYTES) != ARCHIVE_OK)
		return fail(r.archive, name, err);
	if (read_members(&r, err) < 0)
		return -1;
	*ret = TAKE_PTR(r.tree);
	return 0;
}
