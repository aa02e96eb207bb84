/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/device_use.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

enum { TABLE_MOST_BYTES = 16 << 20, ATTRIBUTE_MOST_BYTES = 4096 };

/* The device and its partitions. */
struct family {
	dev_t *items;
	size_t count;
	size_t room;
};

static void family_releasep(struct family *f)
{
	free(f->items);
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static bool real_block_device_at(const char *path, dev_t *ret)
{
	struct stat st;

	if (path[0] != '/' || stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*ret = st.st_rdev;
	return true;
}

const struct device_world device_world_real = {
	.sysfs = "/sys",
	.mountinfo = "/proc/self/mountinfo",
	.swaps = "/proc/swaps",
	.block_device_at = real_block_device_at,
};

static void family_add(struct family *f, dev_t dev)
{
	array_reserve_one((void **)&f->items, f->count, &f->room, sizeof(*f->items));
	f->items[f->count++] = dev;
}

static bool family_has(const struct family *f, dev_t dev)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i] == dev)
			return true;
	return false;
}

static char *device_dir(const struct device_world *w, dev_t dev)
{
	return xasprintf("%s/dev/block/%u:%u", w->sysfs, major(dev), minor(dev));
}

/* The partition in `dir`/`name`, when that is one. */
static int add_partition(
	struct family *f, const char *dir, const char *name, struct error *err)
{
	CLEANUP(freep) char *mark = xasprintf("%s/%s/partition", dir, name);
	CLEANUP(freep) char *number = xasprintf("%s/%s/dev", dir, name);
	CLEANUP(freep) char *text = NULL;
	unsigned int dev_major, dev_minor;

	if (!path_exists(mark))
		return 0;
	if (file_read_all(number, ATTRIBUTE_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	if (sscanf(text, "%u:%u", &dev_major, &dev_minor) != 2)
		return error_set(
			err, ERR_FORMAT, 0, "'%s' holds no device number", number);
	family_add(f, makedev(dev_major, dev_minor));
	return 0;
}

static int find_family(
	const struct device_world *w, dev_t dev, struct family *f, struct error *err)
{
	CLEANUP(freep) char *path = device_dir(w, dev);
	CLEANUP(dir_closep) DIR *dir = opendir(path);
	const struct dirent *entry;

	family_add(f, dev);
	if (!dir)
		return error_errno(err, "look for partitions in '%s'", path);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
			add_partition(f, path, entry->d_name, err) < 0)
			return -1;
	return 0;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* "\040" is a space: the kernel escapes space, tab, newline and backslash. */
static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3])) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

bool mount_entry_parse(char *line, struct mount_entry *ret)
{
	struct mount_entry entry = { 0 };
	char *rest = line, *word, *point = NULL, *source;
	unsigned int at;
	int used = 0;

	for (at = 0; (word = strsep(&rest, " ")) && strcmp(word, "-") != 0; at++) {
		if (at == 2 && (sscanf(word, "%u:%u%n", &entry.major, &entry.minor,
					&used) != 2 ||
				       word[used]))
			return false;
		if (at == 4)
			point = word;
	}
	/* Six fields and optional ones, the "-", then the type and the source. */
	if (!word || at < 6 || !strsep(&rest, " "))
		return false;
	source = strsep(&rest, " ");
	if (!source)
		return false;
	unescape(point);
	unescape(source);
	entry.mount_point = point;
	entry.source = source;
	*ret = entry;
	return true;
}

char *swap_entry_parse(char *line)
{
	char *path = line;

	line[strcspn(line, " \t")] = '\0';
	if (!path[0])
		return NULL;
	unescape(path);
	return path;
}

static bool is_source_in(
	const struct device_world *w, const struct family *f, const char *source)
{
	dev_t dev;

	return w->block_device_at(source, &dev) && family_has(f, dev);
}

static int check_mounts(const struct device_world *w, const char *path,
	const struct family *f, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	char *rest, *line;

	if (file_read_all(w->mountinfo, TABLE_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		struct mount_entry m;

		if (!line[0])
			continue;
		if (!mount_entry_parse(line, &m))
			return error_set(err, ERR_FORMAT, 0,
				"'%s' has a line that is not understood; whether '%s' is "
				"mounted cannot "
				"be told",
				w->mountinfo, path);
		/* Btrfs shows a number that is no device's, but it has a source. */
		if (family_has(f, makedev(m.major, m.minor)) ||
			is_source_in(w, f, m.source))
			return error_set(err, ERR_TARGET, 0,
				"'%s' is mounted at '%s'; unmount it first, if it really "
				"is to be "
				"overwritten",
				path, m.mount_point);
	}
	return 0;
}

static int check_swaps(const struct device_world *w, const char *path,
	const struct family *f, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	char *rest, *line;

	if (!path_exists(w->swaps)) /* a kernel without swap */
		return 0;
	if (file_read_all(w->swaps, TABLE_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	rest = text;
	(void)strsep(&rest, "\n"); /* the heading */
	while ((line = strsep(&rest, "\n"))) {
		const char *swap = swap_entry_parse(line);

		if (swap && is_source_in(w, f, swap))
			return error_set(err, ERR_TARGET, 0,
				"'%s' is swap space in use ('%s'); run swapoff first, if "
				"it really is "
				"to be overwritten",
				path, swap);
	}
	return 0;
}

static int check_holders(
	const struct device_world *w, const char *path, dev_t dev, struct error *err)
{
	CLEANUP(freep) char *device = device_dir(w, dev);
	CLEANUP(freep) char *holders = path_join(device, "holders");
	CLEANUP(dir_closep) DIR *dir = opendir(holders);
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "open '%s'", holders);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			return error_set(err, ERR_TARGET, 0,
				"'%s' is part of the device '%s' (RAID, LVM or device "
				"mapper)",
				path, entry->d_name);
	return 0;
}

int device_check_unused(
	const struct device_world *w, const char *path, dev_t dev, struct error *err)
{
	CLEANUP(family_releasep) struct family f = { 0 };

	if (find_family(w, dev, &f, err) < 0)
		return -1;
	for (size_t i = 0; i < f.count; i++)
		if (check_holders(w, path, f.items[i], err) < 0)
			return -1;
	if (check_mounts(w, path, &f, err) < 0)
		return -1;
	return check_swaps(w, path, &f, err);
}
