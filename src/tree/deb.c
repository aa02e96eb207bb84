/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/deb.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

enum { READ_BYTES = 1 << 18 };

/* One package that is being read. */
struct reader {
	const char *file; /* for messages */
	struct archive *outer;
	int stage_fd;
	const atomic_bool *stop;
	size_t control_bytes;
	struct deb deb;
};

static void archive_freep(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

static void reader_release(struct reader *r)
{
	archive_freep(&r->outer);
	deb_release(&r->deb);
}

void deb_release(struct deb *d)
{
	for (size_t i = 0; i < d->entry_count; i++) {
		free(d->entries[i].path);
		free(d->entries[i].target);
	}
	for (size_t i = 0; i < d->member_count; i++) {
		free(d->members[i].name);
		free(d->members[i].bytes);
	}
	free(d->entries);
	free(d->members);
	*d = (struct deb)DEB_INIT;
}

const struct deb_member *deb_member(const struct deb *d, const char *name)
{
	for (size_t i = 0; i < d->member_count; i++)
		if (!strcmp(d->members[i].name, name))
			return &d->members[i];
	return NULL;
}

/* libarchive's failures: its own text says what is wrong with the bytes. */
static int fail(const struct reader *r, struct archive *a, struct error *err)
{
	const char *text = archive_error_string(a);

	return error_set(err, ERR_FORMAT, archive_errno(a), "unpack '%s': %s", r->file,
		text ? text : "damaged archive");
}

static int check_stop(const struct reader *r, struct error *err)
{
	if (r->stop && atomic_load(r->stop))
		return error_set(
			err, ERR_INTERRUPTED, 0, "unpack '%s': stopped", r->file);
	return 0;
}

/* The next block of a member of the outer archive, for the reader of the inner one. */
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

/* ---- data.tar */

static bool has_dot_dot(const char *path)
{
	for (const char *p = strstr(path, ".."); p; p = strstr(p + 1, ".."))
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return true;
	return false;
}

/* "./usr/bin/x/" → "usr/bin/x"; "./" → "". NULL when it is no path beneath the root. */
static char *relative_path(const char *path)
{
	size_t length;

	if (!path || has_dot_dot(path))
		return NULL;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (!strcmp(path, "."))
		path++;
	if (path[0] == '/')
		return NULL;
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	return xstrndup(path, length);
}

static int copy_content(const struct reader *r, struct archive *a, int fd,
	const char *path, struct error *err)
{
	const void *block;
	size_t size;
	la_int64_t offset;
	int rc;

	while ((rc = archive_read_data_block(a, &block, &size, &offset)) == ARCHIVE_OK)
		if (fd_pwrite_all(fd, block, size, (uint64_t)offset, path, err) < 0 ||
			check_stop(r, err) < 0)
			return -1;
	return rc == ARCHIVE_EOF ? 0 : fail(r, a, err);
}

static int stage_file(const struct reader *r, struct archive *a,
	const struct deb_entry *e, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char name[16];

	(void)snprintf(name, sizeof(name), "%u", e->number);
	fd = openat(r->stage_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "create the file for '/%s'", e->path);
	if (copy_content(r, a, fd, e->path, err) < 0)
		return -1;
	return place_finish(fd, e->path, &e->meta, err);
}

static struct deb_entry *add_entry(struct reader *r)
{
	struct deb *d = &r->deb;

	array_reserve_one((void **)&d->entries, d->entry_count, &d->entry_room,
		sizeof(*d->entries));
	d->entries[d->entry_count] =
		(struct deb_entry){ .number = (unsigned int)d->entry_count };
	return &d->entries[d->entry_count++];
}

static int read_entry(struct reader *r, struct archive *a, struct archive_entry *from,
	struct error *err)
{
	const char *name = archive_entry_pathname(from);
	const char *link = archive_entry_hardlink(from);
	const char *link_text = archive_entry_symlink(from);
	struct deb_entry *e = add_entry(r);

	e->path = relative_path(name);
	e->target = link ? relative_path(link) : NULL;
	if (!e->path || (link && !e->target))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' holds a file outside of the tree: '%s'", r->file,
			name ? name : "");
	e->meta = (struct place_meta){
		.mode = archive_entry_perm(from),
		.uid = (uid_t)archive_entry_uid(from),
		.gid = (gid_t)archive_entry_gid(from),
		.mtime_s = archive_entry_mtime(from),
	};
	if (link)
		return 0;
	e->type = archive_entry_filetype(from);
	e->device = archive_entry_rdev(from);
	if (e->type == S_IFLNK)
		e->target = xstrdup(link_text ? link_text : "");
	return e->type == S_IFREG ? stage_file(r, a, e, err) : 0;
}

