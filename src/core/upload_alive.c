/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_alive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "core/transfer_past.h"

enum { HEAD_BYTES = 4096 }; /* its first two lines, which name the run, have far fewer */

/* Who uploads has its journal locked. */
static bool is_journal_of(int dir_fd, const char *name, const char *run_id)
{
	CLEANUP(fd_closep)
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
	struct error err = ERROR_INIT;
	char head[HEAD_BYTES];
	size_t length;

	if (fd < 0)
		return errno != ENOENT;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		return false;
	if (fd_pread(fd, head, sizeof(head), 0, &length, name, &err) < 0)
		return true;
	(void)transfer_past_parse(head, length, &past);
	return !*past.token || !strcmp(past.token, run_id);
}

bool upload_is_alive(const char *run_id)
{
	CLEANUP(freep) char *path = NULL;
	struct error err = ERROR_INIT;
	const struct dirent *entry;
	bool is_alive = false;
	DIR *dir;

	if (path_state_dir("uploads", &path, &err) < 0)
		return true;
	dir = opendir(path);
	if (!dir)
		return true;
	while (!is_alive && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			is_alive = is_journal_of(dirfd(dir), entry->d_name, run_id);
	(void)closedir(dir);
	return is_alive;
}
