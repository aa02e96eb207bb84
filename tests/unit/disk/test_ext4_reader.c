/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems made by mke2fs with features of each age, and by ext4_layout(), read back.
 */
#include "disk/ext4_reader.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"
#include "disk/ext4.h"
#include "support.h"

enum { LONG_TARGET = 200, BIG_BYTES = 300000, NAMES = 600, OFFSET = 1 << 20 };

static char long_target[LONG_TARGET + 1];

/* What each of the file systems holds, in a real directory. */
static void fill_directory(const char *dir)
{
	CLEANUP(freep) uint8_t *big = xmalloc(BIG_BYTES);
	struct error err = ERROR_INIT;
	static const char *const dirs[] = { "etc", "etc/deep", "etc/deep/er", "many" };

	memset(long_target, 'x', LONG_TARGET);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(freep) char *path = path_join(dir, dirs[i]);

		assert_return_code(mkdir(path, 0755), 0);
	}
	fill_pattern(big, BIG_BYTES, 7);
	const struct {
		const char *name;
		const void *bytes;
		size_t length;
	} files[] = { { "etc/small", "hello\n", 6 }, { "etc/empty", "", 0 },
		{ "etc/deep/er/big", big, BIG_BYTES } };
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(freep) char *path = path_join(dir, files[i].name);

		assert_ok(
			file_write_all(path, files[i].bytes, files[i].length, 0644, &err),
			&err);
	}
	for (int i = 0; i < NAMES; i++) {
		CLEANUP(freep)
		char *path = xasprintf("%s/many/a-name-of-some-length-%d", dir, i);

		assert_ok(file_write_all(path, "", 0, 0644, &err), &err);
	}
	CLEANUP(freep) char *small = path_join(dir, "etc/small");
	CLEANUP(freep) char *other = path_join(dir, "etc/other-name");
	CLEANUP(freep) char *fast = path_join(dir, "fast");
	CLEANUP(freep) char *slow = path_join(dir, "slow");
	assert_return_code(chmod(small, 04751), 0);
	assert_return_code(link(small, other), 0);
	assert_return_code(symlink("etc/small", fast), 0);
	assert_return_code(symlink(long_target, slow), 0);
}

static const struct filetree_node *node_at(const struct filetree *t, const char *path)
{
	const uint32_t index = filetree_find(t, path);

	if (index == (uint32_t)FILETREE_NO_NODE)
		fail_msg("'%s' is not there", path);
	return filetree_node(t, index);
}

static void check_contents(struct ext4_reader *r, const struct filetree *t)
{
	CLEANUP(freep) uint8_t *want = xmalloc(BIG_BYTES), *got = xmalloc(BIG_BYTES + 1);
	const struct filetree_node *big = node_at(t, "etc/deep/er/big");
	struct error err = ERROR_INIT;
	size_t length;
	char text[16];

	fill_pattern(want, BIG_BYTES, 7);
	assert_int_equal(big->size_bytes, BIG_BYTES);
	assert_ok(ext4_reader_read(r, big->content_offset_bytes, 0, got, BIG_BYTES + 1,
			  &length, &err),
		&err);
	assert_int_equal(length, BIG_BYTES);
	assert_memory_equal(got, want, BIG_BYTES);
	assert_ok(ext4_reader_read(r, node_at(t, "etc/small")->content_offset_bytes, 2,
			  text, sizeof(text), &length, &err),
		&err);
	assert_int_equal(length, 4);
	assert_memory_equal(text, "llo\n", 4);
	assert_ok(ext4_reader_read(r, node_at(t, "etc/empty")->content_offset_bytes, 0,
			  text, sizeof(text), &length, &err),
		&err);
	assert_int_equal(length, 0);
}

