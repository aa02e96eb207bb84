/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/fat.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"

enum {
	SECTOR_BYTES = 512,
	RESERVED_SECTORS = 32,
	FAT_COPIES = 2, /* the specification: some drivers know of nothing else */
	CLUSTERS_LEAST = 65525, /* with fewer, it would be FAT16 */
	CLUSTER_SECTORS_MOST = 64,
	FAT_ENTRY_BYTES = 4,
	PAGE_SECTORS = 8, /* 4 KiB */
	ROOT_CLUSTER = 2, /* also the first that there is */
	INFO_SECTOR = 1,
	BACKUP_SECTOR = 6,
	DIR_ENTRY_BYTES = 32,
	NAME_BYTES = 11,
	ATTR_LABEL = 0x08,
	ATTR_DIRECTORY = 0x10,
	ATTR_ARCHIVE = 0x20,
	MEDIA_FIXED = 0xf8,
	END_OF_CHAIN = 0x0fffffff,
	FILES_MOST = 64,
};

/* A directory, and then a file, of the file system in the making. */
struct entry {
	char name[NAME_BYTES + 1]; /* as on disk: "BOOTX64 EFI" */
	size_t parent; /* index in volume.dirs; the root is its own */
	uint32_t first_cluster; /* 0: none, an empty file */
	uint32_t cluster_count;
	uint32_t size_bytes;
};

struct volume {
	const struct fat_spec *spec;
	struct entry *dirs; /* 0: the root */
	size_t dir_count, dir_room;
	struct entry *files; /* of the spec's file of the same index */
	uint32_t sectors;
	uint32_t fat_sectors;
	uint32_t cluster_sectors;
	uint32_t next_cluster;
	uint16_t dos_date, dos_time;
};

static void volume_releasep(struct volume *v)
{
	free(v->dirs);
	free(v->files);
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static void put_text(uint8_t *at, const char *text, size_t length)
{
	memcpy(at, text, length);
}

static uint64_t cluster_bytes(const struct volume *v)
{
	return (uint64_t)v->cluster_sectors * SECTOR_BYTES;
}

static uint32_t clusters_for(const struct volume *v, uint64_t bytes)
{
	return (uint32_t)((bytes + cluster_bytes(v) - 1) / cluster_bytes(v));
}

/* Rounded up so that data starts at a multiple of 4 KiB. */
static uint32_t fat_sectors_for(uint32_t sectors, uint32_t cluster_sectors)
{
	const uint32_t entries = SECTOR_BYTES / FAT_ENTRY_BYTES;
	const uint32_t in_one = entries * cluster_sectors + FAT_COPIES;

	return (uint32_t)round_up(
		(sectors - RESERVED_SECTORS + 2 * cluster_sectors + in_one - 1) / in_one,
		PAGE_SECTORS);
}

static uint32_t first_data_sector(const struct volume *v)
{
	return RESERVED_SECTORS + FAT_COPIES * v->fat_sectors;
}

static uint32_t cluster_total(const struct volume *v)
{
	return (v->sectors - first_data_sector(v)) / v->cluster_sectors;
}

/* The largest clusters with which there are enough of them. */
static void choose_clusters(struct volume *v)
{
	v->cluster_sectors = 2 * CLUSTER_SECTORS_MOST;
	do {
		v->cluster_sectors /= 2;
		v->fat_sectors = fat_sectors_for(v->sectors, v->cluster_sectors);
	} while (v->cluster_sectors > 1 && cluster_total(v) < CLUSTERS_LEAST);
}

static uint64_t cluster_offset(const struct volume *v, uint32_t cluster)
{
	return (uint64_t)first_data_sector(v) * SECTOR_BYTES +
	       (cluster - ROOT_CLUSTER) * cluster_bytes(v);
}

static bool is_name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_-~!#$%&'()@^`{}", c));
}

/* One component, "BOOTX64.EFI", as the 11 bytes that stand for it. */
static bool short_name(const char *from, size_t length, char to[NAME_BYTES + 1])
{
	size_t at = 0, most = 8;

	memset(to, ' ', NAME_BYTES);
	to[NAME_BYTES] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (from[i] == '.' && most == 8 && at > 0) {
			at = 8;
			most = NAME_BYTES;
			continue;
		}
		if (at == most || !is_name_char(from[i]))
			return false;
		to[at++] = from[i];
	}
	return length > 0;
}

