/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/keep_newest.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"

enum { UNFINISHED_MOST_S = 24 * 60 * 60 };

struct entry {
	char *path;
	struct timespec used;
	uint64_t bytes;
};

struct entries {
	struct entry *items;
	size_t count, room;
};

static int newest_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct entry *)a)->used;
	const struct timespec *y = &((const struct entry *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec > y->tv_sec ? -1 : 1;
	return x->tv_nsec > y->tv_nsec ? -1 : x->tv_nsec < y->tv_nsec;
}

/* Nobody is at one of these after a day. */
static void remove_unfinished(const char *path, const struct stat *st)
{
	if (time(NULL) - st->st_mtim.tv_sec > UNFINISHED_MOST_S)
		(void)remove_tree(path, &(struct error)ERROR_INIT);
}

static void add_entry(const char *dir, const char *name, struct entries *to)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, "..") || lstat(path, &st) < 0)
		return;
	if (atomic_file_is_unfinished(name)) {
		remove_unfinished(path, &st);
		return;
	}
	array_reserve_one((void **)&to->items, to->count, &to->room, sizeof(*to->items));
	to->items[to->count++] =
		(struct entry){ TAKE_PTR(path), st.st_mtim, (uint64_t)st.st_size };
}

void keep_newest_bytes(const char *dir, size_t most, uint64_t most_bytes)
{
	struct entries all = { 0 };
	uint64_t bytes = 0;
	const struct dirent *entry;
	DIR *d = opendir(dir);

	if (!d)
		return;
	while ((entry = readdir(d)))
		add_entry(dir, entry->d_name, &all);
	(void)closedir(d);
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), newest_first);
	for (size_t i = 0; i < all.count; i++) {
		bytes += all.items[i].bytes;
		if (i >= most || (i && bytes > most_bytes))
			(void)remove_tree(all.items[i].path, &(struct error)ERROR_INIT);
		free(all.items[i].path);
	}
	free(all.items);
}

void keep_newest(const char *dir, size_t most)
{
	keep_newest_bytes(dir, most, UINT64_MAX);
}