static void check_tree(struct ext4_reader *r)
{
	struct error err = ERROR_INIT;
	struct filetree *t;

	assert_ok(ext4_reader_list(r, &t, &err), &err);
	assert_int_equal(node_at(t, "etc/small")->mode, S_IFREG | 04751);
	assert_int_equal(node_at(t, "etc/small")->link_count, 2);
	assert_int_equal(node_at(t, "etc/small")->uid, geteuid());
	assert_string_equal(node_at(t, "fast")->target, "etc/small");
	assert_string_equal(node_at(t, "slow")->target, long_target);
	assert_non_null(node_at(t, "many/a-name-of-some-length-599"));
	/* The files, the directories, the root and lost+found. */
	assert_int_equal(filetree_count(t), NAMES + 4 + 6 + 2);
	check_contents(r, t);
	filetree_free(t);
}

static void mke2fs_features(void **state)
{
	struct scratch *s = *state;
	static const char *const features[] = { "none", "^64bit,^metadata_csum",
		"^extent,^64bit,^huge_file", "inline_data", "sparse_super2" };
	static const char *const blocks[] = { "1024", "4096" };

	fill_directory(s->tree_dir);
	for (size_t i = 0; i < ARRAY_SIZE(features) * ARRAY_SIZE(blocks); i++) {
		CLEANUP(freep) char *image = scratch_path(s, "image");
		CLEANUP(freep)
		char *offset = xasprintf("offset=%d", OFFSET),
		     *feature = xstrdup(features[i / 2]);
		CLEANUP(fd_closep) int fd = -1;
		CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
		struct error err = ERROR_INIT;

		(void)unlink(image);
		free(TOOL("mke2fs", "-q", "-F", "-t", i < 2 ? "ext2" : "ext4", "-b",
			blocks[i % 2], "-O", feature, "-E", offset, "-d", s->tree_dir,
			image, "16M"));
		fd = open(image, O_RDONLY | O_CLOEXEC);
		assert_ok(ext4_reader_open(
				  &DISK_SOURCE(fd), "image", OFFSET, 16 * MIB, &r, &err),
			&err);
		assert_true(ext4_reader_is_clean(r));
		check_tree(r);
	}
}

static void our_own_layout(void **state)
{
	struct scratch *s = *state;
	struct ext4_spec spec = { .tree = s->tree, .label = "x", .free_bytes = MIB };
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct filetree_node n;
	struct filetree *t;
	struct error err = ERROR_INIT;

	tree_add(s, tree_dir(s, "usr"));
	n = tree_file(s, "usr/ping", "elf", 3);
	n.mode = S_IFREG | 0755;
	n.uid = 70000;
	tree_xattr(&n, "security.capability", "\1\2\3", 3);
	tree_add(s, n);
	tree_add(s, tree_special("null", S_IFCHR | 0666, 1, 3));
	tree_seal(s);
	assert_ok(ext4_layout(&spec, &map, &err), &err);
	image = write_map(s, map, "image");
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_ok(ext4_reader_open(&DISK_SOURCE(fd), "image", 0, blockmap_size_bytes(map),
			  &r, &err),
		&err);
	assert_ok(ext4_reader_list(r, &t, &err), &err);
	assert_int_equal(node_at(t, "usr/ping")->uid, 70000);
	assert_int_equal(node_at(t, "usr/ping")->mtime_s, 1600000000);
	assert_int_equal(node_at(t, "usr/ping")->xattr_count, 1);
	assert_string_equal(
		node_at(t, "usr/ping")->xattrs[0].name, "security.capability");
	assert_memory_equal(node_at(t, "usr/ping")->xattrs[0].value, "\1\2\3", 3);
	assert_int_equal(node_at(t, "null")->mode, S_IFCHR | 0666);
	filetree_free(t);
}

static char *small_image(struct scratch *s)
{
	char *image = scratch_path(s, "image");

	fill_directory(s->tree_dir);
	free(TOOL("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^metadata_csum", "-d",
		s->tree_dir, image, "8M"));
	return image;
}

static void a_journal_that_was_not_replayed_is_told(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *image = small_image(s);
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;

	free(TOOL("debugfs", "-w", "-R", "feature needs_recovery", image));
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_ok(
		ext4_reader_open(&DISK_SOURCE(fd), "image", 0, 8 * MIB, &r, &err), &err);
	assert_false(ext4_reader_is_clean(r));
}

