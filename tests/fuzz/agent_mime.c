/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MIME messages: every part lies within the message, behind the one before it, and its
 * body decodes into no more than it is long.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "data/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exactly as long as it is, so that a byte read too far is seen. */
	CLEANUP(freep) char *message = xmemdup(data, size);
	const char *at = message;
	struct mime_reader r;
	struct mime_part p;
	bool found = false;

	(void)mime_is(message, size);
	mime_reader_init(&r, message, size);
	while (mime_next(&r, &p, &found) == DATA_OK && found) {
		size_t length = (size_t)(p.body.end - p.body.at), bytes = 0;
		CLEANUP(freep) char *to = xmalloc(length + 1);

		check(at <= p.body.at && p.body.at <= p.body.end &&
			p.body.end <= message + size);
		check(memchr(p.type, '\0', sizeof(p.type)) != NULL);
		check(memchr(p.name, '\0', sizeof(p.name)) != NULL);
		check(mime_body_decode(&p, to, length, &bytes) != DATA_TOO_LARGE);
		check(bytes <= length);
		at = p.body.end;
	}
	return 0;
}
