/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/digest_memo.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

struct entry {
	dev_t device;
	ino_t inode;
	off_t size_bytes;
	struct timespec changed;
	size_t put; /* the how manieth */
	char hex[SHA256_HEX_CHARS + 1];
};

struct entries {
	struct entry *items;
	size_t count, room;
};

struct digest_memo {
	struct entries settled; /* in the order of by_inode() */
	pthread_mutex_t lock; /* of the rest */
	struct entries fresh;
	size_t puts;
	struct timespec newest; /* time of change */
};

struct digest_memo *digest_memo_new(void)
{
	struct digest_memo *m = xcalloc(1, sizeof(*m));

	(void)pthread_mutex_init(&m->lock, NULL);
	return m;
}

struct digest_memo *digest_memo_free(struct digest_memo *m)
{
	if (!m)
		return NULL;
	(void)pthread_mutex_destroy(&m->lock);
	free(m->settled.items);
	free(m->fresh.items);
	free(m);
	return NULL;
}

static int compare_times(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

static int by_inode(const struct entry *a, const struct entry *b)
{
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->inode > b->inode) - (a->inode < b->inode);
}

static struct entry entry_of(const struct stat *st)
{
	return (struct entry){ .device = st->st_dev,
		.inode = st->st_ino,
		.size_bytes = st->st_size,
		.changed = st->st_ctim };
}

static void add(struct entries *to, const struct entry *entry)
{
	if (to->count == to->room) {
		to->room = to->room ? 2 * to->room : 1 << 10;
		to->items = xreallocarray(to->items, to->room, sizeof(*to->items));
	}
	to->items[to->count++] = *entry;
}

void digest_memo_put(struct digest_memo *m, const struct stat *st,
	const char hex[static SHA256_HEX_CHARS + 1])
{
	struct entry entry = entry_of(st);

	memcpy(entry.hex, hex, sizeof(entry.hex));
	(void)pthread_mutex_lock(&m->lock);
	entry.put = m->puts++;
	add(&m->fresh, &entry);
	if (compare_times(&entry.changed, &m->newest) > 0)
		m->newest = entry.changed;
	(void)pthread_mutex_unlock(&m->lock);
}

static int by_inode_and_age(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const int order = by_inode(x, y);

	return order ? order : (x->put > y->put) - (x->put < y->put);
}

/* Of several of one inode, the last counts. */
static void sort(struct entries *e)
{
	size_t kept = 0;

	if (!e->count)
		return;
	qsort(e->items, e->count, sizeof(*e->items), by_inode_and_age);
	for (size_t i = 1; i < e->count; i++) {
		if (by_inode(&e->items[kept], &e->items[i]) != 0)
			kept++;
		e->items[kept] = e->items[i];
	}
	e->count = kept + 1;
}

/* The kernel dates files with this clock, which moves in ticks. It may be behind when
 * somebody has set it; to wait for that would be too long. */
static void wait_for_tick(const struct timespec *newest)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	enum { TICKS_MOST = 100 };
	struct timespec now;

	for (int i = 0; i < TICKS_MOST; i++) {
		(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (compare_times(&now, newest) > 0)
			return;
		(void)nanosleep(&pause, NULL);
	}
}

void digest_memo_settle(struct digest_memo *m)
{
	for (size_t i = 0; i < m->fresh.count; i++)
		add(&m->settled, &m->fresh.items[i]);
	m->fresh.count = 0;
	sort(&m->settled);
	wait_for_tick(&m->newest);
}

static int find_inode(const void *key, const void *entry)
{
	return by_inode(key, entry);
}

bool digest_memo_find(const struct digest_memo *m, const struct stat *st,
	char ret_hex[static SHA256_HEX_CHARS + 1])
{
	const struct entry key = entry_of(st);
	const struct entry *found =
		m->settled.count ? bsearch(&key, m->settled.items, m->settled.count,
					   sizeof(key), find_inode)
				 : NULL;

	if (!found || found->size_bytes != key.size_bytes ||
		compare_times(&found->changed, &key.changed) != 0)
		return false;
	memcpy(ret_hex, found->hex, sizeof(found->hex));
	return true;
}
