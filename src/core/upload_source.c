/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/ebs.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/term.h"
#include "core/upload_format.h"
#include "core/work_dir.h"
#include "disk/zero.h"
#include "vm/scratch.h"

struct upload_source {
	char *name;
	const struct blockmap *map; /* NULL: what `fd` has */
	struct blockmap_reader *reader; /* of the map */
	int fd; /* -1 with a map */
	bool is_file; /* else a device, a copy of our own, or a map */
	bool has_no_holes; /* or cannot tell them */
	struct transfer_file identity;
};

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int identify(
	const struct upload_source *s, struct transfer_file *ret, struct error *err)
{
	struct stat st;
	off_t end;

	if (fstat(s->fd, &st) < 0)
		return error_errno(err, "look at '%s'", s->name);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is %s, not a disk image; - reads one from a pipe", s->name,
			S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
	end = S_ISBLK(st.st_mode) ? lseek(s->fd, 0, SEEK_END) : st.st_size;
	if (end < 0)
		return error_errno(err, "find the size of '%s'", s->name);
	*ret = (struct transfer_file){ st.st_dev, st.st_ino, (uint64_t)end,
		nanoseconds(&st.st_mtim), nanoseconds(&st.st_ctim) };
	return 0;
}

/* The next bytes of standard input, as many as there are; Ctrl-C ends the wait. */
static int read_input(
	uint8_t *to, size_t most_bytes, size_t *ret_bytes, struct error *err)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN } };
	ssize_t n;

	do {
		if (term_check(err) < 0)
			return -1;
		(void)poll(fds, ARRAY_SIZE(fds), -1);
		n = fds[0].revents ? read(STDIN_FILENO, to, most_bytes) : -1;
	} while (n < 0 && (!fds[0].revents || errno == EINTR || errno == EAGAIN));
	if (n < 0)
		return error_errno(err, "read the standard input");
	*ret_bytes = (size_t)n;
	return 0;
}

/* A whole block of standard input, or what is left of it. */
static int read_block(uint8_t *to, size_t *ret_bytes, struct error *err)
{
	size_t have = 0, n = 1;

	while (have < EBS_BLOCK_BYTES && n) {
		if (read_input(to + have, EBS_BLOCK_BYTES - have, &n, err) < 0)
			return -1;
		have += n;
	}
	*ret_bytes = have;
	return 0;
}

static int copy_input(int fd, struct progress *p, struct error *err)
{
	CLEANUP(freep) uint8_t *block = xmalloc_pages(EBS_BLOCK_BYTES);
	uint64_t at = 0;
	size_t n;

	do {
		if (read_block(block, &n, err) < 0)
			return -1;
		if (n && !bytes_are_zero(block, n) &&
			fd_pwrite_all(fd, block, n, at, "the copy of the standard input",
				err) < 0)
			return -1;
		at += n;
		progress_amount(p, "standard input", at, 0);
	} while (n == EBS_BLOCK_BYTES);
	if (ftruncate(fd, (off_t)at) < 0)
		return error_errno(err, "write the copy of the standard input");
	return 0;
}

/* A pipe can be neither looked at twice nor sized before its end: so it is copied. */
static int spool(struct upload_source *s, struct progress *p, struct error *err)
{
	CLEANUP(work_dir_freep) struct work_dir *work = NULL;
	CLEANUP(fd_closep) int dir = -1;

	if (work_dir_create(&work, err) < 0)
		return -1;
	dir = open(work_dir_path(work), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_errno(err, "open '%s'", work_dir_path(work));
	if (scratch_file_open(dir, "the standard input", &s->fd, err) < 0 ||
		copy_input(s->fd, p, err) < 0)
		return -1;
	return 0;
}

static int open_named(struct upload_source *s, struct error *err)
{
	struct stat st;

	/* O_NONBLOCK: a named pipe that nobody writes to is refused, not waited for. */
	s->fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (s->fd < 0)
		return error_errno(err, "open '%s'", s->name);
	s->is_file = fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode);
	return 0;
}

int upload_source_open(const char *path, struct progress *p, struct upload_source **ret,
	struct error *err)
{
	CLEANUP(upload_source_freep) struct upload_source *s = xcalloc(1, sizeof(*s));
	bool is_input = strcmp(path, "-") == 0;

	s->fd = -1;
	s->name = xstrdup(is_input ? "standard input" : path);
	if ((is_input ? spool(s, p, err) : open_named(s, err)) < 0 ||
		identify(s, &s->identity, err) < 0 ||
		upload_format_check(s->fd, s->name, s->identity.size_bytes, err) < 0)
		return -1;
	*ret = TAKE_PTR(s);
	return 0;
}

struct upload_source *upload_source_of_map(const struct blockmap *m, const char *name)
{
	struct upload_source *s = xcalloc(1, sizeof(*s));

	s->fd = -1;
	s->name = xstrdup(name);
	s->map = m;
	s->reader = blockmap_reader_new(m);
	s->identity.size_bytes = blockmap_size_bytes(m);
	return s;
}

