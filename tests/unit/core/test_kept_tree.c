/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_tree.h"

#include <sys/stat.h>

#include "base/progress.h"
#include "recipe_support.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"

#define NAMED "name: test\ndistro: debian\nrelease: bookworm\n"

static const char *lists; /* what the driver says */
static int asked;
static int warnings;

static int say_inputs(const struct distro_spec *spec, struct progress *p,
	struct strbuf *to, struct error *err)
{
	(void)spec;
	(void)p;
	(void)err;
	asked++;
	strbuf_add_str(to, lists);
	return 0;
}

static const struct distro_driver driver = { .name = "test", .inputs = say_inputs };

/* A scratch directory with the tree root/, the overlay files/ and scripts. */
struct scene {
	const char *scratch;
	char *root, *files, *cache, *trees;
	struct build_inputs inputs;
	struct overlay_idle idle;
	bool is_root;
	const char *recipe;
};

static void scene_releasep(struct scene *s)
{
	overlay_idle_release(&s->idle);
	free(s->root);
	free(s->files);
	free(s->cache);
	free(s->trees);
}

static struct scene set_scene(const char *scratch)
{
	struct scene s = { .scratch = scratch,
		.root = path_join(scratch, "root"),
		.files = path_join(scratch, "files"),
		.cache = path_join(scratch, "cache"),
		.trees = path_join(scratch, "cache/trees"),
		.inputs = { .program = "program", .lock = "" },
		.recipe = NAMED "overlay: files\n" };

	lists = "lists 1";
	asked = 0;
	warnings = 0;
	assert_int_equal(mkdir(s.root, 0755), 0);
	assert_int_equal(mkdir(s.files, 0755), 0);
	unit_write_file(s.root, "motd", "one");
	unit_write_file(s.root, "used", "one");
	unit_write_file(s.root, "other", "content");
	unit_write_file(s.files, "motd", "one");
	unit_write_file(s.files, "used", "one");
	unit_write_file(scratch, "s.sh", "#!/bin/sh\n");
	unit_write_file(scratch, "t.sh", "#!/bin/sh\n");
	STRV_ADD(&s.idle.paths, "motd");
	STRV_ADD(&s.idle.places, "motd");
	return s;
}

static void count_warnings(struct progress *p, const struct progress_event *e)
{
	(void)p;
	warnings += e->kind == PROGRESS_WARNING;
}

/* What a build does: take a tree that is kept, or else make one, and keep it. */
static bool build(const struct scene *s, struct found_tree *found)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(s->scratch, s->recipe, NULL);
	CLEANUP(freep) char *work = path_join(s->scratch, "work");
	const struct distro_spec spec = { .cache_dir = s->cache, .work_dir = work };
	const struct kept_spec kept = { r, &s->inputs, &spec, s->is_root };
	CLEANUP(kept_tree_freep) struct kept_tree *k = NULL;
	CLEANUP(filetree_freep) struct filetree *tree = NULL;
	CLEANUP(freep) manifest_digest *digests = NULL;
	struct distro_result made = { .epoch_s = 1234, .overlay_idle = s->idle };
	struct loader_images loader = {
		.efi = (void *)"EFI\0\377", .efi_bytes = 5, .efi_name = "BOOTX64.EFI"
	};
	struct progress p = { .report = count_warnings };
	struct error err = ERROR_INIT;

	(void)remove_tree(work, &(struct error)ERROR_INIT);
	assert_int_equal(mkdir(work, 0700), 0);
	made.inputs = (char *)lists;
	r->driver = &driver;
	k = kept_tree_new(&kept);
	assert_non_null(k);
	if (kept_tree_find(k, &p, found, &err) < 0)
		fail_msg("%s", err.msg);
	if (found->tree)
		return true;
	if (dirtree_read(s->root, &tree, &err) < 0)
		fail_msg("%s", err.msg);
	digests = kept_tree_store(k, tree, &made, &loader);
	assert_non_null(digests);
	return false;
}

static bool is_found(const struct scene *s)
{
	CLEANUP(found_tree_releasep) struct found_tree found = { 0 };

	return build(s, &found);
}

static void a_kept_tree_is_found(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(found_tree_releasep) struct found_tree found = { 0 };

	assert_false(is_found(&s));
	assert_int_equal(asked, 0); /* there was nothing to compare with */
	assert_true(build(&s, &found));
	assert_int_equal(asked, 1);
	assert_int_equal(filetree_count(found.tree), 4);
	assert_int_equal(found.about.made.epoch_s, 1234);
	assert_string_equal(found.about.made.inputs, "lists 1");
	assert_int_equal(found.about.loader.efi_bytes, 5);
	assert_memory_equal(found.about.loader.efi, "EFI\0\377", 5);
	assert_string_equal(found.about.loader.efi_name, "BOOTX64.EFI");
	assert_null(found.about.loader.bios_core);
}

/* As it is when the overlay is copied. */
static void set_id_is_warned_of_again(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *path = path_join(s.files, "motd");

	assert_int_equal(chmod(path, 04755), 0);
	assert_false(is_found(&s));
	assert_int_equal(warnings, 0);
	assert_true(is_found(&s));
	assert_int_equal(warnings, 1);
}

static void change_program(struct scene *s)
{
	memcpy(s->inputs.program, "another", sizeof("another"));
}

static void change_lock(struct scene *s)
{
	memcpy(s->inputs.lock, "locked", sizeof("locked"));
}

static void change_user(struct scene *s)
{
	s->is_root = true;
}

static void change_lists(struct scene *s)
{
	(void)s;
	lists = "lists 2";
}

