/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/blockmap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

/* A stretch that holds data: bytes in memory, or (bytes NULL) a part of a file of
 * `tree`. */
struct extent {
	uint64_t offset_bytes;
	uint64_t length_bytes;
	void *bytes;
	const struct filetree *tree;
	uint64_t file_offset_bytes;
	uint32_t node;
};

struct blockmap {
	uint64_t size_bytes;
	uint64_t data_bytes;
	struct extent *extents; /* sorted once the map is sealed */
	size_t count;
	size_t room;
};

/* Extents mostly lie in the order in which they are read, so each file is opened once. */
struct blockmap_reader {
	const struct blockmap *map;
	const struct filetree *open_tree;
	uint32_t open_node;
	int fd;
};

static uint64_t extent_end(const struct extent *e)
{
	return e->offset_bytes + e->length_bytes;
}

struct blockmap *blockmap_new(uint64_t size_bytes)
{
	struct blockmap *m = xcalloc(1, sizeof(*m));

	m->size_bytes = size_bytes;
	return m;
}

struct blockmap *blockmap_free(struct blockmap *m)
{
	if (!m)
		return NULL;
	for (size_t i = 0; i < m->count; i++)
		free(m->extents[i].bytes);
	free(m->extents);
	free(m);
	return NULL;
}

static void add_extent(struct blockmap *m, const struct extent *e)
{
	array_reserve_one((void **)&m->extents, m->count, &m->room, sizeof(*m->extents));
	m->extents[m->count++] = *e;
}

void blockmap_add_memory(
	struct blockmap *m, uint64_t offset_bytes, void *bytes, uint64_t length_bytes)
{
	if (length_bytes == 0) {
		free(bytes);
		return;
	}
	add_extent(m, &(struct extent){ .offset_bytes = offset_bytes,
			      .length_bytes = length_bytes,
			      .bytes = bytes });
}

void blockmap_add_file(struct blockmap *m, uint64_t offset_bytes,
	const struct filetree *t, uint32_t node, uint64_t file_offset_bytes,
	uint64_t length_bytes)
{
	if (length_bytes == 0)
		return;
	add_extent(m, &(struct extent){ .offset_bytes = offset_bytes,
			      .length_bytes = length_bytes,
			      .tree = t,
			      .node = node,
			      .file_offset_bytes = file_offset_bytes });
}

void blockmap_add_map(struct blockmap *m, uint64_t offset_bytes, struct blockmap *part)
{
	for (size_t i = 0; i < part->count; i++) {
		part->extents[i].offset_bytes += offset_bytes;
		add_extent(m, &part->extents[i]);
	}
	part->count = 0; /* the bytes are the map's now */
	blockmap_free(part);
}

static int compare_extents(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->offset_bytes != y->offset_bytes)
		return x->offset_bytes < y->offset_bytes ? -1 : 1;
	return 0;
}

int blockmap_seal(struct blockmap *m, struct error *err)
{
	uint64_t end = 0, data_bytes = 0;

	if (m->count)
		qsort(m->extents, m->count, sizeof(*m->extents), compare_extents);
	for (size_t i = 0; i < m->count; i++) {
		const struct extent *e = &m->extents[i];

		if (e->offset_bytes < end)
			return error_set(err, ERR_FORMAT, 0,
				"lay out the disk: two things stand at byte %" PRIu64
				"; this is a bug",
				e->offset_bytes);
		if (e->offset_bytes > m->size_bytes ||
			e->length_bytes > m->size_bytes - e->offset_bytes)
			return error_set(err, ERR_FORMAT, 0,
				"lay out the disk: %" PRIu64 " bytes at %" PRIu64
				" reach beyond its end at %" PRIu64 "; this is a bug",
				e->length_bytes, e->offset_bytes, m->size_bytes);
		end = extent_end(e);
		data_bytes += e->length_bytes;
	}
	m->data_bytes = data_bytes;
	return 0;
}

uint64_t blockmap_size_bytes(const struct blockmap *m)
{
	return m->size_bytes;
}

