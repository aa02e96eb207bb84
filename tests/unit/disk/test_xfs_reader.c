/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems made by mkfs.xfs in many geometries, by xfs_layout(), and changed by
 * xfs_db, read back and held against what they were made from.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "disk/xfs.h"
#include "unit_filetree.h"
#include "xfs_images.h"

static void check_thing(struct xfs_reader *r, const struct filetree *t, size_t i)
{
	const struct filetree_node *n = xfs_node_at(t, xfs_things[i].name);
	CLEANUP(freep) uint8_t *want = xmalloc(XFS_BIG_BYTES);

	assert_int_equal(n->mode, xfs_things[i].mode);
	assert_int_equal(n->uid, 7);
	assert_int_equal(n->gid, 9);
	if (S_ISREG(n->mode)) {
		assert_int_equal(n->size_bytes, xfs_things[i].bytes);
		fill_pattern(want, XFS_BIG_BYTES, 7);
		xfs_check_content(r, n, want);
	} else if (S_ISLNK(n->mode)) {
		assert_string_equal(n->target, xfs_things[i].target);
	} else {
		assert_int_equal(n->device_major, xfs_things[i].bytes >> 8);
		assert_int_equal(n->device_minor, xfs_things[i].bytes & 255);
	}
}

static void check_crowd(const struct filetree *t, int count)
{
	CLEANUP(freep) char *dir = xasprintf("d%d", count);

	assert_int_equal(xfs_node_at(t, dir)->mode, S_IFDIR | 0750);
	for (int i = 0; i < count; i++) {
		CLEANUP(freep) char *name = xfs_crowd_name(i);
		CLEANUP(freep) char *path = xasprintf("%s/%s", dir, name);
		CLEANUP(freep) char *target = xasprintf("%d", i);

		assert_string_equal(xfs_node_at(t, path)->target, target);
	}
}

static void check_prototype(struct xfs_reader *r, const char *image, bool is_whole)
{
	size_t count = 1 + XFS_THINGS + XFS_CROWDS;
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	assert_ok(xfs_reader_list(r, &t, &err), &err);
	for (size_t i = 0; i < XFS_THINGS; i++)
		check_thing(r, t, i);
	for (size_t i = 0; i < XFS_CROWDS; i++) {
		check_crowd(t, xfs_crowds[i]);
		count += (size_t)xfs_crowds[i];
	}
	assert_int_equal(filetree_count(t), count);
	if (is_whole) {
		CLEANUP(freep)
		char *about = TOOL("xfs_db", "-r", "-c", "path /d300", "-c",
			"print v3.inumber core.mtime.nsec", image);

		assert_int_equal(number_after(about, "v3.inumber = "),
			xfs_node_at(t, "d300")->content_offset_bytes);
		assert_int_equal(number_after(about, "core.mtime.nsec = "),
			xfs_node_at(t, "d300")->mtime_ns);
	}
}

