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

/* The tree with its contents in a file in memory; about is "one", "". */
static int pack(const struct filetree *t)
{
	const int fd = memfd_create("pack", MFD_CLOEXEC);
	CLEANUP(strv_releasep) struct strv about = STRV_INIT;
	CLEANUP(freep)
	pack_digest *digests = xcalloc(filetree_count(t), sizeof(*digests));
	CLEANUP(freep) uint64_t *offsets = NULL;
	struct error err = ERROR_INIT;
	uint64_t bytes;

	offsets = pack_offsets(t, &bytes);
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);
		CLEANUP(fd_closep) int from = -1;

		if (!S_ISREG(n->mode))
			continue;
		assert_int_equal(filetree_open_content(t, i, &from, &err), 0);
		assert_int_equal(hash_fd_copy(from, n->path, 0, n->size_bytes, fd,
					 offsets[i], digests[i], &err),
			0);
	}
	STRV_ADD(&about, "one", "");
	assert_int_equal(pack_finish(fd, t, digests, &about, "test", &err), 0);
	return fd;
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
	assert_int_equal(filetree_count(p.tree), filetree_count(t));
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(p.tree, i);
		CLEANUP(fd_closep) int content = -1;
		pack_digest digest = "";

		unit_assert_same_node(filetree_node(t, i), n);
		if (S_ISREG(n->mode)) {
			assert_int_equal(
				filetree_open_content(p.tree, i, &content, &err), 0);
			assert_int_equal(
				hash_fd_range(content, n->path, n->content_offset_bytes,
					n->size_bytes, digest, &err),
				0);
		}
		assert_string_equal(p.digests[i], digest);
	}
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
	filetree_set_patches(t, patches);
	filetree_patch(t, node, 2, 3);
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

	offsets = pack_offsets(t, &start);
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
		SCRATCH_TEST(a_patched_file_has_its_new_content),
		SCRATCH_TEST(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
