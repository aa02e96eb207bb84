/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/fd.h"

enum { CHUNK_BYTES = 1 << 18 };

static int copy_content(
	int from_fd, const char *from, int to_fd, const char *to, struct error *err)
{
	CLEANUP(freep) char *chunk = xmalloc_pages(CHUNK_BYTES);
	size_t n;

	do {
		if (fd_read(from_fd, chunk, CHUNK_BYTES, &n, from, err) < 0 ||
			fd_write_all(to_fd, chunk, n, to, err) < 0)
			return -1;
	} while (n == CHUNK_BYTES);
	return 0;
}

int file_copy(const char *from, const char *to, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(atomic_file_freep) struct atomic_file *copy = NULL;
	struct stat st;

	if (fd < 0)
		return error_errno(err, "open '%s'", from);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", from);
	if (atomic_file_create(to, 0644, &copy, err) < 0 ||
		copy_content(fd, from, atomic_file_fd(copy), to, err) < 0)
		return -1;
	if (futimens(atomic_file_fd(copy),
		    (struct timespec[]){ { .tv_nsec = UTIME_OMIT }, st.st_mtim }) < 0)
		return error_errno(err, "date '%s'", to);
	return atomic_file_commit(copy, NULL, err);
}

int file_link_or_copy(const char *from, const char *to, struct error *err)
{
	if (link(from, to) == 0 || errno == EEXIST)
		return 0;
	if (errno == EXDEV || errno == EMLINK || errno == EPERM || errno == EOPNOTSUPP)
		return file_copy(from, to, err);
	return error_errno(err, "link '%s' to '%s'", from, to);
}
