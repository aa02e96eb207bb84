/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_blocks.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "core/block_list.h"
#include "core/kept_blocks_file.h"
#include "core/snapshot_file.h"
#include "core/snapshot_read.h"
#include "core/work_dir.h"

struct image_blocks {
	struct aws_client *ebs;
	const char *snapshot_id;
	uint64_t volume_bytes;
	char *key;
	struct kept_blocks known;
	bool are_known;
	/* Under the lock. */
	pthread_mutex_t lock;
	struct work_dir *work; /* of the file */
	int fd; /* -1: nothing was fetched yet */
	struct block_set *there;
	bool are_all_there;
	struct error failure;
};

/* What was kept of them, if it is of just those that are listed. */
static int look_up(struct image_blocks *b, struct block_list *list, struct error *err)
{
	b->are_known = kept_blocks_load(b->key, &b->known);
	if (b->are_known &&
		kept_blocks_are_listed(&b->known, list, &b->are_known, err) < 0)
		return -1;
	if (!b->are_known)
		kept_blocks_release(&b->known);
	return 0;
}

int image_blocks_open(struct aws_client *ebs, const char *snapshot_id,
	struct image_blocks **ret, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	CLEANUP(image_blocks_freep) struct image_blocks *b = xcalloc(1, sizeof(*b));

	b->ebs = ebs;
	b->snapshot_id = snapshot_id;
	b->key = kept_blocks_key(ebs, snapshot_id);
	b->fd = -1;
	(void)pthread_mutex_init(&b->lock, NULL);
	if (block_list_open(ebs, snapshot_id, &list, err) < 0)
		return -1;
	b->volume_bytes = block_list_volume_bytes(list);
	b->there = block_set_new(b->volume_bytes);
	if (look_up(b, list, err) < 0)
		return -1;
	*ret = TAKE_PTR(b);
	return 0;
}

struct image_blocks *image_blocks_free(struct image_blocks *b)
{
	if (!b)
		return NULL;
	kept_blocks_release(&b->known);
	free(b->key);
	b->there = block_set_free(b->there);
	fd_closep(&b->fd);
	b->work = work_dir_free(b->work);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
	return NULL;
}

uint64_t image_blocks_volume_bytes(const struct image_blocks *b)
{
	return b->volume_bytes;
}

int image_blocks_count(struct image_blocks *b, uint64_t *ret, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	bool more = true;

	*ret = b->known.count;
	if (b->are_known)
		return 0;
	if (block_list_open(b->ebs, b->snapshot_id, &list, err) < 0)
		return -1;
	while (more) {
		if (block_list_next(list)) {
			++*ret;
			block_list_advance(list);
		} else if (block_list_turn(list, &more, err) < 0) {
			return -1;
		}
	}
	return 0;
}

const struct kept_blocks *image_blocks_known(const struct image_blocks *b)
{
	return b->are_known ? &b->known : NULL;
}

/* ---- fetching, with the lock */

struct fetching {
	struct image_blocks *blocks;
	const struct block_set *wanted; /* NULL: all */
};

static int want(
	void *userdata, uint64_t index, enum snapshot_want *ret, struct error *err)
{
	const struct fetching *f = userdata;

	(void)err;
	*ret = (!f->wanted || block_set_has(f->wanted, index)) &&
			       !block_set_has(f->blocks->there, index)
		       ? SNAPSHOT_FETCH
		       : SNAPSHOT_SKIP;
	return 0;
}

static int compare_index(const void *key, const void *item)
{
	const uint64_t index = *(const uint64_t *)key;
	const struct transfer_stored *block = item;

	return index < block->index ? -1 : index > block->index;
}

/* A block that is another one than was kept of it: nothing of that is to be believed. */
static int check_known(const struct image_blocks *b, const struct snapshot_block *block,
	struct error *err)
{
	const struct transfer_stored *known;

	if (!b->are_known)
		return 0;
	known = bsearch(&block->index, b->known.blocks, b->known.count, sizeof(*known),
		compare_index);
	if (known && memcmp(known->digest, block->digest, SHA256_BYTES) == 0)
		return 0;
	kept_blocks_forget(b->key);
	return error_set(err, ERR_UNTRUSTED, 0,
		"block %" PRIu64 " of %s is not what was kept of it; that was removed: "
		"try again",
		block->index, b->snapshot_id);
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	const struct fetching *f = userdata;
	struct image_blocks *b = f->blocks;

	if (check_known(b, block, err) < 0 ||
		fd_pwrite_all(b->fd, block->data, EBS_BLOCK_BYTES,
			block->index * EBS_BLOCK_BYTES, "the copy of the snapshot",
			err) < 0)
		return -1;
	block_set_add(b->there, block->index);
	return 0;
}

static int make_file(struct image_blocks *b, struct error *err)
{
	if (b->fd >= 0)
		return 0;
	if (!b->work && work_dir_create(&b->work, err) < 0)
		return -1;
	return snapshot_file_create(work_dir_path(b->work), b->volume_bytes, &b->fd, err);
}

static bool has(const struct image_blocks *b, const struct block_set *wanted)
{
	uint64_t index = 0;

	if (b->are_all_there || !wanted)
		return b->are_all_there;
	for (; block_set_seek(wanted, &index); index++)
		if (!block_set_has(b->there, index))
			return false;
	return true;
}

static int fetch(struct image_blocks *b, const struct block_set *wanted,
	struct progress *p, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	struct fetching f = { .blocks = b, .wanted = wanted };
	struct snapshot_reading reading = {
		.ebs = b->ebs,
		.userdata = &f,
		.want = want,
		.take = take,
		.progress = p,
	};

	if (make_file(b, err) < 0)
		return -1;
	if (has(b, wanted))
		return 0;
	if (block_list_open(b->ebs, b->snapshot_id, &list, err) < 0)
		return error_context(err, "read %s", b->snapshot_id);
	reading.list = list;
	if (snapshot_read(&reading, err) < 0)
		return error_context(err, "read %s", b->snapshot_id);
	if (wanted)
		block_set_add_all(b->there, wanted);
	else
		b->are_all_there = true;
	return 0;
}

int image_blocks_fetch(struct image_blocks *b, const struct block_set *wanted,
	struct progress *p, struct error *err)
{
	int rc = 0;

	(void)pthread_mutex_lock(&b->lock);
	if (b->failure.code == ERR_NONE && fetch(b, wanted, p, &b->failure) == 0)
		b->failure = (struct error)ERROR_INIT; /* what was overcome is none */
	if (b->failure.code != ERR_NONE) {
		*err = b->failure;
		rc = error_context(err, "fetch what is to be sent");
	}
	(void)pthread_mutex_unlock(&b->lock);
	return rc;
}

int image_blocks_source(struct image_blocks *b, const char *name,
	struct upload_source **ret, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	(void)pthread_mutex_lock(&b->lock);
	fd = fcntl(b->fd, F_DUPFD_CLOEXEC, 0);
	(void)pthread_mutex_unlock(&b->lock);
	if (fd < 0)
		return error_errno(err, "open the copy of the snapshot");
	return upload_source_of_fd(&fd, name, ret, err);
}
