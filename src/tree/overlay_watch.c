/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/overlay_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/filetree.h"
#include "base/path.h"
#include "tree/dirtree.h"

/* One event a file is enough, so the queue (16384 by default) holds them all. */
enum { WATCHED_MOST = 4096, EVENTS_BYTES = 1 << 16 };

struct watched {
	char *path, *place;
	int wd; /* of inotify; -1: none */
};

struct overlay_watch {
	int fd; /* of inotify; -1: none */
	struct watched *files;
	size_t count, room;
};

void overlay_idle_release(struct overlay_idle *i)
{
	strv_release(&i->paths);
	strv_release(&i->places);
}

/* Where `fd` stands, beneath the directory `root_fd`; NULL: elsewhere. */
static char *place_of(int root_fd, int fd)
{
	CLEANUP(freep) char *root_link = xasprintf("/proc/self/fd/%d", root_fd);
	CLEANUP(freep) char *link = xasprintf("/proc/self/fd/%d", fd);
	char root[PATH_MAX], path[PATH_MAX];
	const ssize_t root_bytes = readlink(root_link, root, sizeof(root));
	const ssize_t bytes = readlink(link, path, sizeof(path));

	if (root_bytes < 0 || bytes <= root_bytes + 1 || bytes >= PATH_MAX ||
		memcmp(root, path, (size_t)root_bytes) != 0 || path[root_bytes] != '/')
		return NULL;
	return xstrndup(path + root_bytes + 1, (size_t)(bytes - root_bytes - 1));
}

/* Two paths of the overlay that lead to one place, by way of a link in the tree, depend
 * on each other. */
static bool is_second(struct overlay_watch *w, const char *place)
{
	for (size_t i = 0; i < w->count; i++)
		if (!strcmp(w->files[i].place, place)) {
			w->files[i].wd = -1;
			return true;
		}
	return false;
}

/* What cannot be watched is left out, and with that counts as used. */
static void add(struct overlay_watch *w, int root_fd, const char *path)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *link = NULL;
	CLEANUP(freep) char *place = NULL;
	int wd;

	if (w->count >= WATCHED_MOST ||
		path_open_in_root(root_fd, path, O_PATH | O_NOFOLLOW, 0, &fd,
			&(struct error)ERROR_INIT) < 0)
		return;
	place = place_of(root_fd, fd);
	if (!place || is_second(w, place))
		return;
	link = xasprintf("/proc/self/fd/%d", fd);
	wd = inotify_add_watch(w->fd, link, IN_ALL_EVENTS | IN_ONESHOT | IN_MASK_CREATE);
	if (wd < 0)
		return;
	array_reserve_one((void **)&w->files, w->count, &w->room, sizeof(*w->files));
	w->files[w->count++] = (struct watched){ xstrdup(path), TAKE_PTR(place), wd };
}

int overlay_watch_start(const char *overlay, const char *root, struct overlay_watch **ret,
	struct error *err)
{
	CLEANUP(overlay_watch_freep) struct overlay_watch *w = xcalloc(1, sizeof(*w));
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(fd_closep) int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (root_fd < 0)
		return error_errno(err, "open '%s'", root);
	if (dirtree_read(overlay, &t, err) < 0)
		return error_context(err, "overlay");
	for (uint32_t i = 0; w->fd >= 0 && i < filetree_count(t); i++)
		if (S_ISREG(filetree_node(t, i)->mode))
			add(w, root_fd, filetree_node(t, i)->path);
	*ret = TAKE_PTR(w);
	return 0;
}

static void note_event(struct overlay_watch *w, const struct inotify_event *event)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->files[i].wd == event->wd || (event->mask & IN_Q_OVERFLOW))
			w->files[i].wd = -1;
}

static void read_events(struct overlay_watch *w)
{
	CLEANUP(freep) char *events = xmalloc(EVENTS_BYTES);
	ssize_t bytes;

	for (;;) {
		bytes = read(w->fd, events, EVENTS_BYTES);
		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes <= 0)
			break;
		for (ssize_t at = 0; at < bytes;) {
			struct inotify_event event;

			memcpy(&event, events + at, sizeof(event));
			note_event(w, &event);
			at += (ssize_t)(sizeof(event) + event.len);
		}
	}
	if (bytes == 0 || errno != EAGAIN)
		note_event(w, &(struct inotify_event){ .mask = IN_Q_OVERFLOW });
}

void overlay_watch_look(struct overlay_watch *w, struct overlay_idle *to)
{
	if (!w || w->fd < 0)
		return;
	read_events(w);
	for (size_t i = 0; i < w->count; i++) {
		if (w->files[i].wd < 0)
			continue;
		strv_add(&to->paths, w->files[i].path);
		strv_add(&to->places, w->files[i].place);
	}
}

struct overlay_watch *overlay_watch_free(struct overlay_watch *w)
{
	if (!w)
		return NULL;
	for (size_t i = 0; i < w->count; i++) {
		free(w->files[i].path);
		free(w->files[i].place);
	}
	free(w->files);
	fd_closep(&w->fd);
	free(w);
	return NULL;
}
