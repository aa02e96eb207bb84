/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a Release file of an archive vouches for: the SHA-256 of each package list. The
 * file is "InRelease", its own signature around it, or "Release", signed by another file;
 * who reads it here has had the signature verified.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tree/hash.h"

enum { RELEASE_FILE_MOST_BYTES = 4 << 20 };

struct release_list {
	char *path; /* from the Release file's place: "main/binary-amd64/Packages" */
	uint64_t size_bytes;
	char sha256[SHA256_HEX_CHARS + 1];
};

/* By value: { 0 }, release_file_parse(), release_file_release(). */
struct release_file {
	struct release_list *lists;
	size_t count, room;
};

/* Text outside of the signature is not looked at. ERR_FORMAT, with `name`, for what is no
 * such file. */
int release_file_parse(
	const char *text, const char *name, struct release_file *ret, struct error *err);
void release_file_release(struct release_file *f);
static inline void release_file_releasep(struct release_file *f)
{
	release_file_release(f);
}

/* Whether a file of that name is one: "….InRelease", "…_Release". */
bool release_file_is_name(const char *name);
