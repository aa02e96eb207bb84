/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "disk/device_use.h"

/* The disk's partition table counts in these. */
enum { SECTOR_BYTES = 512, MODEL_MOST_BYTES = 4096 };

static int stat_block_device(const char *path, dev_t *ret, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	if (!S_ISBLK(st.st_mode))
		return error_set(err, ERR_TARGET, 0, "'%s' is not a block device", path);
	*ret = st.st_rdev;
	return 0;
}

/* What the disk calls itself, or "". */
static char *read_model(dev_t dev)
{
	CLEANUP(freep)
	char *path =
		xasprintf("/sys/dev/block/%u:%u/device/model", major(dev), minor(dev));
	struct error ignored = ERROR_INIT;
	char *model;
	size_t length;

	if (file_read_all(path, MODEL_MOST_BYTES, &model, &length, &ignored) < 0)
		return xstrdup("");
	while (length && (model[length - 1] == '\n' || model[length - 1] == ' '))
		model[--length] = '\0';
	return model;
}

static void describe(struct device_info *info, const char *path, dev_t dev)
{
	CLEANUP(freep) char *model = read_model(dev);
	char size[16];

	(void)snprintf(info->what, sizeof(info->what), "%s, %s%s%s", path,
		size_format(info->size_bytes, size), model[0] ? ", " : "", model);
}

static int open_exclusively(const char *path, dev_t dev, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == EBUSY)
		return error_set(err, ERR_TARGET, errno,
			"'%s' is in use: another program, or a mount in another "
			"namespace, has it",
			path);
	if (fd < 0 && (errno == EROFS || errno == EPERM))
		return error_set(err, ERR_TARGET, errno, "'%s' is read-only", path);
	if (fd < 0)
		return error_errno(err, "open '%s' for writing", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	if (!S_ISBLK(st.st_mode) || st.st_rdev != dev)
		return error_set(err, ERR_TARGET, 0,
			"'%s' became another device while it was looked at", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int measure(int fd, const char *path, uint64_t *ret_size_bytes, struct error *err)
{
	int sector_bytes, read_only;

	if (ioctl(fd, BLKGETSIZE64, ret_size_bytes) < 0 ||
		ioctl(fd, BLKSSZGET, &sector_bytes) < 0 ||
		ioctl(fd, BLKROGET, &read_only) < 0)
		return error_errno(err, "ask '%s' for its size", path);
	/* The kernel lets root open such a device for writing, and refuses to write. */
	if (read_only)
		return error_set(err, ERR_TARGET, 0, "'%s' is read-only", path);
	if (sector_bytes != SECTOR_BYTES)
		return error_set(err, ERR_TARGET, 0,
			"'%s' has sectors of %d bytes; disks are made for sectors of %d",
			path, sector_bytes, SECTOR_BYTES);
	return 0;
}

int device_open(
	const char *path, struct device_info *ret_info, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct device_info info = { 0 };
	dev_t dev = 0;

	if (stat_block_device(path, &dev, err) < 0 ||
		device_check_unused(&device_world_real, path, dev, err) < 0 ||
		open_exclusively(path, dev, &fd, err) < 0 ||
		measure(fd, path, &info.size_bytes, err) < 0)
		return -1;
	describe(&info, path, dev);
	*ret_info = info;
	*ret_fd = TAKE_FD(fd);
	return 0;
}
