/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/filetree.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/sandbox.h"
#include "core/aws_session.h"
#include "core/build_layout.h"
#include "core/build_lint.h"
#include "core/kept_tree.h"
#include "core/manifest.h"
#include "disk/layout.h"
#include "disk/sink.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"

enum { LOADER_MOST_BYTES = 64 << 20 };

int image_check(const struct recipe *recipe, struct error *err)
{
	struct tree_spec spec;

	tree_spec_init(&spec, recipe);
	return recipe->driver->check(&spec.distro, err);
}

static void tree_spec_of(struct tree_spec *s, const struct image_request *rq)
{
	tree_spec_init(s, rq->recipe);
	s->distro.cache_dir = rq->cache_dir;
	s->distro.no_cache = rq->no_cache;
	s->distro.work_dir = rq->work_dir;
	s->distro.lock = rq->lock;
}

/* What a disk is made of, once more or again. */
struct source {
	struct tree_room room; /* where a tree is made */
	char *room_dir, *root_dir, *boot_dir; /* and in it; not there: it was found */
	struct digest_memo *memo; /* of the tree's files */
	struct kept_tree *kept; /* or NULL */
	struct distro_result made;
	struct loader_images loader;
};

static struct source source_in(const struct image_request *rq)
{
	struct source s = { .room_dir = path_join(rq->work_dir, "room"),
		.memo = digest_memo_new() };

	s.root_dir = path_join(s.room_dir, "tree");
	s.boot_dir = path_join(s.room_dir, "boot");
	s.room = (struct tree_room){ .dir = s.room_dir, .on_disk = rq->tree_on_disk };
	return s;
}

static void source_releasep(struct source *s)
{
	kept_tree_freep(&s->kept);
	digest_memo_freep(&s->memo);
	distro_result_release(&s->made);
	loader_images_release(&s->loader);
	free(s->room_dir);
	free(s->root_dir);
	free(s->boot_dir);
}

static int read_image(const char *path, void **ret, size_t *ret_bytes, struct error *err)
{
	char *data;

	if (!path)
		return 0;
	if (file_read_all(path, LOADER_MOST_BYTES, &data, ret_bytes, err) < 0)
		return error_context(err, "read the boot loader");
	*ret = data;
	return 0;
}

static int read_loader(const struct distro_result *from, enum recipe_arch arch,
	struct loader_images *to, struct error *err)
{
	const char *name = arch == RECIPE_ARCH_ARM64 ? "BOOTAA64.EFI" : "BOOTX64.EFI";

	memcpy(to->efi_name, name, strlen(name) + 1);
	if (read_image(from->bios_boot, &to->bios_boot, &to->bios_boot_bytes, err) < 0)
		return -1;
	if (read_image(from->bios_core, &to->bios_core, &to->bios_core_bytes, err) < 0)
		return -1;
	return read_image(from->efi, &to->efi, &to->efi_bytes, err);
}

/* The files that the disk is made of. */
struct trees {
	struct filetree *whole; /* as it was made */
	manifest_digest *digests; /* of its files */
	struct filetree *root; /* what the root file system gets */
	struct filetree *boot; /* NULL: /boot has no partition of its own */
};

static void trees_releasep(struct trees *t)
{
	if (t->root != t->whole)
		filetree_free(t->root);
	filetree_free(t->whole);
	filetree_free(t->boot);
	free(t->digests);
}

/* In a directory of its own, so that the next attempt finds nothing of the last. */
static int try_to_make_tree(const struct image_request *rq, const struct distro_spec *of,
	struct source *to, struct progress *p, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(rq->work_dir, "make");
	struct distro_spec spec = *of;

	spec.work_dir = dir;
	if (remove_tree(dir, err) < 0 || path_make_dirs(dir, 0755, err) < 0 ||
		path_make_dirs(to->room.dir, 0755, err) < 0)
		return -1;
	return rq->recipe->driver->build_tree(&spec, p, &to->made, err);
}

