/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What user data asks for: scripts that begin with "#!", as they are, gzipped, or as the
 * parts of a MIME multipart. Everything else is for cloud-init and is refused with words
 * that say so, and then nothing is run: half of what was asked for is worse than an error
 * that is seen. Pure functions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	USER_DATA_SCRIPTS_MOST = 32,
	USER_DATA_UNPACKED_MOST_BYTES = 1 << 20, /* of all parts together */
	USER_DATA_NESTED_MOST = 4, /* gzip in a part of a gzipped multipart, … */
};

enum user_data_kind {
	USER_DATA_NONE = 0, /* empty, or blank */
	USER_DATA_SCRIPTS,
	USER_DATA_REFUSED,
};

struct script {
	const char *data; /* begins with "#!" */
	size_t bytes;
};

/* By value, nothing to release; large, so keep it static. */
struct user_data {
	enum user_data_kind kind;
	struct script scripts[USER_DATA_SCRIPTS_MOST];
	size_t count;
	char reason[192]; /* why it was refused */
	char unpacked[USER_DATA_UNPACKED_MOST_BYTES];
	size_t unpacked_bytes;
};

/* `data` is borrowed for as long as the scripts are used. */
void user_data_read(struct user_data *u, const char *data, size_t bytes);
