/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of trees held against each other, for the unit tests of the parts that read
 * trees.
 */
#pragma once

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/filetree.h"

/* The same names and values, in the same order. */
static inline void unit_assert_same_xattrs(
	const struct filetree_node *a, const struct filetree_node *b)
{
	assert_int_equal(a->xattr_count, b->xattr_count);
	for (size_t i = 0; i < a->xattr_count; i++) {
		assert_string_equal(a->xattrs[i].name, b->xattrs[i].name);
		assert_int_equal(a->xattrs[i].length_bytes, b->xattrs[i].length_bytes);
		if (a->xattrs[i].length_bytes)
			assert_memory_equal(a->xattrs[i].value, b->xattrs[i].value,
				a->xattrs[i].length_bytes);
	}
}

/* All that a tree knows of a file, but for where its content stands. */
static inline void unit_assert_same_node(
	const struct filetree_node *a, const struct filetree_node *b)
{
	assert_string_equal(a->path, b->path);
	assert_int_equal(a->parent, b->parent);
	assert_int_equal(a->hard_link_of, b->hard_link_of);
	assert_int_equal(a->link_count, b->link_count);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->mtime_s, b->mtime_s);
	assert_int_equal(a->mtime_ns, b->mtime_ns);
	assert_int_equal(a->size_bytes, b->size_bytes);
	assert_int_equal(a->sparse, b->sparse);
	assert_string_equal(a->target ? a->target : "", b->target ? b->target : "");
	unit_assert_same_xattrs(a, b);
}