/* ---- control.tar */

static int read_control_file(struct reader *r, struct archive *a,
	struct archive_entry *from, struct error *err)
{
	const char *name = archive_entry_pathname(from);
	CLEANUP(freep) char *path = relative_path(name);
	const la_int64_t size = archive_entry_size(from);
	struct deb *d = &r->deb;
	struct deb_member *m;
	la_ssize_t got;

	if (archive_entry_filetype(from) == S_IFDIR)
		return 0;
	if (!path || !*path || strchr(path, '/') ||
		archive_entry_filetype(from) != S_IFREG)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' has a strange file among its control files: '%s'", r->file,
			name ? name : "");
	if (size < 0 || size > DEB_CONTROL_MOST_BYTES - (la_int64_t)r->control_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' has more than %d bytes of control files", r->file,
			DEB_CONTROL_MOST_BYTES);
	r->control_bytes += (size_t)size;
	array_reserve_one((void **)&d->members, d->member_count, &d->member_room,
		sizeof(*d->members));
	m = &d->members[d->member_count++];
	*m = (struct deb_member){ .name = TAKE_PTR(path),
		.bytes = xcalloc(1, (size_t)size + 1),
		.length_bytes = (size_t)size,
		.mode = archive_entry_perm(from),
		.mtime_s = archive_entry_mtime(from) };
	got = archive_read_data(a, m->bytes, (size_t)size);
	return got == size ? 0 : fail(r, a, err);
}

/* ---- the whole */

typedef int (*entry_reader)(struct reader *r, struct archive *a,
	struct archive_entry *from, struct error *err);

static int read_tar(struct reader *r, entry_reader read, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	struct archive_entry *e;
	int rc;

	(void)archive_read_support_filter_all(a);
	(void)archive_read_support_format_tar(a);
	(void)archive_read_support_format_empty(a);
	if (archive_read_open(a, r->outer, NULL, read_member, NULL) != ARCHIVE_OK)
		return fail(r, a, err);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (check_stop(r, err) < 0 || read(r, a, e, err) < 0)
			return error_context(err, "unpack '%s'", r->file);
	return rc == ARCHIVE_EOF ? 0 : fail(r, a, err);
}

static bool begins(const char *name, const char *with)
{
	return name && text_starts_with(name, with);
}

static int read_archive(struct reader *r, struct error *err)
{
	struct archive_entry *e;
	int rc;

	while ((rc = archive_read_next_header(r->outer, &e)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);

		if (begins(name, "control.tar") &&
			read_tar(r, read_control_file, err) < 0)
			return -1;
		if (begins(name, "data.tar"))
			return read_tar(r, read_entry, err);
	}
	if (rc == ARCHIVE_EOF)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no Debian package: no data.tar in it", r->file);
	return fail(r, r->outer, err);
}

int deb_read(const char *file, int stage_fd, const atomic_bool *stop, struct deb *ret,
	struct error *err)
{
	CLEANUP(reader_release)
	struct reader r = { .file = file,
		.outer = archive_read_new(),
		.stage_fd = stage_fd,
		.stop = stop };
	CLEANUP(fd_closep) int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", file);
	(void)archive_read_support_format_ar(r.outer);
	if (archive_read_open_fd(r.outer, fd, READ_BYTES) != ARCHIVE_OK)
		return fail(&r, r.outer, err);
	if (read_archive(&r, err) < 0)
		return -1;
	*ret = r.deb;
	r.deb = (struct deb)DEB_INIT;
	return 0;
}

int deb_place(const struct deb_entry *e, int stage_fd, const char *path, struct place *p,
	struct error *err)
{
	char name[16];

	if (!*path)
		return 0;
	(void)snprintf(name, sizeof(name), "%u", e->number);
	switch (e->type) {
	case 0:
		return place_hard_link(p, path, e->target, err);
	case S_IFDIR:
		return place_directory(p, path, &e->meta, NULL, err);
	case S_IFLNK:
		return place_symlink(p, path, e->target, &e->meta, err);
	case S_IFREG:
		return place_renamed(p, path, stage_fd, name, err);
	default:
		return place_node(p, path, e->type, e->device, &e->meta, err);
	}
}
