/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_blocks_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/keep_newest.h"
#include "base/path.h"
#include "core/aws_session.h"

enum { FILE_MOST_BYTES = KEPT_BLOCKS_MOST * 40 + 256 };

char *kept_blocks_key(const struct aws_client *ebs, const char *snapshot_id)
{
	CLEANUP(freep) char *url = aws_session_url(ebs);

	return xasprintf("%s %s %s", aws_client_region(ebs), url, snapshot_id);
}

static int find_dir(char **ret, struct error *err)
{
	return path_cache_dir("snapshots", ret, err);
}

static char *path_of(const char *dir, const char *key)
{
	char name[SHA256_HEX_CHARS + 1];

	hash_bytes(key, strlen(key), name);
	return path_join(dir, name);
}

bool kept_blocks_load(const char *key, struct kept_blocks *ret)
{
	CLEANUP(freep) char *dir = NULL, *path = NULL, *bytes = NULL;
	struct error ignored = ERROR_INIT;
	size_t length;

	if (find_dir(&dir, &ignored) < 0)
		return false;
	path = path_of(dir, key);
	if (file_read_all(path, FILE_MOST_BYTES, &bytes, &length, &ignored) < 0)
		return false;
	if (!kept_blocks_parse(bytes, length, key, ret)) {
		(void)unlink(path);
		return false;
	}
	/* Used just now: the last to be given up. */
	(void)utimensat(AT_FDCWD, path, NULL, 0);
	return true;
}

void kept_blocks_save(const char *key, const struct kept_blocks *k)
{
	CLEANUP(freep) char *dir = NULL, *path = NULL;
	CLEANUP(strbuf_releasep) struct strbuf bytes = STRBUF_INIT;
	CLEANUP(atomic_file_freep) struct atomic_file *f = NULL;
	struct error ignored = ERROR_INIT;

	if (k->is_too_many || find_dir(&dir, &ignored) < 0)
		return;
	path = path_of(dir, key);
	kept_blocks_format(k, key, &bytes);
	if (atomic_file_create(path, 0600, &f, &ignored) < 0 ||
		fd_write_all(atomic_file_fd(f), bytes.data, bytes.length_bytes, path,
			&ignored) < 0 ||
		atomic_file_commit_unsynced(f, &ignored) < 0)
		return;
	keep_newest(dir, KEPT_BLOCKS_FILES_MOST);
}

void kept_blocks_forget(const char *key)
{
	CLEANUP(freep) char *dir = NULL, *path = NULL;
	struct error ignored = ERROR_INIT;

	if (find_dir(&dir, &ignored) < 0)
		return;
	path = path_of(dir, key);
	(void)unlink(path);
}
