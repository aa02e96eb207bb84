/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening what is to be looked at: a directory, or a disk, on which the root file system,
 * /boot and the EFI system partition are told by what they hold.
 */
#include "core/lint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "core/disk_file.h"
#include "disk/gpt.h"

/* The type of an EFI system partition in either kind of table. */
static bool is_esp_type(const char *type)
{
	return !strcasecmp(type, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B") ||
	       !strcmp(type, "ef");
}

/* A disk whose file systems are being looked for. */
struct disk {
	const struct disk_source *source;
	const char *name;
	struct lint_subject found;
	struct strbuf seen; /* what each partition holds, for the message */
};

static void disk_releasep(struct disk *d)
{
	lint_subject_release(&d->found);
	strbuf_release(&d->seen);
}

static bool has(const struct lint_tree *t, const char *path)
{
	return lint_tree_find(t, path) != (uint32_t)FILETREE_NO_NODE;
}

static bool is_root(const struct lint_tree *t)
{
	return has(t, "etc") && (has(t, "usr") || has(t, "bin"));
}

static bool is_boot(const struct lint_tree *t)
{
	static const char *const names[] = { "grub", "grub2", "loader", "extlinux",
		"syslinux", "extlinux.conf" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has(t, names[i]))
			return true;
	return false;
}

/* What a tree that is none of these is likely to be. */
static const char *role_of(const struct lint_tree *t)
{
	if (is_root(t))
		return ", another root file system";
	if (has(t, "bin") && has(t, "lib") && has(t, "share"))
		return ", as it seems /usr";
	if (has(t, "lib") && has(t, "log") && has(t, "cache"))
		return ", as it seems /var";
	return "";
}

/* The first of each kind counts. *ret_role stays NULL when the tree is kept. */
static void keep(struct disk *d, struct lint_tree *t, enum fs_kind kind, const char *type,
	const char **ret_role)
{
	struct lint_tree **slot = NULL;

	if (kind == FS_FAT && (is_esp_type(type) || has(t, "EFI")))
		slot = &d->found.esp;
	else if (kind != FS_FAT && is_root(t))
		slot = &d->found.root;
	else if (kind != FS_FAT && is_boot(t))
		slot = &d->found.boot;
	if (slot && !*slot) {
		*slot = t;
		return;
	}
	*ret_role = role_of(t);
	lint_tree_free(t);
}

/* A part of the disk while it is looked at. */
struct part {
	uint64_t offset_bytes, size_bytes;
	const char *type;
	enum lint_root_on on; /* if it is the root's */
	enum fs_kind kind;
	const char *role; /* NULL: it is one of the trees that are found */
};

static int look_at(struct disk *d, struct part *p, struct error *err)
{
	struct lint_tree *tree;

	p->role = "";
	if (fs_probe(d->source, d->name, p->offset_bytes, &p->kind, err) < 0)
		return -1;
	if (p->kind != FS_EXT && p->kind != FS_XFS && p->kind != FS_FAT)
		return 0;
	if (lint_tree_from_disk(d->source, d->name, p->kind, p->offset_bytes,
		    p->size_bytes, &tree, err) < 0)
		return -1;
	p->role = NULL;
	keep(d, tree, p->kind, p->type, &p->role);
	if (d->found.root == tree)
		d->found.root_on = p->on;
	return 0;
}

/* Partitions without files: those of boot loaders, of Windows, and of swap space. */
static bool holds_no_files(const struct part *p)
{
	static const char *const types[] = { "21686148-6449-6E6F-744E-656564454649",
		"9E1A2D38-C612-4316-AA26-8B49521E5A8B",
		"E3C9E316-0B5C-4DB8-817D-F92DF00215AE",
		"0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "41", "82" };

	if (p->kind == FS_NOTHING || p->kind == FS_SWAP)
		return true;
	for (size_t i = 0; p->kind == FS_UNKNOWN && i < ARRAY_SIZE(types); i++)
		if (!strcasecmp(p->type, types[i]))
			return true;
	return false;
}

/* A message about the disk, without the disk's name before it. */
static const char *without_name(const struct disk *d, const char *message)
{
	const size_t length = strlen(d->name);

	if (*message == '\'' && !strncmp(message + 1, d->name, length) &&
		!strncmp(message + 1 + length, "': ", 3))
		return message + 1 + length + 3;
	return message;
}

/* A file system that cannot be read need not be one that matters; the firmware's does. */
static int look_at_partition(
	struct disk *d, const struct partition *partition, struct error *err)
{
	struct part p = {
		.offset_bytes = partition->start_bytes,
		.size_bytes = partition->size_bytes,
		.type = partition->type,
		.on = partition->grows ? LINT_ON_GROWING : LINT_ON_PARTITION,
	};
	struct error why = ERROR_INIT;
	const char *damage = "";

	if (look_at(d, &p, &why) < 0) {
		if (why.code != ERR_FORMAT || is_esp_type(p.type)) {
			*err = why;
			return error_context(err, "partition %u", partition->number);
		}
		damage = without_name(d, why.msg);
	}
	strbuf_addf(&d->seen, "%spartition %u holds %s%s%s",
		d->seen.length_bytes ? ", " : "", partition->number, fs_kind_name(p.kind),
		*damage ? ", which cannot be read: " : "", damage);
	if (p.role && !holds_no_files(&p))
		strv_addf(&d->found.unseen, "partition %u (%s%s%s%s)", partition->number,
			fs_kind_name(p.kind), p.role, *damage ? ": " : "", damage);
	return 0;
}

static int look_at_partitions(
	struct disk *d, const struct partition_table *table, struct error *err)
{
	for (size_t i = 0; i < table->count; i++)
		if (look_at_partition(d, &table->items[i], err) < 0)
			return -1;
	return 0;
}

static int no_root(const struct disk *d, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0,
		"'%s' has no root file system that can be read, which has to be ext2, "
		"ext3, ext4 or XFS: %s",
		d->name,
		d->seen.length_bytes ? d->seen.data : "its table has no partition");
}

static int find_trees(struct disk *d, uint64_t size_bytes, struct error *err)
{
	CLEANUP(partition_table_release) struct partition_table table = { 0 };
	struct part whole = { .size_bytes = size_bytes, .type = "", .on = LINT_ON_DISK };

	if (partition_table_read(d->source, d->name, &table, err) < 0 ||
		look_at_partitions(d, &table, err) < 0)
		return -1;
	if (!table.count) {
		if (look_at(d, &whole, err) < 0)
			return -1;
		if (table.kind == PARTITION_TABLE_NONE)
			strbuf_addf(&d->seen, "it holds %s and no partition table",
				fs_kind_name(whole.kind));
	}
	return d->found.root ? 0 : no_root(d, err);
}

int lint_subject_open_disk(const struct disk_source *disk, uint64_t size_bytes,
	const char *name, struct lint_subject *ret, struct error *err)
{
	CLEANUP(disk_releasep)
	struct disk d = { .source = disk, .name = name, .seen = STRBUF_INIT };

	if (find_trees(&d, size_bytes, err) < 0)
		return -1;
	*ret = d.found;
	d.found = (struct lint_subject){ 0 };
	return 0;
}

static int open_disk(int fd, const char *name, struct lint_subject *ret, int *ret_fd,
	struct error *err)
{
	CLEANUP(fd_closep) int raw = -1;
	uint64_t size_bytes;

	if (disk_file_raw(fd, name, &raw, &size_bytes, err) < 0 ||
		lint_subject_open_disk(&DISK_SOURCE(raw), size_bytes, name, ret, err) < 0)
		return -1;
	*ret_fd = TAKE_FD(raw);
	return 0;
}

int lint_subject_open(
	const char *path, struct lint_subject *ret, int *ret_fd, struct error *err)
{
	CLEANUP(lint_subject_releasep) struct lint_subject found = { 0 };
	/* Not to wait for a writer if it is a named pipe. */
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return open_disk(fd, path, ret, ret_fd, err);
	if (lint_tree_from_directory(path, &found.root, err) < 0)
		return -1;
	if (!is_root(found.root))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no root file system: it has no directory etc, or "
			"neither "
			"usr nor bin",
			path);
	*ret = found;
	found = (struct lint_subject){ 0 };
	*ret_fd = -1;
	return 0;
}
