/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/work_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/sandbox.h"
#include "base/text.h"

struct work_dir {
	char *path;
	int lock_fd;
};

static const char *scratch_place(void)
{
	const char *place = getenv("TMPDIR");

	return place && place[0] == '/' ? place : "/var/tmp";
}

static int open_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		const int failure = errno;

		fd_closep(&fd);
		errno = failure;
	}
	return fd;
}

static void remove_work(const char *path)
{
	struct error ignored = ERROR_INIT;

	/* Files of subordinate ids need a sandbox; most directories have none. */
	if (remove_tree(path, &ignored) < 0)
		(void)sandbox_remove_tree(path, &ignored);
}

static bool is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == getuid();
}

/* What cannot be removed now is tried again by the next run: no reason to fail this one.
 */
static void remove_stale(const char *place, const char *prefix)
{
	DIR *dir = opendir(place);
	const struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		CLEANUP(freep) char *path = NULL;
		CLEANUP(fd_closep) int lock = -1;

		if (!text_starts_with(e->d_name, prefix))
			continue;
		path = path_join(place, e->d_name);
		if (!is_ours(path))
			continue;
		lock = open_locked(path);
		if (lock >= 0)
			remove_work(path);
	}
	(void)closedir(dir);
}

/* A sweep of another run may take a new directory for a stale one before it is locked. */
static bool still_there(const char *path, int fd)
{
	struct stat named, locked;

	return stat(path, &named) == 0 && fstat(fd, &locked) == 0 &&
	       named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
}

int work_dir_create(struct work_dir **ret, struct error *err)
{
	const char *place = scratch_place();
	CLEANUP(freep) char *prefix = xasprintf("amiwright-%u-", (unsigned int)getuid());
	CLEANUP(freep) char *path = NULL;
	CLEANUP(fd_closep) int lock = -1;

	remove_stale(place, prefix);
	while (lock < 0) {
		free(path);
		path = xasprintf("%s/%sXXXXXX", place, prefix);
		if (!mkdtemp(path))
			return error_errno(err,
				"make a scratch directory in '%s' (TMPDIR moves it)",
				place);
		lock = open_locked(path);
		/* Gone, or locked: a sweep was faster. */
		if (lock < 0 && errno != ENOENT && errno != EWOULDBLOCK) {
			(void)error_errno(err, "lock '%s'", path);
			(void)rmdir(path);
			return -1;
		}
		if (lock >= 0 && !still_there(path, lock))
			fd_closep(&lock);
	}
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->path = TAKE_PTR(path);
	(*ret)->lock_fd = TAKE_FD(lock);
	return 0;
}

const char *work_dir_path(const struct work_dir *w)
{
	return w->path;
}

struct work_dir *work_dir_free(struct work_dir *w)
{
	if (!w)
		return NULL;
	remove_work(w->path);
	fd_closep(&w->lock_fd);
	free(w->path);
	free(w);
	return NULL;
}
