/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/dirtree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"

/* Of one file, as the kernel bounds them: XATTR_LIST_MAX, XATTR_SIZE_MAX. */
enum { NAMES_MOST_BYTES = 65536, VALUE_MOST_BYTES = 65536 };

/* A walk over one directory tree: its directories are queued, each is read once. */
struct walk {
	const char *root;
	int root_fd;
	struct filetree *tree;
	struct strv
		pending; /* paths of directories still to be read; taken from the end */
	char *names; /* room for one file's attribute names */
	char *value; /* and for one value */
};

static void walk_releasep(struct walk *w)
{
	fd_closep(&w->root_fd);
	filetree_freep(&w->tree);
	strv_release(&w->pending);
	free(w->names);
	free(w->value);
}

/* What the machine wrote for itself, and would mean nothing or something else elsewhere.
 */
static bool belongs_to_machine(const char *name)
{
	static const char *const prefixes[] = { "security.selinux", "security.SMACK64",
		"security.apparmor", "security.ima", "security.evm", "trusted.overlay.",
		"user.overlay." };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts_with(name, prefixes[i]))
			return true;
	return false;
}

/*
 * `file` is a name beneath /proc/self/fd: that way attributes are read without opening
 * the file, which a device or a socket would not allow, and without following a symbolic
 * link.
 */
static int read_xattrs(
	struct walk *w, const char *file, struct filetree_node *n, struct error *err)
{
	ssize_t names_bytes = llistxattr(file, w->names, NAMES_MOST_BYTES);
	size_t room = 0;

	if (names_bytes < 0 && (errno == ENOTSUP || errno == EPERM))
		return 0;
	if (names_bytes < 0)
		return error_errno(
			err, "list the attributes of '%s/%s'", w->root, n->path);
	for (const char *name = w->names; name < w->names + names_bytes;
		name += strlen(name) + 1) {
		ssize_t bytes;

		if (belongs_to_machine(name))
			continue;
		bytes = lgetxattr(file, name, w->value, VALUE_MOST_BYTES);
		if (bytes < 0)
			return error_errno(err, "read the attribute '%s' of '%s/%s'",
				name, w->root, n->path);
		array_reserve_one(
			(void **)&n->xattrs, n->xattr_count, &room, sizeof(*n->xattrs));
		n->xattrs[n->xattr_count++] = (struct filetree_xattr){
			.name = xstrdup(name),
			.value = xmemdup(w->value, (size_t)bytes),
			.length_bytes = (size_t)bytes,
		};
	}
	return 0;
}

static int read_target(struct walk *w, int dir_fd, const char *name,
	struct filetree_node *n, struct error *err)
{
	char target[PATH_MAX];
	ssize_t bytes = readlinkat(dir_fd, name, target, sizeof(target));

	if (bytes < 0)
		return error_errno(err, "read the link '%s/%s'", w->root, n->path);
	if ((size_t)bytes >= sizeof(target))
		return error_set(err, ERR_FORMAT, 0,
			"the target of the link '%s/%s' is too long", w->root, n->path);
	n->target = xstrndup(target, (size_t)bytes);
	return 0;
}

/* Fewer blocks than bytes may also mean compression: only a hole that is found is one. */
static int find_hole(struct walk *w, int dir_fd, const char *name,
	struct filetree_node *n, struct error *err)
{
	CLEANUP(fd_closep)
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	off_t hole;

	if (fd < 0)
		return error_errno(err, "open '%s/%s'", w->root, n->path);
	hole = lseek(fd, 0, SEEK_HOLE);
	n->sparse = hole >= 0 && (uint64_t)hole < n->size_bytes;
	return 0;
}

static void node_from_statx(struct filetree_node *n, const struct statx *st)
{
	n->mode = st->stx_mode;
	n->uid = st->stx_uid;
	n->gid = st->stx_gid;
	n->mtime_s = st->stx_mtime.tv_sec;
	n->mtime_ns = st->stx_mtime.tv_nsec;
	if (S_ISREG(n->mode))
		n->size_bytes = st->stx_size;
	if (S_ISCHR(n->mode) || S_ISBLK(n->mode)) {
		n->device_major = st->stx_rdev_major;
		n->device_minor = st->stx_rdev_minor;
	}
	if (!S_ISDIR(n->mode) && st->stx_nlink > 1) {
		n->link_key[0] = makedev(st->stx_dev_major, st->stx_dev_minor);
		n->link_key[1] = st->stx_ino;
	}
}

