/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree that was kept (tree/pack.h) put on disk again, as it was: contents, owners,
 * modes, times, attributes, holes and hard links. Several threads write.
 */
#pragma once

#include "base/error.h"
#include "tree/digest_memo.h"
#include "tree/pack.h"

/*
 * `root` is an empty directory on disk. ERR_FORMAT when a content is not what the index
 * says that it has to be. What is there after an error is for the caller to remove.
 * `memo` is told of what is there now; or NULL.
 */
int pack_place(const struct pack *p, const char *root, struct digest_memo *memo,
	struct error *err);
