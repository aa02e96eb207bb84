/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"

int scratch_file_open(int dir_fd, const char *what, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	/* Not O_TMPFILE, which some file systems lack. */
	fd = openat(dir_fd, "scratch", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || unlinkat(dir_fd, "scratch", 0) < 0)
		return error_errno(err, "make a file for %s in the work directory", what);
	*ret_fd = TAKE_FD(fd);
	return 0;
}
