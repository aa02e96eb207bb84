/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/download_part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"
#include "disk/zero.h"

enum { STEM_MOST_BYTES = 150 }; /* with the id below NAME_MAX */

struct download_part {
	char *target, *path;
	int fd;
	struct transfer_journal *journal;
	struct hash *hash;
	uint8_t *block; /* EBS_BLOCK_BYTES */
	size_t past_at;
	bool is_resumed;
	bool has_blocks;
	bool is_finished;
};

/* The absolute path of the file that the name stands for. */
static int find_target(const char *name, char **ret, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(name);
	CLEANUP(freep) char *real_dir = NULL;
	struct stat st;

	if (stat(name, &st) == 0) {
		if (!S_ISREG(st.st_mode))
			return error_set(err, ERR_TARGET, 0,
				"'%s' exists and is not a regular file", name);
		*ret = realpath(name, NULL);
		return *ret ? 0 : error_errno(err, "find '%s'", name);
	}
	if (errno != ENOENT)
		return error_errno(err, "look at '%s'", name);
	if (path_exists(name))
		return error_set(
			err, ERR_TARGET, 0, "'%s' is a symbolic link to nothing", name);
	if (!*path_basename(name))
		return error_set(err, ERR_TARGET, 0, "'%s' is not a file's name", name);
	real_dir = realpath(dir, NULL);
	if (!real_dir)
		return error_errno(err, "find the directory '%s'", dir);
	*ret = path_join(real_dir, path_basename(name));
	return 0;
}

static int open_locked(struct download_part *p, struct error *err)
{
	do {
		fd_closep(&p->fd);
		p->fd = open(p->path,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);
		if (p->fd < 0)
			return error_errno(err, "create '%s'", p->path);
		if (flock(p->fd, LOCK_EX | LOCK_NB) == 0)
			continue;
		if (errno != EWOULDBLOCK)
			return error_errno(err, "lock '%s'", p->path);
		return error_set(err, ERR_TARGET, 0,
			"another amiwright is downloading to '%s'", p->path);
		/* Another one may have finished it between our open() and our lock. */
	} while (!path_is_of(p->path, p->fd));
	return 0;
}

/* One of ours, and nobody else's. */
static int open_file(struct download_part *p, struct stat *ret_st, struct error *err)
{
	if (open_locked(p, err) < 0)
		return -1;
	if (fstat(p->fd, ret_st) < 0)
		return error_errno(err, "look at '%s'", p->path);
	if (!S_ISREG(ret_st->st_mode) || ret_st->st_uid != geteuid() ||
		ret_st->st_nlink != 1)
		return error_set(err, ERR_TARGET, 0,
			"'%s' is not the unfinished download that its name says; remove "
			"it",
			p->path);
	return 0;
}

static int open_journal(
	struct download_part *p, const struct download_origin *o, struct error *err)
{
	static const struct transfer_kind kind = { "downloads",
		"downloading this snapshot to the same file" };
	CLEANUP(freep)
	char *key = xasprintf("%s\n%s\n%s", o->snapshot_id, o->place, p->target);

	return transfer_journal_open(&kind, key, &p->journal, err);
}

static int begin(
	struct download_part *p, const struct download_origin *o, struct error *err)
{
	const struct transfer_file file = { .size_bytes = o->volume_bytes };
	char run_id[RUN_ID_CHARS + 1];
	char size[16];

	run_id_make(run_id);
	if (ftruncate(p->fd, 0) < 0 || ftruncate(p->fd, (off_t)o->volume_bytes) < 0)
		return error_errno(err, "make '%s' %s long", p->path,
			size_format(o->volume_bytes, size));
	if (transfer_journal_begin(p->journal, &file, run_id, err) < 0)
		return -1;
	return transfer_journal_snapshot(p->journal, o->snapshot_id, err);
}

static int begin_or_go_on(struct download_part *p, const struct download_origin *o,
	const struct stat *st, struct error *err)
{
	const struct transfer_past *past = transfer_journal_past(p->journal);

	if (!past->count || past->file.size_bytes != o->volume_bytes ||
		(uint64_t)st->st_size != o->volume_bytes)
		return begin(p, o, err);
	p->is_resumed = true;
	p->has_blocks = true;
	return 0;
}

