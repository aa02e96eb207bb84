/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random trees, the same ones each time: every inode and every content is read back. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "disk/xfs.h"

enum { SEEDS = 8, NODES_MOST = 150, DIRS_MOST = 12, NAME_MOST = 60 };

struct random {
	uint32_t state;
};

static uint32_t below(struct random *r, uint32_t limit)
{
	r->state = r->state * 1664525U + 1013904223U;
	return (r->state >> 8) % limit;
}

static void add_sparse(struct scratch *s, struct random *r, const char *path)
{
	CLEANUP(freep) char *real = xasprintf("%s/%s", s->tree_dir, path);
	CLEANUP(fd_closep) int fd = open(real, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct filetree_node n = { .path = xstrdup(path),
		.mode = S_IFREG | 0600,
		.size_bytes = (below(r, 200) + 1) * 9000,
		.sparse = true };
	struct error err = ERROR_INIT;

	assert_return_code(ftruncate(fd, (off_t)n.size_bytes), 0);
	for (uint32_t i = below(r, 60); i; i--)
		assert_ok(fd_pwrite_all(
				  fd, "data", 4, below(r, n.size_bytes - 4), path, &err),
			&err);
	tree_add(s, n);
}

static struct filetree_node random_node(
	struct scratch *s, struct random *r, const char *path)
{
	CLEANUP(freep) uint8_t *bytes = NULL;
	char target[1024];
	size_t length;

	switch (below(r, 6)) {
	case 0:
		length = 1 + below(r, below(r, 3) ? 330 : 1023);
		memset(target, 't', length);
		target[length] = '\0';
		return tree_symlink(path, target);
	case 1:
		return tree_special(
			path, S_IFCHR | 0600, below(r, 1 << 14), below(r, 1 << 18));
	case 2:
		return tree_special(path, S_IFIFO | 0644, 0, 0);
	default:
		length = below(r, below(r, 2) ? 20000 : 200);
		bytes = xmalloc(length + 1);
		fill_pattern(bytes, length, r->state);
		return tree_file(s, path, bytes, length);
	}
}

static void add_attrs(struct random *r, struct filetree_node *n)
{
	static const char *const spaces[] = { "user", "trusted", "security" };
	uint8_t value[3000];

	fill_pattern(value, sizeof(value), r->state);
	for (uint32_t i = below(r, 2) ? below(r, 5) : 0; i; i--) {
		CLEANUP(freep)
		char *name = xasprintf(
			"%s.%0*u", spaces[below(r, 3)], (int)below(r, 30) + 1, i);

		tree_xattr(n, name, value, below(r, below(r, 3) ? 40 : 3000));
	}
}

static void add_random_nodes(struct scratch *s, struct random *r)
{
	char *dirs[DIRS_MOST] = { xstrdup("") };
	size_t dir_count = 1;

	for (uint32_t i = 0, count = 1 + below(r, NODES_MOST); i < count; i++) {
		const char *dir = dirs[below(r, (uint32_t)dir_count)];
		CLEANUP(freep)
		char *path = xasprintf("%s%0*u", dir, (int)below(r, NAME_MOST) + 1, i);
		struct filetree_node n;

		if (below(r, 12) == 0) {
			add_sparse(s, r, path);
			continue;
		}
		if (dir_count < DIRS_MOST && below(r, 8) == 0) {
			n = tree_dir(s, path);
			dirs[dir_count++] = xasprintf("%s/", path);
		} else {
			n = random_node(s, r, path);
		}
		n.mode |= below(r, 01000);
		n.uid = below(r, 1 << 24);
		n.gid = below(r, 1 << 24);
		n.mtime_s = (int64_t)below(r, 1 << 24) * 300;
		add_attrs(r, &n);
		tree_add(s, n);
	}
	while (dir_count)
		free(dirs[--dir_count]);
}

/* What xfs_db's print is to say of the node. */
static void add_expected(const struct filetree_node *n, struct strbuf *to)
{
	const time_t s = (time_t)n->mtime_s;
	struct tm tm;
	char when[64];

	(void)gmtime_r(&s, &tm);
	(void)strftime(when, sizeof(when), "%a %b %e %H:%M:%S %Y", &tm);
	strbuf_addf(to,
		"core.mode = 0%o\ncore.uid = %u\ncore.gid = %u\ncore.nlinkv2 = %u\n"
		"core.mtime.sec = %s\ncore.mtime.nsec = %u\n",
		n->mode, n->uid, n->gid, n->link_count, when, n->mtime_ns);
	if (S_ISREG(n->mode))
		strbuf_addf(to, "core.size = %llu\n", (unsigned long long)n->size_bytes);
	if (S_ISLNK(n->mode))
		strbuf_addf(to, "core.size = %zu\n", strlen(n->target));
	if (S_ISCHR(n->mode))
		strbuf_addf(
			to, "u3.dev = %#x\n", n->device_major << 18 | n->device_minor);
}

static void add_commands(const struct filetree_node *n, struct strbuf *to)
{
	strbuf_addf(to,
		"path /%s\nprint core.mode core.uid core.gid core.nlinkv2 "
		"core.mtime.sec core.mtime.nsec%s\n",
		n->path,
		S_ISREG(n->mode) || S_ISLNK(n->mode) ? " core.size"
		: S_ISCHR(n->mode)		     ? " u3.dev"
						     : "");
}

static void check_inodes(struct scratch *s, const char *image)
{
	CLEANUP(strbuf_releasep) struct strbuf expected = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf commands = STRBUF_INIT;
	CLEANUP(freep) char *script = scratch_path(s, "commands");
	CLEANUP(freep) char *source = xasprintf("source %s", script);
	CLEANUP(freep) char *output = NULL;
	struct error err = ERROR_INIT;

	for (uint32_t i = 0; i < filetree_count(s->tree); i++) {
		add_expected(filetree_node(s->tree, i), &expected);
		add_commands(filetree_node(s->tree, i), &commands);
	}
	assert_ok(
		file_write_all(script, commands.data, commands.length_bytes, 0600, &err),
		&err);
	output = TOOL("xfs_db", "-r", "-c", source, image);
	assert_string_equal(output, expected.data);
}

static void check_contents(const struct scratch *s, const char *image)
{
	for (uint32_t i = 0; i < filetree_count(s->tree); i++) {
		const struct filetree_node *n = filetree_node(s->tree, i);
		CLEANUP(freep) char *inside = xasprintf("(loop0)/%s", n->path);
		CLEANUP(freep) char *original = xasprintf("%s/%s", s->tree_dir, n->path);

		if (S_ISREG(n->mode))
			free(TOOL("grub-fstest", image, "cmp", inside, original));
	}
}

static void check_tree(uint32_t seed)
{
	struct random r = { seed };
	void *state;
	struct scratch *s;
	struct xfs_spec spec = { .label = "", .time_s = 1 };
	struct blockmap *m;
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *image = NULL;

	assert_int_equal(scratch_setup(&state), 0);
	s = state;
	add_random_nodes(s, &r);
	tree_seal(s);
	spec.tree = s->tree;
	assert_ok(xfs_layout(&spec, &m, &err), &err);
	image = write_map(s, m, "root.img");
	blockmap_free(m);
	free(TOOL("xfs_repair", "-n", "-f", image));
	check_inodes(s, image);
	check_contents(s, image);
	assert_int_equal(scratch_teardown(&state), 0);
}

static void test_random_trees(void **state)
{
	(void)state;
	assert_return_code(setenv("TZ", "UTC", 1), 0);
	for (uint32_t seed = 1; seed <= SEEDS; seed++)
		check_tree(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
