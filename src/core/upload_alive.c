/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_alive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "core/transfer_past.h"

enum { HEAD_BYTES = 4096 }; /* its first two lines, which name the run, have far fewer */

/* Which run wrote it is at its beginning. */
static int read_head(
	int fd, const char *name, struct transfer_past *ret, struct error *err)
{
	char head[HEAD_BYTES];
	size_t length;

	if (fd_pread(fd, head, sizeof(head), 0, &length, name, err) < 0)
		return -1;
	(void)transfer_past_parse(head, length, ret);
	return 0;
}

/* Who uploads has its journal locked. */
static bool is_alive(int dir_fd, const char *name, const char *run_id)
{
	CLEANUP(fd_closep)
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
	struct error err = ERROR_INIT;

	if (fd < 0)
		return errno != ENOENT;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		return false;
	return read_head(fd, name, &past, &err) < 0 || !*past.token ||
	       !strcmp(past.token, run_id);
}

static bool forget(int dir_fd, const char *name, const char *run_id)
{
	CLEANUP(fd_closep)
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
	struct error err = ERROR_INIT;

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	       read_head(fd, name, &past, &err) == 0 && !strcmp(past.token, run_id) &&
	       unlinkat(dir_fd, name, 0) == 0;
}

/* Until one is what is looked for; true also when they cannot be looked at. */
static bool any_journal(bool (*is_it)(int dir_fd, const char *name, const char *run_id),
	const char *run_id)
{
	CLEANUP(freep) char *path = NULL;
	struct error err = ERROR_INIT;
	const struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (path_state_dir("uploads", &path, &err) < 0)
		return true;
	dir = opendir(path);
	if (!dir)
		return true;
	while (!found && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			found = is_it(dirfd(dir), entry->d_name, run_id);
	(void)closedir(dir);
	return found;
}

bool upload_is_alive(const char *run_id)
{
	return any_journal(is_alive, run_id);
}

void upload_forget(const char *run_id)
{
	(void)any_journal(forget, run_id);
}
