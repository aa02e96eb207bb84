/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/keep_newest.h"
#include "base/path.h"
#include "base/text.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"
#include "tree/overlay.h"
#include "tree/pack.h"

struct overlay {
	struct filetree *tree; /* NULL: the recipe has none */
	manifest_digest *digests;
};

struct kept_tree {
	struct kept_spec spec;
	const char *cache_dir; /* spec.distro is gone when a tree is kept */
	struct overlay overlay; /* as it was at first */
	char *dir, *path; /* of the file that this tree has, or would have */
};

static void overlay_releasep(struct overlay *o)
{
	filetree_free(o->tree);
	free(o->digests);
}

static int overlay_read(const char *path, struct overlay *ret, struct error *err)
{
	CLEANUP(overlay_releasep) struct overlay o = { 0 };

	if (path && (dirtree_read(path, &o.tree, err) < 0 ||
			    hash_tree(o.tree, NULL, &o.digests, err) < 0))
		return -1;
	*ret = o;
	o = (struct overlay){ 0 };
	return 0;
}

static size_t overlay_count(const struct overlay *o)
{
	return o->tree ? filetree_count(o->tree) : 0;
}

static bool overlay_is_same(const struct overlay *a, const struct overlay *b)
{
	if (overlay_count(a) != overlay_count(b))
		return false;
	for (uint32_t i = 0; i < overlay_count(a); i++) {
		const struct filetree_node *x = filetree_node(a->tree, i);
		const struct filetree_node *y = filetree_node(b->tree, i);

		if (strcmp(x->path, y->path) != 0 || x->mode != y->mode ||
			strcmp(a->digests[i], b->digests[i]) != 0 ||
			strcmp(x->target ? x->target : "", y->target ? y->target : "") !=
				0)
			return false;
	}
	return true;
}

/* ---- the key */

/* With its end: so no two texts can make one. */
static void add(struct strbuf *key, const char *text)
{
	strbuf_add(key, text, strlen(text) + 1);
}

/* Scripts may look at anything, so with them contents count as well. Without, it can be
 * seen from outside of a file whether it is empty. */
static void add_overlay(const struct overlay *o, bool contents, struct strbuf *key)
{
	for (uint32_t i = 0; i < overlay_count(o); i++) {
		const struct filetree_node *n = filetree_node(o->tree, i);

		add(key, n->path);
		strbuf_addf(key, "%o %d ", (unsigned int)n->mode,
			S_ISREG(n->mode) && n->size_bytes == 0);
		add(key, n->target ? n->target : contents ? o->digests[i] : "");
	}
}

/* All that decides, but for what the driver says of its inputs and the contents that may
 * differ: these are in the file. */
static int make_key(const struct kept_tree *k, manifest_digest ret, struct error *err)
{
	const struct recipe *r = k->spec.recipe;
	CLEANUP(strbuf_releasep) struct strbuf key = STRBUF_INIT;
	manifest_digest recipe;

	if (manifest_hash_recipe_of_tree(r, recipe, err) < 0)
		return -1;
	add(&key, k->spec.inputs->program);
	add(&key, k->spec.inputs->lock);
	add(&key, k->spec.root ? "root" : "user");
	add(&key, recipe);
	/* A script can see its name. */
	for (size_t i = 0; i < r->scripts.count; i++)
		add(&key, path_basename(r->scripts.items[i]));
	add(&key, "overlay");
	add_overlay(&k->overlay, r->scripts.count > 0, &key);
	hash_bytes(key.data, key.length_bytes, ret);
	return 0;
}

struct kept_tree *kept_tree_new(const struct kept_spec *spec)
{
	CLEANUP(kept_tree_freep) struct kept_tree *k = xcalloc(1, sizeof(*k));
	struct error ignored = ERROR_INIT;
	manifest_digest key;

	k->spec = *spec;
	k->cache_dir = spec->distro->cache_dir;
	if (overlay_read(spec->recipe->overlay, &k->overlay, &ignored) < 0 ||
		make_key(k, key, &ignored) < 0)
		return NULL;
	k->dir = path_join(spec->distro->cache_dir, "trees");
	k->path = path_join(k->dir, key);
	return TAKE_PTR(k);
}

struct kept_tree *kept_tree_free(struct kept_tree *k)
{
	if (!k)
		return NULL;
	overlay_releasep(&k->overlay);
	free(k->dir);
	free(k->path);
	free(k);
	return NULL;
}

/* ---- finding */

void found_tree_release(struct found_tree *f)
{
	filetree_free(f->tree);
	free(f->digests);
	free(f->base_path);
	kept_about_release(&f->about);
	*f = (struct found_tree){ 0 };
}

