/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/root.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum {
	PATH_ROOM = 256,
	ATTRIBUTE_ROOM = 1024,
	SYSFS_SECTOR_BYTES = 512, /* whatever the sectors of the device */
};

/* Reads "<sysfs>/dev/block/8:1/<name>"; its length, or -errno. Terminated. */
static int read_attribute(const char *dir, const char *name, char to[ATTRIBUTE_ROOM])
{
	char path[PATH_ROOM];
	struct text t = TEXT_IN(path);
	SYS_CLOSE_LATER int fd = -1;
	long got;

	text_addf(&t, "%s/%s", dir, name);
	if (t.cut)
		return -ENAMETOOLONG;
	fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	got = sys_read_full(fd, to, ATTRIBUTE_ROOM - 1);
	if (got < 0)
		return (int)got;
	to[got] = '\0';
	return (int)got;
}

static int read_number(const char *dir, const char *name, uint64_t most, uint64_t *ret)
{
	char value[ATTRIBUTE_ROOM];
	int length = read_attribute(dir, name, value);

	if (length < 0)
		return length;
	return text_number(value, strcspn(value, "\n"), most, ret) ? 0 : -EINVAL;
}

static int read_bytes(const char *dir, const char *name, uint64_t *ret)
{
	uint64_t sectors;
	int error = read_number(dir, name, UINT64_MAX / SYSFS_SECTOR_BYTES, &sectors);

	if (error == 0)
		*ret = sectors * SYSFS_SECTOR_BYTES;
	return error;
}

static bool exists(const char *dir, const char *name)
{
	char path[PATH_ROOM];
	struct text t = TEXT_IN(path);
	struct statx st;

	text_addf(&t, "%s/%s", dir, name);
	return !t.cut && sys_statx(AT_FDCWD, path, 0, STATX_TYPE, &st) == 0;
}

/* The value of "KEY=value" in the lines of an uevent file; NULL when there is none. */
static const char *find_key(const char *uevent, const char *key, size_t *ret_length)
{
	size_t key_length = strlen(key);

	while (*uevent) {
		size_t length = strcspn(uevent, "\n");

		if (length > key_length && uevent[key_length] == '=' &&
			strncmp(uevent, key, key_length) == 0) {
			*ret_length = length - key_length - 1;
			return uevent + key_length + 1;
		}
		uevent += length + (uevent[length] == '\n');
	}
	return NULL;
}

static int find_number(const char *uevent, const char *key, uint32_t *ret)
{
	size_t length = 0;
	const char *digits = find_key(uevent, key, &length);
	uint64_t number;

	if (!digits || !text_number(digits, length, UINT32_MAX, &number))
		return -EINVAL;
	*ret = (uint32_t)number;
	return 0;
}

/* What the kernel calls the device, and its number. */
static int read_identity(const struct grow_options *options, const char *dir,
	char node[GROW_NODE_ROOM], uint32_t *ret_major, uint32_t *ret_minor)
{
	char uevent[ATTRIBUTE_ROOM];
	struct text t = text_in(node, GROW_NODE_ROOM);
	int error = read_attribute(dir, "uevent", uevent);
	const char *name;
	size_t length = 0;

	if (error < 0)
		return error;
	name = find_key(uevent, "DEVNAME", &length);
	if (!name || length == 0)
		return -EINVAL;
	text_addf(&t, "%s/%.*s", options->dev, (int)length, name);
	if (t.cut)
		return -ENAMETOOLONG;
	error = find_number(uevent, "MAJOR", ret_major);
	return error < 0 ? error : find_number(uevent, "MINOR", ret_minor);
}

static int read_partition(
	const struct grow_options *options, const char *dir, struct root_device *d)
{
	char parent[PATH_ROOM];
	struct text t = TEXT_IN(parent);
	uint64_t number = 0;
	int error = read_number(dir, "partition", UINT32_MAX, &number);

	/* The kernel follows the link that `dir` is before it goes up. */
	text_addf(&t, "%s/..", dir);
	if (error == 0 && t.cut)
		error = -ENAMETOOLONG;
	if (error == 0)
		error = read_bytes(dir, "start", &d->start_bytes);
	d->number = (unsigned int)number;
	if (error < 0)
		return error;
	return read_identity(
		options, parent, d->disk_node, &d->disk_major, &d->disk_minor);
}

static const char *find_reason(const char *dir, uint32_t major)
{
	if (major == 0)
		return "it is not on a block device of its own (overlay, network, btrfs "
		       "or "
		       "memory)";
	if (exists(dir, "dm"))
		return "it is on a device of the device mapper (LVM or encryption)";
	if (exists(dir, "md"))
		return "it is on a RAID of several disks";
	return NULL;
}

int root_find(const struct grow_options *options, uint32_t major, uint32_t minor,
	struct root_device *ret, const char **ret_reason)
{
	struct root_device d = { .major = major, .minor = minor };
	char dir[PATH_ROOM];
	struct text t = TEXT_IN(dir);
	uint32_t said_major = 0, said_minor = 0;
	int error;

	text_addf(&t, "%s/dev/block/%u:%u", options->sysfs, major, minor);
	if (t.cut)
		return -ENAMETOOLONG;
	*ret_reason = find_reason(dir, major);
	if (*ret_reason)
		return 0;
	error = read_identity(options, dir, d.node, &said_major, &said_minor);
	if (error == 0 && (said_major != major || said_minor != minor))
		error = -EINVAL;
	if (error == 0)
		error = read_bytes(dir, "size", &d.size_bytes);
	if (error == 0 && exists(dir, "partition"))
		error = read_partition(options, dir, &d);
	if (error == 0)
		*ret = d;
	return error;
}

/*
 * What stx_mode says of a block device. <linux/stat.h> leaves the names of the file
 * types to the C library where there is one.
 */
enum { MODE_TYPE = 0170000, MODE_BLOCK_DEVICE = 0060000 };

int root_open(const char *node, uint32_t major, uint32_t minor, int flags)
{
	int fd = sys_openat(AT_FDCWD, node, flags, 0);
	struct statx st;
	int error;

	if (fd < 0)
		return fd;
	error = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (error == 0 &&
		((st.stx_mode & MODE_TYPE) != MODE_BLOCK_DEVICE ||
			st.stx_rdev_major != major || st.stx_rdev_minor != minor))
		error = -ENXIO;
	if (error == 0)
		return fd;
	(void)sys_close(fd);
	return error;
}
