/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xfs_images.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/strbuf.h"

char xfs_long_target[XFS_LONG_TARGET + 1];

/* What mkfs.xfs is told to make, but for directories of many names. */
const struct xfs_thing xfs_things[XFS_THINGS] = {
	{ "small", S_IFREG | 0640, NULL, 6 },
	{ "empty", S_IFREG | 0400, NULL, 0 },
	{ "block", S_IFREG | 04755, NULL, 4096 },
	{ "big", S_IFREG | 02755, NULL, XFS_BIG_BYTES },
	{ "fast", S_IFLNK | 0777, "small", 0 },
	{ "slow", S_IFLNK | 0777, xfs_long_target, 0 },
	{ "null", S_IFCHR | 0666, NULL, 1 << 8 | 3 },
	{ "disk", S_IFBLK | 0660, NULL, 8 << 8 | 17 },
	{ "fifo", S_IFIFO | 0600, NULL, 0 },
};

/* From within an inode to a tree of hashes. */
const int xfs_crowds[XFS_CROWDS] = { 0, 3, 30, 300, 3000 };

static void put_thing(struct scratch *s, struct strbuf *to, size_t i)
{
	static const char types[] = { [S_IFREG >> 12] = '-',
		[S_IFLNK >> 12] = 'l',
		[S_IFCHR >> 12] = 'c',
		[S_IFBLK >> 12] = 'b',
		[S_IFIFO >> 12] = 'p' };
	const mode_t mode = xfs_things[i].mode;

	strbuf_addf(to, "%s %c%c%c%03o 7 9", xfs_things[i].name, types[mode >> 12],
		mode & S_ISUID ? 'u' : '-', mode & S_ISGID ? 'g' : '-', mode & 0777);
	if (S_ISREG(mode)) {
		CLEANUP(freep) uint8_t *bytes = xmalloc(XFS_BIG_BYTES);
		CLEANUP(freep) char *path = scratch_path(s, xfs_things[i].name);
		struct error err = ERROR_INIT;

		fill_pattern(bytes, XFS_BIG_BYTES, 7);
		assert_ok(file_write_all(path, bytes, xfs_things[i].bytes, 0600, &err),
			&err);
		strbuf_addf(to, " %s", path);
	} else if (S_ISLNK(mode)) {
		strbuf_addf(to, " %s", xfs_things[i].target);
	} else if (S_ISCHR(mode) || S_ISBLK(mode)) {
		strbuf_addf(to, " %zu %zu", xfs_things[i].bytes >> 8,
			xfs_things[i].bytes & 255);
	}
	strbuf_add_char(to, '\n');
}

char *xfs_crowd_name(int i)
{
	return xasprintf("%0*d-of-many", 5 + i * 3 % 200, i);
}

/* The file that mkfs.xfs -p reads. */
static char *make_prototype(struct scratch *s)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	char *path = scratch_path(s, "prototype");
	struct error err = ERROR_INIT;

	memset(xfs_long_target, 'x', XFS_LONG_TARGET);
	strbuf_addf(&text, "/none\n0 0\nd--755 0 0\n");
	for (size_t i = 0; i < XFS_THINGS; i++)
		put_thing(s, &text, i);
	for (size_t i = 0; i < XFS_CROWDS; i++) {
		strbuf_addf(&text, "d%d d--750 0 0\n", xfs_crowds[i]);
		for (int n = 0; n < xfs_crowds[i]; n++) {
			CLEANUP(freep) char *name = xfs_crowd_name(n);

			strbuf_addf(&text, "%s l--777 0 0 %d\n", name, n);
		}
		strbuf_addf(&text, "$\n");
	}
	strbuf_addf(&text, "$\n");
	assert_ok(file_write_all(path, text.data, text.length_bytes, 0600, &err), &err);
	return path;
}

const struct filetree_node *xfs_node_at(const struct filetree *t, const char *path)
{
	const uint32_t index = filetree_find(t, path);

	if (index == (uint32_t)FILETREE_NO_NODE)
		fail_msg("'%s' is not there", path);
	return filetree_node(t, index);
}

void xfs_check_content(
	struct xfs_reader *r, const struct filetree_node *n, const uint8_t *want)
{
	CLEANUP(freep) uint8_t *got = xmalloc(n->size_bytes + 1);
	const uint64_t half = n->size_bytes / 2;
	struct error err = ERROR_INIT;
	size_t length;

	assert_ok(xfs_reader_read(r, n->content_offset_bytes, 0, got, n->size_bytes + 1,
			  &length, &err),
		&err);
	assert_int_equal(length, n->size_bytes);
	assert_memory_equal(got, want, length);
	assert_ok(xfs_reader_read(r, n->content_offset_bytes, half, got, n->size_bytes,
			  &length, &err),
		&err);
	assert_int_equal(length, n->size_bytes - half);
	assert_memory_equal(got, want + half, length);
	assert_ok(xfs_reader_read(r, n->content_offset_bytes, n->size_bytes + 5, got, 1,
			  &length, &err),
		&err);
	assert_int_equal(length, 0);
}

/* mkfs.xfs with two more options. */
char *xfs_make_image(struct scratch *s, const char *const options[4])
{
	CLEANUP(freep) char *prototype = make_prototype(s);
	char *image = scratch_path(s, "image");
	CLEANUP(freep) char *size = xasprintf("%d", XFS_IMAGE_BYTES);
	const char *argv[12] = { "mkfs.xfs", "-q", "-f", "-p", prototype };
	size_t count = 5;

	for (size_t i = 0; i < 4 && options[i]; i++)
		argv[count++] = options[i];
	argv[count] = image;
	free(TOOL("truncate", "-s", "0", image));
	free(TOOL("truncate", "-s", size, image));
	free(tool_output(argv));
	return image;
}

struct xfs_reader *xfs_open_image(
	const char *image, uint64_t offset, uint64_t size, int *ret_fd)
{
	struct error err = ERROR_INIT;
	struct xfs_reader *r;

	*ret_fd = open(image, O_RDONLY | O_CLOEXEC);
	assert_return_code(*ret_fd, 0);
	assert_ok(xfs_reader_open(&DISK_SOURCE(*ret_fd), "image", offset, size, &r, &err),
		&err);
	return r;
}
