/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/gpt.h"

#include <errno.h>
#include <libfdisk/libfdisk.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "disk/table_bring.h"

enum { GROW_FILE_SYSTEM = 59 }; /* the attribute of struct partition's `grows` */

static const char fd_name[] = "partition table";

static void context_freep(struct fdisk_context **c)
{
	/* A script holds its context, too. */
	if (*c)
		(void)fdisk_set_script(*c, NULL);
	fdisk_unref_context(*c);
}

static void partition_freep(struct fdisk_partition **p)
{
	fdisk_unref_partition(*p);
}

static void script_freep(struct fdisk_script **s)
{
	fdisk_unref_script(*s);
}

static void parttype_freep(struct fdisk_parttype **t)
{
	fdisk_unref_parttype(*t);
}

static void uuid_text(const uint8_t uuid[16], char text[37])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		*text++ = digits[uuid[i] >> 4];
		*text++ = digits[uuid[i] & 15];
	}
	*text = '\0';
}

/* libfdisk returns a negative errno. */
static int failed(struct error *err, int code, const char *doing)
{
	return error_set_errno(err, -code, "%s", doing);
}

static int add_partition(
	struct fdisk_context *c, const struct gpt_partition *from, struct error *err)
{
	CLEANUP(partition_freep) struct fdisk_partition *p = fdisk_new_partition();
	CLEANUP(parttype_freep) struct fdisk_parttype *type = NULL;
	char uuid[37];
	int code = -ENOMEM;

	uuid_text(from->uuid, uuid);
	type = fdisk_label_get_parttype_from_string(fdisk_get_label(c, NULL), from->type);
	if (p && type)
		code = fdisk_partition_set_type(p, type);
	if (code == 0)
		code = fdisk_partition_set_partno(p, from->number - 1);
	if (code == 0)
		code = fdisk_partition_set_start(p, from->start_bytes / GPT_SECTOR_BYTES);
	if (code == 0)
		code = fdisk_partition_set_size(p, from->size_bytes / GPT_SECTOR_BYTES);
	if (code == 0)
		code = fdisk_partition_set_uuid(p, uuid);
	if (code == 0)
		code = fdisk_partition_set_name(p, from->name);
	if (code == 0)
		code = fdisk_add_partition(c, p, NULL);
	if (code < 0)
		return error_set_errno(
			err, -code, "add partition %u (%s)", from->number, from->name);
	return 0;
}

/* libfdisk would leave the first MiB alone. */
static int allow_all_sectors(struct fdisk_context *c)
{
	CLEANUP(script_freep) struct fdisk_script *headers = fdisk_new_script(c);
	int code =
		headers ? fdisk_script_set_header(headers, "first-lba", "34") : -ENOMEM;

	return code == 0 ? fdisk_set_script(c, headers) : code;
}

static int write_tables(int fd, const uint8_t disk_uuid[16],
	const struct gpt_partition *partitions, size_t count, struct error *err)
{
	CLEANUP(context_freep) struct fdisk_context *c = fdisk_new_context();
	char uuid[37];
	int code = -ENOMEM;

	uuid_text(disk_uuid, uuid);
	if (c)
		code = fdisk_assign_device_by_fd(c, fd, fd_name, 0);
	if (code == 0)
		code = fdisk_disable_dialogs(c, 1);
	if (code == 0)
		code = allow_all_sectors(c);
	if (code == 0)
		code = fdisk_create_disklabel(c, "gpt");
	if (code == 0)
		code = fdisk_set_disklabel_id_from_string(c, uuid);
	if (code < 0)
		return failed(err, code, "make a partition table");
	for (size_t i = 0; i < count; i++)
		if (add_partition(c, &partitions[i], err) < 0)
			return -1;
	code = fdisk_write_disklabel(c);
	if (code < 0)
		return failed(err, code, "write the partition table");
	return 0;
}

static int read_back(
	int fd, uint64_t offset_bytes, size_t length_bytes, void *buf, struct error *err)
{
	size_t got;

	if (fd_pread(fd, buf, length_bytes, offset_bytes, &got, fd_name, err) < 0)
		return -1;
	if (got < length_bytes)
		return error_set(err, ERR_FORMAT, 0, "the partition table has no end");
	return 0;
}

int gpt_layout(const uint8_t disk_uuid[16], const struct gpt_partition *partitions,
	size_t count, struct blockmap *m, uint8_t ret_mbr[GPT_SECTOR_BYTES],
	struct error *err)
{
	const size_t first = GPT_FIRST_SECTORS * GPT_SECTOR_BYTES;
	const size_t last = GPT_LAST_SECTORS * GPT_SECTOR_BYTES;
	const uint64_t size = blockmap_size_bytes(m);
	CLEANUP(freep) uint8_t *head = xcalloc(1, first);
	CLEANUP(freep) uint8_t *tail = xcalloc(1, last);
	CLEANUP(fd_closep) int fd = memfd_create(fd_name, MFD_CLOEXEC);

	/* A file in memory of the disk's size, all hole but for what libfdisk writes. */
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return error_errno(err, "make a file in memory for the partition table");
	if (write_tables(fd, disk_uuid, partitions, count, err) < 0 ||
		read_back(fd, 0, first, head, err) < 0 ||
		read_back(fd, size - last, last, tail, err) < 0)
		return -1;
	memcpy(ret_mbr, head, GPT_SECTOR_BYTES);
	memmove(head, head + GPT_SECTOR_BYTES, first - GPT_SECTOR_BYTES);
	blockmap_add_memory(
		m, GPT_SECTOR_BYTES, TAKE_PTR(head), first - GPT_SECTOR_BYTES);
	blockmap_add_memory(m, size - last, TAKE_PTR(tail), last);
	return 0;
}