/* How much a recipe's scripts write, nobody knows before. */
static int make_tree(const struct image_request *rq, const struct distro_spec *spec,
	struct source *to, struct progress *p, struct error *err)
{
	struct error first = ERROR_INIT;

	if (try_to_make_tree(rq, spec, to, p, &first) < 0) {
		if (first.code != ERR_SPACE || !to->room.in_memory) {
			*err = first;
			return -1;
		}
		progress_step(p,
			"memory does not hold the tree, which is made again on disk: %s",
			first.msg);
		to->room.on_disk = true;
		if (tree_room_close(&to->room, err) < 0 ||
			try_to_make_tree(rq, spec, to, p, err) < 0)
			return -1;
	}
	return read_loader(&to->made, rq->recipe->arch, &to->loader, err);
}

/* One that is kept serves as well; with a partition for /boot it would have to be split
 * without being on disk. */
static int find_tree(const struct image_request *rq, const struct distro_spec *spec,
	struct source *to, struct trees *ret, struct progress *p, struct error *err)
{
	const struct kept_spec kept = { rq->recipe, rq->inputs, spec, rq->root,
		to->memo };
	CLEANUP(found_tree_releasep) struct found_tree found = { 0 };

	if (rq->inputs && !rq->no_cache && !build_has_boot_partition(rq->recipe))
		to->kept = kept_tree_new(&kept);
	if (kept_tree_find(to->kept, p, &found, err) < 0)
		return -1;
	if (!found.tree)
		return 0;
	ret->whole = TAKE_PTR(found.tree);
	ret->digests = TAKE_PTR(found.digests);
	to->made = found.about.made;
	to->loader = found.about.loader;
	found.about.made = (struct distro_result){ 0 };
	found.about.loader = (struct loader_images){ 0 };
	return 0;
}

/* Who makes it, and with what; NULL: it cannot be told. */
static char *describe_maker(const struct image_request *rq)
{
	manifest_digest program;

	if (build_inputs_program(program, &(struct error)ERROR_INIT) < 0)
		return NULL;
	return xasprintf("program %s\nby %s", program, rq->root ? "root" : "user");
}

static int get_tree(const struct image_request *rq, struct source *to, struct trees *ret,
	struct progress *p, struct error *err)
{
	CLEANUP(freep) char *maker = describe_maker(rq);
	struct tree_spec spec;

	tree_spec_of(&spec, rq);
	spec.distro.maker = maker;
	spec.distro.room = &to->room;
	spec.distro.memo = to->memo;
	spec.distro.root_dir = to->root_dir;
	if (find_tree(rq, &spec.distro, to, ret, p, err) < 0)
		return -1;
	return ret->whole ? 0 : make_tree(rq, &spec.distro, to, p, err);
}

/* /boot's files leave the tree of the root file system, where an empty directory of the
 * same look stays to mount them on. */
static int move_boot_out(const char *root_dir, const char *boot_dir, struct error *err)
{
	CLEANUP(freep) char *from = path_join(root_dir, "boot");
	struct stat st;

	if (lstat(from, &st) < 0 || !S_ISDIR(st.st_mode))
		return error_set(err, ERR_FORMAT, 0,
			"the tree has no directory /boot to make a partition of");
	if (rename(from, boot_dir) < 0)
		return error_errno(err, "move '%s' to '%s'", from, boot_dir);
	if (mkdir(from, st.st_mode & 07777) < 0 ||
		chown(from, st.st_uid, st.st_gid) < 0 ||
		chmod(from, st.st_mode & 07777) < 0)
		return error_errno(err, "make the directory '%s' again", from);
	return 0;
}

/* The phase's milliseconds, when it went well. */
static uint64_t end_phase(struct progress *p, const char *name, uint64_t begin_ms)
{
	uint64_t took_ms = clock_now_ms() - begin_ms;

	progress_phase_end(p, name, took_ms);
	return took_ms;
}