static void mkfs_geometries(void **state)
{
	static const char *const cases[][4] = {
		{ NULL },
		{ "-b", "size=1024" },
		{ "-b", "size=1024", "-n", "size=4096" },
		{ "-b", "size=2048", "-i", "size=1024" },
		{ "-i", "size=2048" },
		{ "-n", "size=65536" },
		{ "-n", "size=16384", "-i", "size=1024" },
		{ "-b", "size=65536" },
		{ "-s", "size=4096" },
		{ "-i", "nrext64=1", "-m", "rmapbt=1" },
		{ "-m", "bigtime=0,finobt=0,reflink=0,inobtcount=0", "-i", "sparse=0" },
		{ "-d", "agcount=3" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *image = xfs_make_image(*state, cases[i]);
		CLEANUP(fd_closep) int fd = -1;
		CLEANUP(xfs_reader_freep)
		struct xfs_reader *r = xfs_open_image(image, 0, XFS_IMAGE_BYTES, &fd);

		assert_true(xfs_reader_is_clean(r));
		check_prototype(r, image, true);
	}
}

/* In a partition, and with a UUID that was changed later. */
static void somewhere_on_a_disk(void **state)
{
	static const char *const options[4] = { NULL };
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(freep) char *disk = scratch_path(*state, "disk");
	CLEANUP(freep) char *from = xasprintf("if=%s", image);
	CLEANUP(freep) char *to = xasprintf("of=%s", disk);
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;

	free(TOOL("xfs_admin", "-U", "01234567-89ab-cdef-0102-030405060708", image));
	free(TOOL("dd", from, to, "bs=1M", "seek=3", "conv=sparse", "status=none"));
	r = xfs_open_image(disk, 3 * MIB, XFS_IMAGE_BYTES, &fd);
	check_prototype(r, disk, false);
}

/* What xfs_db, in expert mode, does to the image. */
static void change(const char *image, const char *path, const char *command)
{
	CLEANUP(freep) char *go = xasprintf("path %s", path);

	free(TOOL("xfs_db", "-x", "-c", go, "-c", command, image));
}

/* In the inode, in leaves beneath a node, and with values in blocks of their own. */
static void attributes(void **state)
{
	static const char *const options[4] = { NULL };
	enum { MANY = 300 };
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(strbuf_releasep) struct strbuf script = STRBUF_INIT;
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	const struct filetree_node *n;
	struct error err = ERROR_INIT;

	change(image, "/small", "attr_set -s -v 20 capability");
	change(image, "/small", "attr_set -r -v 1 short");
	strbuf_addf(&script, "path /big\nattr_set -u -v 9000 remote\n");
	for (int i = 0; i < MANY; i++)
		strbuf_addf(&script, "attr_set -u -v %d name-%d\n", i % 100 + 1, i);
	CLEANUP(freep) char *commands = scratch_path(*state, "commands");
	CLEANUP(freep) char *shell = xasprintf("xfs_db -x %s <%s", image, commands);
	assert_ok(file_write_all(commands, script.data, script.length_bytes, 0600, &err),
		&err);
	free(TOOL("sh", "-c", shell));
	r = xfs_open_image(image, 0, XFS_IMAGE_BYTES, &fd);
	assert_ok(xfs_reader_list(r, &t, &err), &err);
	n = xfs_node_at(t, "small");
	assert_int_equal(n->xattr_count, 2);
	assert_string_equal(n->xattrs[0].name, "security.capability");
	assert_int_equal(n->xattrs[0].length_bytes, 20);
	assert_string_equal(n->xattrs[1].name, "trusted.short");
	assert_int_equal(n->xattrs[1].length_bytes, 1);
	n = xfs_node_at(t, "big");
	assert_int_equal(n->xattr_count, MANY + 1);
	for (size_t i = 0; i < n->xattr_count; i++) {
		const struct filetree_xattr *x = &n->xattrs[i];
		const char *number = strrchr(x->name, '-');
		const size_t length = number ? (size_t)atoi(number + 1) % 100 + 1 : 9000;

		assert_int_equal(x->length_bytes, length);
		/* What attr_set fills values with. */
		for (size_t at = 0; at < length; at++)
			assert_int_equal(((const uint8_t *)x->value)[at], 'v');
	}
}

static void assert_same_node(const struct filetree_node *a, const struct filetree_node *b)
{
	assert_string_equal(a->path, b->path);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->mtime_s, b->mtime_s);
	assert_int_equal(a->mtime_ns, b->mtime_ns);
	assert_int_equal(a->size_bytes, b->size_bytes);
	assert_int_equal(a->device_major, b->device_major);
	assert_int_equal(a->device_minor, b->device_minor);
	assert_int_equal(a->link_count, b->link_count);
	assert_int_equal(a->hard_link_of, b->hard_link_of);
	if (a->target)
		assert_string_equal(a->target, b->target);
	unit_assert_same_xattrs(a, b);
}

