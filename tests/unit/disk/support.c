/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/remove_tree.h"
#include "base/size.h"
#include "disk/sink.h"

enum { MTIME_S = 1600000000, MTIME_NS = 123456789 };

int scratch_setup(void **state)
{
	const char *base = getenv("TMPDIR");
	struct scratch *s = xcalloc(1, sizeof(*s));
	int fd;

	s->dir = xasprintf("%s/amiwright-disk-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(s->dir))
		return -1;
	s->tree_dir = path_join(s->dir, "tree");
	if (mkdir(s->tree_dir, 0700) < 0)
		return -1;
	fd = open(s->tree_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	s->tree = filetree_new(fd, true);
	*state = s;
	return 0;
}

int scratch_teardown(void **state)
{
	struct scratch *s = *state;
	struct error err = ERROR_INIT;
	int r = remove_tree(s->dir, &err);

	filetree_free(s->tree);
	free(s->tree_dir);
	free(s->dir);
	free(s);
	return r;
}

char *scratch_path(const struct scratch *s, const char *name)
{
	return path_join(s->dir, name);
}

static struct filetree_node node(const char *path, mode_t mode)
{
	return (struct filetree_node){ .path = xstrdup(path),
		.mode = mode,
		.mtime_s = MTIME_S,
		.mtime_ns = MTIME_NS };
}

struct filetree_node tree_dir(struct scratch *s, const char *path)
{
	CLEANUP(freep) char *real = path_join(s->tree_dir, path);

	assert_return_code(mkdir(real, 0700), 0);
	return node(path, S_IFDIR | 0755);
}

struct filetree_node tree_file(
	struct scratch *s, const char *path, const void *bytes, size_t length_bytes)
{
	CLEANUP(freep) char *real = path_join(s->tree_dir, path);
	struct filetree_node n = node(path, S_IFREG | 0644);
	struct error err = ERROR_INIT;

	assert_ok(file_write_all(real, bytes, length_bytes, 0600, &err), &err);
	n.size_bytes = length_bytes;
	return n;
}

struct filetree_node tree_symlink(const char *path, const char *target)
{
	struct filetree_node n = node(path, S_IFLNK | 0777);

	n.target = xstrdup(target);
	return n;
}

struct filetree_node tree_special(
	const char *path, mode_t mode, uint32_t major, uint32_t minor)
{
	struct filetree_node n = node(path, mode);

	n.device_major = major;
	n.device_minor = minor;
	return n;
}

void tree_xattr(
	struct filetree_node *n, const char *name, const void *value, size_t length)
{
	n->xattrs = xreallocarray(n->xattrs, n->xattr_count + 1, sizeof(*n->xattrs));
	n->xattrs[n->xattr_count++] =
		(struct filetree_xattr){ xstrdup(name), xmemdup(value, length), length };
}

void tree_add(struct scratch *s, struct filetree_node n)
{
	filetree_add(s->tree, &n);
}

void tree_seal(struct scratch *s)
{
	struct error err = ERROR_INIT;

	assert_ok(filetree_seal(s->tree, &err), &err);
}

void fill_pattern(uint8_t *to, size_t length_bytes, uint32_t seed)
{
	uint32_t x = seed * 2654435761U + 1;

	for (size_t i = 0; i < length_bytes; i++) {
		x = x * 1664525U + 1013904223U;
		to[i] = (uint8_t)(x >> 24);
	}
}

char *write_map(struct scratch *s, const struct blockmap *m, const char *name)
{
	char *path = scratch_path(s, name);
	CLEANUP(fd_closep)
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CLEANUP(sink_freep) struct sink *sink = NULL;
	struct error err = ERROR_INIT;

	assert_return_code(fd, 0);
	sink = sink_file_new(fd, name);
	assert_ok(sink_write(sink, m, NULL, &err), &err);
	return path;
}

uint8_t *read_map(const struct blockmap *m)
{
	CLEANUP(blockmap_reader_freep)
	struct blockmap_reader *r = blockmap_reader_new(m);
	uint8_t *bytes = xmalloc(blockmap_size_bytes(m));
	struct error err = ERROR_INIT;

	assert_ok(blockmap_read(r, 0, bytes, blockmap_size_bytes(m), &err), &err);
	return bytes;
}

char *read_file(const char *path, size_t *ret_length_bytes)
{
	struct error err = ERROR_INIT;
	char *bytes;

	assert_ok(file_read_all(path, (size_t)1 << 31, &bytes, ret_length_bytes, &err),
		&err);
	return bytes;
}

int tool_exit(const char *const *argv, char **ret_output)
{
	const struct proc_spec spec = { .argv = argv, .any_exit = true };
	struct proc_result result;
	struct error err = ERROR_INIT;
	int code;

	assert_ok(proc_run(&spec, &result, &err), &err);
	code = result.exit_code;
	*ret_output = result.out;
	return code;
}

char *tool_output(const char *const *argv)
{
	char *output;
	int code = tool_exit(argv, &output);

	if (code != 0)
		fail_msg("%s ended with %d:\n%s", argv[0], code, output);
	return output;
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static uint32_t next_random(uint32_t *x)
{
	*x = *x * 1664525U + 1013904223U;
	return *x >> 8;
}

/* Where in it no byte is zero; behind that, all are. */
enum { FULL_BYTES = 1 << 20 };

struct filetree *tree_of_sizes(void)
{
	CLEANUP(freep) uint8_t *full = xmalloc(FULL_BYTES);
	int fd = memfd_create("content", MFD_CLOEXEC);
	struct error err = ERROR_INIT;

	assert_return_code(fd, 0);
	memset(full, 'x', FULL_BYTES);
	assert_ok(fd_pwrite_all(fd, full, FULL_BYTES, 0, "content", &err), &err);
	assert_return_code(ftruncate(fd, (off_t)(64 * 1024 * GIB)), 0);
	return filetree_new(fd, false);
}

void tree_of_sizes_add(struct filetree *t, char *path, uint64_t size_bytes)
{
	struct filetree_node n = { .path = path,
		.mode = S_IFREG,
		.size_bytes = size_bytes,
		.content_offset_bytes = size_bytes <= FULL_BYTES ? 0 : FULL_BYTES };

	filetree_add(t, &n);
}

struct filetree *random_tree(uint32_t seed, unsigned int most_files)
{
	struct filetree *t = tree_of_sizes();
	const unsigned int files = 1 + next_random(&seed) % most_files;
	const unsigned int scale = next_random(&seed) % 11; /* up to 16 GiB */
	struct error err = ERROR_INIT;

	for (unsigned int i = 0; i < files; i++) {
		char *path = xasprintf("%0*u", (int)(4 + next_random(&seed) % 200), i);
		/* Sizes of every order of magnitude. */
		uint64_t size_bytes = next_random(&seed) >> next_random(&seed) % 24;

		if (i < 5)
			size_bytes <<= scale;
		tree_of_sizes_add(t, path, size_bytes);
	}
	assert_ok(filetree_seal(t, &err), &err);
	return t;
}

uint64_t number_after(const char *text, const char *label)
{
	const char *at = strstr(text, label);

	assert_non_null(at);
	return strtoull(at + strlen(label), NULL, 10);
}
