/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

char *path_join(const char *dir, const char *name)
{
	size_t length = strlen(dir);

	if (!length)
		return xstrdup(name + strspn(name, "/"));
	while (length && dir[length - 1] == '/')
		length--;
	while (*name == '/')
		name++;
	return xasprintf("%.*s/%s", (int)length, dir, name);
}

char *path_relative_to(const char *dir, const char *path)
{
	return path[0] == '/' ? xstrdup(path) : path_join(dir, path);
}

char *path_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

const char *path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int make_dir(const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return error_errno(err, "make directory '%s'", path);
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return error_set_errno(err, ENOTDIR, "make directory '%s'", path);
	return 0;
}

int path_make_dirs(const char *path, mode_t mode, struct error *err)
{
	CLEANUP(freep) char *copy = xstrdup(path);

	for (char *p = copy + (copy[0] == '/'); *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (make_dir(copy, mode, err) < 0)
			return -1;
		*p = '/';
	}
	return make_dir(copy, mode, err);
}

int path_sync_directory_of(const char *path, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(path);
	CLEANUP(fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_errno(err, "sync directory '%s'", dir);
	return 0;
}

bool path_is_of(const char *path, int fd)
{
	struct stat named, opened;

	return lstat(path, &named) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

bool path_is_same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

bool path_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int open_resolved(int root_fd, const char *path, struct open_how how, int *ret_fd,
	struct error *err)
{
	long fd;

	do
		fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	if (fd < 0)
		return error_errno(err, "open '%s' in the tree", path);
	*ret_fd = (int)fd;
	return 0;
}

int path_open_in_root(int root_fd, const char *path, int flags, mode_t mode, int *ret_fd,
	struct error *err)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.mode = flags & (O_CREAT | __O_TMPFILE) ? mode : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return open_resolved(root_fd, path, how, ret_fd, err);
}

int path_open_beneath(
	int root_fd, const char *path, int flags, int *ret_fd, struct error *err)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};

	return open_resolved(root_fd, path, how, ret_fd, err);
}

char *path_find_tool(const char *name)
{
	const char *env = getenv("PATH");
	CLEANUP(freep)
	char *dirs = xasprintf(
		"%s:/usr/local/sbin:/usr/sbin:/sbin", env ? env : "/usr/bin:/bin");
	char *save = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? xstrdup(name) : NULL;
	for (char *d = strtok_r(dirs, ":", &save); d; d = strtok_r(NULL, ":", &save)) {
		CLEANUP(freep) char *path = path_join(d, name);
		struct stat st;

		if (access(path, X_OK) == 0 && stat(path, &st) == 0 &&
			S_ISREG(st.st_mode))
			return TAKE_PTR(path);
	}
	return NULL;
}

/* "<place>/amiwright/<name>", made; `place` is $variable, or `below_home` there. */
static int make_user_dir(const char *variable, const char *below_home, const char *name,
	mode_t mode, char **ret_path, struct error *err)
{
	const char *xdg = getenv(variable), *home = getenv("HOME");
	CLEANUP(freep) char *base = NULL;
	CLEANUP(freep) char *path = NULL;

	if (xdg && xdg[0] == '/')
		base = xstrdup(xdg);
	else if (home && home[0] == '/')
		base = path_join(home, below_home);
	else
		return error_set(
			err, ERR_SYSTEM, 0, "neither %s nor HOME is set", variable);
	path = xasprintf("%s/amiwright/%s", base, name);
	if (path_make_dirs(path, mode, err) < 0)
		return error_context(err, "%s moves it", variable);
	*ret_path = TAKE_PTR(path);
	return 0;
}

int path_cache_dir(const char *name, char **ret_path, struct error *err)
{
	if (make_user_dir("XDG_CACHE_HOME", ".cache", name, 0755, ret_path, err) < 0)
		return error_context(err, "make the cache");
	return 0;
}

int path_state_dir(const char *name, char **ret_path, struct error *err)
{
	if (make_user_dir("XDG_STATE_HOME", ".local/state", name, 0700, ret_path, err) <
		0)
		return error_context(err, "make the place for journals");
	return 0;
}
