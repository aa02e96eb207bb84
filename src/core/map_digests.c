/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/map_digests.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "aws/ebs.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/workers.h"
#include "core/upload_source.h"
#include "disk/zero.h"

struct map_digests {
	struct upload_source *source;
	struct workers *workers;
	atomic_bool is_given_up;
	struct disk_digests digests;
	struct error error; /* of the thread */
};

/* What the hashes go over. */
struct hashing {
	struct hash *whole, *linear, *one;
	uint8_t *block, *zeros; /* EBS_BLOCK_BYTES each */
};

static void hashing_releasep(struct hashing *h)
{
	h->whole = hash_free(h->whole);
	h->linear = hash_free(h->linear);
	h->one = hash_free(h->one);
	free(h->block);
	free(h->zeros);
}

/* How much of a block is the disk's: the last one may be short. */
static size_t bytes_of(uint64_t index, uint64_t size_bytes)
{
	const uint64_t left = size_bytes - index * EBS_BLOCK_BYTES;

	return left < EBS_BLOCK_BYTES ? (size_t)left : EBS_BLOCK_BYTES;
}

static int hash_block(
	struct map_digests *d, struct hashing *h, uint64_t index, struct error *err)
{
	uint8_t digest[SHA256_BYTES];

	if (upload_source_read(d->source, index, h->block, err) < 0)
		return -1;
	hash_add(h->whole, h->block, bytes_of(index, upload_source_bytes(d->source)));
	if (bytes_are_zero(h->block, EBS_BLOCK_BYTES))
		return 0;
	hash_add(h->one, h->block, EBS_BLOCK_BYTES);
	hash_end(h->one, digest);
	hash_add(h->linear, digest, sizeof(digest));
	d->digests.blocks++;
	return 0;
}

static int hash_all(struct map_digests *d, struct error *err)
{
	CLEANUP(hashing_releasep)
	struct hashing h = { .whole = hash_new(),
		.linear = hash_new(),
		.one = hash_new(),
		.block = xmalloc_pages(EBS_BLOCK_BYTES),
		.zeros = xcalloc(1, EBS_BLOCK_BYTES) };
	const uint64_t size = upload_source_bytes(d->source);
	const uint64_t end = round_up(size, EBS_BLOCK_BYTES) / EBS_BLOCK_BYTES;
	uint8_t digest[SHA256_BYTES];
	bool found;

	for (uint64_t next = 0; next < end && !atomic_load(&d->is_given_up); next++) {
		uint64_t index = next;

		if (upload_source_seek(d->source, &index, &found, err) < 0)
			return -1;
		for (; next < (found ? index : end); next++)
			hash_add(h.whole, h.zeros, bytes_of(next, size));
		if (found && hash_block(d, &h, index, err) < 0)
			return -1;
	}
	hash_end(h.whole, digest);
	hash_format_hex(digest, d->digests.sha256);
	hash_end(h.linear, digest);
	hash_format_base64(digest, d->digests.linear);
	return 0;
}

static void *work(void *userdata)
{
	struct map_digests *d = userdata;

	(void)hash_all(d, &d->error);
	return NULL;
}

int map_digests_begin(
	const struct blockmap *m, struct map_digests **ret, struct error *err)
{
	CLEANUP(map_digests_freep) struct map_digests *d = xcalloc(1, sizeof(*d));

	d->source = upload_source_of_map(m, "the disk");
	if (workers_start(1, work, d, &d->workers, err) < 0)
		return -1;
	*ret = TAKE_PTR(d);
	return 0;
}

int map_digests_end(struct map_digests *d, struct disk_digests *ret, struct error *err)
{
	d->workers = workers_join(d->workers);
	if (d->error.code != ERR_NONE) {
		*err = d->error;
		return -1;
	}
	*ret = d->digests;
	return 0;
}

struct map_digests *map_digests_free(struct map_digests *d)
{
	if (!d)
		return NULL;
	atomic_store(&d->is_given_up, true);
	d->workers = workers_join(d->workers);
	d->source = upload_source_free(d->source);
	free(d);
	return NULL;
}
