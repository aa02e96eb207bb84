/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_disk.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/workers.h"

/* Where data begins at or after `at`; `at` itself where the kernel does not tell. */
static uint64_t next_data(int fd, uint64_t at)
{
	const off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	if (data >= 0)
		return (uint64_t)data;
	return errno == ENXIO ? UINT64_MAX : at;
}

static bool is_zero(const uint8_t *block)
{
	return block[0] == 0 && !memcmp(block, block + 1, EBS_BLOCK_BYTES - 1);
}

/* The two digests are made side by side: each reads the disk for itself. */
struct disk_hash {
	int fd;
	char *what;
	uint64_t size_bytes;
	struct disk_digests digests;
	struct error errors[2]; /* of either */
	atomic_size_t next;
	struct workers *workers;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	uint64_t settled_bytes; /* under the lock, as is `given_up` */
	bool given_up;
};

/* Until the disk is settled up to `end`, or beyond; false when nobody wants to know. */
static bool wait_for(struct disk_hash *h, uint64_t end, uint64_t *ret_settled_bytes)
{
	bool go_on;

	(void)pthread_mutex_lock(&h->lock);
	while (h->settled_bytes < end && !h->given_up)
		(void)pthread_cond_wait(&h->moved, &h->lock);
	*ret_settled_bytes = h->settled_bytes;
	go_on = !h->given_up;
	(void)pthread_mutex_unlock(&h->lock);
	return go_on;
}

/*
 * The block at `at`, padded with zeros; *ret_bytes of it are the disk's. A hole is not
 * read: *data_bytes is where data may begin at or after `at`, and moves on. Behind what
 * is settled, the kernel knows of holes that are none yet.
 */
static int read_block(struct disk_hash *h, uint64_t at, uint64_t *data_bytes,
	uint8_t *block, size_t *ret_bytes, struct error *err)
{
	const uint64_t left = h->size_bytes - at;
	const size_t want = left < EBS_BLOCK_BYTES ? (size_t)left : EBS_BLOCK_BYTES;
	uint64_t settled;
	size_t n = 0;

	if (!wait_for(h, at + want, &settled))
		return error_set(err, ERR_INTERRUPTED, 0, "'%s' is not whole", h->what);
	if (*data_bytes <= at) {
		*data_bytes = next_data(h->fd, at);
		if (*data_bytes > settled)
			*data_bytes = settled;
	}
	if (*data_bytes < at + want) {
		if (fd_pread(h->fd, block, want, at, &n, h->what, err) < 0)
			return -1;
		if (n < want)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' became shorter while it was read", h->what);
	}
	memset(block + n, 0, EBS_BLOCK_BYTES - n);
	*ret_bytes = want;
	return 0;
}

static int hash_whole(struct disk_hash *h, struct error *err)
{
	CLEANUP(hash_freep) struct hash *whole = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc_pages(EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];
	uint64_t data = 0;
	size_t n;

	for (uint64_t at = 0; at < h->size_bytes; at += EBS_BLOCK_BYTES) {
		if (read_block(h, at, &data, block, &n, err) < 0)
			return -1;
		hash_add(whole, block, n);
	}
	hash_end(whole, digest);
	hash_format_hex(digest, h->digests.sha256);
	return 0;
}

static int hash_linear(struct disk_hash *h, struct error *err)
{
	CLEANUP(hash_freep) struct hash *linear = hash_new();
	CLEANUP(hash_freep) struct hash *one = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc_pages(EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];
	uint64_t data = 0;
	size_t n;

	for (uint64_t at = 0; at < h->size_bytes; at += EBS_BLOCK_BYTES) {
		if (read_block(h, at, &data, block, &n, err) < 0)
			return -1;
		if (data >= at + n || is_zero(block))
			continue;
		hash_add(one, block, EBS_BLOCK_BYTES);
		hash_end(one, digest);
		hash_add(linear, digest, sizeof(digest));
		h->digests.blocks++;
	}
	hash_end(linear, digest);
	hash_format_base64(digest, h->digests.linear);
	return 0;
}

static void *work(void *userdata)
{
	struct disk_hash *h = userdata;

	for (;;) {
		switch (atomic_fetch_add(&h->next, 1)) {
		case 0:
			(void)hash_whole(h, &h->errors[0]);
			break;
		case 1:
			(void)hash_linear(h, &h->errors[1]);
			break;
		default:
			return NULL;
		}
	}
}

int disk_hash_start(int fd, const char *what, uint64_t size_bytes, struct disk_hash **ret,
	struct error *err)
{
	CLEANUP(disk_hash_freep) struct disk_hash *h = xcalloc(1, sizeof(*h));

	h->fd = fd;
	h->what = xstrdup(what);
	h->size_bytes = size_bytes;
	(void)pthread_mutex_init(&h->lock, NULL);
	(void)pthread_cond_init(&h->moved, NULL);
	if (workers_start(ARRAY_SIZE(h->errors), work, h, &h->workers, err) < 0)
		return -1;
	*ret = TAKE_PTR(h);
	return 0;
}

void disk_hash_settled(struct disk_hash *h, uint64_t bytes)
{
	(void)pthread_mutex_lock(&h->lock);
	h->settled_bytes = bytes;
	(void)pthread_cond_broadcast(&h->moved);
	(void)pthread_mutex_unlock(&h->lock);
}

int disk_hash_end(struct disk_hash *h, struct disk_digests *ret, struct error *err)
{
	disk_hash_settled(h, h->size_bytes);
	h->workers = workers_join(h->workers);
	for (size_t i = 0; i < ARRAY_SIZE(h->errors); i++)
		if (h->errors[i].code != ERR_NONE) {
			*err = h->errors[i];
			return -1;
		}
	*ret = h->digests;
	return 0;
}

struct disk_hash *disk_hash_free(struct disk_hash *h)
{
	if (!h)
		return NULL;
	(void)pthread_mutex_lock(&h->lock);
	h->given_up = true;
	(void)pthread_cond_broadcast(&h->moved);
	(void)pthread_mutex_unlock(&h->lock);
	h->workers = workers_join(h->workers);
	(void)pthread_cond_destroy(&h->moved);
	(void)pthread_mutex_destroy(&h->lock);
	free(h->what);
	free(h);
	return NULL;
}

int hash_disk(int fd, const char *what, uint64_t size_bytes, struct disk_digests *ret,
	struct error *err)
{
	CLEANUP(disk_hash_freep) struct disk_hash *h = NULL;
	const off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0)
		return error_errno(err, "ask '%s' for its size", what);
	if ((uint64_t)end < size_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' ends %" PRIu64 " bytes too early", what,
			size_bytes - (uint64_t)end);
	if (disk_hash_start(fd, what, size_bytes, &h, err) < 0)
		return -1;
	return disk_hash_end(h, ret, err);
}
