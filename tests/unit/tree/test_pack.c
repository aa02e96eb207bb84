/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/pack.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/strbuf.h"
#include "tree/dirtree.h"
#include "unit.h"
#include "unit_filetree.h"

/* Every kind of file that needs no root. */
static struct filetree *make_tree(const char *scratch)
{
	CLEANUP(freep) char *root = path_join(scratch, "root");
	CLEANUP(freep) char *dir = path_join(root, "dir");
	CLEANUP(freep) char *a = path_join(root, "dir/a");
	CLEANUP(freep) char *b = path_join(root, "b");
	CLEANUP(freep) char *link = path_join(root, "link");
	CLEANUP(freep) char *fifo = path_join(root, "fifo");
	CLEANUP(freep) char *hole = path_join(root, "hole");
	struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(mkdir(dir, 0750), 0);
	unit_write_file(root, "dir/a", "content of a");
	unit_write_file(root, "empty", "");
	unit_write_file(root, "a\nb", "odd");
	unit_write_file(root, "hole", "");
	assert_int_equal(truncate(hole, 1 << 20), 0);
	assert_int_equal(chmod(a, 04711), 0);
	assert_int_equal(setxattr(a, "user.test", "\0\377x", 3, 0), 0);
	assert_int_equal(linkat(AT_FDCWD, a, AT_FDCWD, b, 0), 0);
	assert_int_equal(symlink("dir/a", link), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	if (dirtree_read(root, &t, &err) < 0)
		fail_msg("%s", err.msg);
	return t;
}

/* The tree's contents that the base has not, and the index; about is "one", "". */
static void pack_into(int fd, const struct filetree *t, const struct pack_base *base)
{
	CLEANUP(strv_releasep) struct strv about = STRV_INIT;
	CLEANUP(freep) pack_digest *known = NULL;
	CLEANUP(freep) pack_digest *digests = NULL;
	CLEANUP(freep) uint64_t *offsets = NULL;
	struct error err = ERROR_INIT;
	uint64_t bytes;

	assert_int_equal(hash_tree(t, NULL, &known, &err), 0);
	offsets = pack_offsets(t, known, base, &bytes);
	assert_int_equal(hash_tree_copy(t, NULL, fd, offsets, &digests, &err), 0);
	STRV_ADD(&about, "one", "");
	assert_int_equal(pack_finish(fd, t, digests, base, &about, "test", &err), 0);
}

/* In a file in memory. */
static int pack(const struct filetree *t)
{
	const int fd = memfd_create("pack", MFD_CLOEXEC);

	pack_into(fd, t, NULL);
	return fd;
}

static void assert_same_trees(const struct pack *p, const struct filetree *t)
{
	struct error err = ERROR_INIT;

	assert_int_equal(filetree_count(p->tree), filetree_count(t));
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(p->tree, i);
		CLEANUP(fd_closep) int content = -1;
		pack_digest digest = "";

		unit_assert_same_node(filetree_node(t, i), n);
		if (S_ISREG(n->mode)) {
			assert_int_equal(
				filetree_open_content(p->tree, i, &content, &err), 0);
			assert_int_equal(
				hash_fd_range(content, n->path, n->content_offset_bytes,
					n->size_bytes, digest, &err),
				0);
		}
		assert_string_equal(p->digests[i], digest);
	}
}

