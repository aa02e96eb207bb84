/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

void place_init(struct place *p, int root_fd)
{
	*p = (struct place){ .root_fd = root_fd, .dir_fd = -1 };
}

void place_release(struct place *p)
{
	free(p->dir);
	fd_closep(&p->dir_fd);
	*p = (struct place){ .root_fd = -1, .dir_fd = -1 };
}

/* Open the directory that shall hold `path`; *ret_name points into `path`. */
static int enter(
	struct place *p, const char *path, const char **ret_name, struct error *err)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(freep)
	char *dir = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!**ret_name || !strcmp(*ret_name, ".") || !strcmp(*ret_name, ".."))
		return error_set(err, ERR_FORMAT, 0, "'%s' is no name for a file", path);
	if (p->dir && !strcmp(p->dir, dir))
		return 0;
	if (path_open_in_root(
		    p->root_fd, *dir ? dir : ".", O_PATH | O_DIRECTORY, 0, &fd, err) < 0)
		return -1;
	fd_closep(&p->dir_fd);
	free(p->dir);
	p->dir_fd = fd;
	p->dir = TAKE_PTR(dir);
	return 0;
}

/* Take away what stands there, so that what is put is new and never written through. */
static int make_room(int dir_fd, const char *name, const char *path, struct error *err)
{
	if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s' is a directory in the tree, and would be replaced by "
			"something else",
			path);
	return error_errno(err, "replace '/%s' in the tree", path);
}