/* A tree that was found has been hashed already. */
static int hash_files(const struct source *from, struct trees *to, struct error *err)
{
	if (!to->digests)
		to->digests = kept_tree_store(
			from->kept, to->whole, &from->made, &from->loader);
	return to->digests ? 0 : hash_tree(to->whole, from->memo, &to->digests, err);
}

/* Everything that wants the tree as a whole. */
static int look_through(const struct image_request *rq, const struct source *from,
	struct progress *p, struct trees *to, struct image_facts *facts,
	struct error *err)
{
	const uint64_t begin_ms = clock_now_ms();

	progress_phase(p, "lint", "Look through the tree");
	if ((!to->whole && dirtree_read(from->root_dir, &to->whole, err) < 0) ||
		build_lint(rq->recipe, to->whole, p, &facts->lint, err) < 0 ||
		hash_files(from, to, err) < 0)
		return -1;
	facts->lint_ms = end_phase(p, "lint", begin_ms);
	return 0;
}

/* Into what each file system gets. */
static int split_trees(const struct recipe *r, const char *root_dir, const char *boot_dir,
	int64_t epoch_s, struct trees *to, struct error *err)
{
	if (!build_has_boot_partition(r)) {
		to->root = to->whole;
		filetree_clamp_times(to->root, epoch_s);
		return 0;
	}
	if (move_boot_out(root_dir, boot_dir, err) < 0 ||
		dirtree_read(boot_dir, &to->boot, err) < 0 ||
		dirtree_read(root_dir, &to->root, err) < 0)
		return -1;
	filetree_clamp_times(to->boot, epoch_s);
	filetree_clamp_times(to->root, epoch_s);
	return 0;
}

static void settled(void *hash, uint64_t bytes)
{
	disk_hash_settled(hash, bytes);
}

static int fill_sink(const struct image_request *rq, const struct blockmap *map,
	struct progress *p, struct image_facts *facts, struct error *err)
{
	CLEANUP(sink_freep) struct sink *sink = NULL;
	CLEANUP(disk_hash_freep) struct disk_hash *hash = NULL;

	if (rq->cloud) {
		if (build_cloud_write(
			    rq->cloud, map, p, &facts->cloud, &facts->digests, err) < 0)
			return -1;
		facts->written_bytes = facts->cloud.sent_bytes;
		return 0;
	}
	sink = rq->device_bytes ? sink_device_new(rq->fd, rq->name)
				: sink_file_new(rq->fd, rq->name);
	if (disk_hash_start(rq->fd, rq->name, facts->size_bytes, &hash, err) < 0)
		return -1;
	sink->settled = settled;
	sink->userdata = hash;
	if (sink_write(sink, map, p, err) < 0)
		return -1;
	facts->written_bytes = sink->written_bytes;
	return disk_hash_end(hash, &facts->digests, err);
}

static int write_scratch(const struct image_request *rq, const char *name,
	const char *text, size_t length_bytes, struct error *err)
{
	CLEANUP(freep) char *path = path_join(rq->work_dir, name);

	return file_write_all(path, text, length_bytes, 0600, err);
}

static int write_manifest(
	const struct image_request *rq, struct manifest *m, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf manifest = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf summary = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf spdx = STRBUF_INIT;

	if (manifest_hash_recipe(rq->recipe, m->recipe_digest, err) < 0)
		return -1;
	manifest_format(m, true, &manifest);
	manifest_format(m, false, &summary);
	manifest_format_spdx(m, &spdx);
	if (write_scratch(rq, IMAGE_MANIFEST_FILE, manifest.data, manifest.length_bytes,
		    err) < 0 ||
		write_scratch(rq, IMAGE_SUMMARY_FILE, summary.data, summary.length_bytes,
			err) < 0)
		return -1;
	return write_scratch(rq, IMAGE_SPDX_FILE, spdx.data, spdx.length_bytes, err);
}

static int make_disk(const struct image_request *rq, const struct source *from,
	struct trees *trees, struct progress *p, struct image_facts *facts,
	struct error *err)
{
	const int64_t epoch_s = from->made.epoch_s;
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	uint64_t begin_ms;