static void what_is_cut_off_or_none_is_refused(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *image = small_image(s);
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
	CLEANUP(fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
	static const struct {
		uint64_t offset, size;
		const char *says;
	} cases[] = {
		{ 0, 8 * MIB - 4096, "cut off" },
		{ 0, 4096, "cut off" },
		{ 4096, 7 * MIB, "no superblock" },
		{ 9 * MIB, MIB, "no superblock" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(ext4_reader_open(&DISK_SOURCE(fd), "image",
					 cases[i].offset, cases[i].size, &r, &err),
			-1);
		assert_int_equal(err.code, ERR_FORMAT);
		assert_contains(err.msg, cases[i].says);
	}
}

/* So many pieces come, and then the network is gone. */
static int bring_some(
	void *userdata, uint64_t offset_bytes, uint64_t length_bytes, struct error *err)
{
	unsigned int *left = userdata;

	(void)offset_bytes;
	(void)length_bytes;
	if (!*left)
		return error_set(err, ERR_FETCH, 503, "the service is gone");
	--*left;
	return 0;
}

/* libext2fs knows numbers alone: what is told is why the bytes did not come. */
static void who_brings_the_bytes_is_heard(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *image = small_image(s);
	CLEANUP(fd_closep) int fd = open(image, O_RDONLY | O_CLOEXEC);
	unsigned int failures = 0;

	for (unsigned int pieces = 0;; pieces++) {
		CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
		unsigned int left = pieces;
		const struct disk_source source = { fd, bring_some, &left };
		struct error err = ERROR_INIT;
		struct filetree *t = NULL;

		if (ext4_reader_open(&source, "image", 0, 8 * MIB, &r, &err) == 0 &&
			ext4_reader_list(r, &t, &err) == 0) {
			filetree_free(t);
			break;
		}
		assert_int_equal(err.code, ERR_FETCH);
		assert_contains(err.msg, "the service is gone");
		failures++;
	}
	assert_in_range(failures, 5, 500);
}

/* A directory that is entered by a second name is a circle, or a file of two parents. */
static void a_circle_of_directories_is_refused(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *image = small_image(s);
	CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;
	struct filetree *t;

	free(TOOL("debugfs", "-w", "-R", "link etc etc/deep/er/circle", image));
	fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_ok(
		ext4_reader_open(&DISK_SOURCE(fd), "image", 0, 8 * MIB, &r, &err), &err);
	assert_int_equal(ext4_reader_list(r, &t, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_contains(err.msg, "stands in two places");
}

/* Bytes that lie: any end but a crash. */
static void damage_ends_in_an_error_or_a_tree(void **state)
{
	enum { ROUNDS = 200 };
	struct scratch *s = *state;
	CLEANUP(freep) char *image = small_image(s);
	CLEANUP(fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
	uint32_t x = 1;

	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(ext4_reader_freep) struct ext4_reader *r = NULL;
		struct error err = ERROR_INIT;
		struct filetree *t = NULL;
		uint8_t noise[8];
		uint64_t at;
		char kept[sizeof(noise)];
		size_t got;

		fill_pattern(noise, sizeof(noise), (uint32_t)i);
		x = x * 1664525U + 1013904223U;
		at = 1024 + (x >> 4) % (512 * KIB);
		assert_ok(fd_pread(fd, kept, sizeof(kept), at, &got, "x", &err), &err);
		assert_ok(fd_pwrite_all(fd, noise, sizeof(noise), at, "x", &err), &err);
		if (ext4_reader_open(&DISK_SOURCE(fd), "image", 0, 8 * MIB, &r, &err) ==
				0 &&
			ext4_reader_list(r, &t, &err) == 0)
			filetree_free(t);
		else
			assert_int_not_equal(err.code, ERR_NONE);
		assert_ok(fd_pwrite_all(fd, kept, sizeof(kept), at, "x", &err), &err);
	}
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(mke2fs_features),
		SCRATCH(our_own_layout),
		SCRATCH(a_journal_that_was_not_replayed_is_told),
		SCRATCH(what_is_cut_off_or_none_is_refused),
		SCRATCH(who_brings_the_bytes_is_heard),
		SCRATCH(a_circle_of_directories_is_refused),
		SCRATCH(damage_ends_in_an_error_or_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