uint64_t blockmap_data_bytes(const struct blockmap *m)
{
	return m->data_bytes;
}

/* The first extent that ends after `offset_bytes`; m->count when there is none. */
static size_t find_extent(const struct blockmap *m, uint64_t offset_bytes)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (extent_end(&m->extents[middle]) > offset_bytes)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

bool blockmap_next_data(const struct blockmap *m, uint64_t from_bytes,
	uint64_t before_bytes, uint64_t *ret_offset_bytes, uint64_t *ret_length_bytes)
{
	size_t i = find_extent(m, from_bytes);
	uint64_t start, end;

	if (i == m->count || m->extents[i].offset_bytes >= before_bytes ||
		from_bytes >= before_bytes)
		return false;
	start = m->extents[i].offset_bytes;
	if (start < from_bytes)
		start = from_bytes;
	end = extent_end(&m->extents[i]);
	for (i++; i < m->count && end < before_bytes; i++) {
		if (m->extents[i].offset_bytes != end)
			break;
		end = extent_end(&m->extents[i]);
	}
	if (end > before_bytes)
		end = before_bytes;
	*ret_offset_bytes = start;
	*ret_length_bytes = end - start;
	return true;
}

struct blockmap_reader *blockmap_reader_new(const struct blockmap *m)
{
	struct blockmap_reader *r = xcalloc(1, sizeof(*r));

	r->map = m;
	r->fd = -1;
	return r;
}

struct blockmap_reader *blockmap_reader_free(struct blockmap_reader *r)
{
	if (r)
		fd_closep(&r->fd);
	free(r);
	return NULL;
}

static int open_file(struct blockmap_reader *r, const struct extent *e, struct error *err)
{
	int fd;

	if (r->fd >= 0 && r->open_tree == e->tree && r->open_node == e->node)
		return 0;
	if (filetree_open_content(e->tree, e->node, &fd, err) < 0)
		return -1;
	fd_closep(&r->fd);
	r->fd = fd;
	r->open_tree = e->tree;
	r->open_node = e->node;
	return 0;
}

/* `length_bytes` of extent `e`, from `skip_bytes` into it. */
static int read_extent(struct blockmap_reader *r, const struct extent *e,
	uint64_t skip_bytes, void *buf, size_t length_bytes, struct error *err)
{
	const struct filetree_node *n;
	size_t got;

	if (e->bytes) {
		memcpy(buf, (const uint8_t *)e->bytes + skip_bytes, length_bytes);
		return 0;
	}
	if (open_file(r, e, err) < 0)
		return -1;
	n = filetree_node(e->tree, e->node);
	if (fd_pread(r->fd, buf, length_bytes,
		    n->content_offset_bytes + e->file_offset_bytes + skip_bytes, &got,
		    n->path, err) < 0)
		return -1;
	if (got < length_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"read '/%s' of the tree: it got shorter meanwhile; nothing may "
			"change the "
			"tree while the disk is written",
			n->path);
	return 0;
}

int blockmap_read(struct blockmap_reader *r, uint64_t offset_bytes, void *buf,
	size_t length_bytes, struct error *err)
{
	const struct blockmap *m = r->map;
	const uint64_t end = offset_bytes + length_bytes;
	uint8_t *to = buf;

	for (size_t i = find_extent(m, offset_bytes); offset_bytes < end; i++) {
		const struct extent *e = i < m->count ? &m->extents[i] : NULL;
		uint64_t data_at = e && e->offset_bytes < end ? e->offset_bytes : end;
		uint64_t piece;

		if (data_at > offset_bytes) {
			memset(to, 0, data_at - offset_bytes);
			to += data_at - offset_bytes;
			offset_bytes = data_at;
		}
		if (offset_bytes == end)
			break;
		piece = (extent_end(e) < end ? extent_end(e) : end) - offset_bytes;
		if (read_extent(r, e, offset_bytes - e->offset_bytes, to, piece, err) < 0)
			return -1;
		to += piece;
		offset_bytes += piece;
	}
	return 0;
}
