/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <string.h>
#include <sys/stat.h>

/*
 * Directories are written whole, entry behind entry, instead of linking each name into
 * what is there already, which takes time by the square of their number.
 */
struct dir_writer {
	struct ext4_fs *x;
	const struct ext4_extents *extents;
	ext2_ino_t ino;
	uint64_t blocks_written;
	size_t used_bytes; /* of the block that is being filled */
	struct ext2_dir_entry *last;
	char block[EXT4_BLOCK_BYTES] __attribute__((aligned(8)));
};

static unsigned int file_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return EXT2_FT_REG_FILE;
	case S_IFDIR:
		return EXT2_FT_DIR;
	case S_IFLNK:
		return EXT2_FT_SYMLINK;
	case S_IFCHR:
		return EXT2_FT_CHRDEV;
	case S_IFBLK:
		return EXT2_FT_BLKDEV;
	case S_IFIFO:
		return EXT2_FT_FIFO;
	case S_IFSOCK:
		return EXT2_FT_SOCK;
	default:
		return EXT2_FT_UNKNOWN;
	}
}

/* Where the directory's n-th block stands. */
static blk64_t disk_block(const struct ext4_extents *extents, uint64_t n)
{
	size_t i = 0;

	while (n >= extents->items[i].file_block + extents->items[i].count)
		i++;
	return extents->items[i].disk_block + (n - extents->items[i].file_block);
}

static int flush_block(struct dir_writer *w, struct error *err)
{
	const ext2_filsys fs = w->x->fs;
	const blk64_t at = disk_block(w->extents, w->blocks_written);
	errcode_t code;

	if (!w->last) {
		w->last = (struct ext2_dir_entry *)w->block; /* of no inode: free room */
		w->used_bytes = 0;
	}
	w->last->rec_len = (uint16_t)(EXT4_DIR_ROOM_BYTES - ((char *)w->last - w->block));
	ext2fs_initialize_dirent_tail(fs, EXT2_DIRENT_TAIL(w->block, EXT4_BLOCK_BYTES));
	code = ext2fs_write_dir_block4(fs, at, w->block, 0, w->ino);
	if (code)
		return ext4_failed(err, code, "write a directory");
	memset(w->block, 0, sizeof(w->block));
	w->blocks_written++;
	w->used_bytes = 0;
	w->last = NULL;
	return 0;
}

static int add_entry(struct dir_writer *w, const char *name, ext2_ino_t ino, mode_t mode,
	struct error *err)
{
	const size_t name_bytes = strlen(name);
	const size_t bytes = ext4_dirent_bytes(name_bytes);
	struct ext2_dir_entry *entry;

	if (w->used_bytes + bytes > EXT4_DIR_ROOM_BYTES && flush_block(w, err) < 0)
		return -1;
	entry = (struct ext2_dir_entry *)(w->block + w->used_bytes);
	entry->inode = ino;
	entry->rec_len = (uint16_t)bytes;
	ext2fs_dirent_set_name_len(entry, (int)name_bytes);
	ext2fs_dirent_set_file_type(entry, (int)file_type(mode));
	memcpy(entry->name, name, name_bytes);
	w->used_bytes += bytes;
	w->last = entry;
	return 0;
}

static int add_children(struct dir_writer *w, uint32_t node, struct error *err)
{
	const struct ext4_plan *plan = w->x->plan;
	uint32_t count;
	const uint32_t *children = children_of(&plan->children, node, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(plan->tree, children[i]);

		if (add_entry(w, n->name, plan->nodes[children[i]].inode, n->mode, err) <
			0)
			return -1;
	}
	return 0;
}

static int add_dots(struct dir_writer *w, ext2_ino_t parent, struct error *err)
{
	if (add_entry(w, ".", w->ino, S_IFDIR, err) < 0)
		return -1;
	return add_entry(w, "..", parent, S_IFDIR, err);
}

int ext4_write_directory(struct ext4_fs *x, uint32_t node,
	const struct ext4_extents *extents, struct error *err)
{
	const struct ext4_plan *plan = x->plan;
	const uint32_t parent = filetree_node(plan->tree, node)->parent;
	struct dir_writer w = {
		.x = x,
		.extents = extents,
		.ino = plan->nodes[node].inode,
	};

	if (add_dots(&w, plan->nodes[parent].inode, err) < 0)
		return -1;
	if (node == 0 && plan->make_lost_found &&
		add_entry(&w, "lost+found", EXT4_FIRST_INODE, S_IFDIR, err) < 0)
		return -1;
	if (add_children(&w, node, err) < 0)
		return -1;
	return flush_block(&w, err);
}

int ext4_write_lost_found(
	struct ext4_fs *x, const struct ext4_extents *extents, struct error *err)
{
	struct dir_writer w = { .x = x, .extents = extents, .ino = EXT4_FIRST_INODE };

	if (add_dots(&w, EXT2_ROOT_INO, err) < 0)
		return -1;
	while (w.blocks_written < EXT4_LOST_FOUND_BLOCKS)
		if (flush_block(&w, err) < 0)
			return -1;
	return 0;
}
