/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/file.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { NAME_MOST_BYTES = 255 };

/* O_NOFOLLOW says ELOOP, but ENOTDIR when a directory was asked for as well. */
static int open_component(int dir, const char *name, unsigned int make_mode)
{
	struct statx st;
	int r = sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

	if (r == -ENOENT && make_mode) {
		r = sys_mkdirat(dir, name, make_mode);
		if (r < 0 && r != -EEXIST)
			return r;
		r = sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	}
	if (r == -ENOTDIR &&
		sys_statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0 &&
		sys_is_link(st.stx_mode))
		return -ELOOP;
	return r;
}

/* Of `path` the first `length` bytes. */
static int open_walking(const char *path, size_t length, unsigned int make_mode)
{
	char name[NAME_MOST_BYTES + 1];
	SYS_CLOSE_LATER int dir = -1;
	int result;

	if (!length || path[0] != '/')
		return -EINVAL;
	dir = sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY, 0);
	if (dir < 0)
		return dir;
	for (size_t at = 0, part; at < length; at += part) {
		int next;

		at += strspn(path + at, "/");
		if (at >= length)
			break;
		part = strcspn(path + at, "/");
		if (part > length - at)
			part = length - at;
		if (part > NAME_MOST_BYTES)
			return -ENAMETOOLONG;
		memcpy(name, path + at, part);
		name[part] = '\0';
		if (strcmp(name, "..") == 0)
			return -EINVAL;
		next = open_component(dir, name, make_mode);
		if (next < 0)
			return next;
		(void)sys_close(dir);
		dir = next;
	}
	result = dir;
	dir = -1;
	return result;
}

int file_open_directory(const char *path, unsigned int make_mode)
{
	return open_walking(path, strlen(path), make_mode);
}

int file_open_parent(const char *path, int *ret_dir, const char **ret_name)
{
	size_t length = strlen(path);
	int dir;

	while (length > 0 && path[length - 1] != '/')
		length--;
	if (!path[length])
		return -EISDIR;
	dir = open_walking(path, length, 0);
	if (dir < 0)
		return dir;
	*ret_dir = dir;
	*ret_name = path + length;
	return 0;
}

static long read_whole(int fd, char *to, size_t room_bytes)
{
	long length = sys_read_full(fd, to, room_bytes);

	if (length < 0)
		return length;
	if ((size_t)length == room_bytes)
		return -EMSGSIZE;
	to[length] = '\0';
	return length;
}

long file_read(int dir, const char *name, char *to, size_t room_bytes)
{
	struct statx st;
	int r;
	/* O_NONBLOCK: the one end of a pipe would wait for the other. */
	SYS_CLOSE_LATER int fd =
		sys_openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);

	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return r;
	if (!sys_is_regular(st.stx_mode))
		return -EINVAL;
	return read_whole(fd, to, room_bytes);
}

long file_read_path(const char *path, char *to, size_t room_bytes)
{
	SYS_CLOSE_LATER int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0);

	return fd < 0 ? fd : read_whole(fd, to, room_bytes);
}

static int fill(int fd, const void *data, size_t length, unsigned int mode,
	struct file_owner owner)
{
	int r = sys_write_all(fd, data, length);

	if (r == 0)
		r = sys_fchown(fd, owner.uid, owner.gid);
	if (r == 0)
		r = sys_fchmod(fd, mode);
	return r;
}

static int replace(int dir, const char *name, const void *data, size_t length,
	unsigned int mode, struct file_owner owner, bool sync)
{
	char part[NAME_MOST_BYTES + 1];
	struct text t = TEXT_IN(part);
	SYS_CLOSE_LATER int fd = -1;
	int r;

	/* Always the same name: the next attempt takes away what a power cut left. */
	text_addf(&t, ".%s.ec2-init", name);
	if (t.cut)
		return -ENAMETOOLONG;
	(void)sys_unlinkat(dir, part, 0);
	fd = sys_openat(dir, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fd;
	r = fill(fd, data, length, mode, owner);
	if (r == 0 && sync)
		r = sys_fsync(fd);
	if (r == 0)
		r = sys_renameat(dir, part, dir, name);
	if (r < 0) {
		(void)sys_unlinkat(dir, part, 0);
		return r;
	}
	return sync ? sys_fsync(dir) : 0;
}

int file_replace(int dir, const char *name, const void *data, size_t length,
	unsigned int mode, struct file_owner owner)
{
	return replace(dir, name, data, length, mode, owner, true);
}

int file_replace_unsynced(int dir, const char *name, const void *data, size_t length,
	unsigned int mode, struct file_owner owner)
{
	return replace(dir, name, data, length, mode, owner, false);
}

int file_replace_path(
	const char *path, const void *data, size_t length, unsigned int mode)
{
	SYS_CLOSE_LATER int dir = -1;
	const char *name;
	int r = file_open_parent(path, &dir, &name);

	if (r < 0)
		return r;
	return file_replace(dir, name, data, length, mode, (struct file_owner){ 0 });
}

bool file_exists(int dir, const char *name)
{
	struct statx st;

	return sys_statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == 0;
}