	if (look_through(rq, from, p, trees, facts, err) < 0)
		return -1;
	begin_ms = clock_now_ms();
	progress_phase(p, "disk", "Lay out the disk");
	if (split_trees(rq->recipe, from->root_dir, from->boot_dir, epoch_s, trees, err) <
		0)
		return -1;
	if (build_lay_out(rq->recipe,
		    &(struct build_content){ .root = trees->root,
			    .boot = trees->boot,
			    .loader = &from->loader,
			    .epoch_s = epoch_s,
			    .like = rq->like },
		    &map, err) < 0)
		return -1;
	facts->size_bytes = blockmap_size_bytes(map);
	if (rq->device_bytes && facts->size_bytes > rq->device_bytes)
		return error_set(err, ERR_TARGET, 0,
			"the disk has %llu bytes, '%s' only %llu",
			(unsigned long long)facts->size_bytes, rq->name,
			(unsigned long long)rq->device_bytes);
	facts->disk_ms = end_phase(p, "disk", begin_ms);

	begin_ms = clock_now_ms();
	progress_phase(p, "write", "Write the disk");
	if (fill_sink(rq, map, p, facts, err) < 0)
		return -1;
	facts->write_ms = end_phase(p, "write", begin_ms);

	begin_ms = clock_now_ms();
	progress_phase(p, "manifest", "Write down what is in it");
	if (write_manifest(rq,
		    &(struct manifest){ .recipe = rq->recipe,
			    .made = &from->made,
			    .tree = trees->whole,
			    .file_digests = trees->digests,
			    .loader = &from->loader,
			    .size_bytes = facts->size_bytes,
			    .digests = facts->digests },
		    err) < 0)
		return error_context(err, "make the manifest");
	facts->manifest_ms = end_phase(p, "manifest", begin_ms);
	return 0;
}

/* Inside the sandbox. */
static int make_image(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct image_request *rq = userdata;
	CLEANUP(source_releasep)
	struct source source = source_in(rq);
	CLEANUP(trees_releasep) struct trees trees = { 0 };
	const struct distro_result *made = &source.made;
	struct image_facts facts = { 0 };
	uint64_t begin_ms = clock_now_ms();

	progress_phase(p, "tree", "Make the tree");
	if (get_tree(rq, &source, &trees, p, err) < 0)
		return -1;
	facts.tree_ms = end_phase(p, "tree", begin_ms);
	if (write_scratch(
		    rq, IMAGE_INPUTS_FILE, made->inputs, strlen(made->inputs), err) < 0)
		return -1;
	facts.epoch_s = made->epoch_s;
	facts.package_count = made->packages.count;
	facts.download_bytes = made->download_bytes;
	if (make_disk(rq, &source, &trees, p, &facts, err) < 0 ||
		tree_room_close(&source.room, err) < 0)
		return -1;
	strbuf_add(result, &facts, sizeof(facts));
	return 0;
}

/* Inside the sandbox. */
static int ask_inputs(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct image_request *rq = userdata;
	struct tree_spec spec;

	tree_spec_of(&spec, rq);
	return rq->recipe->driver->inputs(&spec.distro, p, result, err);
}

int image_inputs(const struct image_request *request, struct progress *progress,
	char **ret_text, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (sandbox_run(ask_inputs, (void *)request, progress, &text, err) < 0)
		return -1;
	*ret_text = strbuf_take(&text);
	return 0;
}

int image_make(const struct image_request *request, struct progress *progress,
	struct image_facts *ret, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;

	if (sandbox_run_answering(make_image, (void *)request, progress,
		    aws_session_lend_keys, &result, err) < 0)
		return -1;
	if (result.length_bytes != sizeof(*ret))
		return error_set(err, ERR_SYSTEM, 0, "the sandbox sent no facts");
	memcpy(ret, result.data, sizeof(*ret));
	return 0;
}
