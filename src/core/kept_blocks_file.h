/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digests of snapshots, "$XDG_CACHE_HOME/amiwright/snapshots/<SHA-256 of the key>": those
 * of the last few, and safe to delete. What is missing, damaged or of something else is
 * fetched from the service instead; a failure to keep them is none of an upload.
 */
#pragma once

#include "aws/client.h"
#include "core/kept_blocks.h"

enum { KEPT_BLOCKS_FILES_MOST = 64 };

/* Of a snapshot of the client's region and endpoint; the caller frees it. */
char *kept_blocks_key(const struct aws_client *ebs, const char *snapshot_id);

bool kept_blocks_load(const char *key, struct kept_blocks *ret);
void kept_blocks_save(const char *key, const struct kept_blocks *k);
void kept_blocks_forget(const char *key);
