/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/fat_reader.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* Offsets in the boot sector and in a directory entry. */
enum {
	BPB_SECTOR_BYTES_AT = 11,
	BPB_CLUSTER_SECTORS_AT = 13,
	BPB_RESERVED_AT = 14,
	BPB_FATS_AT = 16,
	BPB_ROOT_ENTRIES_AT = 17,
	BPB_SECTORS16_AT = 19,
	BPB_FAT_SECTORS16_AT = 22,
	BPB_SECTORS32_AT = 32,
	BPB_FAT_SECTORS32_AT = 36,
	BPB_ROOT_CLUSTER_AT = 44,
	ENTRY_BYTES = 32,
	ENTRY_ATTRIBUTES_AT = 11,
	ENTRY_CLUSTER_HIGH_AT = 20,
	ENTRY_CLUSTER_LOW_AT = 26,
	ENTRY_SIZE_AT = 28,
	ATTRIBUTE_VOLUME = 0x08, /* also set in the pieces of a long name */
	ATTRIBUTE_DIRECTORY = 0x10,
	FIRST_CLUSTER = 2,
	FAT12_CLUSTERS_BELOW = 4085,
	FAT16_CLUSTERS_BELOW = 65525,
};

/* Bounds on what foreign bytes may make us hold. */
enum { ENTRIES_MOST = 1 << 18, DIRECTORY_MOST_BYTES = 1 << 24 };

struct fat_reader {
	struct disk_source disk;
	char *name;
	uint64_t offset_bytes, size_bytes;
	uint64_t fat_at, root_at, data_at; /* bytes, from offset_bytes on */
	uint64_t root_bytes; /* of the fixed root directory: FAT12 and FAT16 */
	uint32_t root_cluster; /* FAT32 */
	uint32_t cluster_bytes;
	uint32_t clusters; /* in all; numbers go from 2 on */
	unsigned int bits; /* of an entry of the table: 12, 16, 32 */
};

static uint32_t get_le(const uint8_t *p, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint32_t)p[i] << (8 * i);
	return value;
}

static int damaged(const struct fat_reader *r, const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s': the FAT file system is damaged: %s",
		r->name, what);
}

static int read_at(
	struct fat_reader *r, uint64_t at, void *buf, size_t length, struct error *err)
{
	size_t got;

	if (at > r->size_bytes || length > r->size_bytes - at)
		return damaged(r, "it leads out of its partition", err);
	if (disk_source_read(
		    &r->disk, buf, length, r->offset_bytes + at, &got, r->name, err) < 0)
		return -1;
	return got < length ? damaged(r, "it is cut off", err) : 0;
}

/* Where what is, from the first sector. */
static int take_geometry(struct fat_reader *r, const uint8_t *b, struct error *err)
{
	const uint32_t sector = get_le(b + BPB_SECTOR_BYTES_AT, 2);
	const uint32_t per_cluster = b[BPB_CLUSTER_SECTORS_AT];
	const uint64_t reserved = get_le(b + BPB_RESERVED_AT, 2);
	const uint64_t fat16 = get_le(b + BPB_FAT_SECTORS16_AT, 2);
	const uint64_t fat = fat16 ? fat16 : get_le(b + BPB_FAT_SECTORS32_AT, 4);
	uint64_t sectors = get_le(b + BPB_SECTORS16_AT, 2), data;

	if (sector < 512 || sector > 4096 || sector & (sector - 1) || !per_cluster ||
		per_cluster & (per_cluster - 1) || !reserved || !b[BPB_FATS_AT])
		return damaged(r, "its first sector makes no sense", err);
	sectors = sectors ? sectors : get_le(b + BPB_SECTORS32_AT, 4);
	r->cluster_bytes = per_cluster * sector;
	r->root_bytes = (uint64_t)get_le(b + BPB_ROOT_ENTRIES_AT, 2) * ENTRY_BYTES;
	r->root_cluster = get_le(b + BPB_ROOT_CLUSTER_AT, 4);
	r->fat_at = reserved * sector;
	r->root_at = r->fat_at + b[BPB_FATS_AT] * fat * sector;
	data = r->root_at + (r->root_bytes + sector - 1) / sector * sector;
	if (data > sectors * sector || sectors * sector > r->size_bytes)
		return damaged(r, "it is larger than its partition", err);
	r->data_at = data;
	r->clusters = (uint32_t)((sectors * sector - data) / r->cluster_bytes);
	r->bits = !fat16 ? 32 : r->clusters < FAT12_CLUSTERS_BELOW ? 12 : 16;
	if (r->bits == 16 && r->clusters >= FAT16_CLUSTERS_BELOW)
		return damaged(r, "it has too many clusters", err);
	return 0;
}

