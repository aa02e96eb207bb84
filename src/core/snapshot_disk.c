/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_disk.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "core/block_list.h"
#include "core/snapshot_fetch.h"
#include "core/snapshot_file.h"
#include "core/snapshot_place.h"
#include "core/upload_format.h"

enum {
	/* Pages of the list that are kept, of 10000 blocks each: some 100 MiB at most. */
	PAGES_MOST = 64,
	/* Blocks that are fetched at once where one follows the other. */
	AHEAD_MOST = 8,
};

struct snapshot_disk {
	struct snapshot_place at;
	struct snapshot_fetch *fetch;
	struct block_list *pages[PAGES_MOST]; /* a ring */
	size_t pages_made;
	uint64_t size_bytes;
	int fd;
	uint8_t *is_here; /* a bit for each block */
	uint64_t fetched;
	uint64_t next_index; /* behind what was fetched last */
	uint64_t ahead;
};

static uint64_t block_count(const struct snapshot_disk *d)
{
	return d->size_bytes / EBS_BLOCK_BYTES;
}

static bool is_here(const struct snapshot_disk *d, uint64_t index)
{
	return d->is_here[index / 8] & 1U << index % 8;
}

static void mark(struct snapshot_disk *d, uint64_t index)
{
	d->is_here[index / 8] = (uint8_t)(d->is_here[index / 8] | 1U << index % 8);
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	struct snapshot_disk *d = userdata;

	if (fd_pwrite_all(d->fd, block->data, EBS_BLOCK_BYTES,
		    block->index * EBS_BLOCK_BYTES, "the copy of the snapshot", err) < 0)
		return -1;
	mark(d, block->index);
	d->fetched++;
	return 0;
}

static int finish(struct snapshot_disk *d, struct error *err)
{
	while (snapshot_fetch_is_busy(d->fetch))
		if (snapshot_fetch_step(d->fetch, true, err) < 0)
			return -1;
	return 0;
}

/* The page that tells of the block; it may only come behind some without blocks. */
static int ask_for_page(struct snapshot_disk *d, uint64_t index, struct block_list **ret,
	struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *l = NULL;
	bool found = true;

	if (block_list_open_at(d->at.ebs, d->at.snapshot_id, index, &l, err) < 0)
		return -1;
	while (found && !block_list_covers(l, index))
		if (block_list_turn(l, &found, err) < 0)
			return -1;
	*ret = TAKE_PTR(l);
	return 0;
}

static int find_page(struct snapshot_disk *d, uint64_t index,
	const struct block_list **ret, struct error *err)
{
	struct block_list *page = NULL;
	struct block_list **place;

	for (size_t i = 0; i < PAGES_MOST && i < d->pages_made; i++)
		if (block_list_covers(d->pages[i], index)) {
			*ret = d->pages[i];
			return 0;
		}
	/* The call for a list goes alone. */
	if (finish(d, err) < 0 || ask_for_page(d, index, &page, err) < 0)
		return -1;
	place = &d->pages[d->pages_made++ % PAGES_MOST];
	block_list_free(*place);
	*ret = *place = page;
	return 0;
}

/* Have the block come, unless it is here, or zero. */
static int want(struct snapshot_disk *d, uint64_t index, struct error *err)
{
	const struct block_list *page = NULL;
	const struct ebs_block *listed;

	if (is_here(d, index))
		return 0;
	while (!snapshot_fetch_has_room(d->fetch))
		if (snapshot_fetch_step(d->fetch, true, err) < 0)
			return -1;
	if (find_page(d, index, &page, err) < 0)
		return -1;
	listed = block_list_find(page, index);
	if (listed)
		return snapshot_fetch_begin(d->fetch, listed, err);
	mark(d, index);
	return 0;
}

