/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/initramfs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/strbuf.h"
#include "distro/base_cache.h"
#include "distro/debian/initramfs_key.h"
#include "distro/debian/inputs.h"

/* What update-initramfs(8) leaves of a kernel: in these directories, with these names. */
static const struct {
	const char *dir, *prefix;
} places[] = {
	{ "boot", "initrd.img-" },
	{ "var/lib/initramfs-tools", "" },
};

void initramfs_release(struct initramfs *i)
{
	free(i->key);
	*i = (struct initramfs){ 0 };
}

static bool is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int link_file(
	const char *from_dir, const char *to_dir, const char *name, struct error *err)
{
	CLEANUP(freep) char *from = path_join(from_dir, name);
	CLEANUP(freep) char *to = path_join(to_dir, name);

	if (!is_file(from))
		return 0;
	if (unlink(to) < 0 && errno != ENOENT)
		return error_errno(err, "remove '%s'", to);
	if (link(from, to) < 0)
		return error_errno(err, "make the link '%s'", to);
	return 0;
}

/* In the place of those that are there. */
static int link_files(
	const char *from, const char *to, const char *prefix, struct error *err)
{
	const struct dirent *e;
	DIR *d = opendir(from);

	if (!d)
		return error_errno(err, "open '%s'", from);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' ||
			strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		if (link_file(from, to, e->d_name, err) < 0) {
			(void)closedir(d);
			return -1;
		}
	}
	(void)closedir(d);
	return 0;
}

static int link_places(const char *from, const char *to, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP(freep) char *source = path_join(from, places[i].dir);
		CLEANUP(freep) char *target = path_join(to, places[i].dir);

		/* Not every release has both. */
		if (!path_exists(source))
			continue;
		if (path_make_dirs(target, 0755, err) < 0 ||
			link_files(source, target, places[i].prefix, err) < 0)
			return -1;
	}
	return 0;
}

static struct base_request request_of(
	const struct initramfs *i, const char *cache, const char *dir)
{
	return (struct base_request){ .what = "initramfs",
		.cache_dir = cache,
		.key = i->key,
		.root_dir = dir,
		.progress = i->progress };
}

static int take(struct initramfs *i, struct error *err)
{
	CLEANUP(freep) char *cache = path_join(i->spec->cache_dir, "initramfs");
	CLEANUP(freep) char *dir = path_join(i->spec->room->dir, "initramfs");
	const struct base_request request = request_of(i, cache, dir);

	if (path_make_dirs(dir, 0755, err) < 0 ||
		base_cache_take(&request, &i->taken, err) < 0)
		return -1;
	if (i->taken && link_places(dir, i->spec->root_dir, err) < 0)
		return -1;
	return remove_tree(dir, err);
}

int initramfs_find(const struct distro_spec *spec, const struct strv *added,
	const struct strv *base_paths, const struct strv *env, int64_t epoch_s,
	struct progress *p, struct initramfs *ret, struct error *err)
{
	CLEANUP(initramfs_releasep)
	struct initramfs i = { .spec = spec, .progress = p };
	CLEANUP(strbuf_releasep) struct strbuf key = STRBUF_INIT;
	bool known = false;

	*ret = i;
	if (!spec->maker || !spec->cache_dir || spec->no_cache)
		return 0;
	debian_maker_format(spec, &key);
	for (size_t k = 0; k < env->count; k++)
		strbuf_addf(&key, "%s\n", env->items[k]);
	if (initramfs_key_format(spec->root_dir, spec->memo, added, base_paths, epoch_s,
		    &key, &known, err) < 0)
		return -1;
	if (!known)
		return 0;
	i.key = strbuf_take(&key);
	if (take(&i, err) < 0)
		return -1;
	*ret = i;
	i = (struct initramfs){ 0 };
	return 0;
}

static int keep(const struct initramfs *i, const char *dir, struct error *err)
{
	CLEANUP(freep) char *cache = path_join(i->spec->cache_dir, "initramfs");
	const struct base_request request = request_of(i, cache, dir);

	if (path_make_dirs(dir, 0755, err) < 0 ||
		link_places(i->spec->root_dir, dir, err) < 0)
		return -1;
	base_cache_keep(&request);
	return remove_tree(dir, err);
}

int initramfs_keep(const struct initramfs *i, struct error *err)
{
	CLEANUP(freep) char *dir = NULL;
	struct error why = ERROR_INIT;

	if (!i->key || i->taken)
		return 0;
	dir = path_join(i->spec->room->dir, "initramfs");
	if (keep(i, dir, &why) == 0 || why.code != ERR_INTERRUPTED)
		return 0;
	*err = why;
	return -1;
}
