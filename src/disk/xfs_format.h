/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What XFS, version 5, looks like on disk: as much as is written or read here. After "XFS
 * Algorithms & Data Structures" (3rd edition, SGI and Red Hat; its names of structures
 * and fields, shortened) and the kernel's fs/xfs/libxfs/xfs_format.h, xfs_da_format.h and
 * xfs_log_format.h. All numbers are big-endian but the checksums, which are little-endian
 * and taken with their own field zero.
 */
#pragma once

#include <assert.h>
#include <stdint.h>

enum {
	XFS_BLOCK_BYTES = 4096,
	XFS_BLOCK_LOG = 12,
	XFS_SECTOR_BYTES = 512,
	XFS_SECTOR_LOG = 9,
	XFS_INODE_BYTES = 512,
	XFS_INODE_LOG = 9,
	XFS_BLOCK_INODES = XFS_BLOCK_BYTES / XFS_INODE_BYTES,
	XFS_BLOCK_INODES_LOG = XFS_BLOCK_LOG - XFS_INODE_LOG,
	XFS_CHUNK_INODES = 64, /* allocated at a time */
	XFS_CHUNK_BLOCKS = XFS_CHUNK_INODES / XFS_BLOCK_INODES,
	XFS_UUID_BYTES = 16,
	XFS_LABEL_BYTES = 12,
};

/* An extent's length has 21 bits. */
#define XFS_EXTENT_MOST_BLOCKS ((UINT64_C(1) << 21) - 1)
#define XFS_NO_BLOCK UINT32_MAX
#define XFS_NO_LONG_BLOCK UINT64_MAX

#define XFS_SB_MAGIC 0x58465342 /* "XFSB" */
#define XFS_AGF_MAGIC 0x58414746 /* "XAGF" */
#define XFS_AGI_MAGIC 0x58414749 /* "XAGI" */
#define XFS_AGFL_MAGIC 0x5841464c /* "XAFL" */
#define XFS_BNO_MAGIC 0x41423342 /* "AB3B" */
#define XFS_CNT_MAGIC 0x41423343 /* "AB3C" */
#define XFS_INO_MAGIC 0x49414233 /* "IAB3" */
#define XFS_FINO_MAGIC 0x46494233 /* "FIB3" */
#define XFS_REFC_MAGIC 0x52334643 /* "R3FC" */
#define XFS_BMAP_MAGIC 0x424d4133 /* "BMA3" */
#define XFS_INODE_MAGIC 0x494e /* "IN" */
#define XFS_SYMLINK_MAGIC 0x58534c4d /* "XSLM" */
#define XFS_REMOTE_MAGIC 0x5841524d /* "XARM" */
#define XFS_DIR_BLOCK_MAGIC 0x58444233 /* "XDB3" */
#define XFS_DIR_DATA_MAGIC 0x58444433 /* "XDD3" */
#define XFS_DIR_FREE_MAGIC 0x58444633 /* "XDF3" */
#define XFS_DIR_LEAF1_MAGIC 0x3df1
#define XFS_DIR_LEAFN_MAGIC 0x3dff
#define XFS_DA_NODE_MAGIC 0x3ebe
#define XFS_ATTR_LEAF_MAGIC 0x3bee
#define XFS_LOG_MAGIC 0xfeedbabe

/* sb_versionnum: version 5, and what goes without saying since: nlink, alignment, log
 * version 2, extent flags, directories version 2, more bits. */
#define XFS_SB_VERSION 0xb4a5
#define XFS_SB_VERSION_ATTR 0x0010 /* some inode has attributes */
/* sb_features2: lazy counters, attr2, 32-bit project ids, checksums. */
#define XFS_SB_FEATURES2 0x018a

/* What mkfs.xfs 6.1 sets, Debian 12's: Linux 6.1 writes, and GRUB 2.06 reads it. */
enum {
	XFS_RO_COMPAT_FINOBT = 1 << 0,
	XFS_RO_COMPAT_REFLINK = 1 << 2,
	XFS_RO_COMPAT_INOBTCNT = 1 << 3,
	XFS_INCOMPAT_FTYPE = 1 << 0,
	XFS_INCOMPAT_SPINODES = 1 << 1,
	XFS_INCOMPAT_BIGTIME = 1 << 3,
};

