/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file_copy.h"
#include "base/keep_newest.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "distro/debian/lists_check.h"
#include "distro/debian/release_file.h"

/*
 * apt asks the mirror for what is newer than the file's time of modification, which is
 * not signed: one in the future would keep old lists for ever. So a Release file is as
 * old as can be, and is sent again; what it speaks of is fetched only when that has
 * changed.
 */
static int make_old(const char *path, struct error *err)
{
	static const struct timespec epoch[] = { { 0 }, { 0 } };

	if (utimensat(AT_FDCWD, path, epoch, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "date '%s'", path);
	return 0;
}

static int take_file(
	const char *from_dir, const char *to_dir, const char *name, struct error *err)
{
	CLEANUP(freep) char *from = path_join(from_dir, name);
	CLEANUP(freep) char *to = path_join(to_dir, name);

	if (!release_file_is_name(name))
		return file_link_or_copy(from, to, err);
	return file_copy(from, to, err) < 0 ? -1 : make_old(to, err);
}

bool lists_cache_take(const char *cache_dir, const char *name, const char *lists_dir)
{
	CLEANUP(freep) char *dir = path_join(cache_dir, name);
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error ignored = ERROR_INIT;

	if (!path_exists(dir) || lists_names(dir, &names, &ignored) < 0)
		return false;
	/* Another build may be replacing the set, a person deleting it. */
	for (size_t i = 0; i < names.count; i++)
		(void)take_file(dir, lists_dir, names.items[i], &ignored);
	/* It has been used: keep_newest() goes by that. */
	(void)utimensat(AT_FDCWD, dir, NULL, 0);
	return names.count > 0;
}

void lists_cache_drop(const char *cache_dir, const char *name)
{
	CLEANUP(freep) char *dir = path_join(cache_dir, name);

	(void)remove_tree(dir, &(struct error)ERROR_INIT);
}

/* Whether apt had nothing to replace: then nothing is copied. */
static bool is_kept(const char *dir, const char *lists_dir)
{
	CLEANUP(strbuf_releasep) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf now = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv kept_names = STRV_INIT;
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error ignored = ERROR_INIT;

	if (!path_exists(dir) || lists_names(dir, &kept_names, &ignored) < 0 ||
		lists_names(lists_dir, &names, &ignored) < 0 ||
		lists_describe(dir, &kept, &ignored) < 0 ||
		lists_describe(lists_dir, &now, &ignored) < 0)
		return false;
	return kept_names.count == names.count && !strcmp(kept.data, now.data);
}

static int fill(const char *lists_dir, const char *to, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (lists_names(lists_dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *from_path = path_join(lists_dir, names.items[i]);
		CLEANUP(freep) char *to_path = path_join(to, names.items[i]);

		if (file_link_or_copy(from_path, to_path, err) < 0)
			return -1;
	}
	return 0;
}

/* `made` gets the name, and what had it goes. */
static int publish(const char *made, const char *dir, struct error *err)
{
	if (renameat2(AT_FDCWD, made, AT_FDCWD, dir, RENAME_EXCHANGE) == 0)
		return remove_tree(made, err);
	/* There was none, or the file system cannot exchange. */
	if (errno != ENOENT && remove_tree(dir, err) < 0)
		return -1;
	if (rename(made, dir) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return error_errno(err, "rename '%s' to '%s'", made, dir);
	return remove_tree(made, err);
}

int lists_cache_keep(
	const char *cache_dir, const char *name, const char *lists_dir, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(cache_dir, name);
	CLEANUP(freep) char *made = xasprintf("%s.XXXXXX", dir);

	if (is_kept(dir, lists_dir))
		return 0;
	if (path_make_dirs(cache_dir, 0755, err) < 0)
		return -1;
	if (!mkdtemp(made))
		return error_errno(err, "make a directory in '%s'", cache_dir);
	if (fill(lists_dir, made, err) < 0 || publish(made, dir, err) < 0) {
		(void)remove_tree(made, &(struct error)ERROR_INIT);
		return error_context(err, "keep package lists in the cache");
	}
	/* Also what a killed build has left half made is the oldest one day. */
	keep_newest(cache_dir, LISTS_CACHE_SETS);
	return 0;
}
