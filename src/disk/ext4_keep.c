/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include "base/alloc.h"

/*
 * Blocks of an earlier file system are taken before any others are given out, so that
 * nothing new stands where something old is to stay.
 */

/* Whether these are the blocks of the file that have to have a place, and no others. */
static bool has_shape(
	const struct ext4_place *place, const struct stretch *stretches, size_t count)
{
	size_t at = 0;
	uint64_t done = 0; /* of the stretch */

	for (size_t i = 0; i < place->extent_count; i++) {
		const struct ext4_extent *e = &place->extents[i];

		if (at == count || e->file_block != stretches[at].first_block + done ||
			e->count > stretches[at].block_count - done)
			return false;
		done += e->count;
		if (done == stretches[at].block_count) {
			at++;
			done = 0;
		}
	}
	return at == count;
}

static bool is_free(const struct ext4_fs *x, const struct ext4_extent *e)
{
	const uint64_t blocks = ext2fs_blocks_count(x->fs->super);

	return e->disk_block < blocks && e->count <= blocks - e->disk_block &&
	       e->count <= EXT4_EXTENT_BLOCKS &&
	       ext2fs_test_block_bitmap_range2(
		       x->fs->block_map, e->disk_block, (unsigned int)e->count);
}

static void take(struct ext4_fs *x, const struct ext4_extent *e)
{
	ext2fs_block_alloc_stats_range(x->fs, e->disk_block, (blk_t)e->count, +1);
}

static void give_back(struct ext4_fs *x, const struct ext4_extent *e)
{
	ext2fs_block_alloc_stats_range(x->fs, e->disk_block, (blk_t)e->count, -1);
}

/* All of them or none; of two that lie on each other, the second is none. */
static bool take_all(struct ext4_fs *x, const struct ext4_place *place)
{
	for (size_t i = 0; i < place->extent_count; i++) {
		if (!is_free(x, &place->extents[i])) {
			while (i-- > 0)
				give_back(x, &place->extents[i]);
			return false;
		}
		take(x, &place->extents[i]);
	}
	return true;
}

static bool keep(struct ext4_fs *x, const char *path, const struct stretch *stretches,
	size_t count, struct ext4_place *ret)
{
	return count && ext4_places_find(x->spec->like, path, ret) &&
	       has_shape(ret, stretches, count) && take_all(x, ret);
}

void ext4_keep_places(struct ext4_fs *x)
{
	const struct ext4_plan *plan = x->plan;
	const struct stretch lost_found = { 0, EXT4_LOST_FOUND_BLOCKS };
	struct ext4_place place;

	if (!x->spec->like)
		return;
	x->kept = xcalloc(filetree_count(plan->tree), sizeof(*x->kept));
	if (plan->make_lost_found && keep(x, "lost+found", &lost_found, 1, &place))
		x->kept_lost_found = place;
	for (size_t i = 0; i < plan->order_count; i++) {
		const uint32_t node = plan->order[i];
		const struct ext4_node *planned = &plan->nodes[node];

		if (keep(x, filetree_node(plan->tree, node)->path,
			    plan->stretches.items + planned->first_stretch,
			    planned->stretch_count, &place))
			x->kept[node] = place;
	}
}

/* Classes of sizes: each number of blocks below GAP_EXACT, powers of two from there. */
enum { GAP_EXACT = 64 };

static unsigned int number_of_class(uint64_t want, uint64_t *ret_least)
{
	unsigned int number = GAP_EXACT;

	*ret_least = want;
	if (want < GAP_EXACT)
		return (unsigned int)want;
	*ret_least = GAP_EXACT;
	while (number + 1 < EXT4_GAP_CLASSES && *ret_least * 2 <= want) {
		*ret_least *= 2;
		number++;
	}
	return number;
}

/* From `at` on, the first free blocks and how many there are; false: there are none. */
static bool find_gap(
	const struct ext4_fs *x, blk64_t at, blk64_t *ret, uint64_t *ret_count)
{
	const blk64_t last = ext2fs_blocks_count(x->fs->super) - 1;
	blk64_t used;

	if (at > last || ext2fs_find_first_zero_block_bitmap2(
				 x->fs->block_map, at, last, ret) != 0)
		return false;
	if (ext2fs_find_first_set_block_bitmap2(x->fs->block_map, *ret, last, &used) != 0)
		used = last + 1;
	*ret_count = used - *ret;
	return true;
}

/* Gaps only become smaller: before gaps_from[its class] there is none of a class. */
static bool seek(struct ext4_fs *x, uint64_t want)
{
	uint64_t least, count;
	const unsigned int class_number = number_of_class(want, &least);
	bool seen = false;
	blk64_t at;

	for (blk64_t from = x->gaps_from[class_number]; find_gap(x, from, &at, &count);
		from = at + count) {
		if (!seen && count >= least) {
			x->gaps_from[class_number] = at;
			seen = true;
		}
		if (count >= want) {
			x->cursor = at;
			return true;
		}
	}
	if (!seen)
		x->gaps_from[class_number] = ext2fs_blocks_count(x->fs->super);
	return false;
}

void ext4_seek_gap(struct ext4_fs *x, uint64_t want)
{
	if (!x->spec->like)
		return;
	/* In pieces as large as there are, if it has to be. */
	while (want && !seek(x, want))
		want /= 2;
	if (!want)
		x->cursor = ext2fs_blocks_count(x->fs->super);
}
