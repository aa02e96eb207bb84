/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"

/* What the format has room for; longer or more is refused with the file's name. */
enum { NAME_MOST_BYTES = 255, TARGET_MOST_BYTES = 4095, NAMES_MOST = 65000 };
#define FILE_MOST_BYTES ((UINT64_C(1) << 32) * EXT4_BLOCK_BYTES - EXT4_BLOCK_BYTES)
/* Sectors of 512 bytes are counted in 32 bits. */
#define EXT2_FILE_MOST_BYTES (UINT64_C(2040) * GIB)

void ext4_plan_release(struct ext4_plan *p)
{
	free(p->nodes);
	free(p->order);
	children_release(&p->children);
	stretches_release(&p->stretches);
	*p = (struct ext4_plan){ 0 };
}

static int check_node(
	const struct filetree_node *n, enum ext4_kind kind, struct error *err)
{
	if (strlen(n->name) > NAME_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the name has %zu bytes; ext4 allows %d", n->path,
			strlen(n->name), NAME_MOST_BYTES);
	if (S_ISLNK(n->mode) && (!n->target || !n->target[0]))
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the symbolic link has no target", n->path);
	if (S_ISLNK(n->mode) && strlen(n->target) > TARGET_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s': the symbolic link's target has %zu bytes; %d are allowed",
			n->path, strlen(n->target), TARGET_MOST_BYTES);
	if (!S_ISDIR(n->mode) && n->link_count > NAMES_MOST)
		return error_set(err, ERR_FORMAT, 0,
			"'/%s' has %u names (hard links); ext4 allows %d", n->path,
			(unsigned int)n->link_count, NAMES_MOST);
	if (S_ISREG(n->mode) && n->size_bytes > FILE_MOST_BYTES)
		return error_set(err, ERR_SPACE, 0,
			"'/%s' has 16 TiB or more: that is too large for ext4", n->path);
	if (S_ISREG(n->mode) && kind == EXT4_KIND_EXT2 &&
		n->size_bytes > EXT2_FILE_MOST_BYTES)
		return error_set(err, ERR_SPACE, 0,
			"'/%s' has almost 2 TiB or more: that is too large for ext2",
			n->path);
	return 0;
}

/* What decides where a node stands in the order. */
struct rank {
	bool is_directory;
	uint32_t entries; /* of a directory */
	int64_t mtime_s; /* of the others */
	uint32_t mtime_ns;
	uint32_t node;
};

static struct rank rank_of(const struct ext4_plan *p, uint32_t node)
{
	const struct filetree_node *n = filetree_node(p->tree, node);
	struct rank r = { .is_directory = S_ISDIR(n->mode), .node = node };

	if (r.is_directory) {
		(void)children_of(&p->children, node, &r.entries);
	} else {
		r.mtime_s = n->mtime_s;
		r.mtime_ns = n->mtime_ns;
	}
	return r;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->is_directory != y->is_directory)
		return x->is_directory ? -1 : 1;
	if (x->entries != y->entries)
		return x->entries > y->entries ? -1 : 1;
	if (x->mtime_s != y->mtime_s)
		return x->mtime_s < y->mtime_s ? -1 : 1;
	if (x->mtime_ns != y->mtime_ns)
		return x->mtime_ns < y->mtime_ns ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/*
 * What changes together stands together, so that few blocks of the disk differ when a
 * package does: directories that everybody has something in, which are the longest ones,
 * and files of one age, as those of a package mostly are.
 */
static void put_in_order(struct ext4_plan *p)
{
	const uint32_t count = (uint32_t)filetree_count(p->tree);
	CLEANUP(freep) struct rank *ranks = xcalloc(count, sizeof(*ranks));

	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(p->tree, i);

		if (n->hard_link_of == FILETREE_NO_NODE)
			ranks[p->order_count++] = rank_of(p, i);
	}
	qsort(ranks, p->order_count, sizeof(*ranks), compare_ranks);
	p->order = xcalloc(p->order_count, sizeof(*p->order));
	for (size_t i = 0; i < p->order_count; i++)
		p->order[i] = ranks[i].node;
}