/* Add the file `name` in `dir_fd`; "" is the directory itself: the root. */
static int add_file(
	struct walk *w, int dir_fd, const char *dir, const char *name, struct error *err)
{
	const unsigned int want = STATX_BASIC_STATS;
	CLEANUP(filetree_node_release) struct filetree_node n = { 0 };
	CLEANUP(freep) char *file = xasprintf("/proc/self/fd/%d/%s", dir_fd, name);
	struct statx st;

	n.path = *dir ? xasprintf("%s/%s", dir, name) : xstrdup(name);
	if (statx(dir_fd, name, AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH), want,
		    &st) < 0)
		return error_errno(err, "look at '%s/%s'", w->root, n.path);
	if (*name && (st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
		return error_set(err, ERR_FORMAT, 0,
			"'%s/%s' is a mount point; unmount it first", w->root, n.path);
	node_from_statx(&n, &st);
	if (S_ISLNK(n.mode) && read_target(w, dir_fd, name, &n, err) < 0)
		return -1;
	if (S_ISREG(n.mode) && st.stx_blocks * 512 < n.size_bytes &&
		find_hole(w, dir_fd, name, &n, err) < 0)
		return -1;
	if (read_xattrs(w, file, &n, err) < 0)
		return -1;
	if (S_ISDIR(n.mode) && *name)
		strv_add(&w->pending, n.path);
	filetree_add(w->tree, &n);
	n = (struct filetree_node){ 0 };
	return 0;
}

static int open_directory(
	struct walk *w, const char *path, int *ret_fd, struct error *err)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	long fd = syscall(SYS_openat2, w->root_fd, *path ? path : ".", &how, sizeof(how));

	if (fd < 0)
		return error_errno(err, "open the directory '%s/%s'", w->root, path);
	*ret_fd = (int)fd;
	return 0;
}

static int read_directory(struct walk *w, const char *path, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	const struct dirent *entry;
	DIR *dir;
	int rc = 0;

	if (open_directory(w, path, &fd, err) < 0)
		return -1;
	dir = fdopendir(fd);
	if (!dir)
		return error_errno(err, "read the directory '%s/%s'", w->root, path);
	(void)TAKE_FD(fd);
	while (rc == 0 && (errno = 0, entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		rc = add_file(w, dirfd(dir), path, entry->d_name, err);
	}
	if (rc == 0 && errno)
		rc = error_errno(err, "read the directory '%s/%s'", w->root, path);
	(void)closedir(dir);
	return rc;
}

static char *take_last(struct strv *v)
{
	char *last = v->items[--v->count];

	v->items[v->count] = NULL;
	return last;
}

int dirtree_read(const char *root, struct filetree **ret, struct error *err)
{
	CLEANUP(walk_releasep) struct walk w = { .root = root, .root_fd = -1 };
	int content_fd;

	w.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.root_fd < 0)
		return error_errno(err, "open the directory '%s'", root);
	content_fd = fcntl(w.root_fd, F_DUPFD_CLOEXEC, 0);
	if (content_fd < 0)
		return error_errno(err, "open the directory '%s'", root);
	w.tree = filetree_new(content_fd, true);
	w.names = xmalloc(NAMES_MOST_BYTES);
	w.value = xmalloc(VALUE_MOST_BYTES);
	if (add_file(&w, w.root_fd, "", "", err) < 0)
		return -1;
	strv_add(&w.pending, "");
	while (w.pending.count) {
		CLEANUP(freep) char *path = take_last(&w.pending);

		if (read_directory(&w, path, err) < 0)
			return -1;
	}
	if (filetree_seal(w.tree, err) < 0)
		return error_context(err, "read the tree '%s'", root);
	*ret = TAKE_PTR(w.tree);
	return 0;
}
