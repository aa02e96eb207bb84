/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the metadata service serves below a version: a set of paths with values
 * ("meta-data/placement/region" → "us-east-1"). Directories are what the paths say.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct imds_entry {
	char *path;
	void *value;
	size_t length_bytes;
};

/* By value; IMDS_TREE_INIT. */
struct imds_tree {
	struct imds_entry *entries;
	size_t count;
	size_t room;
};

#define IMDS_TREE_INIT \
	{              \
		0      \
	}

void imds_tree_release(struct imds_tree *t);

void imds_tree_add(
	struct imds_tree *t, const char *path, const void *value, size_t length_bytes);
__attribute__((format(printf, 3, 4))) void imds_tree_addf(
	struct imds_tree *t, const char *path, const char *fmt, ...);

const struct imds_entry *imds_tree_find(const struct imds_tree *t, const char *path);

/*
 * The names in the directory `path` ("" is the top; no slash at its end), one a line, the
 * last without newline; below the top, directories have a slash behind them. False when
 * there is no such directory.
 */
bool imds_tree_list(const struct imds_tree *t, const char *path, struct strbuf *to);
