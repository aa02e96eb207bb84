/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/filetree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"

struct filetree {
	int content_fd;
	bool content_is_directory;
	int *more_fds; /* contents 1, 2, … */
	size_t more_count, more_room;
	struct filetree_node *nodes;
	size_t count;
	size_t room;
};

struct filetree *filetree_new(int content_fd, bool content_is_directory)
{
	struct filetree *t = xcalloc(1, sizeof(*t));

	t->content_fd = content_fd;
	t->content_is_directory = content_is_directory;
	return t;
}

void filetree_node_release(struct filetree_node *n)
{
	for (size_t i = 0; i < n->xattr_count; i++) {
		free(n->xattrs[i].name);
		free(n->xattrs[i].value);
	}
	free(n->xattrs);
	free(n->target);
	free(n->path);
}

struct filetree *filetree_free(struct filetree *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < t->count; i++)
		filetree_node_release(&t->nodes[i]);
	free(t->nodes);
	fd_closep(&t->content_fd);
	for (size_t i = 0; i < t->more_count; i++)
		fd_closep(&t->more_fds[i]);
	free(t->more_fds);
	free(t);
	return NULL;
}

void filetree_add(struct filetree *t, struct filetree_node *node)
{
	array_reserve_one((void **)&t->nodes, t->count, &t->room, sizeof(*t->nodes));
	node->hard_link_of = FILETREE_NO_NODE;
	node->link_count = 1;
	t->nodes[t->count++] = *node;
	*node = (struct filetree_node){ 0 };
}

/* Byte order, but '/' before all else: so a directory's content follows it at once. */
int filetree_compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int compare_nodes(const void *a, const void *b)
{
	return filetree_compare_paths(((const struct filetree_node *)a)->path,
		((const struct filetree_node *)b)->path);
}

static int compare_xattrs(const void *a, const void *b)
{
	return strcmp(((const struct filetree_xattr *)a)->name,
		((const struct filetree_xattr *)b)->name);
}

static bool component_is_bad(const char *s, size_t length)
{
	return length == 0 || (length == 1 && s[0] == '.') ||
	       (length == 2 && s[0] == '.' && s[1] == '.');
}

static bool path_is_bad(const char *path)
{
	for (;;) {
		size_t length = strcspn(path, "/");

		if (component_is_bad(path, length))
			return true;
		if (!path[length])
			return false;
		path += length + 1;
	}
}

static int link_to_parent(struct filetree *t, uint32_t index, struct error *err)
{
	struct filetree_node *n = &t->nodes[index];
	const char *slash = strrchr(n->path, '/');
	CLEANUP(freep) char *dir = slash ? path_dirname(n->path) : xstrdup("");

	n->name = slash ? slash + 1 : n->path;
	n->parent = filetree_find(t, dir);
	if (n->parent == FILETREE_NO_NODE || !S_ISDIR(t->nodes[n->parent].mode))
		return error_set(
			err, ERR_FORMAT, 0, "'/%s' stands in no directory", n->path);
	if (S_ISDIR(n->mode))
		t->nodes[n->parent].link_count++;
	return 0;
}

struct link_ref {
	uint64_t key[2];
	uint32_t index;
};

