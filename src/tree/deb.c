/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/deb.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "tree/place.h"

enum { READ_BYTES = 1 << 18 };

static void archive_freep(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

/* libarchive's failures: its own text says what is wrong with the bytes. */
static int fail(struct archive *a, const char *deb, struct error *err)
{
	const char *text = archive_error_string(a);

	return error_set(err, ERR_FORMAT, archive_errno(a), "unpack '%s': %s", deb,
		text ? text : "damaged archive");
}

/* The next block of the member data.tar.*, for the reader of the inner archive. */
static la_ssize_t read_member(struct archive *inner, void *userdata, const void **buffer)
{
	struct archive *outer = userdata;
	size_t size = 0;
	la_int64_t offset;
	int rc = archive_read_data_block(outer, buffer, &size, &offset);

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc < ARCHIVE_WARN) {
		archive_set_error(
			inner, archive_errno(outer), "%s", archive_error_string(outer));
		return -1;
	}
	return (la_ssize_t)size;
}

static bool has_dot_dot(const char *path)
{
	for (const char *p = strstr(path, ".."); p; p = strstr(p + 1, ".."))
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return true;
	return false;
}

/* "./usr/bin/x" → "usr/bin/x"; "./" → "". NULL when it is no path beneath the root. */
static const char *relative_path(const char *path)
{
	if (!path || has_dot_dot(path))
		return NULL;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (!strcmp(path, "."))
		path++;
	return path[0] == '/' ? NULL : path;
}

static int copy_content(
	struct archive *a, int fd, const char *deb, const char *path, struct error *err)
{
	const void *block;
	size_t size;
	la_int64_t offset;
	int rc;

	while ((rc = archive_read_data_block(a, &block, &size, &offset)) == ARCHIVE_OK)
		if (fd_pwrite_all(fd, block, size, (uint64_t)offset, path, err) < 0)
			return -1;
	return rc == ARCHIVE_EOF ? 0 : fail(a, deb, err);
}

static int unpack_file(struct archive *a, struct place *p, const char *path,
	const struct place_meta *meta, const char *deb, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	if (place_file(p, path, &fd, err) < 0 || copy_content(a, fd, deb, path, err) < 0)
		return -1;
	return place_finish(fd, path, meta, err);
}

static int unpack_entry(struct archive *a, struct archive_entry *e, struct place *p,
	const char *deb, struct error *err)
{
	const char *name = archive_entry_pathname(e);
	const char *link = archive_entry_hardlink(e);
	CLEANUP(freep) char *path = NULL;
	const struct place_meta meta = {
		.mode = archive_entry_perm(e),
		.uid = (uid_t)archive_entry_uid(e),
		.gid = (gid_t)archive_entry_gid(e),
		.mtime_s = archive_entry_mtime(e),
	};
	size_t length;

	if (!relative_path(name) || (link && !relative_path(link)))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' holds a file outside of the tree: '%s'", deb,
			name ? name : "");
	path = xstrdup(relative_path(name));
	length = strlen(path);
	while (length && path[length - 1] == '/')
		path[--length] = '\0';
	if (!length)
		return 0;
	if (link)
		return place_hard_link(p, path, relative_path(link), err);
	switch (archive_entry_filetype(e)) {
	case AE_IFDIR:
		return place_directory(p, path, &meta, NULL, err);
	case AE_IFLNK:
		return place_symlink(p, path, archive_entry_symlink(e), &meta, err);
	case AE_IFREG:
		return unpack_file(a, p, path, &meta, deb, err);
	default:
		return place_node(p, path, archive_entry_filetype(e),
			archive_entry_rdev(e), &meta, err);
	}
}

static int unpack_data(
	struct archive *outer, const char *deb, int root_fd, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	CLEANUP(place_releasep) struct place p;
	struct archive_entry *e;
	int rc;

	place_init(&p, root_fd);
	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_tar(a);
	(void)archive_read_support_format_empty(a);
	if (archive_read_open(a, outer, NULL, read_member, NULL) != ARCHIVE_OK)
		return fail(a, deb, err);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (unpack_entry(a, e, &p, deb, err) < 0)
			return error_context(err, "unpack '%s'", deb);
	return rc == ARCHIVE_EOF ? 0 : fail(a, deb, err);
}

int deb_unpack(const char *deb, int root_fd, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	CLEANUP(fd_closep) int fd = open(deb, O_RDONLY | O_CLOEXEC);
	struct archive_entry *e;
	int rc;

	if (fd < 0)
		return error_errno(err, "open '%s'", deb);
	(void)archive_read_support_format_ar(a);
	if (archive_read_open_fd(a, fd, READ_BYTES) != ARCHIVE_OK)
		return fail(a, deb, err);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);

		if (name && !strncmp(name, "data.tar", 8))
			return unpack_data(a, deb, root_fd, err);
	}
	if (rc == ARCHIVE_EOF)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no Debian package: no data.tar in it", deb);
	return fail(a, deb, err);
}
