/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages read ahead (tree/deb.h), in threads and in the order in which they are wanted,
 * while other things go on. The directory of the stage is on the file system of the tree
 * that they are for, and the caller's to remove.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/strv.h"
#include "tree/deb.h"

struct deb_stage;

/* Begin with `files`, in their order. `dir` exists and is empty. */
int deb_stage_start(const char *dir, const struct strv *files, struct deb_stage **ret,
	struct error *err);

/* Wait until file `index` is read: *ret stays the stage's. Or why it could not be read.
 */
int deb_stage_wait(
	struct deb_stage *s, size_t index, const struct deb **ret, struct error *err);

/* Open the directory with the content of file `index`, for deb_place(). */
int deb_stage_open(
	const struct deb_stage *s, size_t index, int *ret_fd, struct error *err);

/* Stops what is still being read. */
struct deb_stage *deb_stage_free(struct deb_stage *s);
static inline void deb_stage_freep(struct deb_stage **s)
{
	*s = deb_stage_free(*s);
}