int download_part_open(const char *target, const struct download_origin *origin,
	struct download_part **ret, struct error *err)
{
	CLEANUP(download_part_freep) struct download_part *p = xcalloc(1, sizeof(*p));
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(freep) char *name = NULL;
	struct stat st;

	p->fd = -1;
	p->hash = hash_new();
	p->block = xmalloc_pages(EBS_BLOCK_BYTES);
	if (find_target(target, &p->target, err) < 0)
		return -1;
	dir = path_dirname(p->target);
	name = xasprintf(".%.*s.%s.part", STEM_MOST_BYTES, path_basename(p->target),
		origin->snapshot_id);
	p->path = path_join(dir, name);
	/* What is not known to be ours, or may be of use, is not removed. */
	p->has_blocks = true;
	if (open_file(p, &st, err) < 0)
		return -1;
	p->has_blocks = st.st_size > 0;
	if (open_journal(p, origin, err) < 0)
		return -1;
	p->has_blocks = false;
	if (begin_or_go_on(p, origin, &st, err) < 0)
		return -1;
	*ret = TAKE_PTR(p);
	return 0;
}

static void remove_all(struct download_part *p)
{
	struct error ignored = ERROR_INIT;

	(void)unlink(p->path);
	if (p->journal)
		(void)transfer_journal_remove(p->journal, &ignored);
}

struct download_part *download_part_free(struct download_part *p)
{
	if (!p)
		return NULL;
	if (p->fd >= 0 && !p->has_blocks && !p->is_finished)
		remove_all(p);
	p->journal = transfer_journal_free(p->journal);
	fd_closep(&p->fd);
	p->hash = hash_free(p->hash);
	free(p->block);
	free(p->path);
	free(p->target);
	free(p);
	return NULL;
}

const char *download_part_path(const struct download_part *p)
{
	return p->path;
}

bool download_part_is_resumed(const struct download_part *p)
{
	return p->is_resumed;
}

bool download_part_is_kept(const struct download_part *p)
{
	return p->has_blocks && !p->is_finished;
}

/* A journal outlives a loss of power that some blocks do not: so they are looked at. */
int download_part_has(
	struct download_part *p, uint64_t index, bool *ret_has, struct error *err)
{
	const struct transfer_stored *stored =
		transfer_past_find(transfer_journal_past(p->journal), &p->past_at, index);
	uint8_t digest[SHA256_BYTES];
	size_t n;

	*ret_has = false;
	if (!stored)
		return 0;
	if (fd_pread(p->fd, p->block, EBS_BLOCK_BYTES, index * EBS_BLOCK_BYTES, &n,
		    p->path, err) < 0)
		return -1;
	hash_add(p->hash, p->block, n);
	hash_end(p->hash, digest);
	*ret_has = memcmp(digest, stored->digest, sizeof(digest)) == 0;
	return 0;
}

int download_part_store(struct download_part *p, uint64_t index, const uint8_t *data,
	const uint8_t digest[static SHA256_BYTES], struct error *err)
{
	/* Where nothing was written yet there are zeros. */
	if ((p->is_resumed || !bytes_are_zero(data, EBS_BLOCK_BYTES)) &&
		fd_pwrite_all(p->fd, data, EBS_BLOCK_BYTES, index * EBS_BLOCK_BYTES,
			p->path, err) < 0)
		return -1;
	p->has_blocks = true;
	return transfer_journal_block(p->journal, index, digest, err);
}

int download_part_finish(struct download_part *p, struct error *err)
{
	struct error ignored = ERROR_INIT;

	if (fsync(p->fd) < 0) {
		/* The kernel tells it once, and may show what the disk does not have: no
		 * block that was written till now can be believed. */
		p->has_blocks = false;
		return error_errno(err, "write '%s' to its disk", p->path);
	}
	if (rename(p->path, p->target) < 0)
		return error_errno(err, "give '%s' its name", p->target);
	p->is_finished = true;
	/* A journal that stays is of no harm: the file that it speaks of is gone. */
	(void)transfer_journal_remove(p->journal, &ignored);
	return path_sync_directory_of(p->target, err);
}