static void number(struct ext4_plan *p, uint32_t node, uint32_t inode, bool *taken)
{
	p->nodes[node].inode = inode;
	taken[inode] = true;
	if (inode > p->last_inode)
		p->last_inode = inode;
}

/* Those that `like` has given. */
static void keep_numbers(struct ext4_plan *p, const struct ext4_places *like,
	uint32_t first, uint32_t most, bool *taken)
{
	struct ext4_place place;

	for (size_t i = 0; i < p->order_count; i++) {
		const uint32_t node = p->order[i];

		if (ext4_places_find(like, filetree_node(p->tree, node)->path, &place) &&
			place.inode >= first && place.inode <= most &&
			!taken[place.inode])
			number(p, node, place.inode, taken);
	}
}

static void number_inodes(struct ext4_plan *p, const struct ext4_places *like)
{
	const uint32_t count = (uint32_t)filetree_count(p->tree);
	/* The tables are as long as the last number makes them, and stay so: of what is
	 * much smaller than `like` was, some get new numbers. */
	const uint32_t most = EXT4_FIRST_INODE + count + (like ? count / 8 : 0);
	CLEANUP(freep) bool *taken = xcalloc((size_t)most + 1, sizeof(*taken));
	uint32_t next = EXT4_FIRST_INODE;

	p->make_lost_found = filetree_find(p->tree, "lost+found") == FILETREE_NO_NODE;
	if (p->make_lost_found)
		next++;
	p->last_inode = next - 1;
	p->nodes[0].inode = EXT4_ROOT_INODE;
	if (like)
		keep_numbers(p, like, next, most, taken);
	for (size_t i = 0; i < p->order_count; i++) {
		const uint32_t node = p->order[i];

		while (taken[next])
			next++;
		if (!p->nodes[node].inode)
			number(p, node, next, taken);
	}
	for (uint32_t i = 1; i < count; i++) {
		const uint32_t first = filetree_node(p->tree, i)->hard_link_of;

		if (first != FILETREE_NO_NODE)
			p->nodes[i].inode = p->nodes[first].inode;
	}
}

static uint64_t directory_blocks(const struct ext4_plan *p, uint32_t node)
{
	uint32_t count;
	const uint32_t *children = children_of(&p->children, node, &count);
	size_t used = ext4_dirent_bytes(1) + ext4_dirent_bytes(2);
	uint64_t blocks = 1;

	if (node == 0 && p->make_lost_found)
		used += ext4_dirent_bytes(strlen("lost+found"));
	for (uint32_t i = 0; i < count; i++) {
		const size_t bytes = ext4_dirent_bytes(
			strlen(filetree_node(p->tree, children[i])->name));

		if (used + bytes > EXT4_DIR_ROOM_BYTES) {
			blocks++;
			used = 0;
		}
		used += bytes;
	}
	return blocks;
}

static void plan_blocks(
	struct ext4_plan *p, const struct tree_stretches *files, uint32_t node)
{
	const struct filetree_node *n = filetree_node(p->tree, node);
	struct ext4_node *to = &p->nodes[node];

	to->first_stretch = p->stretches.count;
	if (S_ISDIR(n->mode))
		stretches_add(&p->stretches, 0, directory_blocks(p, node));
	else if (S_ISLNK(n->mode) && strlen(n->target) >= EXT4_FAST_TARGET_BYTES)
		stretches_add(&p->stretches, 0, 1);
	else if (S_ISREG(n->mode))
		tree_stretches_add(files, node, &p->stretches);
	to->stretch_count = p->stretches.count - to->first_stretch;
}

/* Extended attributes that do not fit behind the inode take one block. Names are counted
 * with their namespace, which is not stored: at most one block too many is planned. */