/* What stands in the file, its contents not read yet. */
static int read_kept(
	const struct kept_tree *k, int fd, struct found_tree *ret, struct error *err)
{
	CLEANUP(pack_releasep) struct pack pack = { 0 };

	if (pack_read(fd, k->path, &pack, err) < 0 ||
		kept_about_parse(&pack.about, &ret->about, err) < 0)
		return -1;
	ret->tree = TAKE_PTR(pack.tree);
	ret->digests = TAKE_PTR(pack.digests);
	ret->base_path = TAKE_PTR(pack.base_path);
	return 0;
}

static bool is_changed(
	const struct kept_tree *k, const struct kept_file *file, uint32_t index)
{
	return strcmp(file->digest, k->overlay.digests[index]) != 0;
}

/* Does every file of the overlay that has changed stand where it can be replaced? */
static bool fits(const struct kept_tree *k, const struct found_tree *f)
{
	size_t at = 0;

	for (uint32_t i = 0; i < overlay_count(&k->overlay); i++) {
		const struct filetree_node *n = filetree_node(k->overlay.tree, i);
		const struct kept_file *file = &f->about.files[at];
		uint32_t node;

		if (!S_ISREG(n->mode))
			continue;
		if (at++ >= f->about.file_count || strcmp(file->path, n->path) != 0)
			return false;
		if (!is_changed(k, file, i))
			continue;
		node = *file->place ? filetree_find(f->tree, file->place)
				    : FILETREE_NO_NODE;
		if (node == FILETREE_NO_NODE ||
			!S_ISREG(filetree_node(f->tree, node)->mode))
			return false;
	}
	return at == f->about.file_count;
}

static int has_same_inputs(const struct kept_tree *k, const struct found_tree *f,
	struct progress *p, bool *ret, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf now = STRBUF_INIT;

	if (k->spec.inputs->tree)
		strbuf_add_str(&now, k->spec.inputs->tree);
	else if (k->spec.recipe->driver->inputs(k->spec.distro, p, &now, err) < 0)
		return -1;
	*ret = strcmp(now.data, f->about.made.inputs) == 0;
	return 0;
}

/* Every byte, against what it was when it was made. */
static bool is_undamaged(const struct found_tree *f)
{
	CLEANUP(freep) manifest_digest *now = NULL;

	return hash_tree(f->tree, NULL, &now, &(struct error)ERROR_INIT) == 0 &&
	       memcmp(now, f->digests, filetree_count(f->tree) * sizeof(*now)) == 0;
}

/* Put the changed contents into the tree, by way of a file in the work directory: the
 * overlay is the user's, who may go on changing it. */
static int put_contents(
	const struct kept_tree *k, struct found_tree *f, struct error *err)
{
	CLEANUP(freep) char *path = path_join(k->spec.distro->work_dir, "contents");
	int patches = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	uint64_t at_bytes = 0;
	unsigned int contents;
	size_t next = 0;

	if (patches < 0)
		return error_errno(err, "create '%s'", path);
	contents = filetree_add_contents(f->tree, patches);
	for (uint32_t i = 0; i < overlay_count(&k->overlay); i++) {
		const struct filetree_node *n = filetree_node(k->overlay.tree, i);
		CLEANUP(fd_closep) int fd = -1;
		const struct kept_file *file;
		manifest_digest digest;
		uint32_t node;

		if (!S_ISREG(n->mode))
			continue;
		file = &f->about.files[next++];
		if (!is_changed(k, file, i))
			continue;
		if (filetree_open_content(k->overlay.tree, i, &fd, err) < 0 ||
			hash_fd_copy(fd, n->path, 0, n->size_bytes, patches, at_bytes,
				digest, err) < 0)
			return -1;
		if (strcmp(digest, k->overlay.digests[i]) != 0)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' changed while it was read", n->path);
		node = filetree_find(f->tree, file->place);
		filetree_patch(f->tree, node, contents, at_bytes, n->size_bytes);
		memcpy(f->digests[node], digest, sizeof(digest));
		at_bytes += n->size_bytes;
	}
	return 0;
}

int kept_tree_find(struct kept_tree *k, struct progress *p, struct found_tree *ret,
	struct error *err)
{
	CLEANUP(found_tree_releasep) struct found_tree f = { 0 };
	CLEANUP(fd_closep) int fd = k ? open(k->path, O_RDONLY | O_CLOEXEC) : -1;
	struct error why = ERROR_INIT;
	bool same;

	if (fd < 0)
		return 0;
	if (read_kept(k, fd, &f, &why) < 0) {
		progress_step(p, "%s: the tree is made anew", why.msg);
		return 0;
	}
	if (!fits(k, &f))
		return 0;
	if (has_same_inputs(k, &f, p, &same, err) < 0)
		return -1;
	if (!same)
		return 0;
	if (!is_undamaged(&f)) {
		progress_step(p, "'%s' is damaged: the tree is made anew", k->path);
		return 0;
	}
	if (put_contents(k, &f, &why) < 0)
		return 0;
	progress_step(p, "taking the tree of an earlier build");
	for (uint32_t i = 0; i < overlay_count(&k->overlay); i++)
		overlay_warn_of(filetree_node(k->overlay.tree, i), p);
	/* The oldest are those that were not used for longest. */
	(void)futimens(fd, NULL);
	if (f.base_path)
		(void)utimensat(AT_FDCWD, f.base_path, NULL, 0);
	*ret = f;
	f = (struct found_tree){ 0 };
	return 0;
}

