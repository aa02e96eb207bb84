/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

enum { OFFSET_NONE = -1 };

/* What no off_t can hold must not look like OFFSET_NONE. */
static bool offset_fits(uint64_t offset, size_t length)
{
	return offset <= INT64_MAX && length <= INT64_MAX - offset;
}

/* Where a disk fails is what its owner has to know. */
static int failed(const char *doing, const char *what, int64_t offset, struct error *err)
{
	if (offset == OFFSET_NONE)
		return error_errno(err, "%s '%s'", doing, what);
	return error_errno(err, "%s '%s' at byte %" PRId64, doing, what, offset);
}

static ssize_t read_some(int fd, char *to, size_t length, int64_t offset)
{
	ssize_t n;

	do
		n = offset == OFFSET_NONE ? read(fd, to, length)
					  : pread(fd, to, length, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n;
}

static int read_full(int fd, void *buf, size_t length_bytes, int64_t offset,
	size_t *ret_bytes, const char *what, struct error *err)
{
	size_t done = 0;

	while (done < length_bytes) {
		int64_t at = offset == OFFSET_NONE ? OFFSET_NONE : offset + (int64_t)done;
		ssize_t n = read_some(fd, (char *)buf + done, length_bytes - done, at);

		if (n < 0)
			return failed("read", what, at, err);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_bytes = done;
	return 0;
}

int fd_read(int fd, void *buf, size_t length_bytes, size_t *ret_bytes, const char *what,
	struct error *err)
{
	return read_full(fd, buf, length_bytes, OFFSET_NONE, ret_bytes, what, err);
}

int fd_pread(int fd, void *buf, size_t length_bytes, uint64_t offset_bytes,
	size_t *ret_bytes, const char *what, struct error *err)
{
	if (!offset_fits(offset_bytes, length_bytes))
		return error_set_errno(err, EOVERFLOW, "read '%s'", what);
	return read_full(
		fd, buf, length_bytes, (int64_t)offset_bytes, ret_bytes, what, err);
}

static int write_full(int fd, const char *from, size_t length_bytes, int64_t offset,
	const char *what, struct error *err)
{
	while (length_bytes) {
		ssize_t n = offset == OFFSET_NONE
				    ? write(fd, from, length_bytes)
				    : pwrite(fd, from, length_bytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed("write", what, offset, err);
		from += n;
		length_bytes -= (size_t)n;
		if (offset != OFFSET_NONE)
			offset += n;
	}
	return 0;
}

int fd_write_all(
	int fd, const void *buf, size_t length_bytes, const char *what, struct error *err)
{
	return write_full(fd, buf, length_bytes, OFFSET_NONE, what, err);
}

int fd_pwrite_all(int fd, const void *buf, size_t length_bytes, uint64_t offset_bytes,
	const char *what, struct error *err)
{
	if (!offset_fits(offset_bytes, length_bytes))
		return error_set_errno(err, EFBIG, "write '%s'", what);
	return write_full(fd, buf, length_bytes, (int64_t)offset_bytes, what, err);
}

int fd_read_all(int fd, size_t most_bytes, char **ret_data, size_t *ret_length_bytes,
	const char *what, struct error *err)
{
	CLEANUP(freep) char *data = NULL;
	size_t room = 4096, used = 0;

	for (;;) {
		size_t n;

		if (room > most_bytes + 1)
			room = most_bytes + 1;
		data = xreallocarray(data, room + 1, 1);
		if (fd_read(fd, data + used, room - used, &n, what, err) < 0)
			return -1;
		used += n;
		if (used > most_bytes)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' is larger than the %zu bytes it may have", what,
				most_bytes);
		if (used < room)
			break;
		room *= 2;
	}
	data[used] = '\0';
	if (ret_length_bytes)
		*ret_length_bytes = used;
	*ret_data = TAKE_PTR(data);
	return 0;
}

int file_read_all(const char *path, size_t most_bytes, char **ret_data,
	size_t *ret_length_bytes, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return fd_read_all(fd, most_bytes, ret_data, ret_length_bytes, path, err);
}

int file_write_all(const char *path, const void *data, size_t length_bytes, mode_t mode,
	struct error *err)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0)
		return error_errno(err, "create '%s'", path);
	if (fd_write_all(fd, data, length_bytes, path, err) < 0)
		return -1;
	if (close(TAKE_FD(fd)) < 0)
		return error_errno(err, "write '%s'", path);
	return 0;
}

int fd_pipe(int ends[2], struct error *err)
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "make a pipe");
	return 0;
}