static size_t find_or_add_dir(struct volume *v, size_t parent, const char *name)
{
	for (size_t i = 1; i < v->dir_count; i++)
		if (v->dirs[i].parent == parent && !strcmp(v->dirs[i].name, name))
			return i;
	array_reserve_one(
		(void **)&v->dirs, v->dir_count, &v->dir_room, sizeof(*v->dirs));
	v->dirs[v->dir_count] = (struct entry){ .parent = parent };
	memcpy(v->dirs[v->dir_count].name, name, NAME_BYTES);
	return v->dir_count++;
}

static int add_file(struct volume *v, size_t index, struct error *err)
{
	const struct fat_file *f = &v->spec->files[index];
	struct entry *to = &v->files[index];
	const char *at = f->path;
	size_t dir = 0;

	for (;;) {
		const size_t length = strcspn(at, "/");

		if (!short_name(at, length, to->name))
			return error_set(err, ERR_FORMAT, 0,
				"'%s' cannot be a file of the EFI system partition: "
				"names are upper "
				"case, with at most 8 characters and 3 after a dot",
				f->path);
		if (!at[length])
			break;
		dir = find_or_add_dir(v, dir, to->name);
		at += length + 1;
	}
	to->parent = dir;
	to->size_bytes = (uint32_t)f->length_bytes;
	to->cluster_count = clusters_for(v, f->length_bytes);
	return 0;
}

static void take_clusters(struct volume *v, struct entry *e)
{
	e->first_cluster = e->cluster_count ? v->next_cluster : 0;
	v->next_cluster += e->cluster_count;
}

static void assign_clusters(struct volume *v)
{
	for (size_t i = 0; i < v->dir_count; i++) {
		size_t entries = i ? 2 : 1; /* "." and ".."; the root: the label */

		for (size_t j = 1; j < v->dir_count; j++)
			entries += v->dirs[j].parent == i;
		for (size_t j = 0; j < v->spec->file_count; j++)
			entries += v->files[j].parent == i;
		v->dirs[i].cluster_count = clusters_for(v, entries * DIR_ENTRY_BYTES);
		take_clusters(v, &v->dirs[i]);
	}
	for (size_t i = 0; i < v->spec->file_count; i++)
		take_clusters(v, &v->files[i]);
}