int fat_reader_open(const struct disk_source *disk, const char *name,
	uint64_t offset_bytes, uint64_t size_bytes, struct fat_reader **ret,
	struct error *err)
{
	CLEANUP(fat_reader_freep) struct fat_reader *r = xcalloc(1, sizeof(*r));
	uint8_t boot[512];

	r->disk = *disk;
	r->name = xstrdup(name);
	r->offset_bytes = offset_bytes;
	r->size_bytes = size_bytes;
	if (read_at(r, 0, boot, sizeof(boot), err) < 0 || take_geometry(r, boot, err) < 0)
		return -1;
	*ret = TAKE_PTR(r);
	return 0;
}

struct fat_reader *fat_reader_free(struct fat_reader *r)
{
	if (r)
		free(r->name);
	free(r);
	return NULL;
}

static bool is_cluster(const struct fat_reader *r, uint32_t cluster)
{
	return cluster >= FIRST_CLUSTER && cluster - FIRST_CLUSTER < r->clusters;
}

/* The cluster that follows; 0 at the end of the chain. */
static int next_cluster(
	struct fat_reader *r, uint32_t cluster, uint32_t *ret, struct error *err)
{
	const uint64_t at = r->fat_at + (uint64_t)cluster * r->bits / 8;
	uint8_t entry[4];
	uint32_t next;

	if (read_at(r, at, entry, r->bits == 32 ? 4 : 2, err) < 0)
		return -1;
	next = get_le(entry, r->bits == 32 ? 4 : 2);
	if (r->bits == 32)
		next &= 0x0fffffff;
	else if (r->bits == 12)
		next = cluster & 1 ? next >> 4 : next & 0xfff;
	*ret = is_cluster(r, next) ? next : 0;
	return 0;
}

int fat_reader_read(struct fat_reader *r, uint64_t cluster, uint64_t size_bytes,
	void *buf, size_t length_bytes, size_t *ret_got, struct error *err)
{
	const size_t want = size_bytes < length_bytes ? (size_t)size_bytes : length_bytes;
	uint32_t at = (uint32_t)cluster;
	size_t got = 0;

	while (got < want) {
		const size_t left = want - got;
		const size_t n = left < r->cluster_bytes ? left : r->cluster_bytes;

		if (!is_cluster(r, at))
			return damaged(r, "a file has no end", err);
		if (read_at(r,
			    r->data_at +
				    (uint64_t)(at - FIRST_CLUSTER) * r->cluster_bytes,
			    (char *)buf + got, n, err) < 0)
			return -1;
		got += n;
		if (got < want && next_cluster(r, at, &at, err) < 0)
			return -1;
	}
	*ret_got = got;
	return 0;
}

struct pending {
	char *path;
	uint32_t cluster; /* 0: the fixed root directory */
};

struct walk {
	struct fat_reader *r;
	struct filetree *tree;
	uint8_t *seen; /* a bit a cluster: directories begin there */
	struct pending *pending;
	size_t pending_count, pending_room;
	size_t entries;
};

static void walk_releasep(struct walk *w)
{
	for (size_t i = 0; i < w->pending_count; i++)
		free(w->pending[i].path);
	free(w->pending);
	free(w->seen);
	filetree_freep(&w->tree);
}

static int queue(struct walk *w, const char *path, uint32_t cluster, struct error *err)
{
	if (cluster) {
		uint8_t *seen;

		if (!is_cluster(w->r, cluster))
			return damaged(w->r, "a directory is nowhere", err);
		seen = &w->seen[cluster / 8];
		if (*seen & 1u << cluster % 8)
			return damaged(w->r, "a directory stands in two places", err);
		*seen = (uint8_t)(*seen | 1u << cluster % 8);
	}
	array_reserve_one((void **)&w->pending, w->pending_count, &w->pending_room,
		sizeof(*w->pending));
	w->pending[w->pending_count++] = (struct pending){ xstrdup(path), cluster };
	return 0;
}

