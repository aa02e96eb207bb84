/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_places.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/filetree.h"
#include "disk/ext4_plan.h"
#include "disk/ext4_reader.h"

struct ext4_places {
	struct filetree
		*tree; /* content_offset_bytes is the inode (ext4_reader_list()) */
	size_t *first; /* those of node i: extents from first[i] up to first[i + 1] */
	struct ext4_extent *extents;
	size_t extent_count, extent_room;
	uint64_t size_bytes;
};

struct ext4_places *ext4_places_free(struct ext4_places *p)
{
	if (!p)
		return NULL;
	filetree_free(p->tree);
	free(p->first);
	free(p->extents);
	free(p);
	return NULL;
}

/* A node whose extents are being read: from `first` on. */
struct reading {
	struct ext4_places *places;
	size_t first;
};

static void note_block(uint64_t file_block, uint64_t disk_block, void *userdata)
{
	const struct reading *g = userdata;
	struct ext4_places *p = g->places;

	if (p->extent_count > g->first) {
		struct ext4_extent *last = &p->extents[p->extent_count - 1];

		if (last->file_block + last->count == file_block &&
			last->disk_block + last->count == disk_block &&
			last->count < EXT4_EXTENT_BLOCKS) {
			last->count++;
			return;
		}
	}
	array_reserve_one((void **)&p->extents, p->extent_count, &p->extent_room,
		sizeof(*p->extents));
	p->extents[p->extent_count++] = (struct ext4_extent){ file_block, disk_block, 1 };
}

static bool has_blocks(const struct filetree_node *n)
{
	return n->hard_link_of == FILETREE_NO_NODE &&
	       (S_ISREG(n->mode) || S_ISDIR(n->mode) || S_ISLNK(n->mode));
}

static int read_extents(struct ext4_reader *r, struct ext4_places *p, struct error *err)
{
	const size_t count = filetree_count(p->tree);

	p->first = xcalloc(count + 1, sizeof(*p->first));
	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(p->tree, i);
		struct reading reading = { p, p->extent_count };

		p->first[i] = p->extent_count;
		if (has_blocks(n) && ext4_reader_blocks(r, n->content_offset_bytes,
					     note_block, &reading, err) < 0)
			return -1;
	}
	p->first[count] = p->extent_count;
	return 0;
}

int ext4_places_read(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct ext4_places **ret,
	struct error *err)
{
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
	CLEANUP(ext4_places_freep) struct ext4_places *p = xcalloc(1, sizeof(*p));

	if (ext4_reader_open(disk, name, offset_bytes, size_bytes, &r, err) < 0)
		return -1;
	if (ext4_reader_block_bytes(r) != EXT4_BLOCK_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': the blocks of its file system have %u bytes, and %d are "
			"wanted",
			name, ext4_reader_block_bytes(r), EXT4_BLOCK_BYTES);
	p->size_bytes = ext4_reader_block_count(r) * EXT4_BLOCK_BYTES;
	if (ext4_reader_list(r, &p->tree, err) < 0 || read_extents(r, p, err) < 0)
		return -1;
	*ret = TAKE_PTR(p);
	return 0;
}

uint64_t ext4_places_size_bytes(const struct ext4_places *p)
{
	return p->size_bytes;
}

bool ext4_places_find(
	const struct ext4_places *p, const char *path, struct ext4_place *ret)
{
	uint32_t node = filetree_find(p->tree, path);

	if (node == FILETREE_NO_NODE)
		return false;
	if (filetree_node(p->tree, node)->hard_link_of != FILETREE_NO_NODE)
		node = filetree_node(p->tree, node)->hard_link_of;
	*ret = (struct ext4_place){
		.inode = (uint32_t)filetree_node(p->tree, node)->content_offset_bytes,
		.extents = p->extents + p->first[node],
		.extent_count = p->first[node + 1] - p->first[node],
	};
	return true;
}
