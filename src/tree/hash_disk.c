/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash_disk.h"

#include <errno.h>
#include <inttypes.h>
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
struct work {
	int fd;
	const char *what;
	uint64_t size_bytes;
	struct disk_digests digests;
	struct error errors[2]; /* of either */
	atomic_size_t next;
};

/*
 * The block at `at`, padded with zeros; *ret_bytes of it are the disk's. A hole is not
 * read: *data_bytes is where data is known to begin at or after `at`, and moves on.
 */
static int read_block(const struct work *w, uint64_t at, uint64_t *data_bytes,
	uint8_t *block, size_t *ret_bytes, struct error *err)
{
	const uint64_t left = w->size_bytes - at;
	const size_t want = left < EBS_BLOCK_BYTES ? (size_t)left : EBS_BLOCK_BYTES;
	size_t n = 0;

	if (*data_bytes < at)
		*data_bytes = next_data(w->fd, at);
	if (*data_bytes < at + want) {
		if (fd_pread(w->fd, block, want, at, &n, w->what, err) < 0)
			return -1;
		if (n < want)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' became shorter while it was read", w->what);
	}
	memset(block + n, 0, EBS_BLOCK_BYTES - n);
	*ret_bytes = want;
	return 0;
}

static int hash_whole(struct work *w, struct error *err)
{
	CLEANUP(hash_freep) struct hash *whole = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];
	uint64_t data = 0;
	size_t n;

	for (uint64_t at = 0; at < w->size_bytes; at += EBS_BLOCK_BYTES) {
		if (read_block(w, at, &data, block, &n, err) < 0)
			return -1;
		hash_add(whole, block, n);
	}
	hash_end(whole, digest);
	hash_format_hex(digest, w->digests.sha256);
	return 0;
}

static int hash_linear(struct work *w, struct error *err)
{
	CLEANUP(hash_freep) struct hash *linear = hash_new();
	CLEANUP(hash_freep) struct hash *one = hash_new();
	CLEANUP(freep) uint8_t *block = xmalloc(EBS_BLOCK_BYTES);
	uint8_t digest[SHA256_BYTES];
	uint64_t data = 0;
	size_t n;

	for (uint64_t at = 0; at < w->size_bytes; at += EBS_BLOCK_BYTES) {
		if (read_block(w, at, &data, block, &n, err) < 0)
			return -1;
		if (is_zero(block))
			continue;
		hash_add(one, block, EBS_BLOCK_BYTES);
		hash_end(one, digest);
		hash_add(linear, digest, sizeof(digest));
		w->digests.blocks++;
	}
	hash_end(linear, digest);
	hash_format_base64(digest, w->digests.linear);
	return 0;
}

static void *work(void *userdata)
{
	struct work *w = userdata;

	for (;;) {
		switch (atomic_fetch_add(&w->next, 1)) {
		case 0:
			(void)hash_whole(w, &w->errors[0]);
			break;
		case 1:
			(void)hash_linear(w, &w->errors[1]);
			break;
		default:
			return NULL;
		}
	}
}

int hash_disk(int fd, const char *what, uint64_t size_bytes, struct disk_digests *ret,
	struct error *err)
{
	struct work w = { .fd = fd, .what = what, .size_bytes = size_bytes };
	const off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0)
		return error_errno(err, "ask '%s' for its size", what);
	if ((uint64_t)end < size_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' ends %" PRIu64 " bytes too early", what,
			size_bytes - (uint64_t)end);
	workers_run(1, work, &w);
	for (size_t i = 0; i < ARRAY_SIZE(w.errors); i++)
		if (w.errors[i].code != ERR_NONE) {
			*err = w.errors[i];
			return -1;
		}
	*ret = w.digests;
	return 0;
}
