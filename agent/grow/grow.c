/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/grow.h"

#include <linux/blkpg.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/stat.h>

#include "grow/fs.h"
#include "grow/root.h"
#include "grow/table_work.h"
#include "rt/string.h"
#include "rt/sys.h"

static int fd_of(void *userdata)
{
	return *(const int *)userdata;
}

static int read_all(void *userdata, uint64_t offset_bytes, void *to, size_t bytes)
{
	uint8_t *at = to;

	while (bytes > 0) {
		long got = sys_pread(fd_of(userdata), at, bytes, offset_bytes);

		if (got <= 0)
			return got < 0 ? (int)got : -EIO;
		at += got;
		offset_bytes += (uint64_t)got;
		bytes -= (size_t)got;
	}
	return 0;
}

static int write_all(
	void *userdata, uint64_t offset_bytes, const void *from, size_t bytes)
{
	const uint8_t *at = from;

	while (bytes > 0) {
		long done = sys_pwrite(fd_of(userdata), at, bytes, offset_bytes);

		if (done <= 0)
			return done < 0 ? (int)done : -EIO;
		at += done;
		offset_bytes += (uint64_t)done;
		bytes -= (size_t)done;
	}
	return 0;
}

static int flush(void *userdata)
{
	return sys_fdatasync(fd_of(userdata));
}

static int disk_of(int *fd, struct disk *ret)
{
	uint64_t bytes = 0;
	int sector_bytes = 0;
	int error = sys_ioctl(*fd, BLKGETSIZE64, &bytes);

	if (error >= 0)
		error = sys_ioctl(*fd, BLKSSZGET, &sector_bytes);
	if (error < 0)
		return error;
	if (sector_bytes < 512)
		return -EINVAL;
	*ret = (struct disk){ .sectors = bytes / (uint32_t)sector_bytes,
		.sector_bytes = (uint32_t)sector_bytes,
		.userdata = fd,
		.read = read_all,
		.write = write_all,
		.flush = flush };
	return 0;
}

/* The kernel reads no table of a disk in use again; it is told of the one partition. */
static int tell_kernel(int disk_fd, const struct root_device *root, uint64_t size_bytes)
{
	struct blkpg_partition partition = { .start = (long long)root->start_bytes,
		.length = (long long)size_bytes,
		.pno = (int)root->number };
	struct blkpg_ioctl_arg argument = { .op = BLKPG_RESIZE_PARTITION,
		.datalen = sizeof(partition),
		.data = &partition };

	return sys_ioctl(disk_fd, BLKPG, &argument);
}

/* -errno is for what failed; a table that is none of ours to change is no failure. */
static int failure_of(enum table_result result, const struct table_plan *plan)
{
	if (result == TABLE_IO)
		return plan->error;
	return result == TABLE_DAMAGED ? -EUCLEAN : 0;
}

static int fail(const char **reason, const char *text, int error)
{
	*reason = text;
	return error;
}

static int grow_table(
	const struct disk *d, const struct root_device *root, struct grow_report *report)
{
	const struct table_request want = { .number = root->number,
		.start_sector = root->start_bytes / d->sector_bytes };
	/* 125 KiB, on a stack of 8 MiB: nothing is allocated here. */
	struct table_work work;
	struct table_plan plan;
	enum table_result result = table_plan_make(d, &want, &work, &plan);

	report->partition_old_bytes = report->partition_new_bytes = root->size_bytes;
	if (result == TABLE_OK) {
		report->table_written = plan.count > 0;
		result = table_plan_write(d, &plan);
	}
	if (result != TABLE_OK)
		return fail(&report->partition_reason, table_result_text(result),
			failure_of(result, &plan));
	report->partition_old_bytes =
		(plan.old_end_sector + 1 - want.start_sector) * d->sector_bytes;
	report->partition_new_bytes =
		(plan.new_end_sector + 1 - want.start_sector) * d->sector_bytes;
	return 0;
}

/* On success `root` has the size that the kernel knows now. */
static int grow_partition(struct root_device *root, struct grow_report *report)
{
	SYS_CLOSE_LATER int fd = -1;
	struct disk d;
	int error;

	fd = root_open(root->disk_node, root->disk_major, root->disk_minor, O_RDWR);
	if (fd < 0)
		return fail(&report->partition_reason, "its disk cannot be opened", fd);
	error = disk_of(&fd, &d);
	if (error < 0)
		return fail(&report->partition_reason, "its disk has no size", error);
	error = grow_table(&d, root, report);
	if (error < 0 || report->partition_reason)
		return error;
	if (report->partition_new_bytes <= root->size_bytes)
		return 0;
	error = tell_kernel(fd, root, report->partition_new_bytes);
	if (error < 0)
		return fail(&report->partition_reason,
			"the kernel does not take its new size before the next boot",
			error);
	root->size_bytes = report->partition_new_bytes;
	return 0;
}

static int grow_file_system(
	int mount_fd, const struct root_device *root, struct grow_report *report)
{
	SYS_CLOSE_LATER int fd = -1;
	struct fs_result result;
	int error;

	fd = root_open(root->node, root->major, root->minor, O_RDONLY);
	if (fd < 0)
		return fail(
			&report->file_system_reason, "its device cannot be opened", fd);
	error = fs_grow(mount_fd, fd, root->size_bytes, &result);
	report->file_system_old_bytes = result.old_bytes;
	report->file_system_new_bytes = result.new_bytes;
	report->file_system_reason = result.reason;
	return error;
}

static int grow_mounted(
	const struct grow_options *options, int mount_fd, struct grow_report *report)
{
	struct root_device root;
	struct statx st;
	int error, partition_error = 0;

	error = sys_statx(mount_fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (error < 0)
		return fail(
			&report->file_system_reason, "its device is not known", error);
	error = root_find(options, st.stx_dev_major, st.stx_dev_minor, &root,
		&report->file_system_reason);
	if (error < 0)
		return fail(&report->file_system_reason, "sysfs does not show its device",
			error);
	if (report->file_system_reason)
		return 0;
	memcpy(report->device, root.node, sizeof(report->device));
	/* A file system may have room to grow even where its partition has not. */
	if (root.number > 0)
		partition_error = grow_partition(&root, report);
	error = grow_file_system(mount_fd, &root, report);
	return partition_error < 0 ? partition_error : error;
}

int grow_root(const struct grow_options *options, struct grow_report *ret)
{
	SYS_CLOSE_LATER int fd = -1;

	memset(ret, 0, sizeof(*ret));
	fd = sys_openat(AT_FDCWD, options->mount_point, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		ret->error = fail(
			&ret->file_system_reason, "its directory cannot be opened", fd);
	else
		ret->error = grow_mounted(options, fd, ret);
	return ret->error;
}