static uint64_t xattr_blocks(const struct filetree_node *n)
{
	size_t room = EXT4_INODE_BYTES - 128 - EXT4_INODE_EXTRA_BYTES - 8, used = 0;

	for (size_t i = 0; i < n->xattr_count; i++)
		used += round_up(16 + strlen(n->xattrs[i].name), 4) +
			round_up(n->xattrs[i].length_bytes, 4);
	return used > room;
}

uint64_t ext4_extent_tree_blocks(uint64_t extents)
{
	uint64_t blocks = 0;

	while (extents > EXT4_INODE_EXTENTS) {
		extents = (extents + EXT4_BLOCK_EXTENTS - 1) / EXT4_BLOCK_EXTENTS;
		blocks += extents;
	}
	return blocks;
}

/*
 * How many extents a file may take cannot be known before it has its place: backups of
 * the superblock and tables lie in the way, three in one block group at most.
 */
static uint64_t extent_blocks(
	const struct stretch *stretches, size_t count, uint64_t blocks)
{
	uint64_t extents = count + (blocks ? 3 + blocks / EXT4_EXTENT_BLOCKS * 3 : 0);

	for (size_t i = 0; i < count; i++)
		extents += stretches[i].block_count / EXT4_EXTENT_BLOCKS;
	return ext4_extent_tree_blocks(extents);
}

/* ext2's blocks of pointers, at most: those that a stretch fills, and one at each end. */
static uint64_t pointer_blocks(const struct stretch *stretches, size_t count)
{
	const uint64_t per_block = EXT2_BLOCK_POINTERS;
	uint64_t blocks = 0;

	for (size_t i = 0; i < count; i++) {
		const uint64_t end = stretches[i].first_block + stretches[i].block_count;

		if (end > EXT2_INODE_POINTERS)
			blocks += stretches[i].block_count / per_block + 2;
		if (end > EXT2_INODE_POINTERS + per_block)
			blocks += stretches[i].block_count / (per_block * per_block) + 2;
		if (end > EXT2_INODE_POINTERS + per_block + per_block * per_block)
			blocks += 1;
	}
	return blocks;
}

static uint64_t blocks_of(const struct ext4_plan *p, const struct ext4_node *n)
{
	const struct stretch *stretches = p->stretches.items + n->first_stretch;
	uint64_t blocks = 0;

	if (n->stretch_count == 0)
		return 0;
	for (size_t i = 0; i < n->stretch_count; i++)
		blocks += stretches[i].block_count;
	return blocks +
	       (p->kind == EXT4_KIND_EXT2
			       ? pointer_blocks(stretches, n->stretch_count)
			       : extent_blocks(stretches, n->stretch_count, blocks));
}

int ext4_plan_make(const struct ext4_spec *spec, struct ext4_plan *ret, struct error *err)
{
	const struct filetree *t = spec->tree;
	CLEANUP(ext4_plan_releasep)
	struct ext4_plan p = { .tree = t, .kind = spec->kind };
	CLEANUP(tree_stretches_freep) struct tree_stretches *files = NULL;
	const size_t count = filetree_count(t);

	p.nodes = xcalloc(count, sizeof(*p.nodes));
	children_init(&p.children, t);
	put_in_order(&p);
	number_inodes(&p, spec->like);
	if (p.make_lost_found)
		p.blocks += EXT4_LOST_FOUND_BLOCKS;
	for (uint32_t i = 0; i < count; i++)
		if (check_node(filetree_node(t, i), spec->kind, err) < 0)
			return -1;
	if (tree_stretches_read(t, &files, err) < 0)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(t, i);

		if (n->hard_link_of != FILETREE_NO_NODE)
			continue;
		plan_blocks(&p, files, i);
		p.blocks += blocks_of(&p, &p.nodes[i]) + xattr_blocks(n);
	}
	*ret = p;
	p = (struct ext4_plan){ 0 };
	return 0;
}
