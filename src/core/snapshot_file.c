/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "core/snapshot_place.h"
#include "core/snapshot_read.h"
#include "core/upload_format.h"
#include "vm/scratch.h"

static const char what[] = "the copy of the snapshot";

static int want(
	void *userdata, uint64_t index, enum snapshot_want *ret, struct error *err)
{
	(void)userdata;
	(void)index;
	(void)err;
	*ret = SNAPSHOT_FETCH;
	return 0;
}

static int take(void *userdata, const struct snapshot_block *block, struct error *err)
{
	const int *fd = userdata;

	return fd_pwrite_all(*fd, block->data, EBS_BLOCK_BYTES,
		block->index * EBS_BLOCK_BYTES, what, err);
}

int snapshot_file_create(
	const char *dir, uint64_t size_bytes, int *ret, struct error *err)
{
	CLEANUP(fd_closep) int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(fd_closep) int fd = -1;

	if (dir_fd < 0)
		return error_errno(err, "open '%s'", dir);
	if (scratch_file_open(dir_fd, what, &fd, err) < 0)
		return -1;
	if (ftruncate(fd, (off_t)size_bytes) < 0)
		return error_errno(err, "set the size of %s", what);
	*ret = TAKE_FD(fd);
	return 0;
}

int snapshot_file_fetch(struct aws_client *ebs, const char *snapshot_id, const char *dir,
	struct progress *p, int *ret_fd, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct snapshot_reading reading = {
		.ebs = ebs,
		.userdata = &fd,
		.want = want,
		.take = take,
		.progress = p,
	};
	const uint64_t begin_ms = clock_now_ms();

	progress_phase(p, "fetch", "Fetch the blocks");
	if (block_list_open(ebs, snapshot_id, &list, err) < 0 ||
		snapshot_file_create(dir, block_list_volume_bytes(list), &fd, err) < 0)
		return error_context(err, "read %s", snapshot_id);
	reading.list = list;
	if (snapshot_read(&reading, err) < 0)
		return error_context(err, "read %s", snapshot_id);
	progress_phase_end(p, "fetch", clock_now_ms() - begin_ms);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* A volume that holds an image of another format boots nowhere, though QEMU would. */
static int check_disk(int *fd, const char *snapshot_id, int *ret_fd, struct error *err)
{
	const off_t size = lseek(*fd, 0, SEEK_END);

	if (size < 0)
		return error_errno(err, "find the size of %s", what);
	if (upload_format_check(*fd, snapshot_id, (uint64_t)size, err) < 0)
		return -1;
	*ret_fd = TAKE_FD(*fd);
	return 0;
}

int snapshot_file_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, int *ret_fd, struct error *err)
{
	CLEANUP(snapshot_place_releasep) struct snapshot_place at = { 0 };
	CLEANUP(fd_closep) int fd = -1;

	if (snapshot_place_open(spec, id, p, &at, err) < 0)
		return -1;
	if (snapshot_file_fetch(at.ebs, at.snapshot_id, dir, p, &fd, err) < 0)
		return snapshot_place_explain(&at, err);
	return check_disk(&fd, at.snapshot_id, ret_fd, err);
}