/* What others set, too. */
enum {
	XFS_INCOMPAT_META_UUID = 1 << 2, /* metadata bears sb_meta_uuid */
	XFS_INCOMPAT_NEEDSREPAIR = 1 << 4,
	XFS_INCOMPAT_NREXT64 = 1 << 5, /* counts of extents may have more bits */
	XFS_INCOMPAT_EXCHRANGE = 1 << 6,
	XFS_INCOMPAT_PARENT = 1 << 7, /* inodes know their names, as attributes */
};

/* The first block of an allocation group: four sectors, of which this is the first. */
struct xfs_sb {
	uint32_t magic;
	uint32_t block_bytes;
	uint64_t data_blocks;
	uint64_t rt_blocks;
	uint64_t rt_extents;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t log_start;
	uint64_t root_ino;
	uint64_t rt_bitmap_ino;
	uint64_t rt_summary_ino;
	uint32_t rt_extent_blocks;
	uint32_t ag_blocks;
	uint32_t ag_count;
	uint32_t rt_bitmap_blocks;
	uint32_t log_blocks;
	uint16_t version;
	uint16_t sector_bytes;
	uint16_t inode_bytes;
	uint16_t block_inodes;
	char label[XFS_LABEL_BYTES];
	uint8_t block_log;
	uint8_t sector_log;
	uint8_t inode_log;
	uint8_t block_inodes_log;
	uint8_t ag_block_log;
	uint8_t rt_extents_log;
	uint8_t in_progress;
	uint8_t inode_most_percent;
	uint64_t inode_count;
	uint64_t inode_free;
	uint64_t free_blocks;
	uint64_t free_rt_extents;
	uint64_t user_quota_ino;
	uint64_t group_quota_ino;
	uint16_t quota_flags;
	uint8_t flags;
	uint8_t shared_version;
	uint32_t inode_align_blocks;
	uint32_t stripe_unit;
	uint32_t stripe_width;
	uint8_t dir_block_log;
	uint8_t log_sector_log;
	uint16_t log_sector_bytes;
	uint32_t log_stripe_unit;
	uint32_t features2;
	uint32_t bad_features2;
	uint32_t features_compat;
	uint32_t features_ro_compat;
	uint32_t features_incompat;
	uint32_t features_log_incompat;
	uint32_t crc;
	uint32_t sparse_align_blocks;
	uint64_t project_quota_ino;
	uint64_t lsn;
	uint8_t meta_uuid[XFS_UUID_BYTES];
};
static_assert(sizeof(struct xfs_sb) == 264, "superblock");

/* Second sector: the free space of the group. */
struct xfs_agf {
	uint32_t magic;
	uint32_t version;
	uint32_t number;
	uint32_t blocks;
	uint32_t bno_root;
	uint32_t cnt_root;
	uint32_t rmap_root;
	uint32_t bno_levels;
	uint32_t cnt_levels;
	uint32_t rmap_levels;
	uint32_t list_first;
	uint32_t list_last;
	uint32_t list_count;
	uint32_t free_blocks;
	uint32_t longest;
	uint32_t btree_blocks;
	uint8_t uuid[XFS_UUID_BYTES];
	uint32_t rmap_blocks;
	uint32_t refcount_blocks;
	uint32_t refcount_root;
	uint32_t refcount_levels;
	uint64_t spare[14];
	uint64_t lsn;
	uint32_t crc;
	uint32_t spare2;
};
static_assert(sizeof(struct xfs_agf) == 224, "free space of a group");

/* Third sector: its inodes. */
enum { XFS_AGI_BUCKETS = 64 };
struct xfs_agi {
	uint32_t magic;
	uint32_t version;
	uint32_t number;
	uint32_t blocks;
	uint32_t inode_count;
	uint32_t root;
	uint32_t levels;
	uint32_t free_count;
	uint32_t newest;
	uint32_t newest_dir;
	uint32_t unlinked[XFS_AGI_BUCKETS];
	uint8_t uuid[XFS_UUID_BYTES];
	uint32_t crc;
	uint32_t pad;
	uint64_t lsn;
	uint32_t free_root;
	uint32_t free_levels;
	uint32_t inobt_blocks;
	uint32_t finobt_blocks;
};
static_assert(sizeof(struct xfs_agi) == 344, "inodes of a group");