/* A file with a hole before each of its pieces, so that its extents are a tree. */
static void add_pieces(struct scratch *s, int pieces)
{
	CLEANUP(freep) char *name = xasprintf("pieces%d", pieces);
	CLEANUP(freep) char *path = xasprintf("%s/%s", s->tree_dir, name);
	CLEANUP(fd_closep)
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct filetree_node n = { .path = xstrdup(name),
		.mode = S_IFREG | 0600,
		.size_bytes = (uint64_t)pieces * 8192,
		.sparse = true };
	struct error err = ERROR_INIT;

	for (int i = 1; i <= pieces; i++)
		assert_ok(fd_pwrite_all(fd, &i, sizeof(i), (uint64_t)i * 8192 - sizeof(i),
				  name, &err),
			&err);
	tree_add(s, n);
}

static void fill_tree(struct scratch *s)
{
	CLEANUP(freep) uint8_t *value = xmalloc(65536);
	struct filetree_node n;
	char target[1024] = { 0 };

	fill_pattern(value, 65536, 3);
	memset(target, 'y', sizeof(target) - 1);
	n = tree_dir(s, "dir");
	tree_xattr(&n, "user.most", value, 65536);
	tree_xattr(&n, "user.here", value, 2000);
	tree_xattr(&n, "trusted.none", "", 0);
	tree_add(s, n);
	n = tree_file(s, "dir/ping", value, 65536);
	n.mode = S_IFREG | 06755;
	n.uid = 70000;
	n.mtime_s = -5;
	tree_xattr(&n, "security.capability", value, 20);
	tree_add(s, n);
	tree_add(s, tree_symlink("slow", target));
	tree_add(s, tree_special("disk", S_IFBLK | 0660, 259, 262143));
	tree_add(s, tree_special("socket", S_IFSOCK | 0600, 0, 0));
	for (int i = 0; i < 3; i++) {
		CLEANUP(freep) char *name = xasprintf("name%d", i);

		n = tree_file(s, name, "linked", 6);
		n.link_key[0] = 42;
		tree_add(s, n);
	}
	add_pieces(s, 21);
	add_pieces(s, 300);
	add_pieces(s, 5100);
	tree_seal(s);
}

static void our_own_layout(void **state)
{
	struct scratch *s = *state;
	const struct xfs_spec spec = { .tree = s->tree, .label = "x", .time_s = 1 };
	CLEANUP(blockmap_freep) struct blockmap *map = NULL;
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;

	fill_tree(s);
	assert_ok(xfs_layout(&spec, &map, &err), &err);
	image = write_map(s, map, "image");
	r = xfs_open_image(image, 0, blockmap_size_bytes(map), &fd);
	assert_true(xfs_reader_is_clean(r));
	assert_ok(xfs_reader_list(r, &t, &err), &err);
	assert_int_equal(filetree_count(t), filetree_count(s->tree));
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);

		assert_same_node(n, filetree_node(s->tree, i));
		if (S_ISREG(n->mode)) {
			CLEANUP(freep)
			char *path = xasprintf("%s/%s", s->tree_dir, n->path);
			size_t length;
			CLEANUP(freep) char *want = read_file(path, &length);

			xfs_check_content(r, n, (const uint8_t *)want);
		}
	}
}

/* Room that was set aside and never written holds whatever was there before. */
static void unwritten_extents_are_zeros(void **state)
{
	static const char *const options[4] = { NULL };
	static const uint8_t zeros[XFS_BIG_BYTES];
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(xfs_reader_freep) struct xfs_reader *r = NULL;
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	change(image, "/big", "write u3.bmx[0].extentflag 1");
	r = xfs_open_image(image, 0, XFS_IMAGE_BYTES, &fd);
	assert_ok(xfs_reader_list(r, &t, &err), &err);
	xfs_check_content(r, xfs_node_at(t, "big"), zeros);
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(mkfs_geometries),
		SCRATCH(somewhere_on_a_disk),
		SCRATCH(attributes),
		SCRATCH(our_own_layout),
		SCRATCH(unwritten_extents_are_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
