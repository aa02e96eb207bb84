/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/initramfs_key.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"
#include "distro/debian/ld_cache.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"

enum { SCRIPT_MOST_BYTES = 4 << 20, LIST_MOST_BYTES = 64 << 20, SHORT_NAME_CHARS = 3 };

#define LD_CACHE "etc/ld.so.cache"

struct look {
	const char *root;
	struct filetree *tree;
	tree_digest *digests;
	struct strbuf scripts; /* what could be looked for, in any script's words */
	struct strv added; /* paths of files that the recipe's packages brought, sorted */
	const struct strv *base; /* those that were there before */
	bool all_count; /* those that were added, too, mentioned or not */
	int64_t epoch_s;
};

static void look_releasep(struct look *l)
{
	filetree_free(l->tree);
	free(l->digests);
	strbuf_release(&l->scripts);
	strv_release(&l->added);
}

static bool is_below(const char *path, const char *const *dirs)
{
	for (const char *const *d = dirs; *d; d++)
		if (!strncmp(path, *d, strlen(*d)))
			return true;
	return false;
}

/* ---- what scripts say */

static int read_file(const struct look *l, const char *path, char **ret,
	size_t *ret_bytes, struct error *err)
{
	CLEANUP(freep) char *full = path_join(l->root, path);

	return file_read_all(full, SCRIPT_MOST_BYTES, ret, ret_bytes, err);
}

static int add_script(struct look *l, const char *path, bool any, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t bytes;

	if (read_file(l, path, &text, &bytes, err) < 0)
		return -1;
	if (!any && strncmp(text, "#!", 2) != 0)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		strbuf_add_char(&l->scripts, text[i] ? text[i] : ' ');
	strbuf_add_char(&l->scripts, '\n');
	return 0;
}

/* Those of initramfs-tools and of kernels, whatever they are written in; and all that
 * these could call. */
static int read_scripts(struct look *l, struct error *err)
{
	static const char *const all[] = { "usr/share/initramfs-tools/",
		"etc/initramfs-tools/", "etc/kernel/", "etc/initramfs/", NULL };
	static const char *const programs[] = { "usr/bin/", "usr/sbin/",
		"usr/share/debconf/confmodule", NULL };

	for (uint32_t i = 0; i < filetree_count(l->tree); i++) {
		const struct filetree_node *n = filetree_node(l->tree, i);
		const bool any = is_below(n->path, all);

		if (S_ISREG(n->mode) && n->size_bytes < SCRIPT_MOST_BYTES &&
			(any || is_below(n->path, programs)) &&
			add_script(l, n->path, any, err) < 0)
			return -1;
	}
	return 0;
}

/* Everywhere, and looked for by programs that are no scripts. */
static bool is_ordinary(const char *name)
{
	static const char *const names[] = { "bin", "etc", "games", "lib", "lib64",
		"libexec", "sbin", "share", "usr", "x86_64-linux-gnu",
		"aarch64-linux-gnu", NULL };

	for (const char *const *n = names; *n; n++)
		if (!strcmp(name, *n))
			return true;
	return false;
}

static bool is_looked_for_by_libraries(const char *name)
{
	return !strncmp(name, "libnss", 6) || !strncmp(name, "glibc-hwcaps", 12) ||
	       !strncmp(name, "ld.so", 5) || !strcmp(name, "gconv") ||
	       !strcmp(name, "perl") || !strcmp(name, "perl5");
}

/* Its name, or how that begins: scripts have patterns, too. */
static bool is_mentioned(const struct look *l, const char *name)
{
	CLEANUP(freep) char *stem = xstrndup(name, strcspn(name, "."));

	return strlen(stem) < SHORT_NAME_CHARS || is_looked_for_by_libraries(name) ||
	       strstr(l->scripts.data, stem) != NULL;
}

static bool is_path_mentioned(const struct look *l, const char *path)
{
	CLEANUP(freep) char *names = xstrdup(path);
	char *save = NULL;

	for (char *n = strtok_r(names, "/", &save); n; n = strtok_r(NULL, "/", &save))
		if (!is_ordinary(n) && is_mentioned(l, n))
			return true;
	return false;
}

/* ---- what the recipe's packages brought */

/* dpkg's lists go by the names in the packages: "/lib/x" is usr/lib/x in the tree. */
static void add_path(const char *path, struct strv *to)
{
	static const char *const merged[] = { "bin/", "sbin/", "lib/", "lib64/", NULL };

	if (*path == '/')
		path++;
	if (is_below(path, merged))
		strv_addf(to, "usr/%s", path);
	else
		strv_add(to, path);
}

