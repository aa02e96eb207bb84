/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "core/image.h"
#include "core/snapshot.h"
#include "core/snapshot_read.h"
#include "core/transfer.h"
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

static int open_scratch(const char *dir, uint64_t size_bytes, int *ret, struct error *err)
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
		open_scratch(dir, block_list_volume_bytes(list), &fd, err) < 0)
		return error_context(err, "read %s", snapshot_id);
	reading.list = list;
	if (snapshot_read(&reading, err) < 0)
		return error_context(err, "read %s", snapshot_id);
	progress_phase_end(p, "fetch", clock_now_ms() - begin_ms);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

bool snapshot_file_is_named(const char *text)
{
	return snapshot_id_is_one(text) || ec2_id_is_valid(text, "ami-");
}

/* The snapshot of the image's root volume, which the caller frees. */
static int find_root(struct aws_client *ec2, const char *id, const char *region,
	char **ret, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	const char *snapshot_id;

	if (ec2_image_find(ec2, id, 0, &found, err) < 0)
		return -1;
	if (!found.count || !image_is_there(ec2_image_at(&found, 0)))
		return error_set(err, ERR_FETCH, 0,
			"there is no image %s in %s, or it is shared with nobody here",
			id, region);
	snapshot_id = image_root_snapshot(ec2_image_at(&found, 0));
	if (!snapshot_id)
		return error_set(err, ERR_FORMAT, 0,
			"the root device of %s is made of no snapshot: it is instance "
			"store",
			id);
	if (snapshot_id_check(snapshot_id, err) < 0)
		return -1;
	*ret = xstrdup(snapshot_id);
	return 0;
}

/* EBS direct says of all of them that there is none, or that it may not be read. */
static int explain(struct aws_client *ec2, const char *snapshot_id, const char *region,
	struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	struct error ignored = ERROR_INIT;
	const struct ec2_snapshot *s;

	if (ec2_snapshot_find(ec2, snapshot_id, 0, &found, &ignored) < 0)
		return -1;
	if (!found.count)
		return error_context(err,
			"%s is none of this account's snapshots in %s, and not shared "
			"with it",
			snapshot_id, region);
	s = ec2_snapshot_at(&found, 0);
	if (s->state && strcmp(s->state, "completed") != 0)
		return error_context(err, "%s is %s, and only completed ones can be read",
			snapshot_id, s->state);
	if (s->encrypted == SHAPE_TRUE)
		return error_context(err,
			"%s is encrypted with %s, and these credentials need "
			"kms:Decrypt for it",
			snapshot_id, s->kms_key_id ? s->kms_key_id : "a KMS key");
	return error_context(err,
		"these credentials need ebs:ListSnapshotBlocks and ebs:GetSnapshotBlock "
		"for %s, of account %s",
		snapshot_id, s->owner_id ? s->owner_id : "unknown");
}

/* What of the service is used. */
struct place {
	struct aws_session session;
	struct aws_client *ebs, *ec2;
};

static void place_releasep(struct place *p)
{
	p->ec2 = aws_client_free(p->ec2);
	p->ebs = aws_client_free(p->ebs);
	aws_session_release(&p->session);
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

/* Refused by the service: a status of 4xx. */
static bool is_refused(const struct error *err)
{
	return err->code == ERR_FETCH && err->detail / 100 == 4;
}

int snapshot_file_open(const struct aws_session_spec *spec, const char *id,
	const char *dir, struct progress *p, int *ret_fd, struct error *err)
{
	CLEANUP(place_releasep) struct place at = { 0 };
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *snapshot_id = NULL;

	if (aws_session_open(spec, &at.session, err) < 0 ||
		aws_session_client(&at.session, AWS_EC2, 0, &at.ec2, err) < 0 ||
		aws_session_client(&at.session, AWS_EBS, TRANSFER_CONNECTIONS_MOST,
			&at.ebs, err) < 0)
		return -1;
	if (snapshot_id_is_one(id))
		snapshot_id = xstrdup(id);
	else if (find_root(at.ec2, id, at.session.region, &snapshot_id, err) < 0)
		return -1;
	if (snapshot_file_fetch(at.ebs, snapshot_id, dir, p, &fd, err) == 0)
		return check_disk(&fd, snapshot_id, ret_fd, err);
	return is_refused(err) ? explain(at.ec2, snapshot_id, at.session.region, err)
			       : -1;
}