static int compare_refs(const void *a, const void *b)
{
	const struct link_ref *x = a, *y = b;

	for (size_t i = 0; i < 2; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* Of the names of one inode, the first in order is the inode; the others refer to it. */
static void link_hard_links(struct filetree *t)
{
	CLEANUP(freep) struct link_ref *refs = xcalloc(t->count, sizeof(*refs));
	size_t count = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct filetree_node *n = &t->nodes[i];

		if (S_ISDIR(n->mode) || (!n->link_key[0] && !n->link_key[1]))
			continue;
		refs[count++] =
			(struct link_ref){ { n->link_key[0], n->link_key[1] }, i };
	}
	qsort(refs, count, sizeof(*refs), compare_refs);
	for (size_t i = 0, first = 0; i < count; i++) {
		if (memcmp(refs[i].key, refs[first].key, sizeof(refs[i].key)) != 0)
			first = i;
		if (i == first)
			continue;
		t->nodes[refs[i].index].hard_link_of = refs[first].index;
		t->nodes[refs[first].index].link_count++;
	}
	for (size_t i = 0; i < t->count; i++)
		if (t->nodes[i].hard_link_of != FILETREE_NO_NODE)
			t->nodes[i].link_count =
				t->nodes[t->nodes[i].hard_link_of].link_count;
}

static void add_root_when_missing(struct filetree *t)
{
	struct filetree_node root = { .path = xstrdup(""), .mode = S_IFDIR | 0755 };

	for (size_t i = 0; i < t->count; i++)
		if (!t->nodes[i].path[0]) {
			free(root.path);
			return;
		}
	filetree_add(t, &root);
}

static int sort_xattrs(struct filetree_node *n, struct error *err)
{
	if (n->xattr_count)
		qsort(n->xattrs, n->xattr_count, sizeof(*n->xattrs), compare_xattrs);
	for (size_t i = 1; i < n->xattr_count; i++)
		if (!strcmp(n->xattrs[i].name, n->xattrs[i - 1].name))
			return error_set(err, ERR_FORMAT, 0,
				"'/%s' has the attribute '%s' twice", n->path,
				n->xattrs[i].name);
	return 0;
}

int filetree_seal(struct filetree *t, struct error *err)
{
	add_root_when_missing(t);
	qsort(t->nodes, t->count, sizeof(*t->nodes), compare_nodes);
	if (!S_ISDIR(t->nodes[0].mode))
		return error_set(
			err, ERR_FORMAT, 0, "the root of the tree is no directory");
	t->nodes[0].name = t->nodes[0].path;
	t->nodes[0].link_count = 2;
	for (uint32_t i = 0; i < t->count; i++) {
		struct filetree_node *n = &t->nodes[i];

		if (S_ISDIR(n->mode))
			n->link_count = 2;
		if (sort_xattrs(n, err) < 0)
			return -1;
		if (i && path_is_bad(n->path))
			return error_set(
				err, ERR_FORMAT, 0, "'/%s' is not a clean path", n->path);
		if (i && !strcmp(n->path, t->nodes[i - 1].path))
			return error_set(
				err, ERR_FORMAT, 0, "'/%s' stands twice", n->path);
	}
	for (uint32_t i = 1; i < t->count; i++)
		if (link_to_parent(t, i, err) < 0)
			return -1;
	link_hard_links(t);
	return 0;
}

size_t filetree_count(const struct filetree *t)
{
	return t->count;
}

const struct filetree_node *filetree_node(const struct filetree *t, uint32_t index)
{
	return &t->nodes[index];
}

uint32_t filetree_find(const struct filetree *t, const char *path)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = filetree_compare_paths(path, t->nodes[middle].path);

		if (order == 0)
			return (uint32_t)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return FILETREE_NO_NODE;
}

void filetree_clamp_times(struct filetree *t, int64_t epoch_s)
{
	for (size_t i = 0; i < t->count; i++) {
		struct filetree_node *n = &t->nodes[i];

		if (n->mtime_s < epoch_s)
			continue;
		n->mtime_s = epoch_s;
		n->mtime_ns = 0;
	}
}

unsigned int filetree_add_contents(struct filetree *t, int fd)
{
	array_reserve_one((void **)&t->more_fds, t->more_count, &t->more_room,
		sizeof(*t->more_fds));
	t->more_fds[t->more_count++] = fd;
	return (unsigned int)t->more_count;
}

void filetree_patch(struct filetree *t, uint32_t index, unsigned int contents,
	uint64_t offset_bytes, uint64_t size_bytes)
{
	struct filetree_node *n = &t->nodes[index];

	n->contents = contents;
	n->sparse = false;
	n->content_offset_bytes = offset_bytes;
	n->size_bytes = size_bytes;
}

static int open_beneath(
	int dir_fd, const struct filetree_node *n, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;

	/* O_NONBLOCK: a fifo that took the file's place must not block us. */
	if (path_open_beneath(
		    dir_fd, n->path, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd, err) < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "stat '/%s' of the tree", n->path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != n->size_bytes)
		return error_set(
			err, ERR_FORMAT, 0, "'/%s' changed while it was read", n->path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int filetree_open_content(
	const struct filetree *t, uint32_t index, int *ret_fd, struct error *err)
{
	const struct filetree_node *n = &t->nodes[index];
	int fd;

	if (n->contents == 0 && t->content_is_directory)
		return open_beneath(t->content_fd, n, ret_fd, err);
	fd = fcntl(n->contents ? t->more_fds[n->contents - 1] : t->content_fd,
		F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, "open '/%s' of the archive", n->path);
	*ret_fd = fd;
	return 0;
}
