/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_reader.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/ext4_reader_io.h"
#include "disk/fs_walk.h"

/* Bounds on what foreign bytes may make us hold. */
enum {
	XATTR_MOST_BYTES = 65536,
	PIECES_MOST = 8 << 20, /* of all files, where their blocks are told */
	ERRNO_MOST = 4095,
};
static const uint64_t groups_most_bytes = 64 * MIB;

struct ext4_reader {
	char *name;
	struct ext4_reader_window window;
	ext2_filsys fs;
	struct ext2_inode_large *inode; /* room for one, of the file system's own size */
	uint64_t blocks_told, pieces_told; /* by ext4_reader_blocks() */
};

/* Only the system's own errors, and those of who brings the bytes, are not about them. */
static int fail(
	const struct ext4_reader *r, errcode_t code, const char *doing, struct error *err)
{
	if (r->window.failure.code) {
		*err = r->window.failure;
		return -1;
	}
	if (code > 0 && code <= ERRNO_MOST)
		return error_set_errno(err, (int)code, "'%s': %s", r->name, doing);
	initialize_ext2_error_table();
	if (code == EXT2_ET_UNSUPP_FEATURE)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': %s: it has features that libext2fs does not know", r->name,
			doing);
	return error_set(err, ERR_FORMAT, 0, "'%s': %s: the file system is damaged: %s",
		r->name, doing, error_message(code));
}

static int damaged(const struct ext4_reader *r, const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s': the file system is damaged: %s",
		r->name, what);
}

/* What libext2fs would believe: sizes that it allocates by and loops over. */
static int check_superblock(const struct ext4_reader *r, struct error *err)
{
	const struct ext4_reader_window *w = &r->window;
	struct ext2_super_block sb;
	uint64_t blocks, block_bytes, per_group;
	size_t got;

	if (disk_source_read(&w->disk, &sb, sizeof(sb),
		    w->offset_bytes + SUPERBLOCK_OFFSET, &got, r->name, err) < 0)
		return -1;
	if (got < sizeof(sb) || ext2fs_le16_to_cpu(sb.s_magic) != EXT2_SUPER_MAGIC)
		return damaged(r, "it has no superblock", err);
	if (ext2fs_le32_to_cpu(sb.s_log_block_size) > EXT2_MAX_BLOCK_LOG_SIZE - 10)
		return damaged(r, "the size of its blocks makes no sense", err);
	block_bytes = UINT64_C(1024) << ext2fs_le32_to_cpu(sb.s_log_block_size);
	blocks = ext2fs_le32_to_cpu(sb.s_blocks_count);
	if (ext2fs_le32_to_cpu(sb.s_feature_incompat) & EXT4_FEATURE_INCOMPAT_64BIT)
		blocks |= (uint64_t)ext2fs_le32_to_cpu(sb.s_blocks_count_hi) << 32;
	if (blocks > w->size_bytes / block_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': the file system has more bytes than what it stands in, "
			"which is cut off",
			r->name);
	per_group = ext2fs_le32_to_cpu(sb.s_blocks_per_group);
	if (!per_group ||
		blocks / per_group > groups_most_bytes / EXT2_MIN_DESC_SIZE_64BIT)
		return damaged(r, "the number of its block groups makes no sense", err);
	return 0;
}

int ext4_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct ext4_reader **ret,
	struct error *err)
{
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = xcalloc(1, sizeof(*r));
	char io_name[EXT4_READER_IO_NAME_BYTES];
	errcode_t code;

	r->name = xstrdup(name);
	r->window = (struct ext4_reader_window){
		.disk = *disk,
		.offset_bytes = offset_bytes,
		.size_bytes = size_bytes,
	};
	if (check_superblock(r, err) < 0)
		return -1;
	ext4_reader_io_name(&r->window, io_name);
	code = ext2fs_open2(
		io_name, NULL, EXT2_FLAG_64BITS, 0, 0, &ext4_reader_io_manager, &r->fs);
	if (code)
		return fail(r, code, "open the file system", err);
	r->inode = xcalloc(1, EXT2_INODE_SIZE(r->fs->super) + sizeof(*r->inode));
	*ret = TAKE_PTR(r);
	return 0;
}

struct ext4_reader *ext4_reader_free(struct ext4_reader *r)
{
	if (!r)
		return NULL;
	if (r->fs)
		ext2fs_free(r->fs);
	free(r->inode);
	free(r->name);
	free(r);
	return NULL;
}

bool ext4_reader_is_clean(const struct ext4_reader *r)
{
	return !ext2fs_has_feature_journal_needs_recovery(r->fs->super);
}

unsigned int ext4_reader_block_bytes(const struct ext4_reader *r)
{
	return r->fs->blocksize;
}