static void what_was_packed_comes_back(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(fd_closep) int fd = pack(t);
	CLEANUP(pack_releasep) struct pack p = { 0 };
	struct error err = ERROR_INIT;

	if (pack_read(fd, "test", &p, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(p.about.count, 2);
	assert_string_equal(p.about.items[0], "one");
	assert_string_equal(p.about.items[1], "");
	assert_null(p.base_path);
	assert_same_trees(&p, t);
}

/* The tree's pack, base, and another that refers to it, both in the directory. */
struct two_packs {
	char *base_path, *path;
	struct filetree *tree; /* of the second */
	int base_fd, fd;
};

static void two_packs_releasep(struct two_packs *p)
{
	free(p->base_path);
	free(p->path);
	filetree_free(p->tree);
	fd_closep(&p->base_fd);
	fd_closep(&p->fd);
}

static int create(const char *path)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static struct two_packs make_two(const char *scratch)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(scratch);
	CLEANUP(freep) char *root = path_join(scratch, "root");
	CLEANUP(pack_base_releasep) struct pack_base base = { 0 };
	struct two_packs p = { .base_path = path_join(scratch, "base"),
		.path = path_join(scratch, "more") };
	struct error err = ERROR_INIT;

	p.base_fd = create(p.base_path);
	pack_into(p.base_fd, t, NULL);
	unit_write_file(root, "b-new", "what only the second has");
	unit_write_file(root, "b-copy", "content of a");
	assert_int_equal(dirtree_read(root, &p.tree, &err), 0);
	assert_int_equal(pack_base_read(p.base_fd, "base", p.base_path, &base, &err), 0);
	p.fd = create(p.path);
	pack_into(p.fd, p.tree, &base);
	return p;
}

static void what_the_base_has_is_kept_once(void **state)
{
	CLEANUP(two_packs_releasep) struct two_packs two = make_two(*state);
	CLEANUP(pack_releasep) struct pack p = { 0 };
	struct error err = ERROR_INIT;
	char own[64] = "";
	size_t got;

	if (pack_read(two.fd, two.path, &p, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(p.base_path, two.base_path);
	assert_same_trees(&p, two.tree);
	/* A content of its own, and behind it the index, which begins with a name. */
	assert_int_equal(fd_pread(two.fd, own, 29, 0, &got, "pack", &err), 0);
	assert_string_equal(own, "what only the second hasbase");
}

static void a_base_that_is_gone_or_cut_is_told(void **state)
{
	CLEANUP(two_packs_releasep) struct two_packs two = make_two(*state);
	struct pack p = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(truncate(two.base_path, 3), 0);
	assert_int_equal(pack_read(two.fd, two.path, &p, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "not a whole tree");
	assert_int_equal(unlink(two.base_path), 0);
	assert_int_equal(pack_read(two.fd, two.path, &p, &err), -1);
	assert_non_null(strstr(err.msg, "which '"));
	assert_int_equal(mkfifo(two.base_path, 0600), 0);
	assert_int_equal(pack_read(two.fd, two.path, &p, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "not a whole tree");
}

static void a_patched_file_has_its_new_content(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	const int patches = memfd_create("patches", MFD_CLOEXEC);
	const uint32_t node = filetree_find(t, "empty");
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;
	char content[8] = "";
	size_t got;

	assert_int_equal(write(patches, "..new", 5), 5);
	filetree_patch(t, node, filetree_add_contents(t, patches), 2, 3);
	assert_int_equal(filetree_open_content(t, node, &fd, &err), 0);
	assert_int_equal(
		fd_pread(fd, content, 3, filetree_node(t, node)->content_offset_bytes,
			&got, "patch", &err),
		0);
	assert_string_equal(content, "new");
	assert_int_equal(filetree_node(t, node)->size_bytes, 3);
}

/* Of the index and of what stands behind it, every byte counts. */
static void damage_is_found(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = make_tree(*state);
	CLEANUP(fd_closep) int fd = pack(t);
	CLEANUP(freep) uint64_t *offsets = NULL;
	struct error err = ERROR_INIT;
	uint64_t start;
	struct stat st;

	offsets = pack_offsets(t, NULL, NULL, &start);
	assert_int_equal(fstat(fd, &st), 0);
	for (off_t at = (off_t)start; at < st.st_size; at++) {
		struct pack p = { 0 };
		char byte, wrong;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		wrong = (char)(byte ^ 4);
		assert_int_equal(pwrite(fd, &wrong, 1, at), 1);
		if (pack_read(fd, "test", &p, &err) == 0)
			fail_msg("taken with a wrong byte at %lld", (long long)at);
		unit_assert_error(&err, ERR_FORMAT, "not a whole tree");
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	for (off_t size = 0; size < st.st_size; size += 97) {
		struct pack p = { 0 };

		assert_int_equal(ftruncate(fd, st.st_size - 1 - size), 0);
		assert_int_equal(pack_read(fd, "test", &p, &err), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_was_packed_comes_back),
		SCRATCH_TEST(what_the_base_has_is_kept_once),
		SCRATCH_TEST(a_base_that_is_gone_or_cut_is_told),
		SCRATCH_TEST(a_patched_file_has_its_new_content),
		SCRATCH_TEST(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
