/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MIME messages (RFC 2045, 2046), as user data comes in them: a multipart of scripts,
 * made by hand, by cloud-utils' write-mime-multipart, by Python or by Terraform. A
 * reader walks over the parts that are no multiparts themselves, in order and however
 * they are nested. All of it stands in the caller's buffer, which is not changed and
 * outlives the reader; nothing is to be released.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "data/mime_header.h"
#include "data/result.h"

enum {
	MIME_DEPTH_MOST = 8,
	MIME_BOUNDARY_ROOM = 256, /* RFC 2046 allows 70 characters; others write more */
	MIME_TYPE_ROOM = 128,
	MIME_NAME_ROOM = 128,
};

enum mime_encoding {
	MIME_ENCODING_NONE = 0, /* 7bit, 8bit, binary */
	MIME_ENCODING_BASE64,
	MIME_ENCODING_QUOTED_PRINTABLE,
	MIME_ENCODING_OTHER,
};

struct mime_part {
	char type[MIME_TYPE_ROOM]; /* lower case; "text/plain" when nothing is said */
	char name[MIME_NAME_ROOM]; /* the file's, for people to read; may be "" */
	enum mime_encoding encoding;
	struct mime_input body; /* still encoded */
	/* The message ends within this part, without the boundary that should follow it:
	 * something may be missing. */
	bool cut;
};

struct mime_level {
	char boundary[MIME_BOUNDARY_ROOM];
	struct mime_input rest; /* from the next part on */
	bool part_follows;
};

struct mime_reader {
	struct mime_level levels[MIME_DEPTH_MOST];
	unsigned int depth;
	struct mime_input message;
	bool started;
};

/* Does it start with header fields, and is one of them MIME-Version or a Content-Type of
 * multipart? A script is not, whatever it says further down. */
bool mime_is(const void *data, size_t bytes);

void mime_reader_init(struct mime_reader *r, const void *data, size_t bytes);

/*
 * The next part. `*ret_found` false: there is none any more. DATA_CORRUPT: a multipart
 * without a boundary, or without any part; DATA_UNSUPPORTED: nested too deep. After an
 * error the reader is of no use.
 */
enum data_result mime_next(struct mime_reader *r, struct mime_part *ret, bool *ret_found);

/* The body, decoded: never longer than it is encoded. */
enum data_result mime_body_decode(
	const struct mime_part *p, void *to, size_t room_bytes, size_t *ret_bytes);