uint64_t ext4_reader_block_count(const struct ext4_reader *r)
{
	return ext2fs_blocks_count(r->fs->super);
}

static bool is_dot_or_dots(const char *name, size_t length)
{
	return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

/* A directory that is being read: libext2fs calls for each name. */
struct reading {
	struct ext4_reader *r;
	struct fs_walk *walk;
	struct error *err; /* set: the reading was stopped */
	bool stopped;
};

static int note_entry(ext2_ino_t dir, int what, struct ext2_dir_entry *e, int offset,
	int block_bytes, char *buf, void *userdata)
{
	struct reading *g = userdata;
	const size_t length = (size_t)ext2fs_dirent_name_len(e);

	(void)dir;
	(void)offset;
	(void)block_bytes;
	(void)buf;
	/* Those of a directory within its inode come as any other name. */
	if (what != DIRENT_OTHER_FILE || is_dot_or_dots(e->name, length))
		return 0;
	if (e->inode > g->r->fs->super->s_inodes_count)
		g->stopped = damaged(g->r, "a name in a directory has no inode", g->err);
	else
		g->stopped = fs_walk_add(g->walk, e->name, length, e->inode, g->err);
	return g->stopped ? DIRENT_ABORT : 0;
}

static int take_xattr(char *name, char *value, size_t length, void *userdata)
{
	struct filetree_node *n = userdata;

	if (length > XATTR_MOST_BYTES)
		return 0;
	n->xattrs = xreallocarray(n->xattrs, n->xattr_count + 1, sizeof(*n->xattrs));
	n->xattrs[n->xattr_count++] = (struct filetree_xattr){
		.name = xstrdup(name),
		.value = length ? xmemdup(value, length) : NULL,
		.length_bytes = length,
	};
	return 0;
}

/* Most inodes have none: then nothing more is read. */
static bool has_xattrs(const struct ext4_reader *r)
{
	const struct ext2_inode_large *inode = r->inode;
	const size_t size = (size_t)EXT2_INODE_SIZE(r->fs->super);
	const size_t at = EXT2_GOOD_OLD_INODE_SIZE + (size_t)inode->i_extra_isize;
	uint32_t magic;

	if (ext2fs_file_acl_block(r->fs, (struct ext2_inode *)r->inode))
		return true;
	if (size <= EXT2_GOOD_OLD_INODE_SIZE || at + sizeof(magic) > size)
		return false;
	memcpy(&magic, (const char *)inode + at, sizeof(magic));
	return ext2fs_le32_to_cpu(magic) == EXT2_EXT_ATTR_MAGIC;
}

static int read_xattrs(
	struct ext4_reader *r, ext2_ino_t ino, struct filetree_node *n, struct error *err)
{
	struct ext2_xattr_handle *h;
	errcode_t code;

	if (!has_xattrs(r))
		return 0;
	code = ext2fs_xattrs_open(r->fs, ino, &h);
	if (code)
		return fail(r, code, "read extended attributes", err);
	code = ext2fs_xattrs_read(h);
	if (!code)
		code = ext2fs_xattrs_iterate(h, take_xattr, n);
	(void)ext2fs_xattrs_close(&h);
	return code ? fail(r, code, "read extended attributes", err) : 0;
}

static int read_target(
	struct ext4_reader *r, ext2_ino_t ino, struct filetree_node *n, struct error *err)
{
	struct ext2_inode *inode = (struct ext2_inode *)r->inode;
	const uint64_t length = EXT2_I_SIZE(inode);
	CLEANUP(freep) char *target = NULL;
	size_t got;

	if (!length || length >= PATH_MAX)
		return damaged(r, "the target of a symbolic link makes no sense", err);
	target = xcalloc(1, length + 1);
	if (ext2fs_is_fast_symlink(inode) && length < sizeof(inode->i_block)) {
		memcpy(target, inode->i_block, length);
	} else {
		if (ext4_reader_read(r, ino, 0, target, length, &got, err) < 0)
			return -1;
		if (got < length)
			return damaged(r, "a symbolic link has no end", err);
	}
	n->target = TAKE_PTR(target);
	return 0;
}

static int read_inode(
	void *fs, uint64_t number, struct filetree_node *n, struct error *err)
{
	struct ext4_reader *r = fs;
	const ext2_ino_t ino = (ext2_ino_t)number;
	struct ext2_inode *inode = (struct ext2_inode *)r->inode;
	const errcode_t code = ext2fs_read_inode_full(
		r->fs, ino, inode, (int)EXT2_INODE_SIZE(r->fs->super));

	if (code)
		return fail(r, code, "read an inode", err);
	if (S_ISDIR(inode->i_mode) && inode->i_flags & EXT4_ENCRYPT_FL)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': a directory is encrypted: it cannot be read", r->name);
	n->mode = inode->i_mode;
	n->uid = inode_uid(*inode);
	n->gid = inode_gid(*inode);
	n->mtime_s = (int32_t)inode->i_mtime;
	n->content_offset_bytes = ino;
	if (S_ISREG(n->mode))
		n->size_bytes = EXT2_I_SIZE(inode);
	if (!S_ISDIR(n->mode) && inode->i_links_count > 1)
		n->link_key[1] = ino;
	if (S_ISLNK(n->mode) && read_target(r, ino, n, err) < 0)
		return -1;
	return read_xattrs(r, ino, n, err);
}

static int read_directory(void *fs, uint64_t ino, struct fs_walk *w, struct error *err)
{
	struct reading g = { .r = fs, .walk = w, .err = err };
	const errcode_t code =
		ext2fs_dir_iterate2(g.r->fs, (ext2_ino_t)ino, 0, NULL, note_entry, &g);

	if (g.stopped)
		return -1;
	return code ? fail(g.r, code, "read a directory", err) : 0;
}

int ext4_reader_list(struct ext4_reader *r, struct filetree **ret, struct error *err)
{
	static const struct fs_walk_ops ops = { read_inode, read_directory };

	return fs_walk_list(&ops, r, r->name, EXT2_ROOT_INO, ret, err);
}

int ext4_reader_read(struct ext4_reader *r, uint64_t inode, uint64_t offset_bytes,
	void *buf, size_t length_bytes, size_t *ret_got, struct error *err)
{
	ext2_file_t file;
	errcode_t code = ext2fs_file_open(r->fs, (ext2_ino_t)inode, 0, &file);
	__u64 size = 0;
	size_t got = 0;

	if (code)
		return fail(r, code, "open a file", err);
	code = ext2fs_file_get_lsize(file, &size);
	/* libext2fs gives more than there is of a file within its inode. */
	if (offset_bytes > size)
		offset_bytes = size;
	if (length_bytes > size - offset_bytes)
		length_bytes = (size_t)(size - offset_bytes);
	if (!code)
		code = ext2fs_file_llseek(file, offset_bytes, EXT2_SEEK_SET, NULL);
	while (!code && got < length_bytes) {
		const size_t left = length_bytes - got;
		const unsigned int want =
			left > MIB ? (unsigned int)MIB : (unsigned int)left;
		unsigned int n = 0;

		code = ext2fs_file_read(file, (char *)buf + got, want, &n);
		if (!n)
			break;
		got += n;
	}
	(void)ext2fs_file_close(file);
	if (code)
		return fail(r, code, "read a file", err);
	*ret_got = got;
	return 0;
}

/* An inode whose blocks are being told. */
struct telling {
	struct ext4_reader *r;
	ext4_reader_block_fn *fn;
	void *userdata;
	uint64_t next_file_block, next_disk_block;
	bool damaged;
};

static int tell_block(ext2_filsys fs, blk64_t *disk_block, e2_blkcnt_t file_block,
	blk64_t from_block, int from_offset, void *userdata)
{
	struct telling *t = userdata;
	struct ext4_reader *r = t->r;

	(void)from_block;
	(void)from_offset;
	t->damaged = file_block < 0 || (uint64_t)file_block < t->next_file_block ||
		     *disk_block >= ext2fs_blocks_count(fs->super) ||
		     ++r->blocks_told > ext2fs_blocks_count(fs->super);
	if (*disk_block != t->next_disk_block ||
		(uint64_t)file_block != t->next_file_block)
		t->damaged |= ++r->pieces_told > PIECES_MOST;
	if (t->damaged)
		return BLOCK_ABORT;
	t->next_file_block = (uint64_t)file_block + 1;
	t->next_disk_block = *disk_block + 1;
	t->fn((uint64_t)file_block, *disk_block, t->userdata);
	return 0;
}

int ext4_reader_blocks(struct ext4_reader *r, uint64_t inode, ext4_reader_block_fn *fn,
	void *userdata, struct error *err)
{
	struct telling t = { .r = r, .fn = fn, .userdata = userdata };
	struct ext2_inode *at = (struct ext2_inode *)r->inode;
	errcode_t code = ext2fs_read_inode_full(
		r->fs, (ext2_ino_t)inode, at, (int)EXT2_INODE_SIZE(r->fs->super));

	/* A short target, a small file within its inode, a device. */
	if (code == 0 && !ext2fs_inode_has_valid_blocks2(r->fs, at))
		return 0;
	if (code == 0)
		code = ext2fs_block_iterate3(r->fs, (ext2_ino_t)inode,
			BLOCK_FLAG_READ_ONLY | BLOCK_FLAG_DATA_ONLY, NULL, tell_block,
			&t);
	if (t.damaged)
		return damaged(r, "blocks of a file lie where none can be", err);
	return code ? fail(r, code, "read which blocks a file has", err) : 0;
}