void partition_table_release(struct partition_table *t)
{
	free(t->items);
	*t = (struct partition_table){ 0 };
}

static void table_freep(struct fdisk_table **t)
{
	fdisk_unref_table(*t);
}

static void iter_freep(struct fdisk_iter **i)
{
	fdisk_free_iter(*i);
}

static void note_type(struct fdisk_partition *from, struct partition *to)
{
	struct fdisk_parttype *type = fdisk_partition_get_type(from);
	const char *guid = type ? fdisk_parttype_get_string(type) : NULL;

	if (guid)
		(void)snprintf(to->type, sizeof(to->type), "%s", guid);
	else if (type)
		(void)snprintf(to->type, sizeof(to->type), "%02x",
			fdisk_parttype_get_code(type));
}

/* libfdisk says "LegacyBIOSBootable GUID:48,59": names, and numbers of a type's own. */
static bool has_attribute(struct fdisk_partition *from, unsigned long number)
{
	static const char own[] = "GUID:";
	const char *attributes = fdisk_partition_get_attrs(from);
	const char *at = attributes ? strstr(attributes, own) : NULL;
	char *end;

	for (at = at ? at + strlen(own) : ""; *at >= '0' && *at <= '9';
		at = end + (*end == ','))
		if (strtoul(at, &end, 10) == number)
			return true;
	return false;
}

static int note_partition(struct fdisk_partition *from, uint64_t disk_sectors,
	struct partition_table *to, struct error *err)
{
	struct partition *p = &to->items[to->count];
	uint64_t start, size;

	/* An extended partition only holds others. */
	if (!fdisk_partition_has_start(from) || !fdisk_partition_has_size(from) ||
		!fdisk_partition_has_partno(from) || fdisk_partition_is_container(from))
		return 0;
	start = fdisk_partition_get_start(from);
	size = fdisk_partition_get_size(from);
	p->number = (unsigned int)fdisk_partition_get_partno(from) + 1;
	if (start > disk_sectors || size > disk_sectors - start)
		return error_set(err, ERR_FORMAT, 0,
			"partition %u ends behind the end of the disk, which is cut off",
			p->number);
	p->start_bytes = start * GPT_SECTOR_BYTES;
	p->size_bytes = size * GPT_SECTOR_BYTES;
	note_type(from, p);
	p->grows = has_attribute(from, GROW_FILE_SYSTEM);
	to->count++;
	return 0;
}

/* The MBR of a disk whose GPT libfdisk did not take. */
static bool is_protective(const struct partition_table *t)
{
	return t->count == 1 && !strcmp(t->items[0].type, "ee");
}

static int note_partitions(
	struct fdisk_context *c, struct partition_table *to, struct error *err)
{
	CLEANUP(table_freep) struct fdisk_table *table = NULL;
	CLEANUP(iter_freep) struct fdisk_iter *iter = fdisk_new_iter(FDISK_ITER_FORWARD);
	const uint64_t disk_sectors = fdisk_get_nsectors(c);
	struct fdisk_partition *p;
	int code = iter ? fdisk_get_partitions(c, &table) : -ENOMEM;

	if (code < 0)
		return failed(err, code, "read the partitions");
	to->items = xcalloc(fdisk_table_get_nents(table) + 1, sizeof(*to->items));
	while (fdisk_table_next_partition(table, iter, &p) == 0)
		if (note_partition(p, disk_sectors, to, err) < 0)
			return -1;
	return 0;
}

/* Sectors of 4096 bytes are not what volumes of EC2 have. */
static int refuse_protective(
	const struct disk_source *disk, const char *name, struct error *err)
{
	enum { OTHER_SECTOR_BYTES = 4096 };
	static const char magic[8] = "EFI PART";
	char found[sizeof(magic)];
	size_t got;

	if (disk_source_read(
		    disk, found, sizeof(found), OTHER_SECTOR_BYTES, &got, name, err) < 0)
		return -1;
	if (got == sizeof(found) && !memcmp(found, magic, sizeof(magic)))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' has a GPT for sectors of %d bytes, and the volumes of EC2 "
			"have sectors of %d bytes; make the table anew for these",
			name, OTHER_SECTOR_BYTES, GPT_SECTOR_BYTES);
	return error_set(err, ERR_FORMAT, 0,
		"'%s' had a GPT, which is damaged, or the disk is cut off", name);
}

int partition_table_read(const struct disk_source *disk, const char *name,
	struct partition_table *ret, struct error *err)
{
	CLEANUP(context_freep) struct fdisk_context *c = fdisk_new_context();
	CLEANUP(partition_table_release) struct partition_table table = { 0 };
	int code = -ENOMEM;

	if (table_bring(disk, name, err) < 0)
		return -1;
	if (c)
		code = fdisk_disable_dialogs(c, 1);
	if (code == 0)
		code = fdisk_save_user_sector_size(c, GPT_SECTOR_BYTES, GPT_SECTOR_BYTES);
	if (code == 0)
		code = fdisk_assign_device_by_fd(c, disk->fd, name, 1);
	if (code < 0)
		return error_set_errno(
			err, -code, "read the partition table of '%s'", name);
	if (fdisk_is_labeltype(c, FDISK_DISKLABEL_GPT))
		table.kind = PARTITION_TABLE_GPT;
	else if (fdisk_is_labeltype(c, FDISK_DISKLABEL_DOS))
		table.kind = PARTITION_TABLE_MBR;
	if (table.kind && note_partitions(c, &table, err) < 0)
		return error_context(err, "read the partition table of '%s'", name);
	if (is_protective(&table))
		return refuse_protective(disk, name, err);
	*ret = table;
	table = (struct partition_table){ 0 };
	return 0;
}
