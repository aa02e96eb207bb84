/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a build leaves behind for the next one to the same file: what it was made of, and
 * which files it has made. While both are still so, there is nothing to do. No image is
 * kept: the record speaks of the one that the user has.
 *
 * "$XDG_CACHE_HOME/amiwright/builds/<SHA-256 of the image's path>", some 100 KiB each,
 * the newest BUILD_RECORDS of them: a line with the digest of all that follows it, then
 * JSON. One that is damaged, or of another version, is as good as missing.
 *
 * By value: BUILD_RECORD_INIT, build_record_release().
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "core/build_inputs.h"
#include "core/result.h"

enum { BUILD_RECORDS = 64 };

/* The image and what stands beside it. */
enum build_file {
	BUILD_FILE_IMAGE = 0,
	BUILD_FILE_MANIFEST,
	BUILD_FILE_SPDX,
	BUILD_FILES
};

/* What they are, without reading them; by value, zeroes, build_files_release(). */
struct build_files {
	char *stamps[BUILD_FILES]; /* inode, size, times of modification and change */
};

void build_files_release(struct build_files *f);

/* Of files that are open: what another build puts under their names meanwhile is not
 * taken for them. */
int build_files_stamp(
	const int fds[static BUILD_FILES], struct build_files *ret, struct error *err);

/* The path of one that is another now, which the caller frees; NULL: none. `image` is the
 * image's. */
char *build_files_changed(const struct build_files *f, const char *image);

struct build_record {
	struct build_inputs inputs;
	struct build_files files;
	struct build_result result; /* of it, what is about the image alone */
};

#define BUILD_RECORD_INIT                                                \
	{                                                                \
		.inputs = BUILD_INPUTS_INIT, .result = BUILD_RESULT_INIT \
	}

void build_record_release(struct build_record *r);
static inline void build_record_releasep(struct build_record *r)
{
	build_record_release(r);
}

/* `dir` is the directory of records, `image` a path that need not be absolute. */
int build_record_write(const char *dir, const char *image,
	const struct build_inputs *inputs, const struct build_files *files,
	const struct build_result *result, struct error *err);

/* False when there is none for a file of that name. `ret` was BUILD_RECORD_INIT. */
bool build_record_read(const char *dir, const char *image, struct build_record *ret);