/* Who reads one block after the other gets more and more of them at once. */
static uint64_t read_ahead(struct snapshot_disk *d, uint64_t first, uint64_t last)
{
	uint64_t end;

	if (first != d->next_index)
		d->ahead = 1;
	else if (d->ahead < AHEAD_MOST)
		d->ahead *= 2;
	end = last + d->ahead;
	if (end > block_count(d))
		end = block_count(d);
	d->next_index = end;
	return end;
}

static int bring(
	void *userdata, uint64_t offset_bytes, uint64_t length_bytes, struct error *err)
{
	struct snapshot_disk *d = userdata;
	uint64_t first, last, end;

	if (offset_bytes >= d->size_bytes)
		return 0;
	if (length_bytes > d->size_bytes - offset_bytes)
		length_bytes = d->size_bytes - offset_bytes;
	first = offset_bytes / EBS_BLOCK_BYTES;
	last = (offset_bytes + length_bytes - 1) / EBS_BLOCK_BYTES;
	while (first <= last && is_here(d, first))
		first++;
	if (first > last)
		return 0;
	end = read_ahead(d, first, last);
	for (uint64_t i = first; i < end; i++)
		if (want(d, i, err) < 0)
			return -1;
	return finish(d, err);
}

/* A volume that holds an image of another format boots nowhere. */
static int check_format(struct snapshot_disk *d, struct error *err)
{
	if (bring(d, 0, UPLOAD_FORMAT_HEAD_BYTES, err) < 0 ||
		bring(d, d->size_bytes - UPLOAD_FORMAT_TAIL_BYTES,
			UPLOAD_FORMAT_TAIL_BYTES, err) < 0)
		return error_context(err, "read %s", d->at.snapshot_id);
	return upload_format_check(d->fd, d->at.snapshot_id, d->size_bytes, err);
}

static int begin(struct snapshot_disk *d, const char *dir, struct error *err)
{
	if (block_list_open(d->at.ebs, d->at.snapshot_id, &d->pages[0], err) < 0)
		return error_context(err, "read %s", d->at.snapshot_id);
	d->pages_made = 1;
	d->size_bytes = block_list_volume_bytes(d->pages[0]);
	d->is_here = xcalloc(block_count(d) / 8 + 1, 1);
	d->fetch = snapshot_fetch_new(d->at.ebs, d->at.snapshot_id, take, d);
	if (snapshot_file_create(dir, d->size_bytes, &d->fd, err) < 0)
		return error_context(err, "read %s", d->at.snapshot_id);
	return check_format(d, err);
}

int snapshot_disk_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, struct snapshot_disk **ret,
	struct error *err)
{
	CLEANUP(snapshot_disk_freep) struct snapshot_disk *d = xcalloc(1, sizeof(*d));

	d->fd = -1;
	d->next_index = UINT64_MAX;
	if (snapshot_place_open(spec, id, p, &d->at, err) < 0)
		return -1;
	if (begin(d, dir, err) < 0)
		return snapshot_place_explain(&d->at, err);
	*ret = TAKE_PTR(d);
	return 0;
}

struct snapshot_disk *snapshot_disk_free(struct snapshot_disk *d)
{
	if (!d)
		return NULL;
	snapshot_fetch_free(d->fetch);
	for (size_t i = 0; i < PAGES_MOST; i++)
		block_list_free(d->pages[i]);
	snapshot_place_release(&d->at);
	free(d->is_here);
	fd_closep(&d->fd);
	free(d);
	return NULL;
}

const char *snapshot_disk_id(const struct snapshot_disk *d)
{
	return d->at.snapshot_id;
}

uint64_t snapshot_disk_size_bytes(const struct snapshot_disk *d)
{
	return d->size_bytes;
}

uint64_t snapshot_disk_fetched(const struct snapshot_disk *d)
{
	return d->fetched;
}

struct disk_source snapshot_disk_source(struct snapshot_disk *d)
{
	return (struct disk_source){ .fd = d->fd, .bring = bring, .userdata = d };
}
