/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a root file system as a value: what a tree is made into, and what a disk
 * is made from. Nodes hold everything but the content of regular files, which is opened
 * when it is wanted: from a directory on disk, or at an offset of an uncompressed tar
 * file.
 *
 * Nodes are sorted: a parent stands before its children, children of one parent by byte
 * value of their names. Node 0 is the root directory. The same files give the same nodes,
 * whatever order they were read in.
 *
 * Life: filetree_new(), filetree_add() for each, filetree_seal(), then read-only (and
 * then safe for several threads); filetree_free().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum { FILETREE_NO_NODE = UINT32_MAX };

struct filetree_xattr {
	char *name; /* with its namespace: "security.capability" */
	void *value;
	size_t length_bytes;
};

struct filetree_node {
	char *path; /* relative to the root, no leading "./" or "/"; the root is "" */
	const char *name; /* the last component, within path */
	uint32_t parent; /* index; the root is its own parent. Set by filetree_seal() */
	uint32_t hard_link_of; /* index of the node whose inode this is; else
				  FILETREE_NO_NODE */
	uint32_t link_count; /* names of this inode; for directories 2 + subdirectories */
	mode_t mode; /* type and permission bits, as in stat(2) */
	uid_t uid;
	gid_t gid;
	int64_t mtime_s; /* Unix time */
	uint32_t mtime_ns;
	uint64_t size_bytes; /* of a regular file */
	uint32_t device_major, device_minor; /* of a device node */
	bool sparse; /* the source has holes: all-zero blocks may become holes */
	char *target; /* of a symbolic link, else NULL */
	struct filetree_xattr *xattrs; /* sorted by name */
	size_t xattr_count;
	unsigned int contents; /* which file its content stands in: 0, or as
				  filetree_add_contents() has said */
	uint64_t content_offset_bytes; /* in that; 0 for directories on disk */
	uint64_t link_key[2]; /* nodes with equal non-zero keys are one inode (st_dev,
				 st_ino) */
};

/* The strings and attributes of a node that no tree has taken; a CLEANUP function. */
void filetree_node_release(struct filetree_node *n);

struct filetree;

/*
 * `content_fd`: a directory (files are opened by node path beneath it, no symbolic link
 * is followed) or a regular file that holds all contents at content_offset_bytes. Taken
 * over.
 */
struct filetree *filetree_new(int content_fd, bool content_is_directory);
struct filetree *filetree_free(struct filetree *t);
static inline void filetree_freep(struct filetree **t)
{
	*t = filetree_free(*t);
}

/*
 * Add one node; of `*node`, the strings, xattrs and their array become the tree's.
 * `name`, `parent`, `hard_link_of` and `link_count` are set by filetree_seal().
 */
void filetree_add(struct filetree *t, struct filetree_node *node);

/*
 * Sort and link the nodes. ERR_FORMAT when a name stands twice (or an attribute's, of one
 * node), a parent is missing or is not a directory, or a path has "", "." or ".." in it.
 * Missing root: a root-owned 0755 one.
 */
int filetree_seal(struct filetree *t, struct error *err);

/* The order of nodes: < 0, 0, > 0 as a stands before, is, or stands behind b. */
int filetree_compare_paths(const char *a, const char *b);

size_t filetree_count(const struct filetree *t);
const struct filetree_node *filetree_node(const struct filetree *t, uint32_t index);

/* The node at `path` ("etc/fstab"), or FILETREE_NO_NODE. */
uint32_t filetree_find(const struct filetree *t, const char *path);

/* Every mtime later than `epoch_s` becomes it (reproducible builds' clamping). */
void filetree_clamp_times(struct filetree *t, int64_t epoch_s);

/* One more regular file that holds contents (taken over); its number, for nodes. */
unsigned int filetree_add_contents(struct filetree *t, int fd);

/* Regular file `index` of a sealed tree gets another content, which stands there. */
void filetree_patch(struct filetree *t, uint32_t index, unsigned int contents,
	uint64_t offset_bytes, uint64_t size_bytes);

/*
 * The content of regular file `index`: *ret_fd is the caller's to close, and the content
 * starts at the node's content_offset_bytes in it. A file that is not what the node says
 * any more (type or size) is ERR_FORMAT.
 */
int filetree_open_content(
	const struct filetree *t, uint32_t index, int *ret_fd, struct error *err);