static void change_key(struct scene *s)
{
	s->recipe = NAMED "overlay: files\nlocale: C.UTF-8\nuser: other\n";
}

static void change_disk(struct scene *s)
{
	s->recipe = NAMED "overlay: files\ndisk: {size: 8G, free: 2G}\n"
			  "image: {description: other}\n";
}

static void change_idle(struct scene *s)
{
	unit_write_file(s->files, "motd", "another");
}

static void change_used(struct scene *s)
{
	unit_write_file(s->files, "used", "another");
}

static void change_both(struct scene *s)
{
	change_idle(s);
	change_used(s);
}

static void change_mode(struct scene *s)
{
	CLEANUP(freep) char *path = path_join(s->files, "motd");

	assert_int_equal(chmod(path, 0600), 0);
}

static void change_emptiness(struct scene *s)
{
	unit_write_file(s->files, "motd", "");
}

static void add_file(struct scene *s)
{
	unit_write_file(s->files, "more", "one");
}

static void remove_file(struct scene *s)
{
	CLEANUP(freep) char *path = path_join(s->files, "motd");

	assert_int_equal(unlink(path), 0);
}

static void add_link(struct scene *s)
{
	CLEANUP(freep) char *path = path_join(s->files, "link");

	assert_int_equal(symlink("motd", path), 0);
}

static void change_nothing(struct scene *s)
{
	CLEANUP(freep) char *path = path_join(s->files, "motd");

	/* Times of the overlay do not get into an image. */
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

static void what_decides_is_looked_at(void **state)
{
	static const struct {
		void (*change)(struct scene *s);
		bool found;
	} cases[] = {
		{ change_nothing, true },
		{ change_idle, true },
		{ change_disk, true },
		{ change_program, false },
		{ change_lock, false },
		{ change_user, false },
		{ change_lists, false },
		{ change_key, false },
		{ change_used, false },
		{ change_both, false },
		{ change_mode, false },
		{ change_emptiness, false },
		{ add_file, false },
		{ remove_file, false },
		{ add_link, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(scene_releasep) struct scene s = { 0 };

		assert_int_equal(mkdir(scratch, 0755), 0);
		s = set_scene(scratch);
		assert_false(is_found(&s));
		cases[i].change(&s);
		if (is_found(&s) != cases[i].found)
			fail_msg("case %zu: found is not %d", i, cases[i].found);
		/* Now there is one of these inputs, too. */
		if (!is_found(&s))
			fail_msg("case %zu: not kept", i);
	}
}

static void a_changed_content_is_in_the_tree(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(found_tree_releasep) struct found_tree found = { 0 };
	CLEANUP(freep) manifest_digest *digests = NULL;
	manifest_digest wanted;
	struct error err = ERROR_INIT;
	uint32_t node;

	assert_false(is_found(&s));
	unit_write_file(s.files, "motd", "something longer");
	assert_true(build(&s, &found));
	node = filetree_find(found.tree, "motd");
	assert_int_equal(filetree_node(found.tree, node)->size_bytes, 16);
	assert_int_equal(hash_tree(found.tree, NULL, &digests, &err), 0);
	hash_bytes("something longer", 16, wanted);
	assert_string_equal(digests[node], wanted);
	for (uint32_t i = 0; i < filetree_count(found.tree); i++)
		assert_string_equal(digests[i], found.digests[i]);
}

/* With scripts, which may look at anything, all contents decide. */
static void scripts_see_contents(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	s.recipe = NAMED "overlay: files\nscripts: [s.sh]\nscripts-repeatable: yes\n";
	assert_false(is_found(&s));
	assert_true(is_found(&s));
	change_idle(&s);
	assert_false(is_found(&s));
	s.recipe = NAMED "overlay: files\nscripts: [t.sh]\nscripts-repeatable: yes\n";
	assert_false(is_found(&s));
}

static void damage(const struct scene *s, off_t at, char byte)
{
	DIR *dir = opendir(s->trees);
	struct dirent *e;

	while ((e = readdir(dir))) {
		CLEANUP(freep) char *path = path_join(s->trees, e->d_name);
		CLEANUP(fd_closep) int fd = -1;

		if (e->d_name[0] == '.')
			continue;
		fd = open(path, O_WRONLY | O_CLOEXEC);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	(void)closedir(dir);
}

/* Then it is as if there was none, and the next one is good again. */
static void a_damaged_one_is_not_taken(void **state)
{
	static const off_t places[] = { 0, 100 }; /* in a content, in the index */
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	assert_false(is_found(&s));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		damage(&s, places[i], '?');
		assert_false(is_found(&s));
		assert_true(is_found(&s));
	}
}

static void they_are_bounded(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	for (int i = 0; i < KEPT_TREES + 2; i++) {
		(void)snprintf(s.inputs.program, sizeof(s.inputs.program), "%d", i);
		assert_false(is_found(&s));
	}
	assert_int_equal(unit_count_entries(s.trees), KEPT_TREES);
}

static void nothing_kept_is_fine(void **state)
{
	CLEANUP(found_tree_releasep) struct found_tree found = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(kept_tree_find(NULL, NULL, &found, &err), 0);
	assert_null(found.tree);
	assert_null(kept_tree_store(NULL, NULL, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_kept_tree_is_found),
		SCRATCH_TEST(what_decides_is_looked_at),
		SCRATCH_TEST(a_changed_content_is_in_the_tree),
		SCRATCH_TEST(set_id_is_warned_of_again),
		SCRATCH_TEST(scripts_see_contents),
		SCRATCH_TEST(a_damaged_one_is_not_taken),
		SCRATCH_TEST(they_are_bounded),
		cmocka_unit_test(nothing_kept_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
