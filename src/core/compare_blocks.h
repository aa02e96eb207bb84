/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of a snapshot, as the service has them, beside those of a raw disk here.
 */
#pragma once

#include "base/progress.h"
#include "core/block_list.h"
#include "core/upload_source.h"

/* The disk ends where its file does; behind that it is zero, up to the volume's end. */
struct compare_work {
	struct aws_client *ebs;
	struct block_list *list;
	struct upload_source *source;
	struct progress *progress; /* or NULL */
	void *userdata;
	/*
	 * Of each block that differs, in any order, but once: its index, and the first
	 * byte of the disk that differs.
	 */
	int (*differs)(
		void *userdata, uint64_t index, uint64_t offset_bytes, struct error *err);
	/* Of each block of the snapshot, in any order: its SHA-256. Or NULL. */
	void (*fetched)(void *userdata, uint64_t index, const uint8_t *digest);
};

/* *ret_blocks: of how many blocks one of the two has data. */
int compare_blocks(
	const struct compare_work *work, uint64_t *ret_blocks, struct error *err);
