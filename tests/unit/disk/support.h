/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of this part share: a scratch directory, trees with real contents in it,
 * maps written to files, and the real tools that judge these. Anything that goes wrong
 * fails the test.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/filetree.h"
#include "disk/blockmap.h"

struct scratch {
	char *dir; /* absolute; gone after the test */
	char *tree_dir; /* contents of the tree's files */
	struct filetree *tree; /* to add to, until it is sealed */
};

/* cmocka's setup and teardown: *state is a struct scratch. */
int scratch_setup(void **state);
int scratch_teardown(void **state);
#define SCRATCH_TEST(f) \
	cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

char *scratch_path(const struct scratch *s, const char *name);

/* Nodes of the tree: mtime 1600000000.123456789, owner root. The returned one may be
 * changed before tree_add(). */
struct filetree_node tree_dir(struct scratch *s, const char *path);
struct filetree_node tree_file(
	struct scratch *s, const char *path, const void *bytes, size_t length_bytes);
struct filetree_node tree_symlink(const char *path, const char *target);
struct filetree_node tree_special(
	const char *path, mode_t mode, uint32_t major, uint32_t minor);
void tree_xattr(
	struct filetree_node *n, const char *name, const void *value, size_t length);
void tree_add(struct scratch *s, struct filetree_node n);
void tree_seal(struct scratch *s);

/* `length_bytes` that look random and are the same each time. */
void fill_pattern(uint8_t *to, size_t length_bytes, uint32_t seed);

/* The whole map through sink_file into scratch file `name`. Returns its path. */
char *write_map(struct scratch *s, const struct blockmap *m, const char *name);

uint8_t *read_map(const struct blockmap *m);
char *read_file(const char *path, size_t *ret_length_bytes);

/* Run a tool to success; its output. */
char *tool_output(const char *const *argv);
#define TOOL(...) tool_output((const char *const[]){ __VA_ARGS__, NULL })

/* Run a tool whatever it exits with; its exit code. */
int tool_exit(const char *const *argv, char **ret_output);

void assert_contains(const char *text, const char *part);
#define assert_ok(call, err)                                                      \
	do {                                                                      \
		if ((call) != 0)                                                  \
			fail_msg("%s: %s\n%s", #call, (err)->msg, (err)->output); \
	} while (0)

/* The number that follows `label` in a tool's output; failing when it is not there. */
uint64_t number_after(const char *text, const char *label);

/* A tree, not sealed, of files that matter by their sizes alone: of small ones no byte is
 * zero, of large ones all are, and they are dense. `path` becomes the tree's. */
struct filetree *tree_of_sizes(void);
void tree_of_sizes_add(struct filetree *t, char *path, uint64_t size_bytes);

/* Such a tree, sealed, of up to `most_files` files of every order of magnitude, the same
 * for the same seed. */
struct filetree *random_tree(uint32_t seed, unsigned int most_files);
