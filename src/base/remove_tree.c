/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/workers.h"

#define HELPERS 7 /* and the caller: enough to have several removals wait at once */

/*
 * A directory on its way out: waiting in the list, then being emptied by one thread, then
 * waiting for its subdirectories. The last of those to go removes it from its parent.
 */
struct doomed {
	struct doomed *parent; /* NULL: the top */
	struct doomed *next; /* in the list */
	char *name;
	int parent_fd;
	int fd; /* open from being emptied until removed */
	size_t remaining; /* subdirectories still there, and the emptying itself */
	bool had_entries; /* when last emptied */
};

struct removal {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* The newest first, so that few directories are open at a time. */
	struct doomed *list;
	size_t alive; /* directories in the list and those taken from it, but not gone */
	int failure; /* the first errno: nobody begins another directory */
};

/*
 * Open directory `name` of `dir_fd` for its removal: not through a symbolic link, and not
 * into another mount, be it of the same file system. One that does not let its owner read
 * and change it is made to.
 */
static int open_doomed(int dir_fd, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	struct stat st;
	int fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));

	if (fd < 0 && errno == EACCES && fchmodat(dir_fd, name, 0700, 0) == 0)
		fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof(how));
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
		(void)fchmod(fd, 0700);
	return fd;
}

static void add_locked(struct removal *r, struct doomed *d)
{
	d->next = r->list;
	r->list = d;
	(void)pthread_cond_signal(&r->changed);
}

static void add_subdirectory(struct removal *r, struct doomed *parent, const char *name)
{
	struct doomed *d = xcalloc(1, sizeof(*d));

	d->parent = parent;
	d->name = xstrdup(name);
	d->parent_fd = parent->fd;
	d->fd = -1;
	(void)pthread_mutex_lock(&r->lock);
	parent->remaining++;
	r->alive++;
	add_locked(r, d);
	(void)pthread_mutex_unlock(&r->lock);
}

static int empty_entry(struct removal *r, struct doomed *d, const char *name)
{
	if (unlinkat(d->fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return errno;
	add_subdirectory(r, d, name);
	return 0;
}

/* Unlink the files of a directory and list its subdirectories; 0 or an errno. */
static int empty(struct removal *r, struct doomed *d)
{
	const struct dirent *e;
	DIR *dir = NULL;
	int failure = 0, fd;

	fd_closep(&d->fd);
	d->fd = open_doomed(d->parent_fd, d->name);
	if (d->fd < 0)
		return errno == ENOENT ? 0 : errno;
	fd = fcntl(d->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0 || !(dir = fdopendir(fd))) {
		failure = errno;
		fd_closep(&fd);
		return failure;
	}
	d->had_entries = false;
	while (!failure && (errno = 0, e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		d->had_entries = true;
		failure = empty_entry(r, d, e->d_name);
	}
	if (!failure)
		failure = errno;
	(void)closedir(dir);
	return failure;
}

static void doomed_free(struct doomed *d)
{
	fd_closep(&d->fd);
	free(d->name);
	free(d);
}

/*
 * Emptied: remove it. 0; an errno; or EAGAIN: it has to be emptied again, for not every
 * file system lists all that is in a directory while it is emptied.
 */
static int remove_emptied(const struct doomed *d)
{
	if (d->fd < 0 || unlinkat(d->parent_fd, d->name, AT_REMOVEDIR) == 0 ||
		errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY && d->had_entries ? EAGAIN : errno;
}

/* One of the things that `d` waited for is over: when it was the last, `d` goes, and so
 * on upwards. */
static void settle_locked(struct removal *r, struct doomed *d)
{
	while (d && --d->remaining == 0) {
		struct doomed *parent = d->parent;
		int failure = r->failure;

		if (!failure) {
			(void)pthread_mutex_unlock(&r->lock);
			failure = remove_emptied(d);
			(void)pthread_mutex_lock(&r->lock);
		}
		if (failure == EAGAIN) {
			add_locked(r, d);
			return;
		}
		if (!r->failure)
			r->failure = failure;
		doomed_free(d);
		r->alive--;
		d = parent;
	}
	if (!r->alive)
		(void)pthread_cond_broadcast(&r->changed);
}

/* Take directories from the list until none is left, in it or elsewhere. */
static void *work(void *removal)
{
	struct removal *r = removal;

	(void)pthread_mutex_lock(&r->lock);
	while (r->alive) {
		struct doomed *d = r->list;
		int failure = 0;

		if (!d) {
			(void)pthread_cond_wait(&r->changed, &r->lock);
			continue;
		}
		r->list = d->next;
		d->remaining = 1;
		if (!r->failure) {
			(void)pthread_mutex_unlock(&r->lock);
			failure = empty(r, d);
			(void)pthread_mutex_lock(&r->lock);
		}
		if (!r->failure)
			r->failure = failure;
		settle_locked(r, d);
	}
	(void)pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Returns 0 or an errno. */
static int remove_directory(int dir_fd, const char *name)
{
	struct doomed *top = xcalloc(1, sizeof(*top));
	struct removal r = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.list = top,
		.alive = 1,
	};

	top->parent_fd = dir_fd;
	top->name = xstrdup(name);
	top->fd = -1;
	workers_run(HELPERS, work, &r);
	return r.failure;
}

int remove_tree(const char *path, struct error *err)
{
	CLEANUP(freep) char *copy = xstrdup(path);
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(fd_closep) int dir_fd = -1;
	size_t length = strlen(copy);
	int failure;

	while (length > 1 && copy[length - 1] == '/')
		copy[--length] = '\0';
	dir = path_dirname(copy);
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0 && errno == ENOENT)
		return 0;
	if (dir_fd < 0)
		return error_errno(err, "remove '%s'", path);
	if (unlinkat(dir_fd, path_basename(copy), 0) == 0 || errno == ENOENT)
		return 0;
	failure = errno == EISDIR ? remove_directory(dir_fd, path_basename(copy)) : errno;
	return failure ? error_set_errno(err, failure, "remove '%s'", path) : 0;
}