/* Years 1980 to 2107, in steps of 2 s. */
static void set_dos_time(struct volume *v)
{
	const time_t least = 315532800, most = 4354819198;
	time_t t = (time_t)v->spec->time_s;
	struct tm tm;

	t = t < least ? least : t > most ? most : t;
	(void)gmtime_r(&t, &tm);
	v->dos_date =
		(uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
	v->dos_time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

static void put_entry(const struct volume *v, uint8_t *at, const char *name,
	int attributes, uint32_t cluster, uint32_t size_bytes)
{
	memcpy(at, name, NAME_BYTES);
	at[11] = (uint8_t)attributes;
	put16(at + 14, v->dos_time); /* created */
	put16(at + 16, v->dos_date);
	put16(at + 18, v->dos_date); /* read */
	put16(at + 20, cluster >> 16);
	put16(at + 22, v->dos_time); /* written */
	put16(at + 24, v->dos_date);
	put16(at + 26, cluster);
	put32(at + 28, size_bytes);
}

static void padded_label(const struct fat_spec *spec, char to[NAME_BYTES])
{
	const size_t length = strlen(spec->label);

	memset(to, ' ', NAME_BYTES);
	memcpy(to, spec->label, length < NAME_BYTES ? length : NAME_BYTES);
}

static void add_directory(const struct volume *v, size_t index, struct blockmap *m)
{
	const struct entry *dir = &v->dirs[index];
	const uint64_t length = dir->cluster_count * cluster_bytes(v);
	uint8_t *bytes = xcalloc(1, length), *at = bytes;
	char label[NAME_BYTES];

	padded_label(v->spec, label);
	if (index == 0) {
		put_entry(v, at, label, ATTR_LABEL, 0, 0);
	} else {
		/* ".." to the root is cluster 0, whatever the root's is. */
		const uint32_t up = dir->parent ? v->dirs[dir->parent].first_cluster : 0;

		put_entry(v, at, ".          ", ATTR_DIRECTORY, dir->first_cluster, 0);
		at += DIR_ENTRY_BYTES;
		put_entry(v, at, "..         ", ATTR_DIRECTORY, up, 0);
	}
	at += DIR_ENTRY_BYTES;
	for (size_t i = 1; i < v->dir_count; i++) {
		if (v->dirs[i].parent != index)
			continue;
		put_entry(v, at, v->dirs[i].name, ATTR_DIRECTORY,
			v->dirs[i].first_cluster, 0);
		at += DIR_ENTRY_BYTES;
	}
	for (size_t i = 0; i < v->spec->file_count; i++) {
		const struct entry *f = &v->files[i];

		if (f->parent != index)
			continue;
		put_entry(v, at, f->name, ATTR_ARCHIVE, f->first_cluster, f->size_bytes);
		at += DIR_ENTRY_BYTES;
	}
	blockmap_add_memory(m, cluster_offset(v, dir->first_cluster), bytes, length);
}

static void put_chain(uint8_t *fat, const struct entry *e)
{
	for (uint32_t i = 0; i < e->cluster_count; i++) {
		const uint32_t cluster = e->first_cluster + i;

		put32(fat + (size_t)cluster * FAT_ENTRY_BYTES,
			i + 1 < e->cluster_count ? cluster + 1 : END_OF_CHAIN);
	}
}

static void add_fats(const struct volume *v, struct blockmap *m)
{
	const uint64_t length =
		round_up((uint64_t)v->next_cluster * FAT_ENTRY_BYTES, SECTOR_BYTES);
	uint8_t *fat = xcalloc(1, length);

	put32(fat, 0x0fffff00 | MEDIA_FIXED);
	put32(fat + FAT_ENTRY_BYTES, END_OF_CHAIN); /* also says: cleanly unmounted */
	for (size_t i = 0; i < v->dir_count; i++)
		put_chain(fat, &v->dirs[i]);
	for (size_t i = 0; i < v->spec->file_count; i++)
		put_chain(fat, &v->files[i]);
	for (uint32_t copy = 1; copy < FAT_COPIES; copy++)
		blockmap_add_memory(m,
			(RESERVED_SECTORS + (uint64_t)copy * v->fat_sectors) *
				SECTOR_BYTES,
			xmemdup(fat, length), length);
	blockmap_add_memory(m, RESERVED_SECTORS * SECTOR_BYTES, fat, length);
}

static void put_boot_sector(const struct volume *v, uint8_t *at)
{
	static const uint8_t jump[] = { 0xeb, 0x58, 0x90 }, halt[] = { 0xf4, 0xeb, 0xfd };

	memcpy(at, jump, sizeof(jump));
	put_text(at + 3, "MSWIN4.1", 8);
	put16(at + 11, SECTOR_BYTES);
	at[13] = (uint8_t)v->cluster_sectors;
	put16(at + 14, RESERVED_SECTORS);
	at[16] = FAT_COPIES;
	at[21] = MEDIA_FIXED;
	put16(at + 24, 63); /* sectors a track, heads: nobody asks any more */
	put16(at + 26, 255);
	put32(at + 32, v->sectors);
	put32(at + 36, v->fat_sectors);
	put32(at + 44, ROOT_CLUSTER);
	put16(at + 48, INFO_SECTOR);
	put16(at + 50, BACKUP_SECTOR);
	at[64] = 0x80; /* drive number */
	at[66] = 0x29; /* the three fields that follow are there */
	put32(at + 67, v->spec->volume_id);
	padded_label(v->spec, (char *)at + 71);
	put_text(at + 82, "FAT32   ", 8);
	memcpy(at + 90, halt, sizeof(halt));
	put16(at + 510, 0xaa55);
}

static void put_info_sector(const struct volume *v, uint8_t *at)
{
	put32(at, 0x41615252);
	put32(at + 484, 0x61417272);
	put32(at + 488, cluster_total(v) - (v->next_cluster - ROOT_CLUSTER)); /* free */
	put32(at + 492, v->next_cluster);
	put32(at + 508, 0xaa550000);
}

static void add_reserved(const struct volume *v, struct blockmap *m)
{
	const size_t length = (size_t)(BACKUP_SECTOR + INFO_SECTOR + 1) * SECTOR_BYTES;
	uint8_t *bytes = xcalloc(1, length);

	for (int copy = 0; copy < 2; copy++) {
		uint8_t *at = bytes + (size_t)copy * BACKUP_SECTOR * SECTOR_BYTES;

		put_boot_sector(v, at);
		put_info_sector(v, at + SECTOR_BYTES);
	}
	blockmap_add_memory(m, 0, bytes, length);
}

static void add_files(const struct volume *v, struct blockmap *m)
{
	for (size_t i = 0; i < v->spec->file_count; i++) {
		const struct fat_file *f = &v->spec->files[i];

		if (f->length_bytes)
			blockmap_add_memory(m,
				cluster_offset(v, v->files[i].first_cluster),
				xmemdup(f->bytes, f->length_bytes), f->length_bytes);
	}
}

uint64_t fat_size_for(
	const struct fat_file *files, size_t file_count, uint64_t least_bytes)
{
	/* Each file, and a cluster for each directory that its path may name; the largest
	 * that FAT_MOST_BYTES have. */
	const uint64_t cluster = FAT_MOST_BYTES / CLUSTERS_LEAST;
	uint64_t bytes = MIB;

	for (size_t i = 0; i < file_count; i++) {
		bytes += round_up(files[i].length_bytes, cluster);
		for (const char *at = files[i].path; *at; at++)
			bytes += *at == '/' ? cluster : 0;
	}
	bytes += bytes / 32; /* both file allocation tables take a 64th at most */
	if (bytes < least_bytes)
		bytes = least_bytes;
	if (bytes < FAT_LEAST_BYTES)
		bytes = FAT_LEAST_BYTES;
	return round_up(bytes, MIB);
}

static int check_spec(const struct fat_spec *spec, struct error *err)
{
	if (spec->size_bytes < FAT_LEAST_BYTES || spec->size_bytes > FAT_MOST_BYTES)
		return error_set(err, ERR_USAGE, 0,
			"the EFI system partition is %" PRIu64
			" bytes large; 34 MiB to 1 GiB are possible",
			spec->size_bytes);
	if (strlen(spec->label) > NAME_BYTES)
		return error_set(err, ERR_USAGE, 0,
			"the label '%s' of the EFI system partition has more than %d "
			"characters",
			spec->label, NAME_BYTES);
	if (spec->file_count > FILES_MOST)
		return error_set(err, ERR_USAGE, 0,
			"more than %d files for the EFI system partition", FILES_MOST);
	for (size_t i = 0; i < spec->file_count; i++)
		if (spec->files[i].length_bytes > spec->size_bytes)
			return error_set(err, ERR_SPACE, 0,
				"'%s' (%zu bytes) is larger than the EFI system "
				"partition",
				spec->files[i].path, spec->files[i].length_bytes);
	return 0;
}

int fat_layout(const struct fat_spec *spec, struct blockmap **ret, struct error *err)
{
	CLEANUP(volume_releasep)
	struct volume v = { .spec = spec, .next_cluster = ROOT_CLUSTER };
	struct blockmap *m;

	if (check_spec(spec, err) < 0)
		return -1;
	v.sectors = (uint32_t)(spec->size_bytes / SECTOR_BYTES);
	choose_clusters(&v);
	v.files = xcalloc(spec->file_count + 1, sizeof(*v.files));
	(void)find_or_add_dir(&v, 0, "           ");
	for (size_t i = 0; i < spec->file_count; i++)
		if (add_file(&v, i, err) < 0)
			return -1;
	assign_clusters(&v);
	if (v.next_cluster - ROOT_CLUSTER > cluster_total(&v))
		return error_set(err, ERR_SPACE, 0,
			"the EFI system partition of %" PRIu64
			" MiB is too small for its files",
			spec->size_bytes / MIB);
	set_dos_time(&v);
	m = blockmap_new(spec->size_bytes);
	add_reserved(&v, m);
	add_fats(&v, m);
	for (size_t i = 0; i < v.dir_count; i++)
		add_directory(&v, i, m);
	add_files(&v, m);
	*ret = m;
	return 0;
}