static int add_list(const char *path, struct strv *to, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	char *save = NULL;

	if (file_read_all(path, LIST_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		add_path(p, to);
	return 0;
}

/* "htop.list", or "libnl-3-200:amd64.list". */
static bool is_list_of(const char *name, const struct strv *packages)
{
	CLEANUP(freep) char *package = xstrndup(name, strcspn(name, ":"));

	if (!text_ends_with(name, ".list"))
		return false;
	if (text_ends_with(package, ".list"))
		package[strlen(package) - strlen(".list")] = '\0';
	return !packages || strv_contains(packages, package);
}

int initramfs_key_paths(
	const char *root, const struct strv *packages, struct strv *to, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(root, "var/lib/dpkg/info");
	const struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return error_errno(err, "open '%s'", dir);
	while ((e = readdir(d))) {
		CLEANUP(freep) char *path = path_join(dir, e->d_name);

		if (is_list_of(e->d_name, packages) && add_list(path, to, err) < 0) {
			(void)closedir(d);
			return -1;
		}
	}
	(void)closedir(d);
	strv_sort(to);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_among(const struct strv *paths, const char *path)
{
	return paths->count &&
	       bsearch(&path, paths->items, paths->count, sizeof(*paths->items), by_text);
}

/* What has taken the place of a file of the base is looked for as that was. */
static bool is_added(const struct look *l, const char *path)
{
	return is_among(&l->added, path) && !is_among(l->base, path);
}

/* As the links of update-alternatives do, by whatever name. */
static bool leads_to_added(const struct look *l, const struct filetree_node *n)
{
	for (size_t i = 0; i < l->added.count; i++) {
		const char *path = l->added.items[i];

		if (!strcmp(path_basename(path), path_basename(n->target)) &&
			!is_among(l->base, path))
			return true;
	}
	return false;
}

/* ---- the key */

static bool is_record(const char *path)
{
	static const char *const records[] = { "var/lib/dpkg/", "var/lib/apt/",
		"var/cache/", "var/log/", "usr/share/doc/", "usr/share/man/",
		"usr/share/info/", "usr/share/locale/", "usr/share/lintian/",
		"usr/share/applications/", "usr/share/icons/", "usr/share/pixmaps/",
		"usr/share/bash-completion/", "etc/ssh/ssh_host_", NULL };

	return is_below(path, records) || !strcmp(path, LD_CACHE);
}

static bool counts(const struct look *l, const struct filetree_node *n)
{
	if (is_record(n->path))
		return false;
	/* A directory may be of several packages, and of the base's, too. */
	if (!l->all_count && (S_ISDIR(n->mode) || is_added(l, n->path)))
		return is_path_mentioned(l, n->path);
	return true;
}

/* A file that is copied takes with it the libraries that it needs, and those theirs:
 * which ones is not to be seen from here. */
static bool is_way_to_added(const struct look *l, const struct filetree_node *n)
{
	if (S_ISDIR(n->mode))
		return false;
	if (is_added(l, n->path))
		return counts(l, n);
	if (is_among(&l->added, n->path))
		return S_ISREG(n->mode);
	return S_ISLNK(n->mode) && !is_among(l->base, n->path) && leads_to_added(l, n);
}

static bool has_way_to_added(const struct look *l)
{
	for (uint32_t i = 0; i < filetree_count(l->tree); i++)
		if (is_way_to_added(l, filetree_node(l->tree, i)))
			return true;
	return false;
}

static void add_node(const struct look *l, uint32_t index, struct strbuf *to)
{
	const struct filetree_node *n = filetree_node(l->tree, index);

	strbuf_addf(to, "%o %u %u %s\n", (unsigned int)n->mode, (unsigned int)n->uid,
		(unsigned int)n->gid, n->path);
	if (S_ISDIR(n->mode))
		return;
	strbuf_addf(to, " %" PRId64 " %s%s\n",
		n->mtime_s < l->epoch_s ? n->mtime_s : l->epoch_s, l->digests[index],
		n->target ? n->target : "");
}

static bool is_in_key(void *look, const char *path)
{
	const struct look *l = look;
	const char *name = path + (*path == '/');
	CLEANUP(freep)
	char *merged =
		strncmp(name, "usr/", 4) != 0 ? xasprintf("usr/%s", name) : xstrdup(name);

	return l->all_count || !is_added(l, merged);
}

static int add_ld_cache(
	struct look *l, struct strbuf *to, bool *ret_known, struct error *err)
{
	CLEANUP(freep) char *bytes = NULL;
	size_t length;

	if (read_file(l, LD_CACHE, &bytes, &length, err) < 0)
		return -1;
	*ret_known = ld_cache_describe(bytes, length, is_in_key, l, to);
	return 0;
}

/* What runs after it may do anything; and with modules that depend on the machine, so
 * does the initramfs. */
static bool can_be_known(const struct look *l)
{
	static const char *const after[] = { "etc/initramfs/post-update.d/", NULL };

	for (uint32_t i = 0; i < filetree_count(l->tree); i++)
		if (is_below(filetree_node(l->tree, i)->path, after))
			return false;
	return !strstr(l->scripts.data, "\nMODULES=dep") &&
	       filetree_find(l->tree, LD_CACHE) != FILETREE_NO_NODE;
}

int initramfs_key_format(const char *root, struct digest_memo *memo,
	const struct strv *added, const struct strv *base_paths, int64_t epoch_s,
	struct strbuf *to, bool *ret_known, struct error *err)
{
	CLEANUP(look_releasep)
	struct look l = { .root = root,
		.scripts = STRBUF_INIT,
		.base = base_paths,
		.epoch_s = epoch_s };

	if (dirtree_read(root, &l.tree, err) < 0 ||
		hash_tree(l.tree, memo, &l.digests, err) < 0 ||
		read_scripts(&l, err) < 0 ||
		initramfs_key_paths(root, added, &l.added, err) < 0)
		return -1;
	*ret_known = can_be_known(&l);
	if (!*ret_known)
		return 0;
	l.all_count = has_way_to_added(&l);
	for (uint32_t i = 0; i < filetree_count(l.tree); i++)
		if (counts(&l, filetree_node(l.tree, i)))
			add_node(&l, i, to);
	return add_ld_cache(&l, to, ret_known, err);
}