static int set_owner_and_time(int dir_fd, const char *name, const char *path,
	const struct place_meta *meta, struct error *err)
{
	const struct timespec times[2] = { { .tv_sec = meta->mtime_s },
		{ .tv_sec = meta->mtime_s } };

	if (fchownat(dir_fd, name, meta->uid, meta->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "set the owner of '/%s' in the tree", path);
	if (utimensat(dir_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "set the time of '/%s' in the tree", path);
	return 0;
}

/* Is `path`, with symbolic links followed inside the tree, a directory? */
static bool leads_to_directory(struct place *p, const char *path)
{
	CLEANUP(fd_closep) int fd = -1;

	return path_open_in_root(p->root_fd, path, O_PATH | O_DIRECTORY, 0, &fd,
		       &(struct error)ERROR_INIT) == 0;
}

bool place_clashes(struct place *p, const char *path, mode_t type)
{
	const char *name;
	struct stat st;

	/* Without its directory there is nothing; what is wrong shows later. */
	if (enter(p, path, &name, &(struct error)ERROR_INIT) < 0 ||
		fstatat(p->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (!S_ISDIR(type))
		return true;
	return !S_ISDIR(st.st_mode) && !leads_to_directory(p, path);
}

int place_directory(struct place *p, const char *path, const struct place_meta *meta,
	bool *ret_made, struct error *err)
{
	const char *name;
	bool made = true;

	if (enter(p, path, &name, err) < 0)
		return -1;
	if (mkdirat(p->dir_fd, name, 0700) < 0) {
		if (errno != EEXIST)
			return error_errno(
				err, "make the directory '/%s' in the tree", path);
		if (!leads_to_directory(p, path))
			return error_set(err, ERR_FORMAT, 0,
				"'/%s' is no directory in the tree, and would have to be "
				"one",
				path);
		made = false;
	}
	if (made && set_owner_and_time(p->dir_fd, name, path, meta, err) < 0)
		return -1;
	/* After chown, which takes the set-id bits away. */
	if (made && fchmodat(p->dir_fd, name, meta->mode & 07777, 0) < 0)
		return error_errno(err, "set the mode of '/%s' in the tree", path);
	if (ret_made)
		*ret_made = made;
	return 0;
}

int place_symlink(struct place *p, const char *path, const char *target,
	const struct place_meta *meta, struct error *err)
{
	const char *name;

	if (enter(p, path, &name, err) < 0 || make_room(p->dir_fd, name, path, err) < 0)
		return -1;
	if (symlinkat(target, p->dir_fd, name) < 0)
		return error_errno(err, "make the link '/%s' in the tree", path);
	return set_owner_and_time(p->dir_fd, name, path, meta, err);
}

int place_hard_link(
	struct place *p, const char *path, const char *target, struct error *err)
{
	CLEANUP(freep) char *file = NULL;
	CLEANUP(fd_closep) int target_fd = -1;
	const char *name;

	if (path_open_in_root(
		    p->root_fd, target, O_PATH | O_NOFOLLOW, 0, &target_fd, err) < 0)
		return -1;
	if (enter(p, path, &name, err) < 0 || make_room(p->dir_fd, name, path, err) < 0)
		return -1;
	file = xasprintf("/proc/self/fd/%d", target_fd);
	if (linkat(AT_FDCWD, file, p->dir_fd, name, AT_SYMLINK_FOLLOW) < 0)
		return error_errno(err, "link '/%s' to '/%s' in the tree", path, target);
	return 0;
}

int place_file(struct place *p, const char *path, int *ret_fd, struct error *err)
{
	const char *name;
	int fd;

	if (enter(p, path, &name, err) < 0 || make_room(p->dir_fd, name, path, err) < 0)
		return -1;
	fd = openat(p->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		0600);
	if (fd < 0)
		return error_errno(err, "create '/%s' in the tree", path);
	*ret_fd = fd;
	return 0;
}

int place_finish(
	int fd, const char *path, const struct place_meta *meta, struct error *err)
{
	const struct timespec times[2] = { { .tv_sec = meta->mtime_s },
		{ .tv_sec = meta->mtime_s } };

	if (fchown(fd, meta->uid, meta->gid) < 0)
		return error_errno(err, "set the owner of '/%s' in the tree", path);
	if (fchmod(fd, meta->mode & 07777) < 0)
		return error_errno(err, "set the mode of '/%s' in the tree", path);
	if (futimens(fd, times) < 0)
		return error_errno(err, "set the time of '/%s' in the tree", path);
	return 0;
}

int place_renamed(struct place *p, const char *path, int from_fd, const char *from,
	struct error *err)
{
	const char *name;

	if (enter(p, path, &name, err) < 0 || make_room(p->dir_fd, name, path, err) < 0)
		return -1;
	if (renameat(from_fd, from, p->dir_fd, name) < 0)
		return error_errno(err, "put '/%s' into the tree", path);
	return 0;
}

int place_copy(struct place *p, const char *path, const char *from,
	const struct place_meta *meta, struct error *err)
{
	CLEANUP(freep) char *data = NULL;
	CLEANUP(fd_closep) int from_fd = -1;
	CLEANUP(fd_closep) int fd = -1;
	size_t length;

	if (path_open_in_root(p->root_fd, from, O_RDONLY | O_NOFOLLOW, 0, &from_fd, err) <
			0 ||
		fd_read_all(from_fd, PLACE_COPY_MOST_BYTES, &data, &length, from, err) <
			0 ||
		place_file(p, path, &fd, err) < 0 ||
		fd_write_all(fd, data, length, path, err) < 0)
		return -1;
	return place_finish(fd, path, meta, err);
}

int place_node(struct place *p, const char *path, mode_t type, dev_t device,
	const struct place_meta *meta, struct error *err)
{
	const char *name;

	if (enter(p, path, &name, err) < 0 || make_room(p->dir_fd, name, path, err) < 0)
		return -1;
	if (mknodat(p->dir_fd, name, (type & S_IFMT) | 0600, device) < 0)
		return error_errno(err, "make the node '/%s' in the tree", path);
	if (set_owner_and_time(p->dir_fd, name, path, meta, err) < 0)
		return -1;
	if (fchmodat(p->dir_fd, name, meta->mode & 07777, 0) < 0)
		return error_errno(err, "set the mode of '/%s' in the tree", path);
	return 0;
}

int place_directory_time(
	struct place *p, const char *path, int64_t mtime_s, struct error *err)
{
	const struct timespec times[2] = { { .tv_sec = mtime_s }, { .tv_sec = mtime_s } };
	const char *name;

	if (enter(p, path, &name, err) < 0)
		return -1;
	if (utimensat(p->dir_fd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "set the time of '/%s' in the tree", path);
	return 0;
}
