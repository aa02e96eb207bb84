/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"

#define PART_SUFFIX ".part"

/* Of the target's name, how much its temporary name keeps: together below NAME_MAX. */
enum { PART_STEM_MOST_BYTES = 200 };

struct atomic_file {
	int fd;
	char *path; /* the name it is to get */
	char *part_path; /* its name until then; NULL: it has none */
};

static mode_t umask_now(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return mask;
}

static int create_named(
	struct atomic_file *f, const char *dir, mode_t mode, struct error *err)
{
	CLEANUP(freep)
	char *name = xasprintf("%s/.%.*s.XXXXXX" PART_SUFFIX, dir, PART_STEM_MOST_BYTES,
		path_basename(f->path));

	f->fd = mkostemps(name, (int)strlen(PART_SUFFIX), O_CLOEXEC);
	if (f->fd < 0)
		return error_errno(err, "create '%s'", f->path);
	f->part_path = TAKE_PTR(name);
	if (fchmod(f->fd, mode & ~umask_now()) < 0)
		return error_errno(err, "set the mode of '%s'", f->part_path);
	return 0;
}

static int create_in(struct atomic_file *f, mode_t mode, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(f->path);

	f->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
	if (f->fd >= 0)
		return 0;
	/* EISDIR and ENOENT are how kernels without O_TMPFILE say so; a file system says
	 * EOPNOTSUPP. A directory that is really missing fails in create_named() as well.
	 */
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
		return error_errno(err, "create '%s'", f->path);
	return create_named(f, dir, mode, err);
}

int atomic_file_create(
	const char *path, mode_t mode, struct atomic_file **ret, struct error *err)
{
	CLEANUP(atomic_file_freep) struct atomic_file *f = xcalloc(1, sizeof(*f));
	struct stat st;

	f->fd = -1;
	if (!path_basename(path)[0])
		return error_set(err, ERR_TARGET, 0, "'%s' is not a file's name", path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(err, ERR_TARGET, 0,
			"'%s' exists and is not a regular file", path);
	f->path = xstrdup(path);
	if (create_in(f, mode, err) < 0)
		return -1;
	*ret = TAKE_PTR(f);
	return 0;
}

int atomic_file_fd(const struct atomic_file *f)
{
	return f->fd;
}

/*
 * Give an unnamed file its name. linkat() cannot replace: where there is such a file,
 * this one gets a temporary name beside it, which rename() can then move over it.
 */
static int link_to(struct atomic_file *f, const char *path, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(path);
	CLEANUP(freep) char *self = xasprintf("/proc/self/fd/%d", f->fd);

	if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno != EEXIST)
		return error_errno(err, "give '%s' its name", path);
	for (unsigned int i = 0; i < 100; i++) {
		CLEANUP(freep)
		char *name = xasprintf("%s/.%.*s.%d-%u" PART_SUFFIX, dir,
			PART_STEM_MOST_BYTES, path_basename(path), (int)getpid(), i);

		if (linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
			f->part_path = TAKE_PTR(name);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return error_errno(err, "give '%s' its name", path);
}

static int give_name(struct atomic_file *f, const char *path, struct error *err)
{
	if (!f->part_path && link_to(f, path, err) < 0)
		return -1;
	if (f->part_path && rename(f->part_path, path) < 0)
		return error_errno(err, "give '%s' its name", path);
	free(TAKE_PTR(f->part_path));
	return 0;
}

int atomic_file_commit(struct atomic_file *f, const char *path, struct error *err)
{
	if (!path)
		path = f->path;
	if (fsync(f->fd) < 0)
		return error_errno(err, "write '%s'", path);
	if (give_name(f, path, err) < 0)
		return -1;
	return path_sync_directory_of(path, err);
}

int atomic_file_commit_unsynced(struct atomic_file *f, struct error *err)
{
	return give_name(f, f->path, err);
}

struct atomic_file *atomic_file_free(struct atomic_file *f)
{
	if (!f)
		return NULL;
	if (f->part_path)
		(void)unlink(f->part_path);
	fd_closep(&f->fd);
	free(f->part_path);
	free(f->path);
	free(f);
	return NULL;
}

bool atomic_file_is_unfinished(const char *name)
{
	return name[0] == '.' && text_ends_with(name, PART_SUFFIX);
}