int upload_source_of_fd(
	int *fd, const char *name, struct upload_source **ret, struct error *err)
{
	CLEANUP(upload_source_freep) struct upload_source *s = xcalloc(1, sizeof(*s));

	s->fd = TAKE_FD(*fd);
	s->name = xstrdup(name);
	if (identify(s, &s->identity, err) < 0)
		return -1;
	*ret = TAKE_PTR(s);
	return 0;
}

struct upload_source *upload_source_free(struct upload_source *s)
{
	if (!s)
		return NULL;
	s->reader = blockmap_reader_free(s->reader);
	fd_closep(&s->fd);
	free(s->name);
	free(s);
	return NULL;
}

uint64_t upload_source_bytes(const struct upload_source *s)
{
	return s->identity.size_bytes;
}

const char *upload_source_name(const struct upload_source *s)
{
	return s->name;
}

const struct transfer_file *upload_source_identity(const struct upload_source *s)
{
	return s->is_file ? &s->identity : NULL;
}

/* Looked for in one block only: a stretch is as long as it is, and to measure all of it
 * for each block would be quadratic. */
static bool seek_in_map(const struct blockmap *m, uint64_t at, uint64_t *ret_at)
{
	uint64_t length;

	return blockmap_next_data(m, at, at + EBS_BLOCK_BYTES, ret_at, &length) ||
	       blockmap_next_data(m, at, UINT64_MAX, ret_at, &length);
}

int upload_source_seek(
	struct upload_source *s, uint64_t *index, bool *ret_found, struct error *err)
{
	uint64_t at = *index * EBS_BLOCK_BYTES;
	off_t data;

	if (at >= s->identity.size_bytes) {
		*ret_found = false;
		return 0;
	}
	if (s->map) {
		*ret_found = seek_in_map(s->map, at, &at);
		if (*ret_found)
			*index = at / EBS_BLOCK_BYTES;
		return 0;
	}
	data = s->has_no_holes ? (off_t)at : lseek(s->fd, (off_t)at, SEEK_DATA);
	if (data < 0 && errno == ENXIO) {
		*ret_found = false;
		return 0;
	}
	/* Devices, and file systems that keep no holes. */
	if (data < 0 && (errno == EINVAL || errno == EOPNOTSUPP)) {
		s->has_no_holes = true;
		data = (off_t)at;
	}
	if (data < 0)
		return error_errno(err, "look for data in '%s'", s->name);
	*index = (uint64_t)data / EBS_BLOCK_BYTES;
	*ret_found = true;
	return 0;
}

/* The first block behind `index`, which has data, of which that is not known. */
static uint64_t behind_data(const struct upload_source *s, uint64_t index)
{
	const uint64_t size = s->identity.size_bytes;
	uint64_t at = (index + 1) * EBS_BLOCK_BYTES;
	off_t hole = -1;

	if (!s->map && at < size)
		hole = s->has_no_holes ? (off_t)size : lseek(s->fd, (off_t)at, SEEK_HOLE);
	if (hole > 0 && (uint64_t)hole > at)
		at = round_up((uint64_t)hole, EBS_BLOCK_BYTES);
	return at / EBS_BLOCK_BYTES;
}

int upload_source_count(struct upload_source *s, uint64_t *ret, struct error *err)
{
	uint64_t index = 0, end;
	bool found;

	for (*ret = 0;; *ret += end - index, index = end) {
		if (term_check(err) < 0 || upload_source_seek(s, &index, &found, err) < 0)
			return -1;
		if (!found)
			return 0;
		end = behind_data(s, index);
	}
}

int upload_source_read(
	struct upload_source *s, uint64_t index, uint8_t *to, struct error *err)
{
	const uint64_t at = index * EBS_BLOCK_BYTES, size = s->identity.size_bytes;
	const uint64_t left = at < size ? size - at : 0;
	const size_t want = left < EBS_BLOCK_BYTES ? (size_t)left : EBS_BLOCK_BYTES;
	size_t n = want;

	if (s->map && want && blockmap_read(s->reader, at, to, want, err) < 0)
		return -1;
	if (!s->map && fd_pread(s->fd, to, want, at, &n, s->name, err) < 0)
		return -1;
	if (n < want)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' became shorter while it was read: nothing is there from "
			"byte %" PRIu64 " on",
			s->name, at + n);
	memset(to + n, 0, EBS_BLOCK_BYTES - n);
	return 0;
}

int upload_source_check(const struct upload_source *s, struct error *err)
{
	struct transfer_file now;

	if (!s->is_file)
		return 0;
	if (identify(s, &now, err) < 0)
		return -1;
	if (memcmp(&now, &s->identity, sizeof(now)) == 0)
		return 0;
	return error_set(err, ERR_FORMAT, 0,
		"'%s' was changed while it was read; try again when nothing writes to it",
		s->name);
}