/* Fourth sector: blocks set aside for the free space trees. */
enum { XFS_AGFL_ENTRIES = 119 };
struct xfs_agfl {
	uint32_t magic;
	uint32_t number;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t lsn;
	uint32_t crc;
	uint32_t blocks[XFS_AGFL_ENTRIES];
};
static_assert(sizeof(struct xfs_agfl) == XFS_SECTOR_BYTES, "free list of a group");

/* A block of a B+tree within a group. */
struct xfs_short_block {
	uint32_t magic;
	uint16_t level;
	uint16_t count;
	uint32_t left;
	uint32_t right;
	uint64_t sector;
	uint64_t lsn;
	uint8_t uuid[XFS_UUID_BYTES];
	uint32_t owner; /* the group */
	uint32_t crc;
};
static_assert(sizeof(struct xfs_short_block) == 56, "block of a short tree");

/* A block of the B+tree of a file's extents. */
struct xfs_long_block {
	uint32_t magic;
	uint16_t level;
	uint16_t count;
	uint64_t left;
	uint64_t right;
	uint64_t sector;
	uint64_t lsn;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t owner; /* the inode */
	uint32_t crc;
	uint32_t pad;
};
static_assert(sizeof(struct xfs_long_block) == 72, "block of a long tree");

struct xfs_free_record {
	uint32_t first;
	uint32_t count;
};

struct xfs_inode_record {
	uint32_t first; /* inode, within the group */
	uint16_t holes;
	uint8_t count;
	uint8_t free_count;
	uint64_t free_mask;
};
static_assert(sizeof(struct xfs_inode_record) == 16, "record of a chunk of inodes");

/* See xfs_extent_record_put() for what is in the bits. */
struct xfs_extent_record {
	uint64_t high, low;
};

enum xfs_fork_format {
	XFS_FORK_DEVICE = 0,
	XFS_FORK_LOCAL,
	XFS_FORK_EXTENTS,
	XFS_FORK_BTREE,
};

struct xfs_dinode {
	uint16_t magic;
	uint16_t mode;
	uint8_t version;
	uint8_t format;
	uint16_t old_links;
	uint32_t uid;
	uint32_t gid;
	uint32_t links;
	uint16_t project_low;
	uint16_t project_high;
	uint64_t large_extents; /* XFS_FLAG2_LARGE_COUNTS: in place of `extents`, */
	uint64_t atime;
	uint64_t mtime;
	uint64_t ctime;
	uint64_t size;
	uint64_t blocks;
	uint32_t extent_size;
	uint32_t extents; /* which is in place of `attr_extents` then */
	uint16_t attr_extents;
	uint8_t fork_offset; /* of the attributes, in 8 bytes; 0: there are none */
	uint8_t attr_format;
	uint32_t dm_mask;
	uint16_t dm_state;
	uint16_t flags;
	uint32_t generation;
	uint32_t next_unlinked;
	uint32_t crc;
	uint64_t change_count;
	uint64_t lsn;
	uint64_t flags2;
	uint32_t cow_extent_size;
	uint8_t pad2[12];
	uint64_t crtime;
	uint64_t ino;
	uint8_t uuid[XFS_UUID_BYTES];
};
static_assert(sizeof(struct xfs_dinode) == 176, "inode");

enum {
	XFS_INODE_VERSION = 3,
	XFS_LITERAL_BYTES = XFS_INODE_BYTES - sizeof(struct xfs_dinode),
	XFS_FLAG_REALTIME = 1 << 0, /* content on the real-time device */
	XFS_FLAG_NEW_RT_BITMAP = 1 << 2,
	XFS_FLAG2_BIGTIME = 1 << 3,
	XFS_FLAG2_LARGE_COUNTS = 1 << 4,
};

/* Before the target of a symbolic link, and before each block of an attribute's value,
 * that do not stand in an inode or a leaf. */
struct xfs_remote_header {
	uint32_t magic;
	uint32_t offset;
	uint32_t bytes;
	uint32_t crc;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t owner;
	uint64_t sector;
	uint64_t lsn;
};
static_assert(sizeof(struct xfs_remote_header) == 56, "header of remote bytes");

enum { XFS_REMOTE_ROOM_BYTES = XFS_BLOCK_BYTES - sizeof(struct xfs_remote_header) };