/* "BOOTX64 EFI" → "BOOTX64.EFI". False for what is no name. */
static bool take_name(const uint8_t *entry, char name[13])
{
	size_t length = 0, stem = 8, ending = 3;

	while (stem && entry[stem - 1] == ' ')
		stem--;
	while (ending && entry[8 + ending - 1] == ' ')
		ending--;
	memcpy(name, entry, stem);
	length = stem;
	if (ending) {
		name[length++] = '.';
		memcpy(name + length, entry + 8, ending);
		length += ending;
	}
	name[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == '/' || name[i] == 0x7f)
			return false;
	return stem > 0;
}

static int take_entry(
	struct walk *w, const char *dir, const uint8_t *e, struct error *err)
{
	const uint32_t cluster = get_le(e + ENTRY_CLUSTER_HIGH_AT, 2) << 16 |
				 get_le(e + ENTRY_CLUSTER_LOW_AT, 2);
	const bool is_directory = e[ENTRY_ATTRIBUTES_AT] & ATTRIBUTE_DIRECTORY;
	struct filetree_node n = { 0 };
	char name[13];

	if (++w->entries > ENTRIES_MOST)
		return damaged(w->r, "it has more files than can be held", err);
	if (!take_name(e, name) || strlen(dir) >= PATH_MAX)
		return damaged(w->r, "a name is none", err);
	/* Only the root directory, which holds itself in no entry, may begin at 0. */
	if (is_directory && !cluster)
		return damaged(w->r, "a directory is nowhere", err);
	n.path = *dir ? xasprintf("%s/%s", dir, name) : xstrdup(name);
	n.mode = is_directory ? S_IFDIR | 0755 : S_IFREG | 0644;
	n.size_bytes = is_directory ? 0 : get_le(e + ENTRY_SIZE_AT, 4);
	n.content_offset_bytes = cluster;
	if (is_directory && queue(w, n.path, cluster, err) < 0) {
		filetree_node_release(&n);
		return -1;
	}
	filetree_add(w->tree, &n);
	return 0;
}

/* Entries up to the one that says it is the last: *ret_end. */
static int take_entries(struct walk *w, const char *dir, const uint8_t *bytes,
	size_t length, bool *ret_end, struct error *err)
{
	for (const uint8_t *e = bytes; e + ENTRY_BYTES <= bytes + length;
		e += ENTRY_BYTES) {
		if (!*e) {
			*ret_end = true;
			return 0;
		}
		/* 0xe5: removed. */
		if (*e == 0xe5 || *e == '.' || e[ENTRY_ATTRIBUTES_AT] & ATTRIBUTE_VOLUME)
			continue;
		if (take_entry(w, dir, e, err) < 0)
			return -1;
	}
	return 0;
}

static int read_directory(
	struct walk *w, const char *path, uint32_t cluster, struct error *err)
{
	struct fat_reader *r = w->r;
	const size_t unit = cluster ? r->cluster_bytes : (size_t)r->root_bytes;
	CLEANUP(freep) uint8_t *bytes = xmalloc(unit + 1);
	uint64_t at = r->root_at, total = 0;
	bool end = false;

	do {
		if (cluster)
			at = r->data_at +
			     (uint64_t)(cluster - FIRST_CLUSTER) * r->cluster_bytes;
		total += unit;
		if (total > DIRECTORY_MOST_BYTES)
			return damaged(r, "a directory has no end", err);
		if (read_at(r, at, bytes, unit, err) < 0 ||
			take_entries(w, path, bytes, unit, &end, err) < 0)
			return -1;
		if (cluster && next_cluster(r, cluster, &cluster, err) < 0)
			return -1;
	} while (cluster && !end);
	return 0;
}

int fat_reader_list(struct fat_reader *r, struct filetree **ret, struct error *err)
{
	CLEANUP(walk_releasep) struct walk w = { .r = r };

	w.seen = xcalloc(1, (size_t)r->clusters / 8 + 2);
	w.tree = filetree_new(-1, false);
	if (queue(&w, "", r->bits == 32 ? r->root_cluster : 0, err) < 0)
		return -1;
	while (w.pending_count) {
		const struct pending next = w.pending[--w.pending_count];
		CLEANUP(freep) char *path = next.path;

		if (read_directory(&w, path, next.cluster, err) < 0)
			return -1;
	}
	if (filetree_seal(w.tree, err) < 0)
		return error_context(
			err, "'%s': the FAT file system is damaged", r->name);
	*ret = TAKE_PTR(w.tree);
	return 0;
}
