/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_console.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"

static int open_named(const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (*ret_fd < 0)
		return error_errno(err, "write the console's log to '%s'", path);
	return 0;
}

int console_log_open(const char *path, const char *name, char **ret_path, int *ret_fd,
	struct error *err)
{
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(freep) char *file = NULL;
	int fd;

	if (path) {
		file = xstrdup(path);
		if (open_named(file, &fd, err) < 0)
			return -1;
	} else {
		if (path_cache_dir("console", &dir, err) < 0)
			return -1;
		file = xasprintf("%s/%s.log", dir, path_basename(name));
		/* A new file: another run's, of an image of that name, goes on
		 * undisturbed. */
		if (unlink(file) < 0 && errno != ENOENT)
			return error_errno(err, "replace '%s'", file);
		if (open_named(file, &fd, err) < 0)
			return -1;
	}
	*ret_path = TAKE_PTR(file);
	*ret_fd = fd;
	return 0;
}
