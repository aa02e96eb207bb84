/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an initial RAM file system holds: cpio archives ("newc") one after another, with
 * zeros between them, the last of them compressed as a rule (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst). Read are all that stand
 * uncompressed, and the first that is compressed (gzip, bzip2, xz, lzma, lz4, zstd).
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

enum { INITRD_CONTENT_MOST_BYTES = 16 << 10 };

/*
 * One file: its path without leading slashes, and its content when it is a regular file
 * of at most INITRD_CONTENT_MOST_BYTES, else NULL. Both are good for this call alone.
 */
typedef void initrd_file_fn(
	void *userdata, const char *path, const void *content, size_t content_bytes);

/* ERR_FORMAT when the bytes are no such thing, or are cut off. */
int initrd_read(const void *bytes, size_t length_bytes, initrd_file_fn *on_file,
	void *userdata, struct error *err);