/* Directory blocks with entries, and those with the best room of each of them. */
struct xfs_dir_header {
	uint32_t magic;
	uint32_t crc;
	uint64_t sector;
	uint64_t lsn;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t owner;
};
static_assert(sizeof(struct xfs_dir_header) == 48, "header of a directory block");

struct xfs_dir_data_header {
	struct xfs_dir_header header;
	struct {
		uint16_t offset, length;
	} best[3];
	uint32_t pad;
};
static_assert(sizeof(struct xfs_dir_data_header) == 64, "header of directory entries");

/* Marks room between entries, where an entry has its inode number. */
enum { XFS_DIR_UNUSED_TAG = 0xffff };

struct xfs_dir_free_header {
	struct xfs_dir_header header;
	uint32_t first;
	uint32_t valid;
	uint32_t used;
	uint32_t pad;
};
static_assert(sizeof(struct xfs_dir_free_header) == 64, "header of directory room");

/* Blocks of the hash trees of directories and attributes. */
struct xfs_da_header {
	uint32_t next;
	uint32_t previous;
	uint16_t magic;
	uint16_t pad;
	uint32_t crc;
	uint64_t sector;
	uint64_t lsn;
	uint8_t uuid[XFS_UUID_BYTES];
	uint64_t owner;
};
static_assert(sizeof(struct xfs_da_header) == 56, "header of a hash block");

struct xfs_dir_leaf_header {
	struct xfs_da_header header;
	uint16_t count;
	uint16_t stale;
	uint32_t pad;
};
static_assert(sizeof(struct xfs_dir_leaf_header) == 64, "header of a directory leaf");

struct xfs_da_node_header {
	struct xfs_da_header header;
	uint16_t count;
	uint16_t level;
	uint32_t pad;
};
static_assert(sizeof(struct xfs_da_node_header) == 64, "header of a hash node");

struct xfs_attr_leaf_header {
	struct xfs_da_header header;
	uint16_t count;
	uint16_t used_bytes;
	uint16_t first_used;
	uint8_t holes;
	uint8_t pad;
	struct {
		uint16_t offset, length;
	} free[3];
	uint32_t pad2;
};
static_assert(sizeof(struct xfs_attr_leaf_header) == 80, "header of an attribute leaf");

/* Where in a directory's address space its leaves and its free index begin. */
#define XFS_DIR_LEAF_BYTES (UINT64_C(32) << 30)
#define XFS_DIR_LEAF_BLOCK (XFS_DIR_LEAF_BYTES / XFS_BLOCK_BYTES)
#define XFS_DIR_FREE_BLOCK ((UINT64_C(64) << 30) / XFS_BLOCK_BYTES)

/* A directory's types of entries: as in xfs_da_format.h. */
enum xfs_entry_type {
	XFS_ENTRY_UNKNOWN = 0,
	XFS_ENTRY_FILE,
	XFS_ENTRY_DIR,
	XFS_ENTRY_CHAR,
	XFS_ENTRY_BLOCK,
	XFS_ENTRY_FIFO,
	XFS_ENTRY_SOCKET,
	XFS_ENTRY_SYMLINK,
};

/* Namespaces of attributes, and that the value stands beside the name. */
enum {
	XFS_ATTR_LOCAL = 1 << 0,
	XFS_ATTR_ROOT = 1 << 1,
	XFS_ATTR_SECURE = 1 << 2,
	XFS_ATTR_PARENT = 1 << 3, /* a name of the inode, no attribute of anyone's */
	XFS_ATTR_INCOMPLETE = 1 << 7, /* was being written, or removed */
};

/* A record of the log; and in an operation's flags, that it says "unmounted". */
enum { XFS_LOG_UNMOUNT = 1 << 5 };
enum { XFS_LOG_CYCLES = 64, XFS_LOG_VERSION = 2, XFS_LOG_FORMAT_LINUX_LE = 1 };
struct xfs_log_record {
	uint32_t magic;
	uint32_t cycle;
	uint32_t version;
	uint32_t bytes;
	uint64_t lsn;
	uint64_t tail_lsn;
	uint32_t crc;
	uint32_t previous;
	uint32_t operations;
	uint32_t cycle_data[XFS_LOG_CYCLES];
	uint32_t format;
	uint8_t uuid[XFS_UUID_BYTES];
	uint32_t buffer_bytes;
};