/* ---- keeping */

/* Where the content of an overlay's file can be exchanged; "": nowhere. */
static const char *find_place(const struct filetree *tree, const manifest_digest *digests,
	const struct overlay_idle *idle, const struct kept_file *file)
{
	for (size_t i = 0; i < idle->paths.count; i++) {
		const char *place = idle->places.items[i];
		const uint32_t node = filetree_find(tree, place);

		if (strcmp(idle->paths.items[i], file->path) != 0)
			continue;
		return node != FILETREE_NO_NODE &&
				       filetree_node(tree, node)->link_count == 1 &&
				       !strcmp(digests[node], file->digest)
			       ? place
			       : "";
	}
	return "";
}

static void list_files(const struct kept_tree *k, const struct filetree *tree,
	const manifest_digest *digests, const struct overlay_idle *idle,
	struct kept_about *to)
{
	for (uint32_t i = 0; i < overlay_count(&k->overlay); i++) {
		const struct filetree_node *n = filetree_node(k->overlay.tree, i);
		struct kept_file file = { 0 };

		if (!S_ISREG(n->mode))
			continue;
		file.path = xstrdup(n->path);
		memcpy(file.digest, k->overlay.digests[i], sizeof(file.digest));
		file.place = xstrdup(find_place(tree, digests, idle, &file));
		kept_about_add_file(to, &file);
	}
}

/* What the tree began as is in the cache already: of two that were made from one base,
 * only what differs takes room. Without it, all is kept. */
static void read_base(const struct kept_tree *k, const char *path, struct pack_base *ret)
{
	const char *cache = k->cache_dir;
	CLEANUP(fd_closep) int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	CLEANUP(freep) char *name = NULL;

	if (fd < 0 || !text_starts_with(path, cache))
		return;
	name = xasprintf("..%s", path + strlen(cache));
	(void)pack_base_read(fd, name, path, ret, &(struct error)ERROR_INIT);
}

static int store(const struct kept_tree *k, const struct filetree *tree,
	const struct distro_result *made, const struct loader_images *loader,
	manifest_digest **ret, struct error *err)
{
	CLEANUP(overlay_releasep) struct overlay now = { 0 };
	CLEANUP(atomic_file_freep) struct atomic_file *file = NULL;
	CLEANUP(kept_about_releasep) struct kept_about list = { 0 };
	CLEANUP(strv_releasep) struct strv about = STRV_INIT;
	CLEANUP(pack_base_releasep) struct pack_base base = { 0 };
	CLEANUP(freep) manifest_digest *known = NULL;
	CLEANUP(freep) manifest_digest *digests = NULL;
	CLEANUP(freep) uint64_t *offsets = NULL;
	uint64_t bytes;

	if (hash_tree(tree, k->spec.memo, &known, err) < 0)
		return -1;
	read_base(k, made->base, &base);
	offsets = pack_offsets(tree, known, &base, &bytes);
	if (path_make_dirs(k->dir, 0755, err) < 0)
		return -1;
	if (!pack_has_room(k->dir, bytes, KEPT_TREES_BYTES))
		return error_set(err, ERR_SPACE, 0, "there is no room for a tree");
	if (atomic_file_create(k->path, 0600, &file, err) < 0 ||
		hash_tree_copy(tree, k->spec.memo, atomic_file_fd(file), offsets,
			&digests, err) < 0)
		return -1;
	list_files(k, tree, digests, &made->overlay_idle, &list);
	kept_about_format(made, loader, list.files, list.file_count, &about);
	if (pack_finish(
		    atomic_file_fd(file), tree, digests, &base, &about, k->path, err) < 0)
		return -1;
	/* Of an overlay that was changed meanwhile, either state may be in the tree. */
	if (overlay_read(k->spec.recipe->overlay, &now, err) < 0)
		return -1;
	if (overlay_is_same(&k->overlay, &now)) {
		if (atomic_file_commit_unsynced(file, err) < 0)
			return -1;
		keep_newest_bytes(k->dir, KEPT_TREES, KEPT_TREES_BYTES);
	}
	*ret = TAKE_PTR(digests);
	return 0;
}

manifest_digest *kept_tree_store(const struct kept_tree *k, const struct filetree *tree,
	const struct distro_result *made, const struct loader_images *loader)
{
	manifest_digest *digests;

	if (!k || store(k, tree, made, loader, &digests, &(struct error)ERROR_INIT) < 0)
		return NULL;
	return digests;
}
